package io.quorumvault.api;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for a condition, with a deadline that only a broken server reaches.
final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration STEP = Duration.ofMillis(10);

  private Await() {}

  static void until(String what, BooleanSupplier condition) {
    Deadline deadline = Deadline.in(LONGEST);
    while (!condition.getAsBoolean()) {
      if (deadline.passed()) {
        throw new AssertionError("waited in vain until " + what);
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
  }
}
