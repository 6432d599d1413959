package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  private static final List<Fault> ALL = List.of(Fault.values());
  private static final int ROUNDS = 2_000;

  private static List<FaultPlan.Round> rounds(long seed) {
    FaultPlan plan = new FaultPlan(seed, ALL);
    return Stream.generate(plan::next).limit(ROUNDS).toList();
  }

  @Test
  void a_seed_says_everything() {
    assertEquals(rounds(7), rounds(7));
    assertNotEquals(rounds(7), rounds(8));
  }

  @Test
  void every_fault_comes_once_before_any_comes_again() {
    List<Fault> drawn =
        rounds(1).stream()
            .flatMap(round -> round.harms().stream().map(FaultPlan.Harm::fault))
            .toList();
    for (int from = 0; from + ALL.size() <= drawn.size(); from += ALL.size()) {
      Set<Fault> deck = EnumSet.copyOf(drawn.subList(from, from + ALL.size()));
      assertEquals(ALL.size(), deck.size());
    }
  }

  @Test
  void no_node_is_struck_twice_in_a_round_and_the_api_has_no_index() {
    for (FaultPlan.Round round : rounds(2)) {
      List<Integer> struck = round.harms().stream().flatMap(harm -> harm.nodes().stream()).toList();
      assertEquals(struck.size(), round.impaired());
      assertTrue(
          struck.stream().allMatch(node -> node >= 1 && node <= VaultCluster.NODES),
          round::toString);
      for (FaultPlan.Harm harm : round.harms()) {
        assertEquals(harm.fault().reach == Fault.Reach.API, harm.nodes().isEmpty());
      }
    }
  }

  @Test
  void what_makes_a_node_forget_comes_alone() {
    for (FaultPlan.Round round : rounds(3)) {
      if (round.harms().stream().anyMatch(harm -> harm.fault().reach == Fault.Reach.MEMORY)) {
        assertEquals(1, round.harms().size(), round::toString);
        assertEquals(1, round.impaired(), round::toString);
      }
    }
  }

  @Test
  void most_rounds_are_borne_and_some_are_not() {
    List<FaultPlan.Round> rounds = rounds(4);
    long tooMany =
        rounds.stream().filter(round -> round.impaired() > FaultPlan.IMPAIRED_MAX).count();
    assertTrue(tooMany > ROUNDS / 20 && tooMany < ROUNDS / 4, tooMany + " of " + ROUNDS);
    assertTrue(rounds.stream().anyMatch(round -> round.impaired() == VaultCluster.NODES));
    assertTrue(rounds.stream().anyMatch(round -> round.harms().size() > 1));
  }

  @Test
  void only_what_is_possible_is_planned() {
    FaultPlan plan = new FaultPlan(5, List.of(Fault.KILL, Fault.KILL_API));
    for (int i = 0; i < ROUNDS; i++) {
      assertFalse(
          plan.next().harms().stream()
              .anyMatch(harm -> harm.fault() != Fault.KILL && harm.fault() != Fault.KILL_API));
    }
  }
}
