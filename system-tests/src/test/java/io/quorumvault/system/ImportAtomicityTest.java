package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ImportAtomicityTest {
  /// Of a and b, at some moment from 10 on.
  private static Import imported(int from, long to) {
    return imported("x", from, to);
  }

  private static Import imported(String value, int from, long to) {
    return new Import(
        99,
        Map.of("a", value + "a", "b", value + "b"),
        Script.time("" + from),
        to == Operation.NEVER ? to : Script.time("" + to));
  }

  private static Verdict judged(List<Import> imports, String... lines) {
    return new ImportAtomicity().judge(imports, Script.history(lines));
  }

  private static String impossible(List<Import> imports, String... lines) {
    Verdict verdict = judged(imports, lines);
    return assertInstanceOf(Verdict.Impossible.class, verdict).excerpt();
  }

  @Test
  void an_import_is_seen_as_a_whole() {
    judged(
            List.of(imported(10, 20)),
            "a: 0-1 read -> not found",
            "b: 2-3 read -> not found",
            "a: 11-12 read -> not found",
            "b: 13-14 read -> 1 xb",
            "a: 15-16 read -> 1 xa")
        .assertPossible();
  }

  @Test
  void reads_that_overlap_may_see_different_things() {
    judged(List.of(imported(10, 20)), "a: 11-14 read -> 1 xa", "b: 12-15 read -> not found")
        .assertPossible();
  }

  @Test
  void who_reads_the_missing_name_first_proves_nothing() {
    judged(List.of(imported(10, 20)), "b: 11-12 read -> not found", "a: 13-14 read -> 1 xa")
        .assertPossible();
  }

  @Test
  void a_name_that_may_have_been_deleted_since_may_be_missing() {
    judged(
            List.of(imported(10, 20)),
            "a: 11-12 read -> 1 xa",
            "b: 11- delete",
            "b: 15-16 read -> not found",
            "a: 17-18 read -> 1 xa")
        .assertPossible();
  }

  @Test
  void an_unknown_import_may_never_happen_or_late() {
    List<Import> open = List.of(imported(10, Operation.NEVER));
    judged(open, "a: 50-51 read -> not found", "b: 52-53 read -> not found").assertPossible();
    judged(open, "a: 50-51 read -> not found", "b: 52-53 read -> 1 xb", "a: 54-55 read -> 1 xa")
        .assertPossible();
  }

  @Test
  void a_half_is_seen() {
    String excerpt =
        impossible(
            List.of(imported(10, 20)), "a: 11-12 read -> 1 xa", "b: 13-14 read -> not found");
    assertTrue(excerpt.contains("By a alone it may have happened from 0.000 to 2.000 ms"), excerpt);
    assertTrue(
        excerpt.contains("By b alone it may have happened from 3.000 to 10.000 ms"), excerpt);
  }

  @Test
  void a_half_of_an_unknown_import_is_there_for_ever() {
    impossible(
        List.of(imported(10, Operation.NEVER)),
        "a: 50-51 read -> 1 xa",
        "b: 60-61 read -> not found");
  }

  @Test
  void two_readers_see_different_halves() {
    impossible(
        List.of(imported(10, 30)),
        "a: 11-12 read -> 1 xa",
        "b: 13-18 read -> not found",
        "b: 19-20 read -> 1 xb");
  }

  @Test
  void something_later_than_the_import_shows_it_too() {
    impossible(
        List.of(imported(10, 30)),
        "a: 11- update y",
        "a: 12-13 read -> 2 y",
        "b: 14-15 read -> not found");
  }

  @Test
  void a_refused_create_shows_it_too() {
    impossible(
        List.of(imported(10, 30)), "a: 11-12 create y -> exists", "b: 13-14 read -> not found");
  }

  @Test
  void an_own_create_of_one_name_rules_an_unknown_import_out() {
    impossible(
        List.of(imported(10, Operation.NEVER)),
        "a: 11-12 create y -> 1",
        "b: 13-14 read -> 1 xb",
        "a: 15-16 read -> 1 y");
  }

  @Test
  void an_acknowledged_import_is_missing() {
    impossible(List.of(imported(10, 20)), "a: 21-22 read -> not found");
  }

  @Test
  void two_imports_share_names_and_one_is_in_between() {
    List<Import> rivals = List.of(imported("x", 10, 40), imported("y", 10, 40));
    judged(
            rivals,
            "a: 20-21 delete -> deleted",
            "b: 22-23 delete -> deleted",
            "a: 50-51 read -> 1 ya",
            "b: 52-53 read -> 1 yb")
        .assertPossible();
    impossible(
        rivals,
        "a: 20-21 delete -> deleted",
        "b: 22-23 delete -> deleted",
        "a: 50-51 read -> 1 ya",
        "b: 52-53 read -> 1 xb");
  }

  /// Each name alone allows both orders, and so does each import alone.
  @Test
  void two_imports_at_one_instant_still_have_one_order() {
    List<Import> rivals = List.of(imported("x", 10, 20), imported("y", 10, 20));
    impossible(
        rivals,
        "a: 10-20 delete -> deleted",
        "b: 10-20 delete -> deleted",
        "a: 50-51 read -> 1 ya",
        "b: 52-53 read -> 1 xb");
  }

  @Test
  void at_one_instant_one_import_may_come_after_the_other() {
    judged(
            List.of(imported("x", 10, 10), imported("y", 10, 10)),
            "a: 10-10 delete -> deleted",
            "b: 10-10 delete -> deleted",
            "a: 50-51 read -> 1 ya",
            "b: 52-53 read -> 1 yb")
        .assertPossible();
  }

  @Test
  void two_unknown_rivals_cannot_have_half_each() {
    impossible(
        List.of(imported("x", 10, Operation.NEVER), imported("y", 10, Operation.NEVER)),
        "a: 50-51 read -> 1 xa",
        "b: 52-53 read -> 1 yb");
  }

  @Test
  void imports_of_other_names_do_not_matter() {
    Import other = new Import(98, Map.of("c", "zc", "d", "zd"), Script.time("0"), Operation.NEVER);
    judged(List.of(other, imported(10, 20)), "c: 50-51 read -> not found", "a: 52-53 read -> 1 xa")
        .assertPossible();
    impossible(
        List.of(other, imported(10, 20)),
        "c: 50-51 read -> 1 zc",
        "d: 52-53 read -> not found",
        "a: 54-55 read -> 1 xa");
  }

  @Test
  void too_many_rivals_are_undecided_and_fail() {
    List<Import> rivals = List.of(imported("x", 10, 40), imported("y", 10, 40));
    Verdict verdict =
        new ImportAtomicity(new Linearizability(), 20)
            .judge(
                rivals, Script.history("a: 20-21 delete -> deleted", "b: 22-23 delete -> deleted"));
    assertInstanceOf(Verdict.Undecided.class, verdict);
    assertThrows(AssertionError.class, verdict::assertPossible);
  }

  @Test
  void the_naive_twin_agrees_on_imports_and_single_operations() {
    int bad = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      Random dice = new Random(seed);
      List<Import> imports = new ArrayList<>();
      for (int i = 0; i <= dice.nextInt(2); i++) {
        int from = dice.nextInt(10);
        imports.add(
            imported(
                "v" + i, from, dice.nextInt(3) == 0 ? Operation.NEVER : from + dice.nextInt(12)));
      }
      List<String> lines = new ArrayList<>();
      for (int i = dice.nextInt(5); i >= 0; i--) {
        String name = dice.nextBoolean() ? "a" : "b";
        int from = dice.nextInt(22);
        String during = name + ": " + from + "-" + (from + dice.nextInt(5));
        lines.add(
            switch (dice.nextInt(6)) {
              case 0 -> during + " read -> not found";
              case 1 -> name + ": " + from + "- delete";
              case 2 -> during + " delete -> deleted";
              default -> during + " read -> 1 v" + dice.nextInt(imports.size()) + name;
            });
      }
      List<Operation> operations = Script.history(lines.toArray(String[]::new));
      boolean serializable = BruteForce.serializable(imports, operations);
      bad += serializable ? 0 : 1;
      int number = seed;
      assertEquals(
          serializable,
          new ImportAtomicity().judge(imports, operations) instanceof Verdict.Possible,
          () -> "seed " + number + ": " + imports + lines);
    }
    assertTrue(bad > 500 && bad < 2_500, bad + " of them were bad: they prove little");
  }
}
