package io.quorumvault.simulation;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.secret.SecretId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The judge of the simulator must be able to say no.
class HistoryTest {
  private static final SecretId NAME = SecretId.of("demo", "name");

  private final History history = new History();

  private void wrote(WriteKind kind, long value, long version, long invoked, long returned) {
    add(kind, value, version, null, invoked, returned);
  }

  private void read(long value, long version, long invoked, long returned) {
    add(null, value, version, null, invoked, returned);
  }

  private void add(
      @Nullable WriteKind kind,
      long value,
      long version,
      WriteResult.Rejected.@Nullable Cause refusal,
      long invoked,
      long returned) {
    history.add(
        new History.Event(NAME, kind, value, null, version, refusal, invoked, returned, -1));
  }

  private void check() {
    SimulatedDisk blank = new SimulatedDisk(new NodeId(1), 1);
    history.check(new Invariants(Membership.of("history", 3, 2), node -> blank));
  }

  @Test
  void one_thing_after_the_other_is_possible() {
    wrote(WriteKind.CREATE, 1, 1, 0, 10);
    read(1, 1, 20, 30);
    wrote(WriteKind.UPDATE, 2, 2, 40, 50);
    read(2, 2, 60, 70);
    wrote(WriteKind.DELETE, 0, 0, 80, 90);
    read(0, 0, 100, 110);

    check();
  }

  @Test
  void a_read_during_a_write_may_see_either() {
    wrote(WriteKind.CREATE, 1, 1, 0, 100);
    read(0, 0, 10, 20);
    read(1, 1, 30, 40);

    check();
  }

  @Test
  void an_acknowledged_write_must_not_be_missed() {
    wrote(WriteKind.CREATE, 1, 1, 0, 10);
    read(0, 0, 20, 30);

    assertThrows(AssertionError.class, this::check);
  }

  @Test
  void what_was_seen_once_must_not_vanish() {
    wrote(WriteKind.CREATE, 1, 1, 0, 100);
    read(1, 1, 10, 20);
    read(0, 0, 30, 40);

    assertThrows(AssertionError.class, this::check);
  }

  @Test
  void a_lost_update_is_found() {
    wrote(WriteKind.CREATE, 1, 1, 0, 10);
    wrote(WriteKind.UPDATE, 2, 2, 20, 30);
    wrote(WriteKind.UPDATE, 3, 2, 40, 50);

    assertThrows(AssertionError.class, this::check);
  }

  @Test
  void a_refusal_must_have_been_true_at_some_moment() {
    add(WriteKind.CREATE, 0, 0, WriteResult.Rejected.Cause.EXISTS, 0, 10);

    assertThrows(AssertionError.class, this::check);
  }

  @Test
  void an_unknown_write_may_take_effect_late_or_never() {
    wrote(WriteKind.CREATE, 1, 0, 0, History.NEVER);
    read(0, 0, 10, 20);
    read(1, 1, 500, 510);
    read(1, 1, 520, 530);

    check();
  }

  @Test
  void an_unknown_write_that_was_seen_stays() {
    wrote(WriteKind.CREATE, 1, 0, 0, History.NEVER);
    read(1, 1, 10, 20);
    read(0, 0, 30, 40);

    assertThrows(AssertionError.class, this::check);
  }
}
