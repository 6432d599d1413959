package io.quorumvault.protocol;

import java.util.Comparator;

/// The rank of a proposal for the outcome of one transaction, as in Paxos (Lamport, "Paxos Made
/// Simple").
///
/// Compared by epoch, then round, then node. Round 0 belongs to the coordinator that created the
/// transaction; everybody who finishes it for the coordinator uses rounds from 1.
///
/// @param epoch raised whenever a node that lost its memory joins again, so that older attempts are
///   refused
/// @param round 0 or more
/// @param node index of the proposer; 0 in a floor, which is below every proposer's ballot of that
///   round
public record Ballot(long epoch, long round, int node) implements Comparable<Ballot> {
  private static final Comparator<Ballot> ORDER =
      Comparator.comparingLong(Ballot::epoch)
          .thenComparingLong(Ballot::round)
          .thenComparingInt(Ballot::node);

  public Ballot {
    if (epoch < 0 || round < 0 || node < 0) {
      throw new IllegalArgumentException("ballot (expected: no negative number)");
    }
  }

  static Ballot ofCoordinator(long epoch, TxId tx) {
    return new Ballot(epoch, 0, tx.coordinator().index());
  }

  static Ballot floor(long epoch) {
    return new Ballot(epoch, 0, 0);
  }

  boolean below(Ballot other) {
    return compareTo(other) < 0;
  }

  static Ballot max(Ballot a, Ballot b) {
    return a.below(b) ? b : a;
  }

  @Override
  public int compareTo(Ballot other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch + "/" + round + "/" + node;
  }
}
