package io.quorumvault.simulation;

import static io.quorumvault.simulation.Stage.A;
import static io.quorumvault.simulation.Stage.B;
import static io.quorumvault.simulation.Stage.C;
import static io.quorumvault.simulation.Stage.NAME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How long a reader waits, and for whom, when node B has just stopped and nobody knows it yet.
class ReadRoundTest {
  /// Any longer and a caller would notice: after that a node is known to be down.
  private static final long KNOWN_TO_BE_DOWN_MILLIS = Timing.DEFAULT.rpc().toMillis();

  private final Stage stage = new Stage(3, 2);
  private Stage.Draft pending;
  private long beganMillis;

  @BeforeEach
  void a_commit_is_on_its_way() {
    pending = stage.create(B, NAME);
    pending.prepare(A);
    pending.prepare(B);
    pending.prepare(C);
    pending.commit(A);
    beganMillis = stage.now();
  }

  private Stage.Talk<ReadRound.Result> read() {
    return stage.talk(new ReadRound(stage.home(C), List.of(NAME), true, stage.deadline()));
  }

  private Stage.Talk<ReadRound.Result> readWithoutShares() {
    return stage.talk(new ReadRound(stage.home(C), List.of(NAME), false, stage.deadline()));
  }

  private static Optional<Entry> head(Stage.Talk<ReadRound.Result> read) {
    ReadRound.Result.Found found =
        assertInstanceOf(ReadRound.Result.Found.class, read.result().orElseThrow());
    return Optional.ofNullable(found.readings().get(NAME))
        .flatMap(ReadRound.Reading::head)
        .map(Head::entry);
  }

  @Test
  void what_others_settle_meanwhile_is_seen_without_waiting_for_the_silent_node() {
    Stage.Talk<ReadRound.Result> read = read().deliver(A, C);
    assertTrue(read.result().isEmpty());
    pending.commit(C);
    pending.settle(A, Verdict.COMMIT);
    pending.settle(C, Verdict.COMMIT);

    read.wake().deliver(A, C);

    assertEquals(Optional.of(pending.part().entry()), head(read));
    assertTrue(stage.now() - beganMillis < KNOWN_TO_BE_DOWN_MILLIS);
  }

  @Test
  void an_answer_that_comes_late_counts_while_the_reader_pauses() {
    Stage.Talk<ReadRound.Result> read = readWithoutShares().deliver(A, C);
    assertTrue(read.result().isEmpty());

    pending.commit(B);
    read.deliver(B);

    assertEquals(Optional.of(pending.part().entry()), head(read));
    assertEquals(beganMillis, stage.now());
  }

  @Test
  void a_slow_cell_is_given_as_long_again_before_it_is_asked_again() {
    Stage.Talk<ReadRound.Result> read = read();
    stage.pass(300);
    read.deliver(A, C).wake();

    assertEquals(600, stage.now() - beganMillis);
  }

  @Test
  void a_silent_coordinator_is_left_its_transaction_for_a_while_and_not_for_a_calls_time() {
    Stage.Talk<ReadRound.Result> read = read();
    long foundAtMillis = beganMillis;
    while (read.result().isEmpty() && stage.now() - beganMillis < KNOWN_TO_BE_DOWN_MILLIS) {
      read.deliver(A, C);
      if (read.sent(Request.Takeover.class).isEmpty()) {
        foundAtMillis = stage.now();
        read.wake();
      }
    }

    assertEquals(Optional.of(pending.part().entry()), head(read));
    assertTrue(foundAtMillis - beganMillis >= 340, () -> "settled early");
  }
}
