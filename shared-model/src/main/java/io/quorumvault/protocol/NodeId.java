package io.quorumvault.protocol;

import io.quorumvault.Limits;

/// A node of the cell, named by its permanent index. The share of node i is the point x = i for
/// ever.
///
/// @param index 1 to `Limits.NODES_MAX`
public record NodeId(int index) implements Comparable<NodeId> {
  public NodeId {
    if (index < 1 || index > Limits.NODES_MAX) {
      throw new IllegalArgumentException(
          "node index: " + index + " (expected: 1 to " + Limits.NODES_MAX + ")");
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return Integer.compare(index, other.index);
  }

  @Override
  public String toString() {
    return "node-" + index;
  }
}
