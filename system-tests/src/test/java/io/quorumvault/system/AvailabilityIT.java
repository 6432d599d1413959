package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumvault.system.Pulse.Waits;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How much a caller notices: prints how long reads and writes waited, as multiples of what they
/// waited just before nobody was harmed. Asserts only what holds on every machine: what callers are
/// told is right, nothing acknowledged is lost, and everything goes on.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(13)
final class AvailabilityIT {
  private static final Duration UNDISTURBED = Duration.ofSeconds(12);
  private static final Duration DISTURBED = Duration.ofSeconds(20);
  private static final int READERS = 4;
  private static final int WRITTEN = 2;
  private static final int ONLY_READ = 18;

  /// Few enough to be answered at once, and ten times as many.
  private static final int FEW = 16;

  private static final int FAR_TOO_MANY = 160;

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"KILL", "PAUSE", "MUTE", "DEAF", "SLOW_DISK"})
  void with_one_node_gone_reads_and_writes_go_on(Fault fault, FaultyCluster cluster) {
    assumeTrue(fault.isPossible(cluster), () -> "NOT RUN: needs " + fault.needs.told);
    List<Register> written = Load.registers("available-" + fault.name(), WRITTEN);
    List<Register> onlyRead = Load.registers("read-" + fault.name(), ONLY_READ);
    List<Register> registers = Stream.concat(written.stream(), onlyRead.stream()).toList();
    registers.forEach(register -> register.writeSurely(cluster.client()));
    try (Campaign nothing = Campaign.idle();
        Pulse pulse = new Pulse(cluster.client().strict(), written, onlyRead, READERS)) {
      pass(Duration.ofSeconds(5));
      long start = System.nanoTime();
      pass(UNDISTURBED);
      long struck = System.nanoTime();
      Fault.Remedy remedy =
          fault.strike(new Fault.Scene(cluster, nothing, List.of(3), new Random(3)));
      pass(fault.lasts().compareTo(DISTURBED) > 0 ? fault.lasts() : DISTURBED);
      long end = System.nanoTime();
      remedy.apply();
      cluster.awaitServing();
      tell(fault, pulse, start, struck, end);
    }
    for (Register register : registers) {
      register.settle(cluster.client());
      register.verify(cluster.client(), true);
    }
  }

  private static void tell(Fault fault, Pulse pulse, long start, long struck, long end) {
    Map<String, Set<Pulse.Kind>> askedFor = new LinkedHashMap<>();
    askedFor.put("reads", Pulse.READS);
    askedFor.put("of these, of what is being written", Set.of(Pulse.Kind.READ_OF_WRITTEN));
    askedFor.put("writes", Pulse.WRITES);
    askedFor.forEach((what, kinds) -> {
      Waits before = Waits.of(pulse.between(start, struck, kinds));
      Waits since = Waits.of(pulse.between(struck, end, kinds));
      System.out.printf(
          "Availability: %s, %s: %d before and %d since; refused %d and %d; median x%.2f, p99 x%.2f"
              + " (of %.1f ms); longest %.2f s (%.2f s before)%n",
          fault.told,
          what,
          before.count(),
          since.count(),
          before.unanswered(),
          since.unanswered(),
          ratio(since.medianNanos(), before.medianNanos()),
          ratio(since.p99Nanos(), before.p99Nanos()),
          before.p99Nanos() / 1e6,
          since.longestNanos() / 1e9,
          before.longestNanos() / 1e9);
    });
  }

  private static double ratio(long now, long before) {
    return (double) now / before;
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Test
  void far_more_than_can_be_done_is_refused_in_words_and_does_no_harm(FaultyCluster cluster) {
    VaultClient client = cluster.client().strict();
    String name = "available-overload";
    cluster.client().create(name, "v").expect(201);
    // A cell that has just started is slow, whatever is asked of it.
    Stampede warmingUp = Stampede.of(client, name, FEW, Duration.ofSeconds(20));
    Stampede few = Stampede.of(client, name, FEW, Duration.ofSeconds(10));
    Stampede many = Stampede.of(client, name, FAR_TOO_MANY, Duration.ofSeconds(20));
    long over = System.nanoTime();
    Stampede after = Stampede.of(client, name, FEW, Duration.ofSeconds(10));
    System.out.printf(
        "Overload: at first %s; %d callers %s; %d callers %s; then %d callers %s; p99 of those"
            + " answered x%.2f, answered per second x%.2f under overload, x%.2f after; first answer in"
            + " time %.2f s after it%n",
        warmingUp,
        FEW,
        few,
        FAR_TOO_MANY,
        many,
        FEW,
        after,
        (double) many.p99Nanos() / few.p99Nanos(),
        many.answeredPerSecond() / few.answeredPerSecond(),
        after.answeredPerSecond() / few.answeredPerSecond(),
        (after.firstWithinNanos(2 * few.p99Nanos()) - over) / 1e9);
    assertEquals(Map.of(), many.improper(), "refusals that do not say what they are");
    assertTrue(many.answered() > 0, "nobody was answered");
    cluster.awaitServing();
    cluster.client().update(name, "v2").expect(200);
  }

  /// Callers who ask for one secret after another as fast as they are answered or refused.
  private static final class Stampede {
    private static final AtomicInteger STAMPEDES = new AtomicInteger();

    /// Nobody writes what another stampede has written.
    private final int number = STAMPEDES.incrementAndGet();

    private final Duration length;
    private final ConcurrentLinkedQueue<long[]> answered = new ConcurrentLinkedQueue<>();
    private final Map<Integer, LongAdder> refused = new ConcurrentHashMap<>();
    private final Map<String, Integer> improper = new ConcurrentHashMap<>();

    private Stampede(Duration length) {
      this.length = length;
    }

    static Stampede of(VaultClient client, String name, int callers, Duration length) {
      Stampede stampede = new Stampede(length);
      AtomicBoolean ending = new AtomicBoolean();
      List<Thread> threads =
          IntStream.range(0, callers)
              .mapToObj(caller ->
                  Thread.ofVirtual()
                      .start(() -> {
                        for (int i = 0; !ending.get(); i++) {
                          String unique = stampede.number + "-" + caller + "-" + i;
                          stampede.ask(client, name, unique, i % 4 == 0);
                        }
                      }))
              .toList();
      pass(length);
      ending.set(true);
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException stopped) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted", stopped);
        }
      }
      return stampede;
    }

    private void ask(VaultClient client, String name, String unique, boolean write) {
      long start = System.nanoTime();
      Answer answer;
      try {
        answer = write ? client.create("overload-" + unique, "v") : client.get(name);
      } catch (UncheckedIOException noAnswer) {
        refused.computeIfAbsent(0, _ -> new LongAdder()).increment();
        return;
      }
      long now = System.nanoTime();
      if (answer.status() < 300 || answer.isProblem("secret-already-exists")) {
        answered.add(new long[] {now, now - start});
        return;
      }
      refused.computeIfAbsent(answer.status(), _ -> new LongAdder()).increment();
      boolean proper =
          answer.status() == 504
              || (Set.of(429, 503).contains(answer.status())
                  && !answer.header("Retry-After").isBlank());
      if (!proper) {
        int _ = improper.merge(answer.toString(), 1, Integer::sum);
      }
    }

    int answered() {
      return answered.size();
    }

    Map<String, Integer> improper() {
      return Map.copyOf(improper);
    }

    double answeredPerSecond() {
      return (double) answered.size() / length.toSeconds();
    }

    long p99Nanos() {
      List<Long> sorted = answered.stream().map(one -> one[1]).sorted().toList();
      return sorted.get((int) (0.99 * (sorted.size() - 1)));
    }

    /// When somebody was first answered within so long.
    long firstWithinNanos(long bound) {
      return answered.stream()
          .filter(one -> one[1] <= bound)
          .mapToLong(one -> one[0])
          .min()
          .orElseThrow(() -> new AssertionError("nobody was answered in time"));
    }

    @Override
    public String toString() {
      return "answered %d, p99 %.0f ms, refused %s"
          .formatted(
              answered.size(), p99Nanos() / (double) TimeUnit.MILLISECONDS.toNanos(1), refused);
    }
  }
}
