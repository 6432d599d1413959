package io.quorumvault.api;

import io.github.bucket4j.TimeMeter;
import java.util.concurrent.TimeUnit;

/// A clock of buckets that goes when it is told to.
final class ManualMeter implements TimeMeter {
  private long nanos;

  void passMillis(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Override
  public long currentTimeNanos() {
    return nanos;
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }
}
