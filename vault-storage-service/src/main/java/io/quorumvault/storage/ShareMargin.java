package io.quorumvault.storage;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/// The least number of good shares beyond the threshold that any latest read of the last minutes
/// met. A node that did not answer counts as one without a share: it is the margin that could be
/// had, not the one that exists. Costs nothing, since such reads count the holders anyway; says
/// nothing of what nobody reads. Safe for use by any number of threads.
final class ShareMargin {
  /// Long enough that two collections of metrics see each low, and short enough that what was
  /// repaired is soon not told any more.
  static final Duration WINDOW = Duration.ofMinutes(2);

  private final LongSupplier millis;
  private long windowEndsMillis;
  private int least = Integer.MAX_VALUE;
  private int leastBefore = Integer.MAX_VALUE;

  /// @param millis a steady clock
  ShareMargin(LongSupplier millis) {
    this.millis = millis;
    this.windowEndsMillis = millis.getAsLong() + WINDOW.toMillis();
  }

  /// @param margin holders less the threshold, negative if there were too few
  synchronized void saw(int margin) {
    turn();
    least = Math.min(least, margin);
  }

  /// Of the last one to two windows; empty if nothing was read.
  synchronized OptionalInt least() {
    turn();
    int both = Math.min(least, leastBefore);
    return both == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(both);
  }

  private void turn() {
    long now = millis.getAsLong();
    if (now >= windowEndsMillis) {
      boolean next = now < windowEndsMillis + WINDOW.toMillis();
      leastBefore = next ? least : Integer.MAX_VALUE;
      least = Integer.MAX_VALUE;
      windowEndsMillis = (next ? windowEndsMillis : now) + WINDOW.toMillis();
    }
  }
}
