package io.quorumvault.protocol;

import java.time.Duration;

/// The times the protocol works with. None of them matters for safety.
///
/// @param rpc after which a call counts as unanswered
/// @param lease how old a lock must be before others finish its transaction for its coordinator
/// @param durability how long an answer waits, past the commit quorum, for further commits
public record Timing(Duration rpc, Duration lease, Duration durability) {
  public static final Timing DEFAULT =
      new Timing(Duration.ofMillis(1500), Duration.ofSeconds(5), Duration.ofMillis(250));

  public Timing {
    if (!rpc.isPositive() || durability.isNegative()) {
      throw new IllegalArgumentException("timing (expected: positive times)");
    }
    // A coordinator that only waits for slow nodes must not be taken for dead: vote, decide and
    // settle fit in a lease.
    if (lease.compareTo(rpc.multipliedBy(3)) < 0) {
      throw new IllegalArgumentException(
          "lease: " + lease + " (expected: at least three times the rpc time " + rpc + ")");
    }
  }

  /// First pause before trying again what another transaction stood in the way of; grows with each
  /// try.
  static final long BACKOFF_MILLIS = 10;

  /// Longest such pause: a rival needs no longer, and the caller waits.
  static final long BACKOFF_MILLIS_MAX = 160;

  /// After so many doublings every pause has reached its longest.
  private static final int DOUBLINGS_MAX = 4;

  static long backoffMillis(int tries, Home home) {
    long bound = doubled(BACKOFF_MILLIS, BACKOFF_MILLIS_MAX, tries);
    return bound / 2 + home.jitterMillis(bound);
  }

  /// `first`, doubled with each try, at most `most`.
  static long doubled(long first, long most, int tries) {
    return Math.min(most, first << Math.min(tries, DOUBLINGS_MAX));
  }
}
