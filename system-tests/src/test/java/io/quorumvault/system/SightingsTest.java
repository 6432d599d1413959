package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What old versions, histories and listings may say after some writes.
class SightingsTest {
  private static Sighting seen(long begin, long end, long version, String value) {
    return new Sighting(
        0,
        "s",
        "test",
        version,
        value.isEmpty(),
        Optional.of(value).filter(told -> !told.isEmpty()),
        begin * 1_000_000,
        end * 1_000_000);
  }

  private static Verdict judged(Sighting sighting, String... history) {
    return new Sightings(Script.history(history), List.of()).judge(List.of(sighting));
  }

  private static void assertPossible(Sighting sighting, String... history) {
    assertEquals(new Verdict.Possible(1), judged(sighting, history));
  }

  private static void assertImpossible(String why, Sighting sighting, String... history) {
    Verdict.Impossible verdict =
        assertInstanceOf(Verdict.Impossible.class, judged(sighting, history));
    assertTrue(verdict.excerpt().contains(why), verdict::excerpt);
  }

  @Test
  void what_was_written_before_is_there_unless_a_delete_may_have_come_since() {
    String create = "0-1 create a -> 1";
    assertPossible(seen(2, 3, 1, ""), create);
    assertImpossible("nothing can have deleted it", seen(2, 3, 0, ""), create);
    assertPossible(seen(2, 3, 0, ""), create, "1-4 delete -> deleted");
    assertPossible(seen(5, 6, 0, ""), create, "1- delete");
    assertPossible(seen(0, 3, 0, ""), create);
    assertImpossible(
        "nothing can have deleted it", seen(2, 3, 0, ""), create, "4-5 delete -> deleted");
  }

  @Test
  void what_was_deleted_before_is_gone_unless_it_may_have_been_created_since() {
    String create = "0-1 create a -> 1";
    String delete = "2-3 delete -> deleted";
    assertPossible(seen(4, 5, 0, ""), create, delete);
    assertImpossible("created it since", seen(4, 5, 1, ""), create, delete);
    assertPossible(seen(2, 5, 1, ""), create, delete);
    assertPossible(seen(4, 5, 1, ""), create, delete, "2- create b");
    assertImpossible("created it since", seen(4, 5, 1, ""), create, delete, "6-7 create b -> 1");
    assertImpossible("nobody had created it", seen(4, 5, 1, ""));
    assertImpossible("nobody had created it", seen(4, 5, 1, ""), "6-7 create b -> 1");
  }

  @Test
  void the_newest_version_is_none_before_one_that_was_written() {
    String[] history = {"0-1 create a -> 1", "2-3 update b -> 2"};
    assertPossible(seen(4, 5, 2, ""), history);
    assertPossible(seen(2, 5, 1, ""), history);
    assertImpossible("version 2 was written before", seen(4, 5, 1, ""), history);
    assertPossible(
        seen(8, 9, 1, ""), history[0], history[1], "4-5 delete -> deleted", "6-7 create c -> 1");
  }

  @Test
  void a_version_has_the_value_that_was_written_for_it() {
    String[] history = {"0-1 create a -> 1", "2-3 update b -> 2", "4- update c"};
    assertPossible(seen(5, 6, 1, "a"), history);
    assertPossible(seen(5, 6, 2, "b"), history);
    assertPossible(seen(5, 6, 3, "c"), history);
    assertImpossible("written as version 1", seen(5, 6, 2, "a"), history);
    assertImpossible("nobody wrote this value", seen(5, 6, 2, "d"), history);
    assertImpossible("nobody wrote this value", seen(2, 3, 3, "c"), history);
  }

  @Test
  void a_value_of_a_deleted_secret_does_not_come_back_with_the_next() {
    String[] history = {"0-1 create a -> 1", "2-3 delete -> deleted", "4-5 create b -> 1"};
    assertPossible(seen(6, 7, 1, "b"), history);
    assertPossible(seen(2, 7, 1, "a"), history);
    assertImpossible("that had this value was deleted", seen(6, 7, 1, "a"), history);
  }

  @Test
  void an_import_creates_its_names() {
    Import one = new Import(0, Map.of("s", "i", "t", "j"), 0, 1_000_000);
    Sightings judge = new Sightings(List.of(), List.of(one));
    assertEquals(new Verdict.Possible(1), judge.judge(List.of(seen(2, 3, 1, "i"))));
    assertInstanceOf(Verdict.Impossible.class, judge.judge(List.of(seen(2, 3, 0, ""))));
    assertInstanceOf(Verdict.Impossible.class, judge.judge(List.of(seen(2, 3, 1, "j"))));
  }
}
