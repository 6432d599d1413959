package io.quorumvault.protocol;

import io.quorumvault.Limits;
import java.util.List;
import java.util.stream.IntStream;

/// The nodes of a cell and the sizes of the sets that must meet.
///
/// Any commit quorum and any read quorum share a node, any two commit quorums do, and every commit
/// quorum holds enough shares to read what it committed.
///
/// @param cell the name of this cell: nodes of another one are never talked to
/// @param nodes n
/// @param threshold k: so many shares give a value back
/// @param commitQuorum w, with 2w > n, w ≥ k and w ≥ n-k+1
public record Membership(String cell, int nodes, int threshold, int commitQuorum) {
  public Membership {
    if (nodes < 3 || nodes > Limits.NODES_MAX) {
      throw new IllegalArgumentException(
          "nodes: " + nodes + " (expected: 3 to " + Limits.NODES_MAX + ")");
    }
    if (threshold < 2 || threshold > nodes) {
      throw new IllegalArgumentException(
          "threshold: " + threshold + " (expected: 2 to " + nodes + ")");
    }
    int least = smallestCommitQuorum(nodes, threshold);
    if (commitQuorum < least || commitQuorum > nodes) {
      throw new IllegalArgumentException(
          "commit quorum: " + commitQuorum + " (expected: " + least + " to " + nodes + ")");
    }
  }

  /// A cell with the smallest commit quorum that is safe.
  public static Membership of(String cell, int nodes, int threshold) {
    return new Membership(cell, nodes, threshold, smallestCommitQuorum(nodes, threshold));
  }

  public static int smallestCommitQuorum(int nodes, int threshold) {
    return Math.max(nodes / 2 + 1, Math.max(threshold, nodes - threshold + 1));
  }

  /// r: so many answers meet every commit quorum. Reads and takeovers wait for it.
  public int readQuorum() {
    return nodes - commitQuorum + 1;
  }

  /// Once so many nodes have destroyed their shares, fewer than k are left.
  public int destructionQuorum() {
    return nodes - threshold + 1;
  }

  /// How many commits an answer waits for while the nodes are up: at exactly k, one lost disk would
  /// cost the value.
  public int durabilityTarget() {
    return Math.max(commitQuorum, Math.min(nodes, threshold + 1));
  }

  /// How many *other* nodes must answer one that has lost its memory.
  public int joinQuorum() {
    return Math.min(commitQuorum, nodes - 1);
  }

  public List<NodeId> everyNode() {
    return IntStream.rangeClosed(1, nodes).mapToObj(NodeId::new).toList();
  }
}
