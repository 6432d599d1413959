package io.quorumvault.simulation;

import static io.quorumvault.simulation.Stage.A;
import static io.quorumvault.simulation.Stage.B;
import static io.quorumvault.simulation.Stage.C;
import static io.quorumvault.simulation.Stage.NAME;
import static io.quorumvault.simulation.Stage.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.Acceptance;
import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.CatchUp;
import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Circle;
import io.quorumvault.protocol.Circles;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Finish;
import io.quorumvault.protocol.Forgetting;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Introduction;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.Rejoin;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Restoration;
import io.quorumvault.protocol.Scrub;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.Sweeper;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteOrder;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Schedules that break a commit protocol which leaves one rule out, message by message, with three
/// nodes A, B and C, threshold two and commit quorum two. docs/hard-schedules.md says which rule
/// each of them guards.
class HardSchedulesTest {
  private static final SecretId OTHER = SecretId.of("demo", "other");

  private final Stage stage = new Stage(3, 2);

  private static Ballot ballot(long round, NodeId finisher) {
    return new Ballot(0, round, finisher.index());
  }

  private Stage.Talk<Finish.Result> finish(NodeId at, Stage.Draft draft) {
    return stage.talk(new Finish(stage.home(at), draft.txId, stage.deadline()));
  }

  private Stage.Talk<ReadRound.Result> read(NodeId at, SecretId... ids) {
    return stage.talk(new ReadRound(stage.home(at), List.of(ids), true, stage.deadline()));
  }

  private Stage.Talk<Rejoin.Result> rejoin(NodeId at) {
    SimulatedDisk disk = stage.disk(at);
    return stage.talk(new Rejoin(stage.home(at), disk.life(), disk.start(), stage.deadline()));
  }

  private static Optional<Entry> seen(ReadRound.Result result, SecretId id) {
    ReadRound.Result.Found found = assertInstanceOf(ReadRound.Result.Found.class, result);
    return found.readings().entrySet().stream()
        .filter(reading -> reading.getKey().equals(id))
        .findFirst()
        .orElseThrow()
        .getValue()
        .head()
        .map(Head::entry);
  }

  private Optional<Entry> headAt(NodeId node, SecretId id) {
    return stage.disk(node).head(id).map(Head::entry);
  }

  private void loseDisk(NodeId node) {
    SimulatedDisk blank = new SimulatedDisk(node, 1_000 + node.index());
    blank.startWith(1_000_002);
    blank.mode(SimulatedDisk.Mode.JOINING);
    stage.replaceDisk(node, blank);
  }

  private void rejoined(NodeId node, Stage.Talk<Rejoin.Result> rejoin) {
    Rejoin.Result.Learned learned =
        assertInstanceOf(Rejoin.Result.Learned.class, rejoin.result().orElseThrow());
    stage.disk(node).apply(learned.changes());
    stage.invariants.applied(node, learned.changes());
  }

  // 1

  @Test
  void a_commit_that_one_node_accepted_does_not_unlock_its_name() {
    Stage.Draft first = stage.create(A, NAME);
    first.prepare(A);
    first.prepare(B);
    first.commit(A);

    Stage.Draft second = stage.create(C, NAME);
    assertInstanceOf(Reply.Locked.class, second.prepare(A));
    second.prepare(C);

    finish(C, first).run(A, C).deliverRest(A, C);
    assertEquals(Optional.of(first.part().entry()), headAt(A, NAME));
  }

  // 2

  @Test
  void an_abort_that_one_node_accepted_does_not_unlock_its_name() {
    Stage.Draft first = stage.create(A, NAME);
    first.prepare(A);
    first.prepare(C);
    first.commit(C);
    first.takeover(A, ballot(1, B));
    first.takeover(B, ballot(1, B));
    assertInstanceOf(Reply.Accepted.class, first.decide(A, ballot(1, B), Verdict.ABORT));

    Stage.Draft second = stage.create(B, NAME);
    assertInstanceOf(Reply.Locked.class, second.prepare(A));

    // The one who finishes it next asks B and C, and does not hear of the abort at all.
    Stage.Talk<Finish.Result> finish = finish(C, first).run(B, C);
    Finish.Result.Fixed fixed =
        assertInstanceOf(Finish.Result.Fixed.class, finish.result().orElseThrow());
    assertEquals(Verdict.COMMIT, fixed.verdict());
  }

  // 3

  @Test
  void a_node_does_not_vote_on_a_base_below_its_own_head() {
    Stage.Draft first = stage.create(A, NAME).committedAt(A, B);
    Stage.Draft second = stage.create(C, NAME);

    Reply.Stale stale = assertInstanceOf(Reply.Stale.class, second.prepare(A));

    assertEquals(
        first.part().entry(),
        Optional.ofNullable(stale.heads().getFirst().head()).orElseThrow().entry());
    assertTrue(stage.disk(A).openTransactions().isEmpty());
  }

  @Test
  void a_node_does_not_vote_with_a_share_that_is_not_of_the_write() {
    Stage.Draft draft = stage.create(A, NAME);
    Request.Prepare sound = draft.prepareFor(B, 0);
    Request.Staging staging = sound.stagings().getFirst();
    Share share = Optional.ofNullable(staging.share()).orElseThrow();
    Request.Prepare spoiled =
        new Request.Prepare(
            draft.txId, 0, List.of(new Request.Staging(staging.part(), Values.corrupted(share))));

    assertInstanceOf(Reply.Refused.class, stage.tell(B, spoiled));
    assertTrue(stage.disk(B).openTransactions().isEmpty());
    assertInstanceOf(Reply.Yes.class, stage.tell(B, sound));
  }

  // 4

  @Test
  void a_coordinator_whose_commit_may_have_left_never_aborts() {
    Stage.Talk<WriteResult> write =
        stage.write(A, stage.order(WriteKind.CREATE, stage.operationId(), NOON, NAME), 1);
    write.deliver(A, B);
    assertEquals(3, write.sent(Request.Decide.class).size());

    write.deliver(A).expire();

    assertInstanceOf(WriteResult.Unknown.class, write.result().orElseThrow());
    assertTrue(write.sent(Request.Settle.class).isEmpty());
    assertTrue(
        write.sent(Request.Decide.class).stream()
            .allMatch(decide -> decide.verdict() == Verdict.COMMIT));
  }

  @Test
  void a_node_takes_only_one_verdict_at_one_ballot() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(B);
    draft.commit(B);

