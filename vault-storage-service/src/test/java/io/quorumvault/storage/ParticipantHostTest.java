package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Sweeper;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.SecretId;
import io.quorumvault.storage.ledger.Desk;
import io.quorumvault.storage.ledger.LedgerConfig;
import io.quorumvault.storage.metrics.Violation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParticipantHostTest {
  private static final SecretId A = SecretId.of("demo", "a");
  private static final SecretId B = SecretId.of("demo", "b");
  private static final SecretId C = SecretId.of("demo", "c");

  @TempDir Path directory;

  private static ParticipantHost host(Desk desk) {
    ParticipantHost host =
        new ParticipantHost(
            desk.ledger, new Participant((id, entry, share) -> true), new NodeClock(1));
    host.serve();
    return host;
  }

  /// Keeps the ledger's writer busy, so that what is asked meanwhile waits, and is one batch
  /// afterwards.
  private static final class Busy implements AutoCloseable {
    private final CountDownLatch released = new CountDownLatch(1);
    private final Thread holder;

    Busy(Desk desk) throws InterruptedException {
      CountDownLatch held = new CountDownLatch(1);
      holder =
          Thread.ofPlatform()
              .start(() ->
                  desk.ledger.write(transaction -> {
                    held.countDown();
                    try {
                      released.await();
                    } catch (InterruptedException unexpected) {
                      Thread.currentThread().interrupt();
                    }
                    return true;
                  }));
      held.await();
    }

    void check() {
      assertTrue(holder.isAlive());
    }

    @Override
    public void close() {
      released.countDown();
      while (holder.isAlive()) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_request_that_fails_does_not_take_the_others_of_its_batch_along() throws Exception {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      byte[] content = desk.shareBytes(64);
      Request.Prepare first = desk.prepareVersion(A, content);
      Request.Prepare last = desk.prepareVersion(C, content);
      // Another commit on the position that the first one takes.
      Request.Settle contradiction = Desk.commit(desk.prepareVersion(A, desk.shareBytes(64)));
      List<CompletableFuture<Reply>> replies = new ArrayList<>();
      try (Busy busy = new Busy(desk)) {
        for (Request request :
            List.of(first, Desk.commit(first), contradiction, last, Desk.commit(last))) {
          replies.add(host.step(request));
        }
        busy.check();
        assertTrue(replies.stream().noneMatch(CompletableFuture::isDone));
      }
      assertEquals(
          List.of(
              new Reply.Yes(),
              new Reply.Applied(),
              new Reply.Unreachable(),
              new Reply.Yes(),
              new Reply.Applied()),
          replies.stream().map(CompletableFuture::join).toList());
      assertArrayEquals(content, desk.shareOf(A).orElseThrow());
      assertArrayEquals(content, desk.shareOf(C).orElseThrow());
    }
  }

  @Test
  void a_read_that_fails_is_answered_like_one_that_nobody_heard() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      assertEquals(
          new Reply.Unreachable(),
          host.step(new Request.ListHeads(A.namespace(), "", null, -5)).join());
    }
  }

  @Test
  void whatever_waits_or_comes_when_the_host_closes_is_answered() throws Exception {
    try (Desk desk = Desk.open(directory)) {
      ParticipantHost host = host(desk);
      List<CompletableFuture<Reply>> replies = new ArrayList<>();
      Thread closing;
      try (Busy busy = new Busy(desk)) {
        for (int i = 0; i < 20; i++) {
          replies.add(
              host.step(desk.prepareVersion(SecretId.of("demo", "n" + i), desk.shareBytes(64))));
        }
        closing = Thread.ofPlatform().start(host::close);
        while (host.serving()) {
          Thread.onSpinWait();
        }
        replies.add(host.stepOwn(desk.prepareVersion(B, desk.shareBytes(64))));
        busy.check();
        assertTrue(closing.isAlive());
      }
      closing.join();
      replies.add(host.stepOwn(desk.prepareVersion(C, desk.shareBytes(64))));
      for (CompletableFuture<Reply> reply : replies) {
        assertTrue(reply.isDone());
      }
      assertInstanceOf(Reply.Unreachable.class, replies.getLast().join());
      for (int i = 0; i < 20; i++) {
        SecretId id = SecretId.of("demo", "n" + i);
        boolean voted = replies.get(i).join() instanceof Reply.Yes;
        assertEquals(voted, !desk.ledger.read(view -> view.openTransactions(id)).isEmpty());
      }
      desk.put(A, desk.shareBytes(64));
    }
  }

  @Test
  void without_room_shares_are_refused_and_deleting_goes_on() {
    Request.Prepare open;
    try (Desk desk = Desk.open(directory)) {
      desk.put(A, desk.shareBytes(64));
      open = desk.prepareVersion(B, desk.shareBytes(64));
      try (ParticipantHost host = host(desk)) {
        assertEquals(new Reply.Yes(), host.step(open).join());
      }
    }
    LedgerConfig config = Desk.config(directory);
    LedgerConfig withoutRoom =
        new LedgerConfig(
            directory,
            config.self(),
            config.membership(),
            Long.MAX_VALUE,
            config.logBytesMax(),
            config.onFailure());
    try (Desk desk = Desk.open(withoutRoom);
        ParticipantHost host = host(desk)) {
      Reply noRoom = new Reply.Refused(Reply.Refused.Reason.NO_ROOM);
      assertEquals(noRoom, host.step(desk.prepareVersion(C, desk.shareBytes(64))).join());
      assertEquals(noRoom, host.step(desk.prepareVersion(A, desk.shareBytes(64))).join());
      assertEquals(new Reply.Applied(), host.step(Desk.abort(open)).join());
      Request.Prepare delete = desk.prepareDelete(A);
      assertEquals(new Reply.Yes(), host.step(delete).join());
      assertEquals(new Reply.Applied(), host.step(Desk.commit(delete)).join());
      assertEquals(Optional.empty(), desk.shareOf(A));
      assertFalse(desk.head(A).orElseThrow().live());
    }
  }

  @Test
  void what_contradicts_a_final_outcome_is_told_as_a_violation_and_a_refusal_is_not() {
    List<Violation> violations = new CopyOnWriteArrayList<>();
    try (Desk desk = Desk.open(directory);
        ParticipantHost host =
            new ParticipantHost(
                desk.ledger,
                new Participant((id, entry, share) -> true),
                new NodeClock(1),
                violations::add)) {
      host.serve();
      Request.Prepare prepare = desk.prepareVersion(A, desk.shareBytes(64));
      Request.Prepare rival = desk.prepareVersion(A, desk.shareBytes(64));
      assertEquals(new Reply.Yes(), host.step(prepare).join());
      assertInstanceOf(Reply.Locked.class, host.step(rival).join());
      assertEquals(new Reply.Applied(), host.step(Desk.commit(prepare)).join());
      assertEquals(new Reply.Applied(), host.step(Desk.commit(prepare)).join());
      assertEquals(List.of(), violations);

      assertEquals(new Reply.Unreachable(), host.step(Desk.abort(prepare)).join());
      assertEquals(List.of(Violation.STEP), violations);

      Request.Settle nothing = new Request.Settle(rival.txId(), Verdict.COMMIT, List.of());
      assertInstanceOf(Reply.Refused.class, host.step(nothing).join());
      assertEquals(List.of(Violation.STEP, Violation.CONTRADICTION), violations);
    }
  }

  @Test
  void an_open_transaction_is_in_doubt_once_its_coordinator_had_its_time() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      Sweeper sweeper = desk.ledger.read(view -> new Sweeper(new DeskHome(desk), view));
      Request.Prepare prepare = desk.prepareVersion(A, desk.shareBytes(64));
      long before = new NodeClock(1).millis();
      assertEquals(new Reply.Yes(), host.step(prepare).join());

      assertOpen(1, 0, desk, sweeper, before);
      assertOpen(1, 1, desk, sweeper, before + 2 * Timing.DEFAULT.lease().toMillis());
      assertEquals(new Reply.Applied(), host.step(Desk.commit(prepare)).join());
      assertOpen(0, 0, desk, sweeper, before + 2 * Timing.DEFAULT.lease().toMillis());
    }
  }

  private static void assertOpen(
      int open, int inDoubt, Desk desk, Sweeper sweeper, long nowMillis) {
    Sweeper.Work work = desk.ledger.read(view -> sweeper.due(view, desk.ledger.start(), nowMillis));
    assertEquals(open, work.open());
    assertEquals(inDoubt, work.inDoubt());
  }
}
