package io.quorumvault.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A moment before something is tried again. For what cannot announce its change itself.
public final class Pause {
  private Pause() {}

  /// Returns after `duration`.
  public static void of(Duration duration) {
    CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(duration.toMillis(), TimeUnit.MILLISECONDS))
        .join();
  }
}
