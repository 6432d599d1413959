package io.quorumvault.api;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import java.util.Comparator;
import java.util.List;

/// Which node coordinates what concerns a name, and which take its place if it fails.
///
/// Rendezvous hashing (Thaler and Ravishankar, 1998): every API server computes the same order from
/// the name alone, so requests for one name meet at one coordinator, where they queue instead of
/// colliding, and each node is first for an equal share of all names. A node that is away moves
/// only its own names.
final class CoordinatorChoice {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final List<NodeId> nodes;

  CoordinatorChoice(List<NodeId> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /// All nodes, the coordinator first.
  ///
  /// @param name a secret's name, or empty for what concerns the whole namespace
  List<NodeId> order(Namespace namespace, String name) {
    long key = hash(namespace.text(), name);
    return nodes.stream()
        .sorted(
            Comparator.<NodeId>comparingLong(node -> mix(key ^ mix(node.index())))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  /// FNV-1a over the characters of both, which are ASCII, with a character between them that
  /// neither can contain.
  private static long hash(String namespace, String name) {
    long hash = FNV_OFFSET;
    String text = namespace + '/' + name;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the input moves every
  /// bit of the result.
  private static long mix(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
