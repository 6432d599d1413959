package io.quorumvault.storage;

import io.quorumvault.secret.SecretId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets the writes of one name that meet at this coordinator wait for each other instead of
/// colliding in the cell.
///
/// First come, first served. Names are taken in their order, so that two writes of several names
/// cannot wait for each other. Safe for use by any number of threads.
final class NameQueue {
  private static final class Turnstile {
    private final Semaphore free = new Semaphore(1, true);
    private int users;
  }

  private final ConcurrentMap<SecretId, Turnstile> turnstiles = new ConcurrentHashMap<>();

  /// The right to write the names, given back by `close`.
  final class Held implements AutoCloseable {
    private final List<SecretId> names;

    private Held(List<SecretId> names) {
      this.names = names;
    }

    /// Whether another write waits for one of the names.
    boolean othersWait() {
      return names.stream()
          .map(turnstiles::get)
          .anyMatch(turnstile -> turnstile != null && turnstile.free.hasQueuedThreads());
    }

    @Override
    public void close() {
      for (SecretId name : names) {
        leave(name, true);
      }
    }
  }

  /// @param names in their order
  /// @return the right to write them; null if it could not be had in time
  @Nullable Held enter(List<SecretId> names, long waitMillis) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    List<SecretId> held = new ArrayList<>();
    boolean complete = false;
    try {
      for (SecretId name : names) {
        Turnstile turnstile = join(name);
        boolean mine = false;
        try {
          mine = turnstile.free.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
          if (!mine) {
            leave(name, false);
          }
        }
        if (!mine) {
          return null;
        }
        held.add(name);
      }
      complete = true;
      return new Held(List.copyOf(held));
    } finally {
      if (!complete) {
        held.forEach(name -> leave(name, true));
      }
    }
  }

  private Turnstile join(SecretId name) {
    Turnstile turnstile =
        turnstiles.compute(
            name,
            (id, known) -> {
              Turnstile joined = known == null ? new Turnstile() : known;
              joined.users++;
              return joined;
            });
    return Objects.requireNonNull(turnstile);
  }

  private void leave(SecretId name, boolean holding) {
    turnstiles.computeIfPresent(
        name,
        (id, turnstile) -> {
          if (holding) {
            turnstile.free.release();
          }
          turnstile.users--;
          return turnstile.users == 0 ? null : turnstile;
        });
  }

  int size() {
    return turnstiles.size();
  }
}
