package io.quorumvault.system;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits for conditions, and says what was last seen when one does not come true.
final class Eventually {
  /// Generous: a machine that does ten other things at the same time is still fast enough.
  static final Duration DEADLINE = Duration.ofMinutes(5);

  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Eventually() {}

  /// The first value that a look brings; empty looks and failed assertions are looked at again.
  static <T> T found(String what, Callable<Optional<T>> look) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    @Nullable Throwable last = null;
    while (System.nanoTime() < deadline) {
      try {
        Optional<T> seen = look.call();
        if (seen.isPresent()) {
          return seen.get();
        }
        last = null;
      } catch (AssertionError | Exception notYet) {
        last = notYet;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        throw new AssertionError("interrupted while waiting for: " + what, last);
      }
    }
    throw new AssertionError("did not happen within " + DEADLINE + ": " + what, last);
  }

  /// Returns once the condition holds.
  static void holds(String what, Callable<Boolean> condition) {
    Boolean _ = found(what, () -> condition.call() ? Optional.of(Boolean.TRUE) : Optional.empty());
  }

  /// Returns once the assertions pass.
  static void passes(String what, Assertions assertions) {
    holds(
        what,
        () -> {
          assertions.check();
          return true;
        });
  }

  /// What must pass.
  interface Assertions {
    void check() throws Exception;
  }
}
