package io.quorumvault.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs the simulator over many seeds. The first one that fails is printed with what happened;
/// `-Dsimulation.seed=<it>` runs it alone, `-Dsimulation.trace=<lines>` shows more of it.
/// `-Dsimulation.minutes=<n>` goes on for that long, from `simulation.seed` or from 1;
/// `-Dsimulation.seeds=<n>` ends after so many.
class SimulationTest {
  /// Enough for every kind of cell and of fault to meet many times.
  private static final int SEEDS = 4_000;

  /// A busy machine runs fewer.
  private static final long USUAL_SECONDS = 60;

  @Test
  void whatever_happens_the_cell_keeps_its_promises() {
    Long only = Long.getLong("simulation.seed");
    Integer minutes = Integer.getInteger("simulation.minutes");
    if (only != null && minutes == null) {
      Simulator.run(only);
      return;
    }
    long first = only == null ? 1 : only;
    long seconds = minutes == null ? USUAL_SECONDS : TimeUnit.MINUTES.toSeconds(minutes);
    long began = System.nanoTime();
    long until = began + TimeUnit.SECONDS.toNanos(seconds);
    long seeds = 0;
    long steps = 0;
    int most = Integer.getInteger("simulation.seeds", SEEDS);
    while (System.nanoTime() < until && (minutes != null || seeds < most)) {
      steps += Simulator.run(first + seeds).steps();
      seeds++;
    }
    System.out.printf(
        "simulation: %d seeds from %d, %d steps, %d s%n",
        seeds, first, steps, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
  }

  /// Found by longer searches; each broke what `Sweeper` or `Rejoin` now does.
  @ParameterizedTest
  @ValueSource(longs = {81, 500_337, 523_647})
  void a_seed_that_once_failed_does_not(long seed) {
    Simulator.run(seed);
  }

  @Test
  void the_same_seed_is_the_same_run() {
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(traceOf(seed), traceOf(seed));
    }
  }

  private static List<String> traceOf(long seed) {
    List<String> trace = new ArrayList<>();
    Simulator.runBare(seed, trace);
    return trace;
  }
}
