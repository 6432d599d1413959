package io.quorumvault.protocol;

/// Why a read has no answer.
public enum Shortfall {
  /// Too few nodes can be asked. Others may have what is missing: a later try may find them.
  AWAY,
  /// Nodes that are not known to be down did not answer before the deadline.
  OUT_OF_TIME,
  /// So many nodes answered without a good share that those that did not answer cannot make up for
  /// it: what is stored is not what was written. To try again does not help.
  DAMAGED;

  /// Why a value cannot be had of which too few good shares are there.
  ///
  /// @param held good shares, fewer than k
  /// @param silent nodes that did not say what they hold
  /// @param late whether that is because time is over
  static Shortfall ofShares(Membership membership, int held, int silent, boolean late) {
    return held + silent < membership.threshold() ? DAMAGED : ofAnswers(late);
  }

  /// Why too few nodes answered.
  ///
  /// @param late whether that is because time is over
  static Shortfall ofAnswers(boolean late) {
    return late ? OUT_OF_TIME : AWAY;
  }
}
