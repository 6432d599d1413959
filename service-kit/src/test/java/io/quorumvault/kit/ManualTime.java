package io.quorumvault.kit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A wall clock and a monotonic one that move together and only when told.
final class ManualTime implements InstantSource {
  private Instant now;
  private long nanos = Long.MAX_VALUE - 1_000; // overflows soon, as a real one may

  ManualTime(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  synchronized long nanoTime() {
    return nanos;
  }

  synchronized void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }
}
