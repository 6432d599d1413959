package io.quorumvault.cli.doctor;

import io.quorumvault.cli.Check;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.cli.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is looked at on this machine.
final class LocalChecks {
  private static final int JAVA = 25;
  private static final Pattern RELEASE = Pattern.compile("(?m)^JAVA_VERSION=\"([0-9]+)");

  /// What `qv` and its script read.
  private static final Set<String> KNOWN =
      Set.of("QV_API", "QV_NAMESPACE", "QV_TOKEN", "QV_CA", "QV_BUILD", "QV_CACHE");

  /// Time to get another certificate, if somebody has to be asked for it.
  static final Duration EXPIRES_SOON = Duration.ofDays(14);

  private LocalChecks() {}

  static Check java(Runtime.Version running, Surroundings surroundings) {
    String found = "JDK " + running + " in " + System.getProperty("java.home");
    if (running.feature() < JAVA) {
      return Check.failed(
          "java",
          ExitCode.USAGE,
          found + " (expected: " + JAVA + " or newer)",
          "Install a JDK " + JAVA + " (https://adoptium.net) or set JAVA_HOME to it.");
    }
    return Check.ok(
        "java",
        surroundings
            .variable("JAVA_HOME")
            .flatMap(LocalChecks::feature)
            .filter(feature -> feature < JAVA)
            .map(old -> found + "; JAVA_HOME is a JDK " + old + " and was passed over")
            .orElse(found));
  }

  private static Optional<Integer> feature(String home) {
    try {
      Matcher release = RELEASE.matcher(Files.readString(Path.of(home, "release")));
      return release.find() ? Optional.of(Integer.parseInt(release.group(1))) : Optional.empty();
    } catch (IOException | IllegalArgumentException notAJdk) {
      return Optional.empty();
    }
  }

  /// A variable that is spelled wrong is silently not used.
  static Check settings(Surroundings surroundings) {
    Set<String> unknown = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    for (String name : surroundings.environment().keySet()) {
      if (name.startsWith("QV_")) {
        (KNOWN.contains(name) ? known : unknown).add(name);
      }
    }
    if (!unknown.isEmpty()) {
      return Check.warning(
          "settings",
          "qv does not know the variable " + String.join(", ", unknown),
          "It reads QV_API, QV_NAMESPACE, QV_TOKEN and QV_CA: is one of them meant?");
    }
    return Check.ok(
        "settings", known.isEmpty() ? "no variables are set" : "set: " + String.join(", ", known));
  }

  static Check authorities(Optional<Path> file, Instant now) {
    if (file.isEmpty()) {
      return Check.ok("authorities", "those of the system");
    }
    try {
      List<Certificate> certificates = PemTrust.certificates(file.get());
      for (Certificate certificate : certificates) {
        if (certificate instanceof X509Certificate x509) {
          Instant ends = x509.getNotAfter().toInstant();
          if (ends.isBefore(now)) {
            return Check.failed(
                "authorities",
                ExitCode.USAGE,
                "a certificate in " + file.get() + " expired on " + ends,
                "Get the authority's new certificate from whoever runs the vault.");
          }
        }
      }
      return Check.ok("authorities", certificates.size() + " in " + file.get());
    } catch (IOException unusable) {
      return Check.failed(
          "authorities",
          ExitCode.USAGE,
          "The certificates in " + file.get() + " cannot be used.",
          "--ca and QV_CA take a file of PEM certificates; of a dev cluster .qv/ca/ca.crt.");
    }
  }
}
