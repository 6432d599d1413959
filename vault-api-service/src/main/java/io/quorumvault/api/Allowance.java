package io.quorumvault.api;

/// So much at once, and so much a second in the long run: a bucket that fills again. Safe for use
/// by several threads.
final class Allowance {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double most;
  private final double perSecond;
  private double left;
  private long lastNanos;

  Allowance(int most, int perSecond, long nowNanos) {
    this.most = most;
    this.perSecond = perSecond;
    this.left = most;
    this.lastNanos = nowNanos;
  }

  /// Takes all of it or nothing.
  synchronized boolean take(int amount, long nowNanos) {
    left = Math.min(most, left + (nowNanos - lastNanos) / NANOS_PER_SECOND * perSecond);
    lastNanos = nowNanos;
    if (left < amount) {
      return false;
    }
    left -= amount;
    return true;
  }
}
