package io.quorumvault.kit;

import io.quorumvault.Limits;

/// What a certificate of a cell may speak for.
public sealed interface PeerRole {
  /// A storage node.
  ///
  /// @param index its permanent index, 1 to `Limits.NODES_MAX`
  record Node(int index) implements PeerRole {
    public Node {
      if (index < 1 || index > Limits.NODES_MAX) {
        throw new IllegalArgumentException(
            "node index: " + index + " (expected: 1 to " + Limits.NODES_MAX + ")");
      }
    }
  }

  /// An API server; all of a cell's share this role.
  record Api() implements PeerRole {}

  /// A person or program that runs the cell: audit queries, status, no secrets.
  record Operator() implements PeerRole {}
}
