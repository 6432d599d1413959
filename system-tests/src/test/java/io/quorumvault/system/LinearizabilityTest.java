package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class LinearizabilityTest {
  private static Verdict judged(String... lines) {
    List<Operation> history = Script.history(lines);
    Verdict verdict = new Linearizability().judge(history);
    if (history.stream().map(Operation::name).distinct().count() == 1) {
      assertEquals(BruteForce.linearizable(history), verdict instanceof Verdict.Possible);
    }
    return verdict;
  }

  private static void possible(String... lines) {
    judged(lines).assertPossible();
  }

  private static void impossible(String... lines) {
    Verdict verdict = judged(lines);
    assertInstanceOf(Verdict.Impossible.class, verdict);
    assertThrows(AssertionError.class, verdict::assertPossible);
  }

  @Nested
  final class Good {
    @Test
    void nothing_happened() {
      new Linearizability().judge(List.of()).assertPossible();
    }

    @Test
    void one_after_the_other() {
      possible(
          "0-1 read -> not found",
          "2-3 create a -> 1",
          "4-5 read -> 1 a",
          "6-7 update b -> 2",
          "8-9 read -> 2 b",
          "10-11 delete -> deleted",
          "12-13 read -> not found",
          "14-15 create c -> 1",
          "16-17 read -> 1 c");
    }

    @Test
    void a_read_beside_a_write_sees_either() {
      possible("0-1 create a -> 1", "2-9 update b -> 2", "3-4 read -> 1 a", "5-6 read -> 2 b");
    }

    @Test
    void a_read_sees_a_write_that_is_acknowledged_later() {
      possible("0-9 create a -> 1", "1-2 read -> not found", "3-4 read -> 1 a");
    }

    @Test
    void versions_tell_the_order_of_parallel_updates() {
      possible(
          "0-1 create a -> 1",
          "2-9 update b -> 4",
          "2-9 update c -> 2",
          "2-9 update d -> 3",
          "10-11 read -> 4 b");
    }

    @Test
    void an_unknown_write_happened() {
      possible("0-1 create a -> 1", "2- update b", "3-4 read -> 2 b");
    }

    @Test
    void an_unknown_write_happened_much_later() {
      possible(
          "0-1 create a -> 1",
          "2- update b",
          "3-4 read -> 1 a",
          "5-6 read -> 1 a",
          "7-8 read -> 2 b");
    }

    @Test
    void an_unknown_write_never_happened() {
      possible("0-1 create a -> 1", "2- update b", "3-4 update c -> 2", "5-6 read -> 2 c");
    }

    @Test
    void unknown_writes_nobody_saw_account_for_versions() {
      possible("0-1 create a -> 1", "2- update b", "2- update c", "5-6 update d -> 4");
    }

    @Test
    void an_unknown_create_explains_exists() {
      possible("0- create a", "1-2 create b -> exists", "3-4 read -> 1 a");
    }

    @Test
    void an_unknown_delete_explains_another_life() {
      possible("0-1 create a -> 1", "2- delete", "3-4 create b -> 1", "5-6 read -> 1 b");
    }

    @Test
    void exists_was_true_beside_a_delete_and_a_create() {
      possible("0-1 create a -> 1", "2-8 delete -> deleted", "3-7 create b -> exists");
    }

    @Test
    void not_found_was_true_for_a_moment() {
      possible(
          "0-1 create a -> 1",
          "2-9 delete -> deleted",
          "2-9 create b -> 1",
          "3-8 read -> not found");
    }

    @Test
    void of_a_race_with_if_match_one_wins() {
      possible(
          "0-1 create a -> 1",
          "2-5 update b if 1 -> 2",
          "2-5 update c if 1 -> mismatch",
          "3-6 delete if 1 -> mismatch");
    }

    @Test
    void an_if_match_on_what_is_gone_is_not_found() {
      possible("0-1 create a -> 1", "2-3 delete if 1 -> deleted", "4-5 update b if 1 -> not found");
    }

    @Test
    void what_was_not_applied_left_nothing() {
      possible("0-1 create a -> 1", "2-3 update b -> not applied", "4-5 read -> 1 a");
    }

    @Test
    void what_overlaps_at_one_instant_overlaps() {
      possible("0-1 create a -> 1", "1-2 read -> not found");
    }

    @Test
    void a_retry_that_learns_of_its_first_try_is_one_operation() {
      possible("0-1 create a -> 1", "2-9 update b -> 2", "4-5 read -> 2 b", "6-7 update c -> 3");
    }

    @Test
    void names_are_judged_alone() {
      possible("a: 0-1 create x -> 1", "b: 2-3 read -> not found", "a: 4-5 read -> 1 x");
    }
  }

  @Nested
  final class Bad {
    @Test
    void an_acknowledged_update_is_lost() {
      impossible("0-1 create a -> 1", "2-3 update b -> 2", "4-5 update c -> 2");
    }

    @Test
    void an_acknowledged_create_is_lost() {
      impossible("0-1 create a -> 1", "2-3 read -> not found");
    }

    @Test
    void a_read_is_stale_after_an_acknowledged_write() {
      impossible("0-1 create a -> 1", "2-3 update b -> 2", "4-5 read -> 1 a");
    }

    @Test
    void a_read_is_older_than_one_before_it() {
      impossible("0-1 create a -> 1", "2-9 update b -> 2", "3-4 read -> 2 b", "5-6 read -> 1 a");
    }

    @Test
    void a_value_is_torn_from_its_version() {
      impossible("0-1 create a -> 1", "2-3 update b -> 2", "4-5 read -> 2 a");
    }

    @Test
    void the_value_of_a_write_under_way_has_the_old_version() {
      impossible("0-1 create a -> 1", "2-9 update b -> 2", "4-5 read -> 1 b");
    }

    @Test
    void a_version_is_skipped() {
      impossible("0-1 create a -> 1", "2-3 update b -> 3");
    }

    @Test
    void a_version_is_skipped_beside_too_few_unknown_writes() {
      impossible("0-1 create a -> 1", "2- update b", "5-6 update c -> 4");
    }

    @Test
    void a_version_is_made_twice() {
      impossible("0-1 create a -> 1", "2-5 update b -> 2", "2-5 update c -> 2");
    }

    @Test
    void a_retry_is_applied_twice() {
      impossible("0-1 create a -> 1", "2-5 update b -> 2", "6-7 read -> 3 b");
    }

    @Test
    void an_unknown_write_is_applied_twice() {
      impossible(
          "0-1 create a -> 1",
          "2- update b",
          "3-4 read -> 2 b",
          "5-6 update c -> 3",
          "7-8 read -> 4 b");
    }

    @Test
    void a_value_was_never_written() {
      impossible("0-1 create a -> 1", "2-3 read -> 1 x");
    }

    @Test
    void a_value_is_read_before_it_is_written() {
      impossible("0-1 create a -> 1", "2-3 read -> 2 b", "4-5 update b -> 2");
    }

    @Test
    void a_refused_write_is_seen() {
      impossible("0-1 create a -> 1", "2-3 update b -> not applied", "4-5 read -> 2 b");
    }

    @Test
    void a_secret_is_there_after_its_delete() {
      impossible("0-1 create a -> 1", "2-3 delete -> deleted", "4-5 read -> 1 a");
    }

    @Test
    void a_secret_rises_again_after_it_was_not_found() {
      impossible("0-1 create a -> 1", "2- delete", "3-4 read -> not found", "5-6 read -> 1 a");
    }

    @Test
    void a_secret_is_updated_after_its_delete() {
      impossible("0-1 create a -> 1", "2-3 delete -> deleted", "4-5 update b -> 2");
    }

    @Test
    void a_new_life_goes_on_with_old_versions() {
      impossible(
          "0-1 create a -> 1", "2-3 delete -> deleted", "4-5 create b -> 1", "6-7 update c -> 3");
    }

    @Test
    void a_live_secret_is_not_found_by_an_update() {
      impossible("0-1 create a -> 1", "2-3 update b -> not found", "4-5 read -> 1 a");
    }

    @Test
    void what_never_was_exists() {
      impossible("0-1 create a -> exists");
    }

    @Test
    void an_unknown_write_is_seen_and_then_unseen() {
      impossible("0-1 create a -> 1", "2- update b", "3-4 read -> 2 b", "5-6 read -> 1 a");
    }

    @Test
    void an_unknown_create_is_seen_and_then_unseen() {
      impossible("0- create a", "1-2 read -> 1 a", "3-4 read -> not found");
    }

    @Test
    void two_creates_succeed() {
      impossible("0-5 create a -> 1", "0-5 create b -> 1");
    }

    @Test
    void two_deletes_of_one_life_succeed() {
      impossible("0-1 create a -> 1", "2-5 delete -> deleted", "2-5 delete -> deleted");
    }

    @Test
    void of_a_race_with_if_match_two_win() {
      impossible("0-1 create a -> 1", "2-5 update b if 1 -> 2", "2-5 update c if 1 -> 3");
    }

    @Test
    void a_matching_version_is_a_mismatch() {
      impossible("0-1 create a -> 1", "2-3 update b if 1 -> mismatch", "4-5 read -> 1 a");
    }

    @Test
    void an_if_match_overwrites_another_version() {
      impossible("0-1 create a -> 1", "2-3 update b -> 2", "4-5 update c if 1 -> 3");
    }

    @Test
    void a_delete_with_if_match_deletes_another_version() {
      impossible("0-1 create a -> 1", "2-3 update b -> 2", "4-5 delete if 1 -> deleted");
    }

    @Test
    void a_create_makes_another_version_than_the_first() {
      impossible("0-1 create a -> 2");
    }

    @Test
    void two_readers_see_two_orders() {
      impossible(
          "0-1 create a -> 1",
          "2- update b",
          "2- update c",
          "3-4 read -> 2 b",
          "5-6 read -> 3 c",
          "7-8 read -> 2 b");
    }

    @Test
    void one_of_many_names_is_enough() {
      impossible(
          "a: 0-1 create x -> 1",
          "b: 0-1 create y -> 1",
          "a: 2-3 read -> 1 x",
          "b: 2-3 read -> 1 z");
    }
  }

  @Test
  void the_naive_twin_agrees_on_thousands_of_small_histories() {
    int bad = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      Random dice = new Random(seed);
      List<Operation> good =
          SimulatedHistory.good(
              dice, 1 + dice.nextInt(8), 1 + dice.nextInt(5), dice.nextInt(3) * 30);
      int number = seed;
      assertTrue(BruteForce.linearizable(good), () -> "seed " + number);
      assertInstanceOf(
          Verdict.Possible.class, new Linearizability().judge(good), () -> "seed " + number);
      List<Operation> mutated = SimulatedHistory.mutated(dice, good);
      boolean linearizable = BruteForce.linearizable(mutated);
      bad += linearizable ? 0 : 1;
      assertEquals(
          linearizable,
          new Linearizability().judge(mutated) instanceof Verdict.Possible,
          () -> "seed " + number + ": " + mutated);
    }
    assertTrue(bad > 3_000, "only " + bad + " mutations were bad: they prove little");
  }

  @Test
  void large_histories_of_many_clients_with_many_unknown_writes_are_decided() {
    for (int overlap : List.of(4, 8, 24)) {
      for (int openPercent : List.of(0, 5, overlap <= 8 ? 25 : 2)) {
        for (int seed = 0; seed < 3; seed++) {
          assertInstanceOf(
              Verdict.Possible.class,
              new Linearizability()
                  .judge(SimulatedHistory.good(new Random(seed), 1_000, overlap, openPercent)),
              overlap + " at a time, " + openPercent + " % open, seed " + seed);
        }
      }
    }
  }

  @Test
  void one_wrong_answer_in_a_large_history_is_found_and_shown_in_a_few_lines() {
    for (int seed = 0; seed < 20; seed++) {
      List<Operation> history =
          new ArrayList<>(SimulatedHistory.good(new Random(seed), 800, 8, 10));
      int number = seed;
      int place =
          IntStream.range(400, 800)
              .filter(i -> history.get(i).outcome() instanceof Outcome.Found)
              .findFirst()
              .orElseThrow();
      Operation read = history.get(place);
      Outcome.Found found = (Outcome.Found) read.outcome();
      history.set(
          place,
          new Operation(
              read.client(),
              read.name(),
              read.call(),
              new Outcome.Found(found.version() + 1, found.value()),
              read.invoked(),
              read.returned()));
      Verdict.Impossible verdict =
          assertInstanceOf(
              Verdict.Impossible.class,
              new Linearizability().judge(history),
              () -> "seed " + number);
      assertTrue(verdict.excerpt().lines().count() <= 45, verdict::excerpt);
      assertTrue(verdict.excerpt().contains("\n* "), verdict::excerpt);
    }
  }

  /// A hundred unknown writes have more subsets than there is room for; what nobody saw is counted.
  @Test
  void a_hundred_open_writes_of_each_kind_are_decided() {
    List<String> lines = new ArrayList<>(List.of("0-1 create a -> 1"));
    for (int i = 0; i < 100; i++) {
      lines.add("2- update u" + i);
      lines.add("2- create c" + i);
      lines.add("2- delete");
    }
    List<Operation> good =
        Script.history(
            Stream.concat(
                    lines.stream(),
                    Stream.of(
                        "3-4 read -> 5 u7",
                        "5-6 read -> not found",
                        "7-8 read -> 9 u8",
                        "9-10 read -> 1 c5",
                        "11-12 update z -> 90"))
                .toArray(String[]::new));
    new Linearizability().judge(good).assertPossible();
    List<Operation> bad =
        Script.history(
            Stream.concat(
                    lines.stream(),
                    Stream.of(
                        "3-4 read -> 5 u7",
                        "5-6 read -> not found",
                        "7-8 read -> 9 u8",
                        "9-10 read -> 1 c5",
                        "11-12 update z -> 91"))
                .toArray(String[]::new));
    assertInstanceOf(Verdict.Impossible.class, new Linearizability().judge(bad));
  }

  @Test
  void forty_creates_and_deletes_at_once_are_decided() {
    List<Operation> history = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      history.add(
          new Operation(
              i,
              "s",
              i % 2 == 0 ? new Call.Create("v" + i) : new Call.Delete(OptionalLong.empty()),
              new Outcome.Applied(i % 2 == 0 ? 1 : 0),
              i,
              100 + i));
    }
    new Linearizability().judge(history).assertPossible();
    history.add(
        new Operation(
            40, "s", new Call.Delete(OptionalLong.empty()), new Outcome.Applied(0), 50, 200));
    assertInstanceOf(Verdict.Impossible.class, new Linearizability().judge(history));
  }

  @Test
  void a_search_beyond_its_bounds_is_undecided_and_fails() {
    List<Operation> history = SimulatedHistory.good(new Random(1), 300, 20, 20);
    for (Linearizability bounded :
        List.of(
            new Linearizability(2, Linearizability.STEPS_MAX),
            new Linearizability(Linearizability.CONFIGURATIONS_MAX, 10))) {
      Verdict verdict = bounded.judge(history);
      assertInstanceOf(Verdict.Undecided.class, verdict);
      assertThrows(AssertionError.class, verdict::assertPossible);
    }
    new Linearizability().judge(history).assertPossible();
  }

  @Test
  void an_excerpt_tells_the_contradiction_and_little_else() {
    List<String> lines = new ArrayList<>();
    lines.add("0-1 create v1 -> 1");
    for (int i = 1; i < 50; i++) {
      lines.add("%d-%d read -> %d v%d".formatted(10 * i, 10 * i + 1, i, i));
      lines.add("%d-%d update v%d -> %d".formatted(10 * i + 2, 10 * i + 3, i + 1, i + 1));
    }
    lines.add("600-601 read -> 49 v49");
    lines.add("610-611 read -> 50 v50");
    Verdict.Impossible verdict = assertInstanceOf(Verdict.Impossible.class, judgedLarge(lines));
    assertEquals(
        """
        The history of s (101 operations) is not linearizable: there is no moment for what is marked *.
        Until then it can only have been version 50 = (a value no read saw).
               472.000 ..      473.000 ms  client 94  s: update v48 -> made version 48
               482.000 ..      483.000 ms  client 96  s: update v49 -> made version 49
               492.000 ..      493.000 ms  client 98  s: update v50 -> made version 50
        *      600.000 ..      601.000 ms  client 99  s: read -> version 49 = v49
        """,
        verdict.excerpt());
  }

  private static Verdict judgedLarge(List<String> lines) {
    return new Linearizability().judge(Script.history(lines.toArray(String[]::new)));
  }

  @Test
  void a_value_written_twice_is_refused_since_it_would_name_no_write() {
    List<Operation> history = Script.history("0-1 create a -> 1", "2-3 update a -> 2");
    assertThrows(IllegalArgumentException.class, () -> new Linearizability().judge(history));
  }

  @Test
  void answers_that_do_not_belong_to_the_question_are_refused() {
    for (String line :
        List.of(
            "0-1 create a -> not found",
            "0-1 create a -> deleted",
            "0-1 update a -> exists",
            "0-1 update a -> mismatch",
            "0-1 delete -> 2",
            "0-1 read -> 1",
            "0-1 read -> not applied",
            "0-1 update a -> 1 a",
            "0- update a -> 1",
            "0-1 update a",
            "2-1 update a -> 1")) {
      assertThrows(IllegalArgumentException.class, () -> Script.history(line), line);
    }
    assertFalse(Script.history("0- update a").getFirst().outcome() instanceof Outcome.Applied);
  }
}
