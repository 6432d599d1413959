package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.SecretId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Below the floor of free space no share is taken, and everything that makes room goes on.
class LedgerRoomTest {
  private static final SecretId KEPT = SecretId.of("demo", "kept");
  private static final SecretId COMMITTED = SecretId.of("demo", "committed");
  private static final SecretId ABORTED = SecretId.of("demo", "aborted");
  private static final SecretId REFUSED = SecretId.of("demo", "refused");
  private static final List<SecretId> NAMES = List.of(KEPT, COMMITTED, ABORTED, REFUSED);

  @TempDir Path directory;

  static LedgerConfig withoutRoom(Path directory) {
    LedgerConfig config = Desk.config(directory);
    return new LedgerConfig(
        directory,
        config.self(),
        config.membership(),
        Long.MAX_VALUE,
        config.logBytesMax(),
        config.onFailure());
  }

  @Test
  void without_room_shares_are_refused_and_settling_aborting_and_deleting_go_on() {
    Request.Prepare committed;
    Request.Prepare aborted;
    byte[] content;
    try (Desk desk = Desk.open(directory)) {
      content = desk.shareBytes(128);
      desk.put(KEPT, desk.shareBytes(128));
      committed = desk.prepareVersion(COMMITTED, content);
      aborted = desk.prepareVersion(ABORTED, desk.shareBytes(64_000));
      desk.tell(committed);
      desk.tell(aborted);
      assertTrue(desk.ledger.hasRoom());
    }
    try (Desk desk = Desk.open(withoutRoom(directory))) {
      assertFalse(desk.ledger.hasRoom());
      Picture before = Picture.of(desk.ledger, NAMES);
      Request.Prepare refused = desk.prepareVersion(REFUSED, desk.shareBytes(64));
      assertThrows(LedgerException.Full.class, () -> desk.tell(refused));
      assertThrows(
          LedgerException.Full.class,
          () -> desk.tell(List.of(Desk.abort(aborted), refused)),
          "all of one write or nothing");
      assertEquals(before, Picture.of(desk.ledger, NAMES));

      desk.tell(Desk.decide(committed));
      assertEquals(new Reply.Applied(), desk.tell(Desk.commit(committed)));
      assertArrayEquals(content, desk.shareOf(COMMITTED).orElseThrow());
      assertEquals(new Reply.Applied(), desk.tell(Desk.abort(aborted)));
      desk.delete(KEPT);
      assertEquals(Optional.empty(), desk.shareOf(KEPT));
    }
    try (Desk desk = Desk.open(directory)) {
      assertArrayEquals(content, desk.shareOf(COMMITTED).orElseThrow());
      assertEquals(List.of(), desk.ledger.read(view -> view.openTransactions()));
      desk.put(REFUSED, desk.shareBytes(64));
      assertEquals(0, desk.ledger.orphanSlotsWiped());
    }
  }
}
