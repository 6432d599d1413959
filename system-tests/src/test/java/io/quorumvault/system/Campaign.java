package io.quorumvault.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Clients that do everything at once to a few names, and import some more, until they are told to
/// end. What they did, and saw, is recorded.
///
/// A seed settles what each client asks for; what meets what is up to the machine.
final class Campaign implements AutoCloseable {
  static final int CLIENTS = 8;
  static final int NAMES = 6;

  /// Enough that an import takes effect at several names, few enough that they are read often.
  private static final int NAMES_PER_IMPORT = 3;

  /// Keyed writes of one secret. Then another name takes its place: all outcomes that are still
  /// remembered, 512 at most, travel with each further write, and make it ever slower.
  private static final int WRITES_PER_NAME_MAX = 80;

  private final Recorder recorder;
  private final String prefix;
  private final List<AtomicInteger> writes =
      Stream.generate(AtomicInteger::new).limit(NAMES).toList();

  /// Shared by all who ask.
  private final ReentrantReadWriteLock asking = new ReentrantReadWriteLock(true);

  private final AtomicInteger imports = new AtomicInteger();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  private Campaign(Recorder recorder, String prefix) {
    this.recorder = recorder;
    this.prefix = prefix;
  }

  /// One in which nobody does anything.
  static Campaign idle() {
    return new Campaign(new Recorder(""), "idle");
  }

  Campaign(VaultClient client, Recorder recorder, String prefix, long seed) {
    this(recorder, prefix);
    for (int number = 0; number < CLIENTS; number++) {
      RecordingClient one = new RecordingClient(client, recorder, number);
      Random dice = new Random(seed + number);
      threads.add(Thread.ofVirtual().start(() -> run(one, dice)));
    }
  }

  private void run(RecordingClient client, Random dice) {
    try {
      while (!ending.get()) {
        asking.readLock().lock();
        try {
          step(client, dice);
        } finally {
          asking.readLock().unlock();
        }
      }
    } catch (Throwable failure) {
      failures.add(failure);
      ending.set(true);
    }
  }

  /// Does something when every request has been answered, and before the next.
  void whileNobodyAsks(Runnable something) {
    asking.writeLock().lock();
    try {
      something.run();
    } finally {
      asking.writeLock().unlock();
    }
  }

  private void step(RecordingClient client, Random dice) {
    int number = dice.nextInt(NAMES);
    int kind = dice.nextInt(100);
    boolean onKnownVersion = dice.nextInt(4) == 0;
    boolean insistently = dice.nextBoolean();
    if (kind < 25) {
      boolean _ = client.read(name(number));
    } else if (kind < 33) {
      client.readVersion(name(number), dice);
    } else if (kind < 37) {
      client.readHistory(name(number));
    } else if (kind < 40) {
      client.list(prefix + "-", hotNames());
    } else if (kind < 48) {
      readImported(client, dice);
    } else if (kind < 52) {
      // Every other one is a rival of the newest.
      client.create(
          imported(dice.nextBoolean() ? imports.incrementAndGet() : imports.get()), insistently);
    } else if (kind < 54) {
      client.delete(imported(imports.get()).getFirst(), false, insistently);
    } else {
      String name = writable(number);
      if (kind < 64) {
        client.create(name, insistently);
      } else if (kind < 92) {
        client.update(name, onKnownVersion, insistently);
      } else {
        client.delete(name, onKnownVersion, insistently);
      }
    }
  }

  private void readImported(RecordingClient client, Random dice) {
    List<String> names = new ArrayList<>(imported(imports.get()));
    Collections.shuffle(names, dice);
    for (String name : names) {
      boolean _ = client.read(name);
    }
  }

  /// The name in that place now.
  private String name(int number) {
    return name(number, writes.get(number).get() / WRITES_PER_NAME_MAX);
  }

  /// The same, counting one more write.
  private String writable(int number) {
    return name(number, writes.get(number).incrementAndGet() / WRITES_PER_NAME_MAX);
  }

  private String name(int number, int generation) {
    return prefix + "-" + number + "-" + generation;
  }

  private List<String> hotNames() {
    return IntStream.range(0, NAMES)
        .boxed()
        .flatMap(number ->
            IntStream.rangeClosed(0, writes.get(number).get() / WRITES_PER_NAME_MAX)
                .mapToObj(generation -> name(number, generation)))
        .toList();
  }

  private List<String> imported(int number) {
    return IntStream.range(0, NAMES_PER_IMPORT)
        .mapToObj(i -> prefix.toUpperCase(Locale.ROOT) + "_" + number + "_" + i)
        .toList();
  }

  /// Every name that may exist.
  List<String> names() {
    List<String> names = new ArrayList<>(hotNames());
    IntStream.rangeClosed(0, imports.get()).mapToObj(this::imported).forEach(names::addAll);
    return names;
  }

  /// Returns when so many more operations had an outcome.
  void awaitProgress(long operations) {
    long before = recorder.answered();
    Eventually.holds(
        operations + " more operations",
        () -> {
          throwFailure();
          return recorder.answered() >= before + operations;
        });
  }

  /// Reads every name to the end of its history: what is there belongs to it too.
  void readAll(VaultClient client) {
    List<String> all = names();
    List<Boolean> _ =
        Parallel.run(
            CLIENTS,
            number -> {
              RecordingClient last = new RecordingClient(client, recorder, CLIENTS + number);
              for (int i = number; i < all.size(); i += CLIENTS) {
                String name = all.get(i);
                Eventually.holds(name + " is read", () -> last.read(name));
              }
              return true;
            });
  }

  private void throwFailure() {
    Throwable first = failures.peek();
    if (first != null) {
      throw new AssertionError("a client was answered wrongly", first);
    }
  }

  @Override
  public void close() {
    end();
  }

  /// Returns when what is under way has ended.
  void end() {
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
