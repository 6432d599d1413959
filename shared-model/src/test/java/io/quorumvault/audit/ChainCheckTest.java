package io.quorumvault.audit;

import static io.quorumvault.audit.Chains.check;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.testing.Gen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChainCheckTest {
  private final List<AuditRecord> records = Chains.records(9);
  private final List<String> lines = Chains.lines(records);

  private static void assertFirst(Flaw.Kind kind, long seq, List<Flaw> flaws) {
    assertFalse(flaws.isEmpty(), "nothing was found");
    assertEquals(kind, flaws.getFirst().kind(), flaws::toString);
    assertEquals(seq, flaws.getFirst().seq(), flaws::toString);
  }

  private static Anchor anchor(AuditRecord record) {
    return Anchor.of(record);
  }

  @Test
  void a_whole_log_has_no_flaw() {
    assertEquals(List.of(), check(lines));
    assertEquals(List.of(), check(lines, records.stream().map(Anchor::of).toList()));
    assertEquals(List.of(), check(List.of()));
  }

  @Test
  void a_record_that_was_altered_is_named_and_no_other() {
    lines.set(3, lines.get(3).replace("NAME_4", "NAME_5"));
    assertEquals(List.of(new Flaw(Flaw.Kind.ALTERED, 4, 4)), check(lines));
  }

  @Test
  void a_number_that_was_altered_does_not_mislead() {
    lines.set(3, lines.get(3).replace("{\"seq\":4,", "{\"seq\":7,"));
    assertEquals(List.of(new Flaw(Flaw.Kind.ALTERED, 4, 4)), check(lines));
  }

  @Test
  void a_record_that_was_altered_together_with_its_hash_shows_at_the_next() {
    AuditRecord before = records.get(2);
    lines.set(
        3,
        AuditRecord.after(anchor(before), records.get(3).ts(), Chains.read("eve", "NAME_4"))
            .line());
    assertEquals(List.of(new Flaw(Flaw.Kind.UNLINKED, 5, 5)), check(lines));
  }

  @Test
  void a_last_record_that_was_altered_with_its_hash_shows_against_an_anchor() {
    lines.set(
        8,
        AuditRecord.after(anchor(records.get(7)), records.get(8).ts(), Chains.read("eve", "NAME_9"))
            .line());
    assertEquals(List.of(), check(lines));
    assertFirst(Flaw.Kind.CONTRADICTED, 9, check(lines, List.of(anchor(records.get(8)))));
  }

  @Test
  void a_record_that_was_removed_is_named() {
    lines.remove(3);
    assertEquals(List.of(new Flaw(Flaw.Kind.GAP, 4, 4)), check(lines));
  }

  @Test
  void a_record_that_is_there_twice_is_named() {
    lines.add(5, lines.get(3));
    assertEquals(List.of(new Flaw(Flaw.Kind.DUPLICATE, 4, 6)), check(lines));
  }

  @Test
  void records_that_changed_places_are_named() {
    Collections.swap(lines, 3, 4);
    assertFirst(Flaw.Kind.GAP, 4, check(lines));
  }

  @Test
  void a_line_that_is_none_is_named_and_the_rest_is_looked_at() {
    lines.set(3, "{}");
    lines.set(6, lines.get(6).replace("demo", "dem0"));
    assertEquals(
        List.of(new Flaw(Flaw.Kind.UNREADABLE, 4, 4), new Flaw(Flaw.Kind.ALTERED, 7, 7)),
        check(lines));
  }

  @Test
  void a_record_of_another_node_is_named() {
    lines.set(
        3,
        AuditRecord.after(
                new Anchor(new NodeId(3), 3, records.get(2).hash()),
                Chains.THEN,
                Chains.read("ann", "NAME_4"))
            .line());
    assertFirst(Flaw.Kind.FOREIGN, 4, check(lines));
  }

  @Test
  void a_tail_that_was_cut_off_shows_against_an_anchor_and_only_so() {
    List<String> cut = lines.subList(0, 6);
    assertEquals(List.of(), check(cut));
    assertEquals(List.of(), check(cut, List.of(anchor(records.get(5)))));
    assertEquals(
        List.of(new Flaw(Flaw.Kind.CUT_OFF, 7, 6)),
        check(cut, List.of(anchor(records.get(2)), anchor(records.get(8)))));
    assertEquals(
        List.of(), check(cut, List.of(new Anchor(new NodeId(5), 9, records.get(8).hash()))));
  }

  @Test
  void a_log_that_was_emptied_shows_against_an_anchor() {
    ChainCheck check = new ChainCheck(List.of(anchor(records.get(8))));
    check.expect(Chains.NODE);
    assertEquals(List.of(new Flaw(Flaw.Kind.CUT_OFF, 1, 0)), check.end());
  }

  @Test
  void a_beginning_may_only_be_missing_if_a_record_says_that_it_was_dropped() {
    List<String> kept = lines.subList(4, 9);
    assertFirst(Flaw.Kind.ROOTLESS, 1, check(kept));
    AuditRecord drop =
        AuditRecord.after(
            anchor(records.get(8)), Chains.THEN.plusSeconds(1), Chains.own("log-drop", 4));
    List<String> withDrop = new ArrayList<>(kept);
    withDrop.add(drop.line());
    assertEquals(List.of(), check(withDrop));
    withDrop.removeFirst();
    assertFirst(Flaw.Kind.ROOTLESS, 5, check(withDrop));
  }

  @Test
  void a_log_that_goes_on_after_a_hole_keeps_the_hole() {
    AuditRecord resumed =
        AuditRecord.after(
            anchor(records.get(8)), Chains.THEN.plusSeconds(1), Chains.own("log-resume", 9));
    List<String> holed = new ArrayList<>(lines.subList(0, 6));
    holed.add(resumed.line());
    assertEquals(
        List.of(new Flaw(Flaw.Kind.GAP, 7, 7)), check(holed, List.of(anchor(records.get(8)))));
    assertFirst(Flaw.Kind.ROOTLESS, 1, check(List.of(resumed.line())));
  }

  @Test
  void garbage_is_counted_up_to_a_bound() {
    List<String> garbage = Collections.nCopies(ChainCheck.FLAWS_MAX * 2, "x");
    assertEquals(ChainCheck.FLAWS_MAX, check(garbage).size());
  }

  /// Whatever single thing is done to a log that an anchor reaches the end of, it is found, and
  /// where it was done or, if everything was recomputed there, at the next record.
  @Test
  void no_single_change_goes_unnoticed() {
    List<AuditRecord> chain = Chains.records(20);
    List<Anchor> anchors = List.of(anchor(chain.getLast()));
    Gen.forAll(
        2_000,
        gen -> {
          List<String> log = Chains.lines(chain);
          int at = gen.below(log.size());
          String how;
          switch (gen.below(6)) {
            case 0 -> {
              how = "flipped";
              char[] line = log.get(at).toCharArray();
              line[gen.below(line.length)] ^= (char) (1 << gen.below(7));
              log.set(at, new String(line));
            }
            case 1 -> {
              how = "removed";
              log.remove(at);
            }
            case 2 -> {
              how = "repeated";
              log.add(gen.below(log.size() + 1), log.get(at));
            }
            case 3 -> {
              how = "swapped";
              Collections.swap(log, at, (at + 1 + gen.below(log.size() - 1)) % log.size());
            }
            case 4 -> {
              how = "cut off";
              log = log.subList(0, at);
            }
            default -> {
              how = "made anew";
              Anchor head = at == 0 ? Anchor.beginning(Chains.NODE) : anchor(chain.get(at - 1));
              log.set(at, AuditRecord.after(head, Chains.THEN, Chains.read("eve", "OTHER")).line());
            }
          }
          ChainCheck check = new ChainCheck(anchors);
          check.expect(Chains.NODE);
          log.forEach(check::next);
          List<Flaw> flaws = check.end();
          assertFalse(flaws.isEmpty(), () -> how + " " + (at + 1) + " went unnoticed");
          long named = flaws.getFirst().seq();
          assertTrue(
              named <= at + 2 || how.equals("swapped"),
              () -> how + " " + (at + 1) + " was found at " + flaws);
        });
  }
}
