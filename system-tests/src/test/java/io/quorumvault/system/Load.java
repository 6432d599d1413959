package io.quorumvault.system;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// Writers and readers at work on some registers until they are told to end.
///
/// Each register has one writer; a register's writer ends at the bound below, since a secret
/// remembers only so many outcomes within a day.
final class Load implements AutoCloseable {
  /// Keyed writes of one secret that are surely still remembered: 512, see the contract.
  private static final long WRITES_PER_REGISTER_MAX = 400;

  private final List<Register> registers;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  /// @param writers how many threads write; the registers are divided among them
  /// @param readers how many threads read any of them
  Load(VaultClient client, List<Register> registers, int writers, int readers) {
    this.registers = registers;
    for (int writer = 0; writer < writers; writer++) {
      int first = writer;
      List<Register> own =
          IntStream.range(0, registers.size())
              .filter(i -> i % writers == first)
              .mapToObj(registers::get)
              .toList();
      start(() -> own.forEach(register -> writeOnce(client, register)));
    }
    for (int reader = 0; reader < readers; reader++) {
      start(() -> registers.forEach(register -> register.read(client)));
    }
  }

  private void writeOnce(VaultClient client, Register register) {
    BooleanSupplier mayGoOn = () -> !ending.get();
    if (mayGoOn.getAsBoolean() && register.acknowledged() < WRITES_PER_REGISTER_MAX) {
      boolean _ = register.write(client, mayGoOn);
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
                ending.set(true);
              }
            }));
  }

  static List<Register> registers(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> new Register(prefix + "-" + i)).toList();
  }

  long writesAcknowledged() {
    return registers.stream().mapToLong(Register::acknowledged).sum();
  }

  long readsAnswered() {
    return registers.stream().mapToLong(Register::readsAnswered).sum();
  }

  /// Returns when so many more writes were acknowledged and reads answered.
  void awaitProgress(long writes, long reads) {
    long writesBefore = writesAcknowledged();
    long readsBefore = readsAnswered();
    Eventually.holds(
        writes + " more writes and " + reads + " more reads",
        () -> {
          throwFailure();
          return writesAcknowledged() >= writesBefore + writes
              && readsAnswered() >= readsBefore + reads;
        });
  }

  private void throwFailure() {
    Throwable first = failures.peek();
    if (first != null) {
      throw new AssertionError("a reader or writer was answered wrongly", first);
    }
  }

  /// Ends all at once; writes under way are left with unknown outcome.
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
    throwFailure();
  }
}
