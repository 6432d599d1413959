package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.secret.SecretId;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that does not answer is told from a writer that has much to do.
class LedgerStallTest {
  private static final SecretId NAME = SecretId.of("demo", "name");

  @TempDir Path directory;

  @Test
  @Timeout(60)
  void a_disk_that_does_not_answer_a_commit_is_noticed_while_it_does_not() throws Exception {
    try (Desk desk = Desk.open(directory)) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      // Told within the commit: here in place of a disk that hangs.
      desk.ledger.tellCommits(nanos -> answer.join());
      assertFalse(desk.ledger.stalled());
      Thread writer = Thread.ofPlatform().start(() -> desk.put(NAME, desk.shareBytes(64)));
      while (!desk.ledger.stalled()) {
        assertTrue(writer.isAlive());
        Thread.onSpinWait();
      }
      answer.complete(true);
      writer.join();
      assertFalse(desk.ledger.stalled());
    }
  }

  @Test
  void a_writer_that_is_busy_for_long_is_no_disk_that_does_not_answer() {
    try (Desk desk = Desk.open(directory)) {
      boolean stalled =
          desk.ledger.write(transaction -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
            while (System.nanoTime() < end) {
              LockSupport.parkNanos(end - System.nanoTime());
            }
            return desk.ledger.stalled();
          });
      assertFalse(stalled);
    }
  }
}
