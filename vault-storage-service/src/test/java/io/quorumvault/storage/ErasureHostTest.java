package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.erasure.Erasure;
import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.SecretId;
import io.quorumvault.storage.ledger.Desk;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node signs of a delete, by what is on its disk.
class ErasureHostTest {
  private static final Membership CELL = Membership.of("test-cell", 5, 3);
  private static final SecretId NAME = SecretId.of("demo", "db-password");
  private static final SecretId OTHER = SecretId.of("demo", "other");

  @TempDir Path directory;

  private static ParticipantHost host(Desk desk) {
    ParticipantHost host =
        new ParticipantHost(
            desk.ledger, new Participant((id, entry, share) -> true), new NodeClock(1));
    host.serve();
    return host;
  }

  private static Optional<Erasure> destroyed(Desk desk, SecretId id, Entry tombstone) {
    return destroyed(desk, id, tombstone.version(), tombstone.validFrom());
  }

  private static Optional<Erasure> destroyed(
      Desk desk, SecretId id, long version, Instant deletedAt) {
    return ErasureHost.destroyed(desk.ledger, CELL, id, version, deletedAt);
  }

  private static Entry entry(Request.Prepare prepare) {
    return prepare.stagings().getFirst().part().entry();
  }

  private static void versions(Desk desk, int count) {
    for (int i = 0; i < count; i++) {
      desk.put(NAME, desk.shareBytes(64));
    }
  }

  private static Entry deleted(Desk desk, ParticipantHost host) {
    Request.Prepare delete = desk.prepareDelete(NAME);
    assertEquals(new Reply.Yes(), host.step(delete).join());
    assertEquals(new Reply.Applied(), host.step(Desk.commit(delete)).join());
    return entry(delete);
  }

  @Test
  void nothing_is_signed_before_the_tombstone_is_final_and_then_what_it_destroyed() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      versions(desk, 2);
      Request.Prepare delete = desk.prepareDelete(NAME);
      Entry tombstone = entry(delete);
      assertEquals(Optional.empty(), destroyed(desk, NAME, tombstone));
      assertEquals(new Reply.Yes(), host.step(delete).join());
      assertEquals(Optional.empty(), destroyed(desk, NAME, tombstone));
      assertEquals(new Reply.Applied(), host.step(Desk.commit(delete)).join());
      assertEquals(
          Optional.of(
              new Erasure(
                  "test-cell",
                  5,
                  3,
                  NAME.namespace(),
                  NAME.name(),
                  1,
                  2,
                  3,
                  tombstone.validFrom())),
          destroyed(desk, NAME, tombstone));
    }
  }

  /// The keys are overwritten after the commit, by the same writer: before it has gone on, a reader
  /// would see the tombstone already.
  @Test
  void a_node_signs_only_when_the_writer_that_destroys_is_done() throws Exception {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      versions(desk, 1);
      Entry tombstone = deleted(desk, host);
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch released = new CountDownLatch(1);
      Thread writer =
          Thread.ofPlatform()
              .start(() ->
                  desk.ledger.write(transaction -> {
                    held.countDown();
                    await(released);
                    return true;
                  }));
      held.await();
      CompletableFuture<Optional<Erasure>> signed = new CompletableFuture<>();
      try {
        Thread asking =
            Thread.ofPlatform().start(() -> signed.complete(destroyed(desk, NAME, tombstone)));
        while (asking.getState() != Thread.State.WAITING && !signed.isDone()) {
          Thread.onSpinWait();
        }
        assertFalse(signed.isDone());
      } finally {
        released.countDown();
      }
      writer.join();
      assertTrue(signed.join().isPresent());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void while_any_share_is_left_nothing_is_signed() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      versions(desk, 2);
      Entry tombstone = deleted(desk, host);
      assertTrue(destroyed(desk, NAME, tombstone).isPresent());
      // No step of the protocol does this.
      desk.ledger.write(transaction -> {
        transaction.apply(
            List.of(new Change.InstallShare(NAME, 1, Desk.share(desk.shareBytes(64)))));
        return true;
      });
      assertEquals(Optional.empty(), destroyed(desk, NAME, tombstone));
      desk.ledger.write(transaction -> {
        transaction.apply(List.of(new Change.DestroySharesBelow(NAME, tombstone.seq())));
        return true;
      });
      assertTrue(destroyed(desk, NAME, tombstone).isPresent());
    }
  }

  @Test
  void a_share_that_was_staged_under_the_tombstone_keeps_it_from_being_signed() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      versions(desk, 1);
      Request.Prepare slow = desk.prepareVersion(NAME, desk.shareBytes(64));
      Request.Prepare delete = desk.prepareDelete(NAME);
      assertEquals(new Reply.Yes(), host.step(slow).join());
      // The others decided the delete without this node's vote.
      assertEquals(new Reply.Applied(), host.step(Desk.commit(delete)).join());
      assertTrue(destroyed(desk, NAME, entry(delete)).isPresent());
      // No step of the protocol does this.
      desk.ledger.write(transaction -> {
        transaction.apply(
            List.of(new Change.StageShare(slow.txId(), NAME, Desk.share(desk.shareBytes(64)))));
        return true;
      });
      assertEquals(Optional.empty(), destroyed(desk, NAME, entry(delete)));
      assertEquals(new Reply.Applied(), host.step(Desk.abort(slow)).join());
      assertTrue(destroyed(desk, NAME, entry(delete)).isPresent());
    }
  }

  @Test
  void a_secret_made_anew_is_another_one_and_its_delete_another_delete() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      versions(desk, 2);
      Entry first = deleted(desk, host);
      Request.Prepare next = desk.prepareVersion(NAME, desk.shareBytes(64));
      assertEquals(new Reply.Yes(), host.step(next).join());
      assertTrue(destroyed(desk, NAME, first).isPresent());
      assertEquals(new Reply.Applied(), host.step(Desk.commit(next)).join());
      versions(desk, 70);
      assertEquals(Optional.of(3L), destroyed(desk, NAME, first).map(Erasure::seq));
      Entry second = deleted(desk, host);
      assertEquals(
          Optional.of(List.of(2L, 71L)),
          destroyed(desk, NAME, second)
              .map(erasure -> List.of(erasure.incarnation(), erasure.version())));
      assertEquals(Optional.of(1L), destroyed(desk, NAME, first).map(Erasure::incarnation));
    }
  }

  @Test
  void only_the_delete_that_is_asked_about_is_signed() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk)) {
      versions(desk, 2);
      desk.put(OTHER, desk.shareBytes(64));
      Entry tombstone = deleted(desk, host);
      Instant at = tombstone.validFrom();
      assertEquals(Optional.empty(), destroyed(desk, NAME, 1, at));
      assertEquals(Optional.empty(), destroyed(desk, NAME, 2, at.minusMillis(1)));
      assertEquals(Optional.empty(), destroyed(desk, NAME, 2, at.plusMillis(1)));
      assertEquals(Optional.empty(), destroyed(desk, OTHER, 1, at));
      assertEquals(Optional.empty(), destroyed(desk, OTHER, desk.head(OTHER).orElseThrow()));
      assertEquals(Optional.empty(), destroyed(desk, SecretId.of("demo", "never"), 2, at));
      assertEquals(Optional.empty(), destroyed(desk, SecretId.of("other", "db-password"), 2, at));
    }
  }
}
