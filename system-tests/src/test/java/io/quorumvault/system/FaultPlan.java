package io.quorumvault.system;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Which faults strike whom, and in which order: all of it by a seed.
///
/// Faults come in rounds, and each is over before the next begins. Every fault comes once before
/// any comes again. At most `IMPAIRED_MAX` nodes are impaired in most rounds, so that everything
/// has to go on; in some there are more, and then nothing has to but that nothing wrong is said. A
/// fault by which a node forgets is alone in its round.
final class FaultPlan {
  /// As many as can be missing with five nodes, of which three give a secret back: n - w.
  static final int IMPAIRED_MAX = VaultCluster.NODES - VaultCluster.THRESHOLD;

  /// One round of so many goes beyond.
  private static final int TOO_MANY_EVERY = 6;

  /// A fault and whom it strikes.
  ///
  /// @param nodes their indexes; empty if it strikes the API
  record Harm(Fault fault, List<Integer> nodes) {
    Harm {
      nodes = List.copyOf(nodes);
    }

    @Override
    public String toString() {
      return fault.told + (nodes.isEmpty() ? "" : " " + nodes);
    }
  }

  /// What happens at the same time.
  record Round(List<Harm> harms) {
    Round {
      harms = List.copyOf(harms);
    }

    int impaired() {
      return (int) harms.stream().flatMap(harm -> harm.nodes().stream()).distinct().count();
    }

    /// Whether everything has to go on meanwhile.
    boolean isBorne() {
      return impaired() <= IMPAIRED_MAX
          && harms.stream().noneMatch(harm -> harm.fault() == Fault.KILL_API);
    }
  }

  private final List<Fault> possible;
  private final Random dice;
  private final Deque<Fault> deck = new ArrayDeque<>();

  /// @param possible those that can be made here, at least one
  FaultPlan(long seed, List<Fault> possible) {
    this.possible = List.copyOf(possible);
    this.dice = new Random(seed);
  }

  Round next() {
    boolean tooMany = dice.nextInt(TOO_MANY_EVERY) == 0;
    List<Integer> nodes =
        new ArrayList<>(IntStream.rangeClosed(1, VaultCluster.NODES).boxed().toList());
    Collections.shuffle(nodes, dice);
    int left = tooMany ? VaultCluster.NODES : IMPAIRED_MAX;
    List<Harm> harms = new ArrayList<>();
    do {
      Fault fault = drawn();
      if (fault.reach == Fault.Reach.MEMORY && !harms.isEmpty()) {
        // It waits for a round of its own.
        deck.addFirst(fault);
        break;
      }
      int struck =
          switch (fault.reach) {
            case API -> 0;
            case MEMORY -> 1;
            case NODES -> tooMany ? Math.max(1, left - dice.nextInt(2)) : 1 + dice.nextInt(left);
          };
      List<Integer> victims = nodes.subList(0, struck);
      harms.add(new Harm(fault, victims));
      victims.clear();
      left -= struck;
    } while (left > 0
        && harms.getFirst().fault().reach != Fault.Reach.MEMORY
        && dice.nextBoolean());
    return new Round(harms);
  }

  private Fault drawn() {
    if (deck.isEmpty()) {
      List<Fault> all = new ArrayList<>(possible);
      Collections.shuffle(all, dice);
      deck.addAll(all);
    }
    return deck.removeFirst();
  }
}
