package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.SecretId;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final SecretId NAME = SecretId.of("demo", "db-password");

  @TempDir Path directory;

  @Test
  void a_write_goes_from_prepare_to_settle() {
    try (Desk desk = Desk.open(directory)) {
      byte[] content = desk.shareBytes(128);
      Request.Prepare prepare = desk.prepareVersion(NAME, content);
      assertEquals(new Reply.Yes(), desk.tell(prepare));
      assertEquals(Optional.empty(), desk.head(NAME));
      desk.tell(Desk.decide(prepare));
      assertEquals(new Reply.Applied(), desk.tell(Desk.commit(prepare)));
      assertArrayEquals(content, desk.shareOf(NAME).orElseThrow());
    }
  }
}
