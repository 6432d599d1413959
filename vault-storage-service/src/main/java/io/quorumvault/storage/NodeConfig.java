package io.quorumvault.storage;

import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Timing;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;

/// How one node is set up. An impossible or unsafe set of values is refused here, before anything
/// starts.
///
/// @param self this node's permanent index
/// @param peers where every node of the cell listens, this one included
/// @param repairTriggerBuffer a latest read repairs when k up to k plus this many nodes hold a good
///   share; negative turns read repair off
/// @param repairInBackground whether the node gets back shares that it lacks without being read,
///   and contributes to those of others
public record NodeConfig(
    Membership membership,
    NodeId self,
    Path dataDirectory,
    Map<NodeId, URI> peers,
    Path certificate,
    Path key,
    Path trust,
    Path policy,
    Timing timing,
    int repairTriggerBuffer,
    boolean repairInBackground) {

  /// The setting at fault and what was expected instead. Never the value of a secret setting: there
  /// is none.
  public static final class Refused extends RuntimeException {
    Refused(String setting, String expected) {
      super(setting + " (expected: " + expected + ")");
    }
  }

  public static NodeConfig of(Config config) {
    int nodes = number(config, "vault.nodes");
    int threshold = number(config, "vault.threshold");
    Membership membership;
    try {
      int least = Membership.smallestCommitQuorum(nodes, threshold);
      int quorum = config.getOptionalValue("vault.quorum", Integer.class).orElse(least);
      membership = new Membership(text(config, "vault.cell"), nodes, threshold, quorum);
    } catch (IllegalArgumentException impossible) {
      throw new Refused(
          "vault.nodes, vault.threshold, vault.quorum", String.valueOf(impossible.getMessage()));
    }
    int index = number(config, "vault.node.index");
    if (index < 1 || index > nodes) {
      throw new Refused("vault.node.index", "1 to " + nodes);
    }
    Timing timing;
    try {
      timing =
          new Timing(
              duration(config, "vault.timing.rpc", Timing.DEFAULT.rpc()),
              duration(config, "vault.timing.lease", Timing.DEFAULT.lease()),
              duration(config, "vault.timing.durability", Timing.DEFAULT.durability()));
    } catch (IllegalArgumentException impossible) {
      throw new Refused("vault.timing", String.valueOf(impossible.getMessage()));
    }
    return new NodeConfig(
        membership,
        new NodeId(index),
        Path.of(text(config, "vault.node.data-dir")),
        peers(text(config, "vault.peers"), membership),
        Path.of(text(config, "vault.tls.certificate")),
        Path.of(text(config, "vault.tls.key")),
        Path.of(text(config, "vault.tls.trust")),
        Path.of(text(config, "vault.policy.file")),
        timing,
        config.getOptionalValue("vault.repair.trigger-buffer", Integer.class).orElse(1),
        flag(config, "vault.repair.background", true));
  }

  private static Map<NodeId, URI> peers(String text, Membership membership) {
    Map<NodeId, URI> peers = new TreeMap<>();
    String expected =
        "1=https://host:port,2=https://… for each of the " + membership.nodes() + " nodes";
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      try {
        NodeId node = new NodeId(Integer.parseInt(part.substring(0, Math.max(equals, 0)).strip()));
        URI uri = URI.create(part.substring(equals + 1).strip());
        if (!"https".equals(uri.getScheme()) || uri.getPort() < 1 || peers.put(node, uri) != null) {
          throw new Refused("vault.peers", expected);
        }
      } catch (IllegalArgumentException malformed) {
        throw new Refused("vault.peers", expected);
      }
    }
    if (!peers.keySet().equals(new TreeSet<>(membership.everyNode()))) {
      throw new Refused("vault.peers", expected);
    }
    return peers;
  }

  private static String text(Config config, String setting) {
    Optional<String> value = config.getOptionalValue(setting, String.class);
    if (value.isEmpty() || value.get().isBlank()) {
      throw new Refused(setting, "to be set");
    }
    return value.get();
  }

  private static int number(Config config, String setting) {
    try {
      return Integer.parseInt(text(config, setting).strip());
    } catch (NumberFormatException malformed) {
      throw new Refused(setting, "a whole number");
    }
  }

  /// A misspelt word must not pass for "off", nor for "on".
  private static boolean flag(Config config, String setting, boolean otherwise) {
    return switch (config.getOptionalValue(setting, String.class).orElse("" + otherwise)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new Refused(setting, "true or false");
    };
  }

  private static Duration duration(Config config, String setting, Duration otherwise) {
    return config.getOptionalValue(setting, Duration.class).orElse(otherwise);
  }
}
