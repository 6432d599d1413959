package io.quorumvault.storage;

import java.util.concurrent.TimeUnit;

/// A steady clock whose readings can be compared across restarts of the node.
///
/// What an earlier life of the process left behind is older than any lease, whatever the wall clock
/// did meanwhile: each start number opens a span of its own.
public final class NodeClock {
  /// Longer than a process lives before it is upgraded.
  private static final long SPAN_MILLIS = TimeUnit.DAYS.toMillis(1_000);

  private final long startMillis;
  private final long beganNanos = System.nanoTime();

  /// @param start this life's start number
  public NodeClock(long start) {
    this.startMillis = Math.multiplyExact(start, SPAN_MILLIS);
  }

  public long millis() {
    return startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
  }
}
