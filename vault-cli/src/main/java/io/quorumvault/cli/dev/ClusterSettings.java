package io.quorumvault.cli.dev;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.kit.DevIssuer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What a dev cluster is made of, fixed when it is first started. Only the ports may change, and
/// only while it is stopped.
///
/// @param nodes n, 1 to `NODES_MAX`
/// @param threshold k, 1 to n
/// @param apiPort where the API listens on loopback
/// @param nodePorts where the nodes do, in the order of their indexes
record ClusterSettings(int nodes, int threshold, int apiPort, List<Integer> nodePorts) {
  /// Every node is a process with its own heap; a laptop bears this many.
  static final int NODES_MAX = 16;

  static final String CELL = "dev";
  static final String NAMESPACE = "demo";
  static final String SUBJECT = "dev";
  static final String ISSUER = DevIssuer.NAME;
  static final String AUDIENCE = "quorum-vault";

  ClusterSettings {
    nodePorts = List.copyOf(nodePorts);
    if (nodes < 1 || nodes > NODES_MAX) {
      throw CommandFailure.usage(
          nodes + " nodes (expected: 1 to " + NODES_MAX + ").", "See qv dev --help.");
    }
    if (threshold < 1 || threshold > nodes) {
      throw CommandFailure.usage(
          "Threshold " + threshold + " of " + nodes + " nodes (expected: 1 to " + nodes + ").",
          "See qv dev --help.");
    }
    if (nodePorts.size() != nodes) {
      throw new IllegalArgumentException(
          nodePorts.size() + " ports (expected: " + nodes + ", one for each node)");
    }
  }

  static Optional<ClusterSettings> read(ClusterFolder folder) throws IOException {
    if (!Files.exists(folder.settings())) {
      return Optional.empty();
    }
    JsonObject document = JsonObject.parse(Files.readAllBytes(folder.settings()));
    return Optional.of(
        new ClusterSettings(
            document.requiredInt("nodes"),
            document.requiredInt("threshold"),
            document.requiredInt("apiPort"),
            document.numbers("nodePorts").stream().map(Math::toIntExact).toList()));
  }

  void write(ClusterFolder folder) throws IOException {
    folder.write(
        folder.settings(),
        JsonObject.builder()
            .with("nodes", nodes)
            .with("threshold", threshold)
            .with("apiPort", apiPort)
            .with("nodePorts", nodePorts)
            .build()
            .toBytes());
  }

  /// How many nodes must hold a write, as the services compute it.
  int quorum() {
    return Math.max(nodes / 2 + 1, Math.max(threshold, nodes - threshold + 1));
  }

  /// How many nodes may be down while everything works.
  int spare() {
    return nodes - quorum();
  }

  URI apiUrl() {
    return URI.create("http://127.0.0.1:" + apiPort);
  }

  URI nodeUrl(int index) {
    return URI.create("https://127.0.0.1:" + nodePorts.get(index - 1));
  }

  URI url(ServiceName service) {
    return switch (service) {
      case ServiceName.Api api -> apiUrl();
      case ServiceName.Node node -> nodeUrl(node.index());
    };
  }

  /// All nodes in the form of the `vault.peers` setting.
  String peers() {
    return IntStream.rangeClosed(1, nodes)
        .mapToObj(index -> index + "=" + nodeUrl(index))
        .collect(Collectors.joining(","));
  }
}
