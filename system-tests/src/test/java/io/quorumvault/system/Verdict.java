package io.quorumvault.system;

import java.util.List;

/// What a judge of histories found.
sealed interface Verdict {
  /// Something that keeps its promises could have answered all this.
  ///
  /// @param operations how many were judged
  record Possible(int operations) implements Verdict {}

  /// Nothing that keeps its promises can have answered this.
  ///
  /// @param excerpt what cannot be, for people
  record Impossible(String excerpt) implements Verdict {}

  /// The search was given up at one of its bounds. This is not a pass.
  record Undecided(String why) implements Verdict {}

  /// The gravest of these; if all is possible, of all operations.
  static Verdict gravest(List<Verdict> verdicts) {
    int operations = 0;
    Verdict undecided = null;
    for (Verdict verdict : verdicts) {
      switch (verdict) {
        case Impossible impossible -> {
          return impossible;
        }
        case Undecided one -> undecided = undecided == null ? one : undecided;
        case Possible possible -> operations += possible.operations();
      }
    }
    return undecided == null ? new Possible(operations) : undecided;
  }

  /// Fails unless all was possible.
  default void assertPossible() {
    switch (this) {
      case Possible _ -> {}
      case Impossible impossible -> throw new AssertionError(impossible.excerpt());
      case Undecided undecided -> throw new AssertionError("UNDECIDED: " + undecided.why());
    }
  }
}
