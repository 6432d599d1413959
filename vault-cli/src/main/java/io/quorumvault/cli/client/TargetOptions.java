package io.quorumvault.cli.client;

import io.quorumvault.Limits;
import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.secret.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which vault, namespace and token a command uses: what the command line says, else the
/// environment, else the nearest dev cluster.
final class TargetOptions {
  @Option(
      names = "--api",
      paramLabel = "URL",
      description = "The vault's address (QV_API; else the dev cluster's).")
  private @Nullable String api;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The namespace (QV_NAMESPACE; else the dev cluster's).")
  private @Nullable String namespace;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file that holds the bearer token (QV_TOKEN; else the dev cluster's).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM certificates to trust instead of the system's (QV_CA).")
  private @Nullable Path authorities;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The dev cluster's directory (default: the nearest .qv here or in a directory above).")
  private @Nullable Path data;

  /// Everything a request needs, checked.
  ///
  /// The token of a dev cluster goes to that cluster only: who names another vault names a token
  /// too.
  Target target(Surroundings surroundings) {
    Optional<String> address = Optional.ofNullable(api).or(() -> surroundings.variable("QV_API"));
    Optional<ClusterFile> cluster =
        ClusterFile.find(surroundings, Optional.ofNullable(data))
            .filter(found -> address.isEmpty() || checked(address.get()).equals(found.api()));
    URI where =
        address
            .map(TargetOptions::checked)
            .or(() -> cluster.map(ClusterFile::api))
            .orElseThrow(() ->
                CommandFailure.usage(
                    "There is no dev cluster here, and no vault was named.",
                    "Start a cluster with qv dev, or name the vault with --api or QV_API."));
    return new Target(
        where,
        namespace(surroundings, cluster),
        token(surroundings, cluster),
        Optional.ofNullable(authorities)
            .or(() -> surroundings.variable("QV_CA").map(Path::of))
            .map(surroundings::resolve));
  }

  private Namespace namespace(Surroundings surroundings, Optional<ClusterFile> cluster) {
    String text =
        Optional.ofNullable(namespace)
            .or(() -> surroundings.variable("QV_NAMESPACE"))
            .or(() -> cluster.map(ClusterFile::namespace))
            .orElseThrow(() ->
                CommandFailure.usage(
                    "No namespace was named.", "Name it with --namespace or QV_NAMESPACE."));
    try {
      return new Namespace(text);
    } catch (IllegalArgumentException malformed) {
      throw CommandFailure.usage(
          "This is no namespace.",
          "A namespace has 1 to 63 lower-case letters, digits and hyphens, neither first nor last"
              + " a hyphen.");
    }
  }

  private String token(Surroundings surroundings, Optional<ClusterFile> cluster) {
    String token =
        Optional.ofNullable(tokenFile)
            .map(surroundings::resolve)
            .map(TargetOptions::readToken)
            .or(() -> surroundings.variable("QV_TOKEN"))
            .or(() -> cluster.map(ClusterFile::token))
            .orElseThrow(() ->
                CommandFailure.usage(
                    "There is no token for this vault.",
                    "Name a file that holds one with --token-file, or set QV_TOKEN."))
            .strip();
    boolean wellFormed =
        !token.isEmpty()
            && token.length() <= Limits.TOKEN_CHARS_MAX
            && token.chars().allMatch(character -> character > ' ' && character < 0x7f);
    if (!wellFormed) {
      throw CommandFailure.usage(
          "What was given as token is none.",
          "A token is one line of at most " + Limits.TOKEN_CHARS_MAX + " visible characters.");
    }
    return token;
  }

  private static String readToken(Path file) {
    try (InputStream input = Files.newInputStream(file)) {
      return new String(input.readNBytes(Limits.TOKEN_CHARS_MAX + 2), StandardCharsets.US_ASCII);
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The token file " + file + " cannot be read.", "Check --token-file.");
    }
  }

  private static URI checked(String address) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException malformed) {
      throw notAnAddress();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String path = uri.getRawPath();
    boolean wellFormed =
        uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && (path == null || path.isEmpty() || path.equals("/"));
    if (!wellFormed || !(scheme.equals("http") || scheme.equals("https"))) {
      throw notAnAddress();
    }
    if (scheme.equals("http") && !isLoopback(uri.getHost())) {
      throw CommandFailure.usage(
          "Plain http would show the token and the values to the network.",
          "Use https. Only this machine's own addresses go without.");
    }
    return URI.create(scheme + "://" + uri.getRawAuthority());
  }

  private static CommandFailure notAnAddress() {
    return CommandFailure.usage(
        "This is no address of a vault.",
        "Name it like https://vault.example.org:8420, without a path.");
  }

  /// Literal addresses and `localhost` only: what a name means today it may not mean tomorrow.
  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }
}
