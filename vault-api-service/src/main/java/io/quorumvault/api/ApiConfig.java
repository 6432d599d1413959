package io.quorumvault.api;

import io.quorumvault.kit.CallersTls;
import io.quorumvault.kit.PeerTls;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;

/// Everything this server is told, checked as a whole before anything starts.
///
/// @param membership the cell and its sizes, which must be those the nodes have
/// @param peers every node of the cell and where it is
/// @param nodeTls who this server is to the nodes
/// @param tokens whose tokens are believed
/// @param policy the policy file
/// @param listener where callers connect
/// @param timeouts how long things may take
/// @param requestsMax requests under way at once
/// @param callerRequestsPerSecond how often one caller may ask, in the long run
/// @param metrics where metrics are collected, empty for nowhere
/// @param page whether the page for people is served
public record ApiConfig(
    Membership membership,
    SortedMap<NodeId, URI> peers,
    NodeTls nodeTls,
    Tokens tokens,
    Path policy,
    Listener listener,
    Timeouts timeouts,
    int requestsMax,
    int callerRequestsPerSecond,
    Optional<Metrics> metrics,
    boolean page) {
  /// PEM files: our certificate, its key, and the authorities of the cell.
  public record NodeTls(Path certificate, Path key, Path trust) {}

  /// @param keys where the key set of the issuer is, a path or a URI
  public record Tokens(String issuer, Set<String> audiences, String keys) {}

  /// @param host the address to listen on
  /// @param tls the certificate callers see; without one only callers on this machine are served
  public record Listener(String host, Optional<ServerTls> tls) {
    public Listener {
      if (tls.isEmpty() && !isLoopback(host)) {
        throw new IllegalArgumentException(
            "server.host: "
                + host
                + " (expected: a loopback address, or vault.api.tls.certificate and"
                + " vault.api.tls.key set: secrets do not cross a network in the clear)");
      }
    }

    private static boolean isLoopback(String host) {
      try {
        return Arrays.stream(InetAddress.getAllByName(host))
            .allMatch(InetAddress::isLoopbackAddress);
      } catch (UnknownHostException unknown) {
        return false;
      }
    }
  }

  /// A listener of its own, which speaks as the nodes do: TLS 1.3, and only with those who show a
  /// certificate of the cell. So it may be on any address.
  ///
  /// @param host the address to listen on
  /// @param port 0 for any that is free
  public record Metrics(String host, int port) {
    /// Its name among the web server's listeners.
    public static final String LISTENER = "metrics";

    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int PORT_MAX = 65_535;

    public Metrics {
      if (port < 0 || port > PORT_MAX) {
        throw unfit("vault.api.metrics.port", "0 to " + PORT_MAX);
      }
    }
  }

  /// PEM files.
  public record ServerTls(Path certificate, Path key) {}

  public ApiConfig {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    if (peers.size() != membership.nodes() || !peers.keySet().containsAll(membership.everyNode())) {
      throw new IllegalArgumentException(
          "vault.peers: "
              + peers.keySet()
              + " (expected: node-1 to node-"
              + membership.nodes()
              + ")");
    }
    checkAtLeastOne("vault.api.requests-max", requestsMax);
    checkAtLeastOne("vault.api.caller-requests-per-second", callerRequestsPerSecond);
  }

  private static void checkAtLeastOne(String property, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(property + ": " + number + " (expected: at least 1)");
    }
  }

  /// @throws IllegalArgumentException in one line, naming the property
  public static ApiConfig from(Config config) {
    return new ApiConfig(
        membership(config),
        peers(text(config, "vault.peers")),
        new NodeTls(
            Path.of(text(config, "vault.tls.certificate")),
            Path.of(text(config, "vault.tls.key")),
            Path.of(text(config, "vault.tls.trust"))),
        new Tokens(
            text(config, "mp.jwt.verify.issuer"),
            Arrays.stream(text(config, "mp.jwt.verify.audiences").split(",", -1))
                .map(String::strip)
                .collect(Collectors.toUnmodifiableSet()),
            text(config, "mp.jwt.verify.publickey.location")),
        Path.of(text(config, "vault.policy.file")),
        new Listener(text(config, "server.host"), serverTls(config)),
        new Timeouts(
            duration(config, "vault.api.request-timeout", Timeouts.DEFAULT.request()),
            duration(config, "vault.api.read-attempt-timeout", Timeouts.DEFAULT.readAttempt()),
            duration(config, "vault.api.patience", Timeouts.DEFAULT.patience()),
            duration(config, "vault.api.connect-timeout", Timeouts.DEFAULT.connect()),
            duration(config, "vault.api.standing-timeout", Timeouts.DEFAULT.standing())),
        number(config, "vault.api.requests-max", Admission.REQUESTS_MAX),
        number(config, "vault.api.caller-requests-per-second", CallerRates.PER_SECOND),
        metrics(config),
        flag(config, "vault.api.page", true));
  }

  /// What the web server must be told beyond its own properties: names and values.
  Map<String, String> serverSettings() {
    Map<String, String> settings = new HashMap<>(callersTls());
    metrics.ifPresent(place -> {
      String socket = "server.sockets.0";
      settings.put(socket + ".name", Metrics.LISTENER);
      settings.put(socket + ".host", place.host());
      settings.put(socket + ".port", Integer.toString(place.port()));
      settings.putAll(
          PeerTls.settings(socket, nodeTls.certificate(), nodeTls.key(), nodeTls.trust()));
    });
    return settings;
  }

  private Map<String, String> callersTls() {
    return listener
        .tls()
        .map(tls -> CallersTls.settings("server", tls.certificate(), tls.key()))
        .orElse(Map.of());
  }

  private static Membership membership(Config config) {
    String cell = text(config, "vault.cell");
    int nodes = number("vault.nodes", text(config, "vault.nodes"));
    int threshold = number("vault.threshold", text(config, "vault.threshold"));
    return optional(config, "vault.quorum")
        .map(quorum -> new Membership(cell, nodes, threshold, number("vault.quorum", quorum)))
        .orElseGet(() -> Membership.of(cell, nodes, threshold));
  }

  private static Optional<Metrics> metrics(Config config) {
    return optional(config, "vault.api.metrics.port")
        .map(port ->
            new Metrics(
                optional(config, "vault.api.metrics.host").orElse(Metrics.DEFAULT_HOST),
                number("vault.api.metrics.port", port)));
  }

  private static Optional<ServerTls> serverTls(Config config) {
    Optional<Path> certificate = optional(config, "vault.api.tls.certificate").map(Path::of);
    Optional<Path> key = optional(config, "vault.api.tls.key").map(Path::of);
    if (certificate.isPresent() != key.isPresent()) {
      throw unfit("vault.api.tls", "certificate and key, or neither");
    }
    return certificate.flatMap(file -> key.map(keyFile -> new ServerTls(file, keyFile)));
  }

  private static SortedMap<NodeId, URI> peers(String text) {
    SortedMap<NodeId, URI> peers = new TreeMap<>();
    for (String peer : text.split(",", -1)) {
      String[] parts = peer.strip().split("=", 2);
      if (parts.length != 2) {
        throw unfit("vault.peers", "index=https://host:port, separated by commas");
      }
      NodeId node = new NodeId(number("vault.peers", parts[0]));
      if (peers.put(node, peerUri(parts[1])) != null) {
        throw unfit("vault.peers", "each node once, " + node + " is there twice");
      }
    }
    return peers;
  }

  private static URI peerUri(String text) {
    try {
      URI uri = new URI(text.strip());
      boolean plain =
          uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
      String path = uri.getPath();
      boolean root = path == null || path.isEmpty() || path.equals("/");
      if ("https".equals(uri.getScheme()) && uri.getHost() != null && plain && root) {
        return uri;
      }
    } catch (URISyntaxException unfit) {
      // Said below.
    }
    throw unfit("vault.peers", "https://host:port for each node");
  }

  private static String text(Config config, String property) {
    return optional(config, property)
        .orElseThrow(() -> new IllegalArgumentException(property + " is not set"));
  }

  private static Optional<String> optional(Config config, String property) {
    return config.getOptionalValue(property, String.class).filter(text -> !text.isBlank());
  }

  /// Only these two words: what is meant to turn something off must not leave it on.
  private static boolean flag(Config config, String property, boolean otherwise) {
    return optional(config, property)
        .map(text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw unfit(property, "true or false");
            })
        .orElse(otherwise);
  }

  private static int number(Config config, String property, int otherwise) {
    return optional(config, property).map(text -> number(property, text)).orElse(otherwise);
  }

  private static int number(String property, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException unfit) {
      throw unfit(property, "a whole number");
    }
  }

  private static Duration duration(Config config, String property, Duration otherwise) {
    try {
      return optional(config, property).map(Duration::parse).orElse(otherwise);
    } catch (DateTimeParseException unfit) {
      throw unfit(property, "a duration as in ISO 8601, for example PT1.5S");
    }
  }

  private static IllegalArgumentException unfit(String property, String expected) {
    return new IllegalArgumentException(property + " (expected: " + expected + ")");
  }
}
