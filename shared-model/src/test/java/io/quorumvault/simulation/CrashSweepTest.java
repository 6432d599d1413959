package io.quorumvault.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Membership;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Everything that a cell does, once for each moment at which a node can die in the middle of it:
/// before and after every sync, and before every message that is sent or taken in, by whichever
/// node, coordinator or not. Once the node comes back, once it does not. In the end everything has
/// to have come right, and what was answered has to be true.
class CrashSweepTest {
  private static final List<Membership> CELLS =
      List.of(Membership.of("sweep", 3, 2), Membership.of("sweep", 5, 3));

  record Sweep(Membership cell, Simulator.Scene scene, boolean forGood) {
    @Override
    public String toString() {
      return scene + ", " + cell.nodes() + " nodes" + (forGood ? ", the dead stay away" : "");
    }
  }

  private static Stream<Sweep> sweeps() {
    List<Sweep> sweeps = new ArrayList<>();
    for (Membership cell : CELLS) {
      for (Simulator.Scene scene : Simulator.Scene.values()) {
        sweeps.add(new Sweep(cell, scene, false));
        // Of three nodes none can be spared while one joins: it takes both others to teach it.
        boolean spare = scene != Simulator.Scene.REJOIN || cell.nodes() > 3;
        if (spare) {
          sweeps.add(new Sweep(cell, scene, true));
        }
      }
    }
    return sweeps.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sweeps")
  void a_death_at_any_moment_loses_nothing(Sweep sweep) {
    Map<CrashPoints.Moment, Integer> moments =
        Simulator.playWithDeath(sweep.cell(), sweep.scene(), 0, false).reached();
    int points = moments.values().stream().mapToInt(Integer::intValue).sum();
    int deaths = 0;
    for (int point = 1; point <= points; point++) {
      if (Simulator.playWithDeath(sweep.cell(), sweep.scene(), point, sweep.forGood()).count()
          >= point) {
        deaths++;
      }
    }

    System.out.printf(
        "crash sweep, %s: %d of %d points covered %s%n", sweep, deaths, points, moments);
    assertEquals(points, deaths);
    Set<CrashPoints.Moment> all = EnumSet.allOf(CrashPoints.Moment.class);
    assertTrue(moments.keySet().containsAll(all), () -> "only " + moments.keySet());
  }
}
