package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.NodeView;
import io.quorumvault.secret.SecretId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When the disk fails, nothing is acknowledged any more.
class LedgerFailureTest {
  private static final SecretId NAME = SecretId.of("demo", "db-password");
  private static final SecretId OTHER = SecretId.of("demo", "other");

  /// The same as `EX_IOERR` of sysexits.h.
  private static final int EXIT_STORAGE_FAILED = 74;

  private static final int NO_LIMIT = 0;
  private static final int MANY = 100_000;

  @TempDir Path directory;

  private record Heard(LedgerException.Failed failure, Thread on) {}

  private final List<Heard> heard = new ArrayList<>();

  private LedgerConfig listening(Path data) {
    return new LedgerConfig(
        data,
        Desk.SELF,
        Desk.CELL,
        0,
        LedgerConfig.LOG_BYTES_MAX,
        failure -> heard.add(new Heard(failure, Thread.currentThread())));
  }

  @Test
  void a_process_whose_disk_is_full_exits_with_74_and_has_kept_all_it_acknowledged()
      throws Exception {
    // The data file is born with 6 MiB and is not written to before a checkpoint.
    Desk.open(directory).close();
    Acknowledger.End end =
        Acknowledger.run(directory, 3_712, LedgerConfig.LOG_BYTES_MAX, MANY, 1 << 10);
    assertEquals(EXIT_STORAGE_FAILED, end.status());
    assertKept(end);
  }

  @Test
  void a_process_whose_disk_fills_up_in_a_checkpoint_exits_with_74_and_has_kept_all()
      throws Exception {
    Acknowledger.End end = Acknowledger.run(directory, 64_000, 512 << 10, MANY, 8 << 10);
    assertEquals(EXIT_STORAGE_FAILED, end.status());
    assertKept(end);
  }

  private void assertKept(Acknowledger.End end) {
    assertTrue(end.acknowledged().size() > 5, "something was acknowledged before");
    try (Ledger reopened = Ledger.open(Desk.config(directory))) {
      assertFalse(reopened.lostCommits());
      for (int write : end.acknowledged()) {
        SecretId id = Acknowledger.name(write);
        boolean held = reopened.read(view -> view.holdsShare(id, 1));
        assertTrue(held, id.toString());
      }
      assertEquals(0, reopened.damagedShares());
    }
  }

  @Test
  void a_sync_that_fails_is_heard_on_the_committing_thread_before_anything_is_acknowledged() {
    byte[] content = new byte[64];
    try (Desk desk = Desk.open(listening(directory))) {
      desk.put(NAME, content);
      SyncProbe.on(desk.ledger, directory).fail();
      assertThrows(LedgerException.Failed.class, () -> desk.put(OTHER, content));
      assertEquals(1, heard.size());
      assertTrue(
          String.valueOf(heard.getFirst().failure().getMessage())
              .startsWith("the database reports: "));
      assertSame(Thread.currentThread(), heard.getFirst().on());
      assertThrows(LedgerException.Failed.class, () -> desk.head(NAME));
    }
    try (Desk desk = Desk.open(directory)) {
      assertArrayEquals(content, desk.shareOf(NAME).orElseThrow());
    }
  }

  @Test
  void after_a_report_of_the_database_nothing_is_acknowledged_or_answered() {
    try (Desk desk = Desk.open(listening(directory))) {
      Logger log = desk.ledger.read(LedgerFailureTest::databaseLog);
      assertEquals(
          "heard",
          desk.ledger.write(transaction -> {
            transaction.raiseStart(50);
            // As a program does that takes over java.util.logging: all handlers are gone.
            Arrays.stream(log.getHandlers()).forEach(log::removeHandler);
            log.setLevel(Level.OFF);
            return "heard";
          }));
      assertEquals(List.of(), heard);

      log.severe("ScriptWriter synch error");

      assertEquals(1, heard.size());
      assertSame(Thread.currentThread(), heard.getFirst().on());
      AtomicBoolean ran = new AtomicBoolean();
      assertThrows(
          LedgerException.Failed.class,
          () -> desk.ledger.write(transaction -> ran.getAndSet(true)));
      assertThrows(
          LedgerException.Failed.class, () -> desk.ledger.read(view -> ran.getAndSet(true)));
      assertThrows(LedgerException.Failed.class, desk.ledger::checkpoint);
      assertFalse(ran.get());
      log.severe("and again");
      assertEquals(1, heard.size(), "told once");
    }
  }

  /// HSQLDB reports on the committing thread, and then lets the commit succeed.
  @Test
  void a_report_while_committing_takes_the_acknowledgement_back() {
    try (Desk desk = Desk.open(listening(directory))) {
      Logger log = desk.ledger.read(LedgerFailureTest::databaseLog);
      assertThrows(
          LedgerException.Failed.class,
          () ->
              desk.ledger.write(transaction -> {
                transaction.raiseStart(50);
                log.severe("ScriptWriter synch error");
                return "acknowledged";
              }));
      assertEquals(1, heard.size());
    }
  }

  private static Logger databaseLog(NodeView view) {
    Object name =
        ((LedgerView) view).entities.createNativeQuery("VALUES DATABASE_NAME()").getSingleResult();
    return Logger.getLogger("hsqldb.db." + name);
  }

  @Test
  void a_directory_is_served_by_one_process_at_a_time() throws Exception {
    try (Desk desk = Desk.open(directory)) {
      byte[] content = desk.shareBytes(64);
      desk.put(NAME, content);
      assertThrows(LedgerException.InUse.class, () -> Desk.open(directory));
      assertEquals(
          Acknowledger.EXIT_IN_USE,
          Acknowledger.run(directory, 64, LedgerConfig.LOG_BYTES_MAX, 1, NO_LIMIT).status());
      assertArrayEquals(content, desk.shareOf(NAME).orElseThrow());
      desk.delete(NAME);
    }
    assertEquals(
        new Acknowledger.End(Acknowledger.EXIT_DONE, List.of(1)),
        Acknowledger.run(directory, 64, LedgerConfig.LOG_BYTES_MAX, 1, NO_LIMIT));
  }
}
