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
public final class TargetOptions {
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
    Place place = place(surroundings);
    return new Target(
        place.api(),
        namespace(surroundings, place),
        token(surroundings, place),
        authorities(surroundings));
  }

  /// Which vault is meant.
  ///
  /// @param cluster the dev cluster whose API that is
  /// @param origin who said so
  public record Place(URI api, Optional<ClusterFile> cluster, String origin) {
    /// Without the cluster's token.
    @Override
    public String toString() {
      return api + ", " + origin;
    }
  }

  /// Which vault is meant.
  ///
  /// @throws CommandFailure when none is, or what names it is not usable
  public Place place(Surroundings surroundings) {
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
                    "There is no dev cluster running here, and no vault was named.",
                    "Start a cluster with qv dev, or name the vault with --api or QV_API."));
    return new Place(where, cluster, origin(api, "--api", surroundings, "QV_API"));
  }

  /// Where the directory of the dev cluster was said to be; empty when nobody said.
  public Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  /// Who names the namespace and the token.
  public String origins(Surroundings surroundings) {
    return "namespace from "
        + origin(namespace, "--namespace", surroundings, "QV_NAMESPACE")
        + ", token from "
        + origin(tokenFile, "--token-file", surroundings, "QV_TOKEN");
  }

  private static String origin(
      @Nullable Object given, String option, Surroundings surroundings, String variable) {
    if (given != null) {
      return option;
    }
    return surroundings.variable(variable).isPresent() ? variable : "the dev cluster";
  }

  /// The certificates that are trusted instead of the system's.
  public Optional<Path> authorities(Surroundings surroundings) {
    return Optional.ofNullable(authorities)
        .or(() -> surroundings.variable("QV_CA").map(Path::of))
        .map(surroundings::resolve);
  }

  /// @throws CommandFailure when there is none, or what was given is none
  public Namespace namespace(Surroundings surroundings, Place place) {
    String text =
        Optional.ofNullable(namespace)
            .or(() -> surroundings.variable("QV_NAMESPACE"))
            .or(() -> place.cluster().map(ClusterFile::namespace))
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

  /// @throws CommandFailure when there is none, or what was given is none
  public String token(Surroundings surroundings, Place place) {
    String token =
        Optional.ofNullable(tokenFile)
            .map(surroundings::resolve)
            .map(TargetOptions::readToken)
            .or(() -> surroundings.variable("QV_TOKEN"))
            .or(() -> place.cluster().map(ClusterFile::token))
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