    assertInstanceOf(
        Reply.Outranked.class, draft.decide(B, draft.ballotOfCoordinator(0), Verdict.ABORT));
  }

  // 5

  @Test
  void a_finisher_does_not_decide_before_a_read_quorum_has_promised() {
    Stage.Draft draft = stage.create(A, NAME);
    for (NodeId node : List.of(A, B)) {
      draft.prepare(node);
    }
    for (NodeId node : List.of(A, B)) {
      draft.commit(node);
    }

    Stage.Talk<Finish.Result> finish = finish(C, draft).deliver(C).lose(A);
    assertTrue(finish.sent(Request.Decide.class).isEmpty());
    finish.deliver(B);

    assertTrue(
        finish.sent(Request.Decide.class).stream()
            .allMatch(decide -> decide.verdict() == Verdict.COMMIT));
    assertFalse(finish.sent(Request.Decide.class).isEmpty());
  }

  // 6

  @Test
  void a_finisher_that_starts_again_never_uses_a_ballot_twice() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    Stage.Talk<Finish.Result> before = finish(C, draft).deliver(C).deliver(B).deliver(B);
    assertTrue(
        before.sent(Request.Decide.class).stream()
            .allMatch(decide -> decide.verdict() == Verdict.ABORT));

    // C crashes and starts again; this time it hears from A what was accepted there.
    Stage.Talk<Finish.Result> after = finish(C, draft).run(A, C);

    Ballot used = before.sent(Request.Decide.class).getFirst().ballot();
    assertFalse(after.sent(Request.Decide.class).isEmpty());
    for (Request.Decide decide : after.sent(Request.Decide.class)) {
      assertNotEquals(used, decide.ballot());
    }
  }

  // 7

  @Test
  void one_verdict_at_different_ballots_is_not_a_decision() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    draft.takeover(B, ballot(1, C));
    draft.takeover(C, ballot(1, C));
    draft.decide(C, ballot(1, C), Verdict.ABORT);
    draft.takeover(A, ballot(2, B));
    draft.takeover(B, ballot(2, B));
    draft.decide(B, ballot(2, B), Verdict.COMMIT);
    // A and B have accepted COMMIT, but whoever asks A and C next finds ABORT above it.

    stage.suspect(A);
    Stage.Talk<ReadRound.Result> read =
        stage.talk(new ReadRound(stage.home(C), List.of(NAME), false, stage.deadline()));
    read.deliver(A, B, C);

    assertTrue(read.result().isEmpty());
    assertFalse(read.sent(Request.Takeover.class).isEmpty());
  }

  @Test
  void acceptances_at_an_earlier_ballot_do_not_count_for_a_later_one() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    Stage.Talk<Finish.Result> finish = finish(C, draft).deliver(C).deliver(A);
    List<Call> late =
        finish.waiting().stream()
            .filter(call -> call.to().equals(A) && call.request() instanceof Request.Decide)
            .toList();
    assertEquals(1, late.size());
    // The first ballot comes to nothing; the answer to it arrives during the second.
    finish.lose(A, B, C).wake();
    finish.deliver(C).deliver(A);
    int decides = finish.sent(Request.Decide.class).size();
    assertEquals(6, decides);
    finish.hear(late.getFirst(), new Reply.Accepted(ballot(1, C)));
    finish.deliver(C);

    assertTrue(finish.result().isEmpty());
  }

  // 8

  @Test
  void a_reader_settles_what_is_pending_above_the_head() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    draft.commit(B);
    // Acknowledged; the notices are lost, and A is away.
    stage.suspect(A);

    Stage.Talk<ReadRound.Result> read = read(C, NAME).run(B, C);

    // One share of two is not enough for the value, but the secret is never denied.
    assertInstanceOf(ReadRound.Result.TooFewShares.class, read.result().orElseThrow());
    assertEquals(Optional.of(draft.part().entry()), headAt(B, NAME));
  }

  // 9

  @Test
  void a_reader_says_nothing_before_a_read_quorum_has_answered() {
    stage.create(A, NAME).committedAt(A, B);

    Stage.Talk<ReadRound.Result> read = read(C, NAME).deliver(C);
    assertTrue(read.result().isEmpty());
    read.lose(A, B);

    assertInstanceOf(ReadRound.Result.NoQuorum.class, read.result().orElseThrow());
  }

  // 10

  @Test
  void accepting_an_abort_destroys_no_share() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    draft.takeover(B, ballot(1, C));
    draft.takeover(C, ballot(1, C));
    draft.decide(B, ballot(1, C), Verdict.ABORT);

    finish(C, draft).run(A, C).deliverRest(A, B, C);

    Stage.Talk<ReadRound.Result> read = read(C, NAME).run(A, B, C);
    assertEquals(Optional.of(draft.part().entry()), seen(read.result().orElseThrow(), NAME));
  }

  // 11

  @Test
  void a_late_repair_does_not_bring_a_deleted_value_back() {
    Stage.Draft version = stage.create(A, NAME).committedAt(A, B, C);
    stage.delete(A, version).committedAt(A, B, C);

    assertInstanceOf(Reply.NotWanted.class, stage.tell(C, version.repairFor(C)));
    assertFalse(stage.disk(C).holds(NAME, version.txId));
  }

  @Test
  void a_repair_of_a_version_that_is_not_final_here_is_refused() {
    Stage.Draft version = stage.create(A, NAME).committedAt(A, B);

    assertInstanceOf(Reply.NotWanted.class, stage.tell(C, version.repairFor(C)));
    assertFalse(stage.disk(C).holds(NAME, version.txId));
  }

  // 12

  @Test
  void a_share_staged_under_a_tombstone_is_destroyed_with_the_rest() {
    Stage.Draft version = stage.create(A, NAME);
    version.prepare(C);
    version.committedAt(A, B);
    Stage.Draft tombstone = stage.delete(A, version).committedAt(A, B);
    assertTrue(stage.disk(C).holds(NAME, version.txId));

    assertInstanceOf(Reply.Applied.class, tombstone.settle(C, Verdict.COMMIT));

    assertFalse(stage.disk(C).holds(NAME, version.txId));
  }

  @Test
  void a_version_that_becomes_final_after_its_tombstone_keeps_no_share() {
    Stage.Draft version = stage.create(A, NAME);
    version.prepare(C);
    version.committedAt(A, B);
    stage.delete(A, version).committedAt(A, B).settle(C, Verdict.COMMIT);

    version.settle(C, Verdict.COMMIT);
    stage.tell(C, version.prepareFor(C, 0));

    assertFalse(stage.disk(C).holds(NAME, version.txId));
  }

  // 13

  private Stage.Draft forgottenEverywhere() {
    Stage.Draft draft = stage.create(A, NAME).committedAt(A, B, C);
    for (NodeId node : List.of(A, B, C)) {
      stage.tell(node, new Request.Forget(A, 1, draft.txId.counter()));
    }
    return draft;
  }

  @Test
  void a_late_prepare_of_a_forgotten_transaction_stages_nothing() {
    Stage.Draft aborted = stage.create(A, NAME);
    for (NodeId node : List.of(A, B, C)) {
      aborted.settle(node, Verdict.ABORT);
    }
    for (NodeId node : List.of(A, B, C)) {
      stage.tell(node, new Request.Forget(A, 1, aborted.txId.counter()));
    }

    assertInstanceOf(Reply.Obsolete.class, aborted.prepare(B));
    assertTrue(stage.disk(B).transactions().isEmpty());
  }

  @Test
  void a_late_decision_does_not_reopen_a_forgotten_transaction() {
    Stage.Draft draft = forgottenEverywhere();

    assertInstanceOf(Reply.Obsolete.class, draft.commit(B));
    assertTrue(stage.disk(B).transactions().isEmpty());
  }

  @Test
  void a_late_takeover_does_not_reopen_a_forgotten_transaction() {
    Stage.Draft draft = forgottenEverywhere();

    assertInstanceOf(Reply.Obsolete.class, draft.takeover(B, ballot(7, C)));
    assertTrue(stage.disk(B).transactions().isEmpty());
  }

  @Test
  void a_late_abort_does_not_reopen_a_forgotten_transaction() {
    Stage.Draft draft = forgottenEverywhere();

    assertInstanceOf(Reply.Obsolete.class, draft.settle(B, Verdict.ABORT));
    assertTrue(stage.disk(B).transactions().isEmpty());
  }

  @Test
  void an_outcome_is_forgotten_only_once_all_nodes_hold_it() {
    Forgetting forgetting = new Forgetting(stage.membership, A);
    Stage.Draft draft = stage.create(A, NAME);
    forgetting.opened(draft.txId);
    forgetting.confirmed(draft.txId, A);
    forgetting.confirmed(draft.txId, B);
    assertTrue(forgetting.due().isEmpty());

    forgetting.confirmed(draft.txId, C);

    Request.Forget forget = new Request.Forget(A, 1, 1);
    assertEquals(Map.of(forget, Set.of(A, B, C)), forgetting.due());
    forgetting.noted(forget, B);
    assertEquals(Map.of(forget, Set.of(A, C)), forgetting.due());
  }

  @Test
  void a_mark_does_not_pass_over_a_transaction_that_its_coordinator_lost_in_a_crash() {
    Stage.Draft lost = stage.create(A, NAME);
    Stage.Draft kept = stage.create(A, OTHER);
    // Only B heard of the first one before A crashed.
    lost.prepare(B);
    kept.committedAt(A, B, C);

    Forgetting forgetting = new Forgetting(stage.membership, A);
    stage.disk(A).transactions().forEach(record -> forgetting.opened(record.id()));
    for (NodeId node : List.of(A, B, C)) {
      forgetting.confirmed(kept.txId, node);
    }

    assertTrue(forgetting.due().isEmpty());
    assertEquals(Map.of(lost.txId, Set.of(A, C)), forgetting.unconfirmed(Set.of(A, C)));
  }

  @Test
  void a_node_that_holds_a_transaction_open_does_not_take_its_mark() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(B);

    assertInstanceOf(Reply.NotWanted.class, stage.tell(B, new Request.Forget(A, 1, 1)));
    assertEquals(1, stage.disk(B).openTransactions().size());
  }

  @Test
  void a_mark_that_is_known_costs_no_write() {
    Stage.Draft draft = forgottenEverywhere();

    Step again =
        new Participant(Values.judge())
            .step(stage.disk(B), new Request.Forget(A, 1, draft.txId.counter()), stage.now());

    assertEquals(new Step(List.of(), new Reply.Noted()), again);
  }

  /// A node that stays away lets thousands of finished transactions gather, each with all that its
  /// names remember. Once, reading them all for every mark that arrived took longer than a call may
  /// take, so no mark was ever noted, and every one was sent again: five nodes did nothing else.
  @Test
  void neither_a_mark_nor_a_sweep_reads_what_every_finished_transaction_did() {
    stage.create(A, OTHER).committedAt(A, B, C);
    Stage.Draft draft = stage.create(A, NAME).committedAt(A, B, C);
    NodeView view =
        (NodeView)
            Proxy.newProxyInstance(
                NodeView.class.getClassLoader(),
                new Class<?>[] {NodeView.class},
                (proxy, method, arguments) -> {
                  assertNotEquals("settledTransactions", method.getName(), "everything is read");
                  return method.invoke(stage.disk(A), arguments);
                });

    Step step =
        new Participant(Values.judge())
            .step(view, new Request.Forget(A, 1, draft.txId.counter()), stage.now());
    Sweeper sweeper = new Sweeper(stage.home(A), view);
    stage.pass(3_000);
    Sweeper.Work work = sweeper.due(view, 1, stage.now());

    assertInstanceOf(Reply.Noted.class, step.reply());
    assertTrue(work.notices().stream().anyMatch(call -> call.request() instanceof Request.Settle));
  }

  // What a dead coordinator told only some

  @Test
  void an_outcome_whose_coordinator_died_reaches_a_node_that_never_heard_of_the_transaction() {
    Stage.Draft draft = stage.create(A, NAME).committedAt(A, B);
    Sweeper sweeper = new Sweeper(stage.home(B), stage.disk(B));
    stage.pass(3_000);
    assertEquals(List.of(), sweeper.due(stage.disk(B), 1, stage.now()).notices());

    stage.suspect(A);
    Sweeper.Work work = sweeper.due(stage.disk(B), 1, stage.now());

    assertEquals(
        List.of(new Call(C, 0, new Request.Settle(draft.txId, Verdict.COMMIT, draft.parts))),
        work.notices());
    Call notice = work.notices().getFirst();
    sweeper.heard(notice, stage.tell(C, notice.request()));
    assertEquals(Optional.of(draft.part().entry()), headAt(C, NAME));
    assertEquals(List.of(), sweeper.due(stage.disk(B), 1, stage.now()).notices());
  }

  @Test
  void a_transaction_that_cannot_be_finished_is_tried_again_ever_more_rarely() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(B);
    stage.suspect(A);
    Sweeper sweeper = new Sweeper(stage.home(B), stage.disk(B));
    List<Long> tries = new ArrayList<>();
    for (int second = 0; second < 120; second++) {
      if (!sweeper.due(stage.disk(B), 1, stage.now()).unfinished().isEmpty()) {
        tries.add((long) second);
        sweeper.finished(draft.txId);
      }
      stage.pass(1_000);
    }

    assertEquals(0, tries.getFirst());
    assertTrue(tries.get(1) <= 5, () -> "tried at the seconds " + tries);
    assertTrue(tries.size() <= 10, () -> "tried at the seconds " + tries);
    assertTrue(tries.getLast() >= 120 - 33, () -> "tried at the seconds " + tries);
  }

  @Test
  void outcomes_that_wait_for_a_dead_node_do_not_keep_a_later_one_from_a_living_node() {
    stage.suspect(C);
    for (int i = 0; i < 300; i++) {
      stage.create(A, SecretId.of("demo", "earlier-" + i)).committedAt(A, B);
    }
    Stage.Draft late = stage.create(A, NAME).committedAt(A, B);
    Sweeper sweeper = new Sweeper(stage.home(A), stage.disk(A));
    for (TransactionRecord record : stage.disk(A).transactions()) {
      Request.Settle settle = new Request.Settle(record.id(), Verdict.COMMIT, record.parts());
      sweeper.heard(new Call(A, 0, settle), new Reply.Applied());
      if (!record.id().equals(late.txId)) {
        sweeper.heard(new Call(B, 0, settle), new Reply.Applied());
      }
    }
    stage.pass(3_000);

    assertEquals(
        List.of(new Call(B, 0, new Request.Settle(late.txId, Verdict.COMMIT, late.parts))),
        sweeper.due(stage.disk(A), 1, stage.now()).notices());
  }

  // 14

  @Test
  void a_retry_through_another_coordinator_takes_effect_once() {
    stage.create(A, NAME).committedAt(A, B, C);
    Bytes operation = stage.operationId();
    Stage.Talk<WriteResult> lost =
        stage.write(B, stage.order(WriteKind.UPDATE, operation, NOON, NAME), 5);
    lost.deliver(A, B, C).deliver(A, B, C).deliverRest(A, B, C);
    assertEquals(2, headAt(C, NAME).orElseThrow().version());

    Stage.Talk<WriteResult> retry =
        stage.write(C, stage.order(WriteKind.UPDATE, operation, NOON, NAME), 5).run(A, B, C);

    assertInstanceOf(WriteResult.AppliedBefore.class, retry.result().orElseThrow());
    assertEquals(2, headAt(C, NAME).orElseThrow().version());
  }

  @Test
  void a_retry_is_known_even_if_the_callers_clock_was_an_hour_behind() {
    stage.create(A, NAME).committedAt(A, B, C);
    Bytes operation = stage.operationId();
    stage
        .write(A, stage.order(WriteKind.UPDATE, operation, NOON.minusSeconds(3_600), NAME), 5)
        .run(A, B, C)
        .deliverRest(A, B, C);
    stage
        .write(B, stage.order(WriteKind.UPDATE, stage.operationId(), NOON.plusSeconds(9), NAME), 6)
        .run(A, B, C)
        .deliverRest(A, B, C);

    Stage.Talk<WriteResult> retry =
        stage
            .write(C, stage.order(WriteKind.UPDATE, operation, NOON.minusSeconds(3_600), NAME), 5)
            .run(A, B, C);

    assertInstanceOf(WriteResult.AppliedBefore.class, retry.result().orElseThrow());
  }

  @Test
  void a_retry_is_known_even_if_another_callers_clock_was_a_day_ahead() {
    stage.create(A, NAME).committedAt(A, B, C);
    Bytes operation = stage.operationId();
    stage
        .write(A, stage.order(WriteKind.UPDATE, operation, NOON, NAME), 5)
        .run(A, B, C)
        .deliverRest(A, B, C);
    WriteOrder fromTomorrow =
        stage.order(
            WriteKind.UPDATE,
            stage.operationId(),
            NOON.plusSeconds(86_400),
            NOON.plusSeconds(1),
            NAME);
    stage.write(B, fromTomorrow, 6).run(A, B, C).deliverRest(A, B, C);

    Stage.Talk<WriteResult> retry =
        stage.write(C, stage.order(WriteKind.UPDATE, operation, NOON, NAME), 5).run(A, B, C);

    assertInstanceOf(WriteResult.AppliedBefore.class, retry.result().orElseThrow());
  }

  // 15

  @Test
  void a_node_with_a_blank_disk_is_not_taken_for_a_new_one() {
    stage.tell(A, new Request.Hello(B, 2, 1));
    stage.tell(C, new Request.Hello(B, 2, 1));
    SimulatedDisk blank = new SimulatedDisk(B, 99);
    blank.startWith(2);
    stage.replaceDisk(B, blank);

    Stage.Talk<Introduction.Result> introduction =
        stage.talk(new Introduction(stage.home(B), 99, 2, false, stage.deadline()));
    introduction.deliver(C).lose(A);

    assertEquals(Introduction.Standing.LOST, introduction.result().orElseThrow().standing());
    assertTrue(introduction.result().orElseThrow().startAtLeast() > 2);
  }

  @Test
  void a_blank_node_that_could_not_ask_enough_others_does_not_begin() {
    SimulatedDisk blank = new SimulatedDisk(B, 99);
    blank.startWith(1);
    stage.replaceDisk(B, blank);
    // C, too, has lost its memory: that it knows nothing of B says nothing.
    loseDisk(C);

    Stage.Talk<Introduction.Result> introduction =
        stage.talk(new Introduction(stage.home(B), 99, 1, false, stage.deadline()));
    introduction.deliver(C).lose(A);

    assertEquals(Introduction.Standing.UNCLEAR, introduction.result().orElseThrow().standing());
  }

  @Test
  void a_node_that_starts_again_with_an_older_disk_is_found_out() {
    stage.tell(A, new Request.Hello(B, 2, 5));

    Stage.Talk<Introduction.Result> introduction =
        stage.talk(new Introduction(stage.home(B), 2, 5, true, stage.deadline()));
    introduction.deliver(A).lose(C);

    assertEquals(Introduction.Standing.LOST, introduction.result().orElseThrow().standing());
  }

  @Test
  void a_joining_node_with_an_older_disk_does_not_use_its_start_numbers_again() {
    SimulatedDisk older = stage.disk(B).copy();
    older.mode(SimulatedDisk.Mode.JOINING);
    older.startWith(5);
    stage.tell(A, new Request.Hello(B, older.life(), 5));
    // It was copied after the start before, which joined and began transactions.
    stage.replaceDisk(B, older);

    Stage.Talk<Rejoin.Result> rejoin = rejoin(B).run(A, C);

    Rejoin.Result.Outdated outdated =
        assertInstanceOf(Rejoin.Result.Outdated.class, rejoin.result().orElseThrow());
    assertTrue(outdated.startAtLeast() > 5);
    assertTrue(rejoin.sent(Request.Join.class).isEmpty());
  }

  @Test
  void a_page_that_got_lost_does_not_cost_a_joining_node_the_others() {
    Stage.Draft draft = stage.create(A, NAME).committedAt(A, C);
    loseDisk(B);

    Stage.Talk<Rejoin.Result> rejoin = rejoin(B).deliver(A, C).deliver(A, C).deliver(A, C);
    assertEquals(2, rejoin.sent(Request.JoinPage.class).size());
    rejoin.lose(A).deliver(C).wake().run(A, C);

    rejoined(B, rejoin);
    assertEquals(Optional.of(draft.part().entry()), headAt(B, NAME));
    assertEquals(1, Set.copyOf(rejoin.sent(Request.JoinPage.class)).size());
    assertEquals(3, rejoin.sent(Request.JoinPage.class).size());
  }

  /// While a node is away nothing is forgotten: a day of writes waits for it.
  @Test
  void a_node_joins_however_many_finished_transactions_wait_for_it() {
    List<TxId> waiting = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      waiting.add(stage.create(A, SecretId.of("demo", "waiting-" + i)).committedAt(A, C).txId);
    }
    loseDisk(B);

    Stage.Talk<Rejoin.Result> rejoin = rejoin(B).deliver(A, C).deliver(A, C);
    assertEquals(2, rejoin.sent(Request.ReadSettled.class).size());
    rejoin.run(A, C);

    rejoined(B, rejoin);
    assertEquals(2 * 3, rejoin.sent(Request.ReadSettled.class).size());
    assertEquals(
        waiting, stage.disk(B).transactions().stream().map(TransactionRecord::id).toList());
  }

  @Test
  void what_is_forgotten_while_a_node_joins_it_knows_as_forgotten() {
    Stage.Draft draft = stage.create(A, NAME).committedAt(A, B, C);
    loseDisk(B);

    Stage.Talk<Rejoin.Result> rejoin = rejoin(B).deliver(A, C).deliver(A, C);
    stage.tell(A, new Request.Forget(A, 1, draft.txId.counter()));
    stage.tell(C, new Request.Forget(A, 1, draft.txId.counter()));
    rejoin.run(A, C);

    rejoined(B, rejoin);
    assertInstanceOf(Reply.Obsolete.class, draft.takeover(B, ballot(7, C)));
    assertEquals(Optional.of(draft.part().entry()), headAt(B, NAME));
  }

  @Test
  void a_node_that_was_away_learns_all_it_missed_however_much_it_is() {
    List<Stage.Draft> missed = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      missed.add(stage.create(A, SecretId.of("demo", "missed-" + i)).committedAt(A, C));
    }

    CatchUp part = new CatchUp(stage.home(B), stage.deadline());
    CatchUp.Result learned = stage.talk(part).run(A, C).result().orElseThrow();
    int parts = 1;
    learned.settles().forEach(settle -> stage.tell(B, settle));
    while (learned.more()) {
      part = part.next(stage.deadline());
      learned = stage.talk(part).run(A, C).result().orElseThrow();
      parts++;
      learned.settles().forEach(settle -> stage.tell(B, settle));
    }

    assertEquals(3, parts);
    assertEquals(2, learned.sources());
    for (Stage.Draft draft : missed) {
      assertEquals(Optional.of(draft.part().entry()), headAt(B, draft.part().id()));
    }
  }

  @Test
  void a_page_of_outcomes_is_no_longer_than_a_message_however_many_names_they_have() {
    List<TxId> all = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      int number = i;
      SecretId[] names =
          IntStream.range(0, 1000)
              .mapToObj(name -> SecretId.of("demo", "n-" + number + "-" + name))
              .toArray(SecretId[]::new);
      all.add(stage.create(A, names).committedAt(A, B).txId);
    }

    List<TxId> told = new ArrayList<>();
    boolean complete = false;
    while (!complete) {
      TxId last = told.isEmpty() ? null : told.getLast();
      Reply.SettledPage page =
          assertInstanceOf(
              Reply.SettledPage.class, stage.tell(A, new Request.ReadSettled(last, 200)));
      assertTrue(page.transactions().size() <= 4, () -> "a page of " + page.transactions().size());
      page.transactions().forEach(record -> told.add(record.id()));
      complete = page.complete();
    }

    assertEquals(all, told);
  }

  @Test
  void a_joining_node_does_not_wait_for_ever_for_the_page_of_a_node_that_died() {
    loseDisk(B);
    long deadline = stage.deadline();

    Stage.Talk<Rejoin.Result> rejoin = rejoin(B).deliver(A, C).deliver(A, C).deliver(A, C).run(C);

    assertEquals(Optional.of(new Rejoin.Result.TryLater()), rejoin.result());
    assertTrue(stage.now() < deadline);
  }

  @Test
  void a_peer_that_missed_the_last_life_of_a_node_accuses_nobody() {
    stage.tell(A, new Request.Hello(B, 77, 5));

    Stage.Talk<Introduction.Result> introduction =
        stage.talk(new Introduction(stage.home(B), 2, 1_000_007, true, stage.deadline()));
    introduction.deliver(A).lose(C);

    assertEquals(Introduction.Standing.KNOWN, introduction.result().orElseThrow().standing());
  }

  @Test
  void a_node_that_joins_answers_nobody() {
    Stage.Draft draft = stage.create(A, NAME);
    loseDisk(B);

    assertInstanceOf(Reply.Joining.class, draft.prepare(B));
    assertInstanceOf(Reply.Joining.class, draft.commit(B));
    assertInstanceOf(Reply.Joining.class, draft.takeover(B, ballot(1, C)));
    assertInstanceOf(
        Reply.Joining.class, stage.tell(B, new Request.ReadHeads(List.of(NAME), true)));
  }

  @Test
  void what_a_node_remembers_of_the_others_survives_the_loss_of_its_disk() {
    stage.tell(A, new Request.Hello(B, 2, 1));
    stage.tell(C, new Request.Hello(B, 2, 1));
    loseDisk(A);
    rejoined(A, rejoin(A).run(B, C));

    assertEquals(Optional.of(new Reply.Remembered(2, 1)), stage.disk(A).remembered(B));
  }

  // 16

  @Test
  void without_a_new_epoch_a_lost_acceptance_would_count() {
    Stage.Talk<WriteResult> write =
        stage.write(A, stage.order(WriteKind.CREATE, stage.operationId(), NOON, NAME), 1);
    write.deliver(A, B);
    // B accepts, and A counts it. Then B loses its disk and joins again.
    write.deliver(B);
    loseDisk(B);
    rejoined(B, rejoin(B).run(A, C));
    assertEquals(1, stage.disk(A).epoch());

    // Now A's own acceptance would make it two, though only one node could show it.
    write.deliver(A);

    assertFalse(write.result().filter(WriteResult.Applied.class::isInstance).isPresent());
    assertTrue(
        stage.disk(A).openTransactions().stream().allMatch(record -> record.accepted() == null));
  }

  @Test
  void without_accepted_values_a_joining_node_would_lose_an_acknowledged_write() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    draft.commit(B);
    // C has only heard of it.
    draft.takeover(C, ballot(1, C));
    loseDisk(B);
    rejoined(B, rejoin(B).run(A, C));

    Stage.Talk<Finish.Result> finish = finish(C, draft).run(B, C);

    Finish.Result.Fixed fixed =
        assertInstanceOf(Finish.Result.Fixed.class, finish.result().orElseThrow());
    assertEquals(Verdict.COMMIT, fixed.verdict());
  }

  @Test
  void of_two_accepted_values_a_joining_node_takes_the_one_with_the_higher_ballot() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    draft.takeover(B, ballot(1, C));
    draft.takeover(C, ballot(1, C));
    draft.decide(B, ballot(1, C), Verdict.ABORT);
    draft.decide(C, ballot(1, C), Verdict.ABORT);
    loseDisk(B);
    rejoined(B, rejoin(B).run(A, C));

    assertEquals(
        Optional.of(new Acceptance(ballot(1, C), Verdict.ABORT)),
        stage.disk(B).transaction(draft.txId).map(TransactionRecord::accepted));
  }

  @Test
  void without_locks_a_joining_node_would_vote_for_a_second_commit_on_one_position() {
    Stage.Draft first = stage.create(A, NAME);
    first.prepare(A);
    first.prepare(B);
    first.commit(A);
    first.commit(B);
    first.takeover(C, ballot(1, C));
    loseDisk(B);
    rejoined(B, rejoin(B).run(A, C));

    Stage.Draft second = stage.create(C, NAME);
    assertInstanceOf(Reply.Locked.class, stage.tell(B, second.prepareFor(B, 1)));
  }

  @Test
  void with_too_few_peers_a_node_does_not_join() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    draft.prepare(B);
    draft.commit(A);
    draft.commit(B);
    loseDisk(B);

    // C never saw the transaction, and A is slow.
    Stage.Talk<Rejoin.Result> rejoin = rejoin(B).run(C);

    assertInstanceOf(Rejoin.Result.TryLater.class, rejoin.result().orElseThrow());
  }

  @Test
  void a_lock_that_was_learned_when_joining_is_not_a_vote() {
    Stage.Draft draft = stage.create(A, NAME);
    draft.prepare(A);
    loseDisk(B);
    rejoined(B, rejoin(B).run(A, C));
    assertTrue(stage.disk(B).transaction(draft.txId).orElseThrow().staged());

    // The prepare for B was slow. It has the lock now, but would answer for a share it never had.
    assertInstanceOf(Reply.EpochOver.class, draft.prepare(B));
  }

  @Test
  void a_node_that_joined_while_others_forgot_finds_the_outcome_in_their_chains() {
    Stage.Draft committed = stage.create(A, NAME);
    Stage.Draft aborted = stage.create(A, OTHER);
    for (Stage.Draft draft : List.of(committed, aborted)) {
      for (NodeId node : List.of(A, B, C)) {
        draft.prepare(node);
      }
    }
    committed.commit(A);
    committed.commit(C);
    // B has applied both and said so, when A and C have not; then it loses its disk.
    committed.settle(B, Verdict.COMMIT);
    aborted.settle(B, Verdict.ABORT);
    loseDisk(B);
    rejoined(B, rejoin(B).run(A, C));
    for (NodeId node : List.of(A, C)) {
      committed.settle(node, Verdict.COMMIT);
      aborted.settle(node, Verdict.ABORT);
    }
    for (NodeId node : List.of(A, C)) {
      stage.tell(node, new Request.Forget(A, 1, 2));
    }

    finish(B, committed).run(A, B, C).deliverRest(B);
    finish(B, aborted).run(A, B, C).deliverRest(B);

    assertTrue(stage.disk(B).openTransactions().isEmpty());
    assertEquals(Optional.of(committed.part().entry()), headAt(B, NAME));
    assertEquals(Optional.empty(), headAt(B, OTHER));
  }

  // 17

  @Test
  void a_delete_is_acknowledged_only_when_enough_nodes_destroyed_their_shares() {
    stage.create(A, NAME).committedAt(A, B, C);
    Stage.Talk<WriteResult> delete =
        stage.write(A, stage.order(WriteKind.DELETE, stage.operationId(), NOON, NAME), 0);
    delete.deliver(A, B, C).deliver(A, B, C);
    assertEquals(3, delete.sent(Request.Settle.class).size());
    assertTrue(delete.result().isEmpty());

    delete.deliver(B);
    assertTrue(delete.result().isEmpty());
    delete.deliver(C);

    assertInstanceOf(WriteResult.Applied.class, delete.result().orElseThrow());
  }

  @Test
  void a_retried_delete_is_acknowledged_only_when_enough_nodes_destroyed_their_shares() {
    Stage wide = new Stage(5, 3);
    NodeId d = new NodeId(4);
    NodeId e = new NodeId(5);
    Stage.Draft version = wide.create(A, NAME).committedAt(A, B, C, d, e);
    Bytes operation = wide.operationId();
    Stage.Talk<WriteResult> delete =
        wide.write(A, wide.order(WriteKind.DELETE, operation, NOON, NAME), 0);
    delete.deliver(A, B, C).deliver(A, B, C).wake().deliver(A);
    assertTrue(delete.result().isEmpty());
    // The caller hears nothing. Somebody else creates the name again, on top of the tombstone, with
    // the votes of nodes that never heard of the delete; only A hears that it is done.
    wide.write(A, wide.order(WriteKind.CREATE, wide.operationId(), NOON, NAME), 9)
        .deliver(A, d, e)
        .deliver(A, d, e)
        .wake()
        .deliver(A);
    assertEquals(2, wide.disk(A).head(NAME).orElseThrow().entry().incarnation());

    Stage.Talk<WriteResult> retry =
        wide.write(A, wide.order(WriteKind.DELETE, operation, NOON, NAME), 0);
    retry.run(A, B, C, d, e);

    assertInstanceOf(WriteResult.AppliedBefore.class, retry.result().orElseThrow());
    long holders =
        wide.membership.everyNode().stream()
            .filter(node -> wide.disk(node).holds(NAME, version.txId))
            .count();
    assertTrue(holders < 3, () -> holders + " nodes still hold a share of what was deleted");
  }

  @Test
  void a_retried_delete_of_two_names_keeps_them_together() {
    stage.create(A, NAME, OTHER).committedAt(A, B, C);
    Bytes operation = stage.operationId();
    Stage.Talk<WriteResult> delete =
        stage.write(A, stage.order(WriteKind.DELETE, operation, NOON, NAME, OTHER), 0);
    delete.deliver(A, B).deliver(A, B).wake().deliver(A);

    Stage.Talk<WriteResult> retry =
        stage.write(A, stage.order(WriteKind.DELETE, operation, NOON, NAME, OTHER), 0);
    retry.run(A, B, C).deliverRest(A, B, C);

    assertInstanceOf(WriteResult.AppliedBefore.class, retry.result().orElseThrow());
    for (NodeId node : List.of(A, B, C)) {
      assertFalse(headAt(node, NAME).orElseThrow().live());
      assertFalse(headAt(node, OTHER).orElseThrow().live());
    }
  }

  // 18

  @Test
  void both_names_of_an_import_have_one_outcome() {
    Stage.Draft both = stage.create(A, NAME, OTHER);
    both.prepare(A);
    both.prepare(B);
    both.commit(B);
    // The coordinator is gone. Another write of one of the names has to wait.
    stage.suspect(A);
    assertInstanceOf(Reply.Locked.class, stage.create(C, NAME).prepare(B));

    read(C, NAME).run(B, C).deliverRest(B, C);
    Stage.Talk<ReadRound.Result> one = read(C, NAME).run(A, B, C);
    Stage.Talk<ReadRound.Result> other = read(B, OTHER).run(A, B, C);

    assertEquals(Optional.of(both.txId), seen(one.result().orElseThrow(), NAME).map(Entry::txId));
    assertEquals(
        Optional.of(both.txId), seen(other.result().orElseThrow(), OTHER).map(Entry::txId));
  }

  // 19

  @Test
  void a_coordinator_that_wakes_too_late_commits_nothing() {
    Stage.Talk<WriteResult> write =
        stage.write(A, stage.order(WriteKind.CREATE, stage.operationId(), NOON, NAME), 1);
    write.deliver(A, B);
    Request.Decide late = write.sent(Request.Decide.class).getFirst();
    // A pauses with its decision in hand. C finishes the transaction; B hears the outcome, C not.
    stage.suspect(A);
    Stage.Draft paused = stage.new Draft(late.txId(), late.parts(), Map.of());
    for (NodeId node : List.of(B, C)) {
      paused.takeover(node, ballot(1, C));
    }
    for (NodeId node : List.of(B, C)) {
      paused.decide(node, ballot(1, C), Verdict.ABORT);
    }
    paused.settle(B, Verdict.ABORT);

    assertInstanceOf(Reply.Settled.class, stage.tell(B, late));
    assertInstanceOf(Reply.Outranked.class, stage.tell(C, late));
    write.run(A, B, C);

    List<WriteResult> success = new ArrayList<>();
    write
        .result()
        .filter(WriteResult.Applied.class::isInstance)
        .filter(result -> ((WriteResult.Applied) result).txId().equals(late.txId()))
        .ifPresent(success::add);
    assertTrue(success.isEmpty());
  }

  // 20

  @Test
  void time_goes_on_along_a_chain_whatever_the_clocks_say() {
    stage
        .write(A, stage.order(WriteKind.CREATE, stage.operationId(), NOON, NAME), 1)
        .run(A, B, C)
        .deliverRest(A, B, C);
    Entry before = headAt(A, NAME).orElseThrow();

    stage
        .write(
            B,
            stage.order(WriteKind.UPDATE, stage.operationId(), NOON.minusSeconds(3_600), NAME),
            2)
        .run(A, B, C)
        .deliverRest(A, B, C);
    Entry after = headAt(A, NAME).orElseThrow();

    assertTrue(after.validFrom().isAfter(before.validFrom()));
    assertEquals(before.version() + 1, after.version());
  }

  // 21

  private final Stage four = new Stage(4, 2);
  private final NodeId d = new NodeId(4);

  /// All versions that C lacks its share of.
  private static List<Restoration.Version> lacking(Stage stage, NodeId node) {
    return Scrub.missing(stage.disk(node), null, 100).lacking();
  }

  private static Stage.Talk<Restoration.Result> restore(Stage stage, NodeId at, NodeId... helpers) {
    return stage.talk(
        new Restoration(stage.home(at), 4, List.of(helpers), lacking(stage, at), stage.deadline()));
  }

  /// A version that C knows to be final without having its share.
  private static Stage.Draft knownWithoutShare(Stage stage, NodeId... holders) {
    Stage.Draft draft = stage.create(A, NAME).committedAt(holders);
    draft.settle(C, Verdict.COMMIT);
    assertFalse(stage.disk(C).holds(NAME, draft.txId));
    return draft;
  }

  @Test
  void a_lost_share_comes_back_as_it_was_and_without_the_value() {
    Stage.Draft draft = knownWithoutShare(stage, A, B);

    Stage.Talk<Restoration.Result> restoration = restore(stage, C, A, B).run(A, B);
    Restoration.Result result = restoration.result().orElseThrow();
    assertEquals(0, result.failed());
    result.repairs().forEach(repair -> stage.tell(C, repair));

    assertEquals(Optional.of(draft.repairFor(C).share()), stage.disk(C).share(NAME, 1));
    assertTrue(lacking(stage, C).isEmpty());
  }

  @Test
  void a_helper_contributes_nothing_to_a_deleted_value() {
    Stage.Draft version = knownWithoutShare(stage, A, B);
    Stage.Talk<Restoration.Result> restoration = restore(stage, C, A, B);
    restoration.deliver(A, B);
    // Its share is gone with the delete; this is an old copy that should have been.
    Stage.Draft tombstone = stage.delete(A, version).committedAt(A, B);
    stage.disk(A).apply(List.of(new Change.InstallShare(NAME, 1, version.repairFor(A).share())));
    stage.disk(B).apply(List.of(new Change.InstallShare(NAME, 1, version.repairFor(B).share())));
    assertEquals(Optional.of(tombstone.part().entry()), headAt(A, NAME));

    restoration.run(A, B);

    Restoration.Result result = restoration.result().orElseThrow();
    assertTrue(result.repairs().isEmpty());
    assertEquals(1, result.failed());
  }

  @Test
  void a_share_restored_before_a_delete_is_not_kept_after_it() {
    Stage.Draft version = knownWithoutShare(stage, A, B);
    Restoration.Result result = restore(stage, C, A, B).run(A, B).result().orElseThrow();
    assertEquals(1, result.repairs().size());
    stage.delete(A, version).committedAt(A, B).settle(C, Verdict.COMMIT);

    assertInstanceOf(Reply.NotWanted.class, stage.tell(C, result.repairs().getFirst()));
    assertFalse(stage.disk(C).holds(NAME, version.txId));
  }

  // 22

  @Test
  void a_wrong_contribution_is_noticed_and_other_helpers_are_asked() {
    Stage.Draft draft = knownWithoutShare(four, A, B, d);
    Stage.Talk<Restoration.Result> restoration = restore(four, C, A, B, d);
    int lies = 0;
    while (restoration.result().isEmpty()) {
      Call call = restoration.takeFirst();
      Reply reply = four.tell(call.to(), call.request());
      if (call.to().equals(B)
          && reply instanceof Reply.Contributed(Contribution given)
          && given != null) {
        lies++;
        reply = new Reply.Contributed(Values.corrupted(given));
      }
      restoration.hear(call, reply);
    }

    Restoration.Result result = restoration.result().orElseThrow();
    assertTrue(lies > 0);
    assertEquals(lies, result.mismatches());
    assertEquals(0, result.failed());
    assertEquals(draft.repairFor(C).share(), result.repairs().getFirst().share());
  }

  @Test
  void if_every_circle_has_a_liar_nothing_is_installed() {
    knownWithoutShare(stage, A, B);
    Stage.Talk<Restoration.Result> restoration = restore(stage, C, A, B);
    while (restoration.result().isEmpty()) {
      Call call = restoration.takeFirst();
      Reply reply = stage.tell(call.to(), call.request());
      restoration.hear(
          call,
          call.to().equals(A)
                  && reply instanceof Reply.Contributed(Contribution given)
                  && given != null
              ? new Reply.Contributed(Values.corrupted(given))
              : reply);
    }

    Restoration.Result result = restoration.result().orElseThrow();
    assertTrue(result.repairs().isEmpty());
    assertEquals(1, result.failed());
    assertEquals(1, result.mismatches());
  }

  @Test
  void a_helper_contributes_nothing_without_a_mask_for_each_other_helper() {
    Stage five = new Stage(5, 3);
    NodeId e = new NodeId(5);
    Stage.Draft draft = five.create(A, NAME).committedAt(A, B, d, e);
    draft.settle(C, Verdict.COMMIT);
    Circle circle = new Circle(C, 4, List.of(A, B, d));
    five.tell(B, new Request.HandSeed(circle, A, five.values.seed()));
    Request.Contribute ask = new Request.Contribute(circle, NAME, 1, draft.txId);

    // B shares a seed with A, but not yet with D.
    assertInstanceOf(Reply.NotWanted.class, five.tell(B, ask));

    for (NodeId node : List.of(B, d)) {
      assertInstanceOf(Reply.Convened.class, five.tell(node, new Request.Convene(circle)));
    }
    assertInstanceOf(Reply.Contributed.class, five.tell(B, ask));
  }

  @Test
  void the_seed_of_a_mask_is_never_replaced() {
    Circle circle = new Circle(C, 4, List.of(A, B));
    Request.HandSeed first = new Request.HandSeed(circle, A, stage.values.seed());
    assertInstanceOf(Reply.Noted.class, stage.tell(B, first));
    assertInstanceOf(Reply.Noted.class, stage.tell(B, first));

    assertInstanceOf(
        Reply.NotWanted.class, stage.tell(B, new Request.HandSeed(circle, A, stage.values.seed())));
  }

  @Test
  void a_circle_of_too_few_helpers_is_refused() {
    Stage five = new Stage(5, 3);
    Circle two = new Circle(C, 4, List.of(A, B));
    Circle foreign = new Circle(C, 4, List.of(A, B, new NodeId(6)));
    Circle others = new Circle(C, 4, List.of(A, d, new NodeId(5)));
    for (Circle wrong : List.of(two, foreign, others)) {
      assertInstanceOf(Reply.NotWanted.class, five.tell(B, new Request.Convene(wrong)));
      assertInstanceOf(
          Reply.NotWanted.class, five.tell(B, new Request.HandSeed(wrong, A, five.values.seed())));
    }
  }

  @Test
  void a_seed_comes_from_a_helper_below_only() {
    Circle circle = new Circle(C, 4, List.of(A, B));
    for (NodeId wrong : List.of(B, C, d)) {
      assertInstanceOf(
          Reply.NotWanted.class,
          stage.tell(A, new Request.HandSeed(circle, wrong, stage.values.seed())));
    }
  }

  @Test
  void a_node_that_joins_contributes_nothing() {
    Stage.Draft draft = knownWithoutShare(stage, A, B);
    Circle circle = new Circle(C, 4, List.of(A, B));
    for (NodeId node : List.of(A, B)) {
      stage.tell(node, new Request.Convene(circle));
    }
    Request.Contribute ask = new Request.Contribute(circle, NAME, 1, draft.txId);
    assertInstanceOf(Reply.Contributed.class, stage.tell(B, ask));

    stage.disk(B).mode(SimulatedDisk.Mode.JOINING);

    assertInstanceOf(Reply.Joining.class, stage.tell(B, ask));
  }

  @Test
  void the_masks_of_a_circle_are_forgotten_after_its_life() {
    Stage.Draft draft = knownWithoutShare(stage, A, B);
    Circle circle = new Circle(C, 4, List.of(A, B));
    for (NodeId node : List.of(A, B)) {
      stage.tell(node, new Request.Convene(circle));
    }
    Request.Contribute ask = new Request.Contribute(circle, NAME, 1, draft.txId);
    assertInstanceOf(Reply.Contributed.class, stage.tell(A, ask));

    stage.pass(Circles.LIFE.toMillis());

    assertInstanceOf(Reply.NotWanted.class, stage.tell(A, ask));
  }

  @Test
  void a_target_has_so_many_circles_and_no_more() {
    Stage.Draft draft = knownWithoutShare(stage, A, B);
    List<Circle> circles = new ArrayList<>();
    for (int session = 0; session <= Circles.PER_TARGET_MAX; session++) {
      Circle circle = new Circle(C, session, List.of(A, B));
      circles.add(circle);
      stage.tell(A, new Request.Convene(circle));
    }

    assertInstanceOf(
        Reply.NotWanted.class,
        stage.tell(A, new Request.Contribute(circles.getFirst(), NAME, 1, draft.txId)));
    for (Circle circle : circles.subList(1, circles.size())) {
      assertInstanceOf(
          Reply.Contributed.class,
          stage.tell(A, new Request.Contribute(circle, NAME, 1, draft.txId)));
    }
  }

  @Test
  void a_helper_that_is_away_or_lacks_the_share_itself_is_left_out() {
    NodeId e = new NodeId(5);
    Stage five = new Stage(5, 2);
    Stage.Draft draft = five.create(A, NAME).committedAt(A, B, d, e);
    draft.settle(C, Verdict.COMMIT);
    five.disk(B).rot(NAME, 1);

    Restoration.Result result = restore(five, C, A, B, d, e).run(A, B, d).result().orElseThrow();

    assertEquals(draft.repairFor(C).share(), result.repairs().getFirst().share());
    assertEquals(0, result.failed());
  }

  @Test
  void a_helper_that_forgot_its_masks_costs_one_circle_and_nothing_else() {
    Stage.Draft draft = knownWithoutShare(four, A, B, d);
    Stage.Talk<Restoration.Result> restoration = restore(four, C, A, B, d);
    restoration.deliver(A, B, d);
    for (NodeId node : List.of(A, B, d)) {
      four.forgetCircles(node);
    }

    Restoration.Result result = restoration.run(A, B, d).result().orElseThrow();
    // Each of the first circle said that it does not know it, and is not asked again.
    assertEquals(1, result.failed());
    result = restore(four, C, A, B, d).run(A, B, d).result().orElseThrow();
    assertEquals(draft.repairFor(C).share(), result.repairs().getFirst().share());
  }

  @Test
  void every_kept_version_comes_back_and_no_other() {
    Stage.Draft first = knownWithoutShare(stage, A, B);
    Stage.Draft second = stage.update(A, first).committedAt(A, B);
    second.settle(C, Verdict.COMMIT);
    Stage.Draft gone = stage.create(A, OTHER).committedAt(A, B);
    gone.settle(C, Verdict.COMMIT);
    stage.delete(A, gone).committedAt(A, B).settle(C, Verdict.COMMIT);

    Restoration.Result result = restore(stage, C, A, B).run(A, B).result().orElseThrow();
    result.repairs().forEach(repair -> stage.tell(C, repair));

    assertEquals(Optional.of(first.repairFor(C).share()), stage.disk(C).share(NAME, 1));
    assertEquals(Optional.of(second.repairFor(C).share()), stage.disk(C).share(NAME, 2));
    assertFalse(stage.disk(C).holds(OTHER, gone.txId));
    assertEquals(2, result.repairs().size());
  }

  @Test
  void a_share_that_is_not_what_was_written_is_found_and_replaced() {
    Stage.Draft draft = stage.create(A, NAME).committedAt(A, B, C);
    Share good = draft.repairFor(C).share();
    stage.disk(C).apply(List.of(new Change.InstallShare(NAME, 1, Values.corrupted(good))));
    assertTrue(lacking(stage, C).isEmpty());

    List<Restoration.Version> unsound =
        Scrub.unsound(stage.disk(C), Values.judge(), null, 100, 1_000_000).lacking();
    assertEquals(1, unsound.size());
    Restoration.Result result =
        stage
            .talk(new Restoration(stage.home(C), 4, List.of(A, B), unsound, stage.deadline()))
            .run(A, B)
            .result()
            .orElseThrow();
    result.repairs().forEach(repair -> stage.tell(C, repair));

    assertEquals(Optional.of(good), stage.disk(C).share(NAME, 1));
  }
}
