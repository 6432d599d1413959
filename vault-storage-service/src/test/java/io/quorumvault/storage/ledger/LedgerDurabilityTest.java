package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.SecretId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `write` acknowledged is in the files when it returns: they are copied at that moment, as if
/// the process were killed, and the copy is opened.
class LedgerDurabilityTest {
  private static final SecretId SMALL = SecretId.of("demo", "db-password");
  private static final SecretId LARGE = SecretId.of("demo", "keystore");
  private static final SecretId GONE = SecretId.of("demo", "gone");
  private static final SecretId OPEN = SecretId.of("demo", "open");
  private static final List<SecretId> NAMES = List.of(SMALL, LARGE, GONE, OPEN);
  private static final int LARGE_BYTES = 128_000;
  private static final String LOG = "ledger/vault.log";
  private static final String SLOTS = "ledger/vault.slots";

  @TempDir Path directory;

  private record Moment(String when, Map<String, byte[]> files, Picture known) {}

  private final List<Moment> moments = new ArrayList<>();

  private void kill(String when, Desk desk) {
    moments.add(
        new Moment(when, Tree.contents(directory.resolve("data")), Picture.of(desk.ledger, NAMES)));
  }

  @Test
  void every_acknowledged_write_survives_a_kill_at_the_moment_it_returns() {
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      kill("first opened", desk);
      desk.put(SMALL, desk.shareBytes(128));
      kill("first write", desk);
      desk.put(LARGE, desk.shareBytes(LARGE_BYTES));
      desk.put(GONE, desk.shareBytes(64));
      kill("large write", desk);
      desk.delete(GONE);
      kill("delete", desk);
      desk.ledger.checkpoint();
      kill("checkpoint", desk);
      desk.tell(desk.prepareVersion(OPEN, desk.shareBytes(64)));
      kill("first write after a checkpoint", desk);
    }
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      desk.put(SMALL, desk.shareBytes(128));
      kill("first write after closing", desk);
    }
    for (Moment moment : moments) {
      try (Ledger reopened = reopen(moment.when(), moment.files())) {
        assertFalse(reopened.lostCommits(), moment.when());
        assertEquals(moment.known(), Picture.of(reopened, NAMES), moment.when());
        assertEquals(0, reopened.damagedShares(), moment.when());
      }
    }
  }

  @Test
  void no_vote_returns_before_the_key_of_its_share_is_synced() {
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      for (int i = 0; i < 3; i++) {
        Request.Prepare prepare = desk.prepareVersion(SMALL, desk.shareBytes(64));
        long before = desk.ledger.keySyncs();
        desk.tell(prepare);
        assertTrue(desk.ledger.keySyncs() > before);
        desk.tell(Desk.decide(prepare));
        desk.tell(Desk.commit(prepare));
      }
    }
  }

  @Test
  void no_write_returns_before_its_part_of_the_log_is_synced() throws IOException {
    Path data = directory.resolve("data");
    try (Desk desk = Desk.open(data)) {
      for (int opened = 0; opened < 2; opened++) {
        SyncProbe probe = SyncProbe.on(desk.ledger, data);
        for (byte[] content : List.of(desk.shareBytes(64), desk.shareBytes(LARGE_BYTES))) {
          Request.Prepare prepare = desk.prepareVersion(SMALL, content);
          for (Request request : List.of(prepare, Desk.decide(prepare), Desk.commit(prepare))) {
            long before = probe.syncedBytes();
            desk.tell(request);
            assertEquals(Files.size(data.resolve(LOG)), probe.syncedBytes());
            assertTrue(probe.syncedBytes() > before);
          }
        }
        desk.ledger.checkpoint();
      }
    }
  }

  @Test
  void promises_acceptances_epoch_marks_and_acquaintances_survive_closing_and_killing() {
    long start;
    Picture known;
    Map<String, byte[]> files;
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      desk.put(SMALL, desk.shareBytes(128));
      Request.Prepare forgotten = desk.put(GONE, desk.shareBytes(64));
      Request.Prepare accepted = desk.prepareVersion(OPEN, desk.shareBytes(64));
      Request.Prepare promised = desk.prepareVersion(LARGE, desk.shareBytes(LARGE_BYTES));
      desk.tell(accepted);
      desk.tell(promised);
      desk.tell(Desk.decide(accepted));
      desk.tell(new Request.Takeover(promised.txId(), new Ballot(0, 3, 5)));
      Request.Prepare unheard = desk.prepareVersion(GONE, desk.shareBytes(64));
      desk.tell(new Request.Decide(unheard.txId(), new Ballot(0, 2, 4), Verdict.ABORT, List.of()));
      desk.tell(
          new Request.Forget(
              forgotten.txId().coordinator(),
              forgotten.txId().start(),
              forgotten.txId().counter()));
      desk.tell(new Request.Hello(new NodeId(3), 77, 12));
      desk.tell(new Request.Join(new NodeId(4), 78, 2, 5));
      desk.ledger.raiseStart(40);
      known = Picture.of(desk.ledger, NAMES);
      start = desk.ledger.start();
      files = Tree.contents(directory.resolve("data"));
    }
    assertEquals(40, start);
    assertEquals(5, known.epoch());
    assertEquals(3, known.open().size());
    assertEquals(1, known.marks().size());
    try (Ledger closed = Ledger.open(Desk.config(directory.resolve("data")))) {
      assertEquals(known, Picture.of(closed, NAMES));
      assertEquals(start + 1, closed.start());
    }
    try (Ledger killed = reopen("killed", files)) {
      assertEquals(known, Picture.of(killed, NAMES));
      assertEquals(start + 1, killed.start());
      assertFalse(killed.fresh());
    }
  }

  @Test
  void no_start_number_is_given_twice_however_a_life_ends() {
    Map<String, byte[]> files = Map.of();
    for (int life = 1; life <= 3; life++) {
      Path home = directory.resolve("life-" + life);
      Tree.restore(files, home);
      try (Ledger ledger = Ledger.open(Desk.config(home))) {
        assertEquals(life, ledger.start());
        files = Tree.contents(home);
      }
    }
  }

  @Test
  void a_commit_that_a_power_cut_tore_is_there_whole_or_not_at_all() {
    Map<String, byte[]> before;
    Map<String, byte[]> after;
    Picture without;
    Picture with;
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      desk.put(SMALL, desk.shareBytes(128));
      before = Tree.contents(directory.resolve("data"));
      without = Picture.of(desk.ledger, NAMES);
      List<Request.Prepare> several =
          List.of(
              desk.prepareVersion(SMALL, desk.shareBytes(128)),
              desk.prepareVersion(GONE, desk.shareBytes(64)),
              desk.prepareVersion(LARGE, desk.shareBytes(6_400)));
      desk.tell(desk.together(several));
      after = Tree.contents(directory.resolve("data"));
      with = Picture.of(desk.ledger, NAMES);
    }
    int from = Tree.content(before, LOG).length;
    int to = Tree.content(after, LOG).length;
    int whole = 0;
    int pieces = 8;
    for (int piece = 0; piece <= pieces; piece++) {
      int length = from + (int) ((long) (to - from) * piece / pieces);
      Map<String, byte[]> torn = new TreeMap<>(after);
      torn.put(LOG, Arrays.copyOf(Tree.content(after, LOG), length));
      // The keys are there already, the number of the commit is not noted yet.
      torn.put(SLOTS, keysOf(Tree.content(after, SLOTS), Tree.content(before, SLOTS)));
      try (Ledger reopened = reopen("torn-" + piece, torn)) {
        Picture found = Picture.of(reopened, NAMES);
        assertFalse(reopened.lostCommits());
        if (found.equals(with)) {
          whole++;
        } else {
          assertEquals(without, found, "cut after " + (length - from) + " of " + (to - from));
          assertEquals(3, reopened.orphanSlotsWiped());
        }
      }
    }
    assertTrue(whole >= 1, "the whole log holds the commit");
    assertTrue(whole < pieces, "some cut takes it away");
  }

  private static byte[] keysOf(byte[] slots, byte[] header) {
    byte[] mixed = slots.clone();
    System.arraycopy(header, 0, mixed, 0, 8192);
    return mixed;
  }

  @Test
  void a_log_that_lost_acknowledged_commits_silences_the_node() {
    Map<String, byte[]> files;
    Picture known;
    int acknowledged;
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      desk.put(SMALL, desk.shareBytes(128));
      acknowledged = Tree.content(Tree.contents(directory.resolve("data")), LOG).length;
      desk.put(GONE, desk.shareBytes(64));
      files = Tree.contents(directory.resolve("data"));
      known = Picture.of(desk.ledger, NAMES);
    }
    int whole = Tree.content(files, LOG).length;
    for (int length : List.of(0, acknowledged / 2, acknowledged, whole - 60, whole - 2)) {
      Map<String, byte[]> shortened = new TreeMap<>(files);
      shortened.put(LOG, Arrays.copyOf(Tree.content(files, LOG), length));
      Path home = directory.resolve("short-" + length);
      try (Ledger reopened = Ledger.open(Desk.config(Tree.restore(shortened, home)))) {
        assertTrue(reopened.lostCommits(), "log of " + length);
        assertEquals(NodeMode.JOINING, reopened.mode());
        assertNotEquals(known, Picture.of(reopened, NAMES));
      }
      try (Ledger again = Ledger.open(Desk.config(home))) {
        assertEquals(NodeMode.JOINING, again.mode(), "still silent after another start");
      }
    }
    Map<String, byte[]> missing = new TreeMap<>(files);
    missing.remove(LOG);
    try (Ledger reopened = reopen("missing", missing)) {
      assertEquals(NodeMode.JOINING, reopened.mode());
    }
  }

  private Ledger reopen(String name, Map<String, byte[]> files) {
    return Ledger.open(Desk.config(Tree.restore(files, directory.resolve(name.replace(' ', '-')))));
  }
}
