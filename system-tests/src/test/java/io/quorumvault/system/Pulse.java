package io.quorumvault.system;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// Readers and writers at an even pace, well below what the machine can do, and how long each of
/// them waited: for a read one answer, for a write until it is acknowledged, however often it has
/// to be sent. What they are told is checked (see `Register`).
final class Pulse implements AutoCloseable {
  /// Between an answer and the next request of the same client.
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /// What was asked for.
  enum Kind {
    WRITE,
    /// Of a secret that is being written all the time.
    READ_OF_WRITTEN,
    /// Of one that nobody writes, like most of those that are read.
    READ
  }

  /// One that somebody waited for.
  ///
  /// @param answered false if a read was refused or a write given up at the end
  record Beat(Kind kind, long startNanos, long nanos, boolean answered) {}

  /// How long those of some stretch of time waited.
  ///
  /// @param longestNanos of them all
  record Waits(int count, int unanswered, long medianNanos, long p99Nanos, long longestNanos) {
    static Waits of(List<Beat> beats) {
      List<Long> sorted = beats.stream().map(Beat::nanos).sorted().toList();
      int count = sorted.size();
      if (count == 0) {
        throw new AssertionError("nobody asked for anything");
      }
      return new Waits(
          count,
          (int) beats.stream().filter(Predicate.not(Beat::answered)).count(),
          sorted.get(count / 2),
          sorted.get((int) (0.99 * (count - 1))),
          sorted.getLast());
    }
  }

  static final Set<Kind> READS = EnumSet.of(Kind.READ, Kind.READ_OF_WRITTEN);
  static final Set<Kind> WRITES = EnumSet.of(Kind.WRITE);

  private final ConcurrentLinkedQueue<Beat> beats = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  /// All readers read all of them, in turn.
  ///
  /// @param written each has a writer of its own
  Pulse(VaultClient client, List<Register> written, List<Register> onlyRead, int readers) {
    BooleanSupplier mayGoOn = () -> !ending.get();
    for (Register register : written) {
      start(() -> beat(Kind.WRITE, () -> register.write(client, mayGoOn)));
    }
    for (int reader = 0; reader < readers; reader++) {
      start(() -> {
        written.forEach(register -> beat(Kind.READ_OF_WRITTEN, () -> register.read(client)));
        onlyRead.forEach(register -> beat(Kind.READ, () -> register.read(client)));
      });
    }
  }

  private void start(Runnable round) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (!ending.get()) {
                  round.run();
                }
              } catch (Throwable failure) {
                failures.add(failure);
              }
            }));
  }

  private void beat(Kind kind, BooleanSupplier asking) {
    if (ending.get()) {
      return;
    }
    long start = System.nanoTime();
    boolean answered = asking.getAsBoolean();
    beats.add(new Beat(kind, start, System.nanoTime() - start, answered));
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  /// What was under way at any moment from `start` on, and over before `end`, by the clock of
  /// `System.nanoTime`.
  List<Beat> between(long start, long end, Set<Kind> kinds) {
    return beats.stream()
        .filter(beat -> kinds.contains(beat.kind()))
        .filter(beat -> beat.startNanos() + beat.nanos() - start >= 0)
        .filter(beat -> beat.startNanos() + beat.nanos() - end < 0)
        .sorted(Comparator.comparingLong(Beat::startNanos))
        .toList();
  }

  @Override
  public void close() {
    ending.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", stopped);
      }
    }
    Throwable first = failures.peek();
    if (first != null) {
      throw new AssertionError("a reader or writer was answered wrongly", first);
    }
  }
}
