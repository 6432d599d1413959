package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.SecretId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a data directory begins, whose it is, and what becomes of one that is not whole.
class LedgerCreationTest {
  private static final SecretId NAME = SecretId.of("demo", "db-password");
  private static final SecretId LATER = SecretId.of("demo", "later");
  private static final String SLOTS = "ledger/vault.slots";

  @TempDir Path directory;

  @Test
  void what_a_crash_left_of_the_first_creation_is_made_anew() {
    Path whole = directory.resolve("whole");
    Ledger.open(Desk.config(whole)).close();
    Map<String, byte[]> unfinished = new TreeMap<>();
    Tree.contents(whole)
        .forEach((name, bytes) -> unfinished.put(name.replace("ledger/", "ledger.new/"), bytes));
    Map<String, Map<String, byte[]>> crashes = new TreeMap<>();
    crashes.put("all but the rename", unfinished);
    crashes.put("first file", Map.of("ledger.new/vault.slots", new byte[100]));
    for (String name : List.of("vault.script", "vault.properties", "vault.data", "vault.slots")) {
      Map<String, byte[]> missing = new TreeMap<>(unfinished);
      missing.remove("ledger.new/" + name);
      crashes.put(name + " missing", missing);
      Map<String, byte[]> empty = new TreeMap<>(unfinished);
      empty.put("ledger.new/" + name, new byte[0]);
      crashes.put(name + " empty", empty);
    }
    crashes.forEach((crash, files) -> {
      Path home = Tree.restore(files, directory.resolve(crash.replace(' ', '-')));
      try (Ledger ledger = Ledger.open(Desk.config(home))) {
        assertTrue(ledger.fresh(), crash);
        assertEquals(NodeMode.NEW, ledger.mode(), crash);
        assertEquals(1, ledger.start(), crash);
        assertFalse(Files.exists(home.resolve("ledger.new")), crash);
      }
    });
  }

  @Test
  void an_unfinished_creation_beside_a_ledger_does_not_replace_it() {
    try (Desk desk = Desk.open(directory)) {
      desk.put(NAME, desk.shareBytes(64));
    }
    Tree.write(directory.resolve("ledger.new/vault.script"), new byte[10]);
    try (Desk desk = Desk.open(directory)) {
      assertFalse(desk.ledger.fresh());
      assertTrue(desk.shareOf(NAME).isPresent());
    }
  }

  @Test
  void a_ledger_that_acknowledged_something_is_never_made_anew() {
    Path data = directory.resolve("data");
    try (Desk desk = Desk.open(data)) {
      desk.put(NAME, desk.shareBytes(64));
    }
    Map<String, byte[]> files = Tree.contents(data);
    files.remove("ledger.lock");
    for (String name : files.keySet()) {
      byte[] content = Tree.content(files, name);
      for (byte[] left :
          List.of(
              new byte[0],
              Arrays.copyOf(content, 10),
              Arrays.copyOf(content, content.length / 30))) {
        Map<String, byte[]> cut = new TreeMap<>(files);
        cut.put(name, left);
        assertRefused(cut, name + " of " + left.length);
      }
      Map<String, byte[]> missing = new TreeMap<>(files);
      missing.remove(name);
      assertRefused(missing, name + " missing");
    }
  }

  private void assertRefused(Map<String, byte[]> files, String what) {
    Path home = Tree.restore(files, directory.resolve(what.replaceAll("\\W+", "-")));
    assertThrows(LedgerException.Corrupt.class, () -> Ledger.open(Desk.config(home)).close(), what);
    assertThrows(LedgerException.Corrupt.class, () -> Ledger.open(Desk.config(home)).close(), what);
  }

  @Test
  void a_database_older_than_its_slot_file_is_noticed() {
    Path data = directory.resolve("data");
    Map<String, byte[]> older;
    Map<String, byte[]> newer;
    try (Desk desk = Desk.open(data)) {
      desk.put(NAME, desk.shareBytes(64));
    }
    older = Tree.contents(data);
    try (Desk desk = Desk.open(data)) {
      desk.put(LATER, desk.shareBytes(64));
    }
    newer = Tree.contents(data);
    Map<String, byte[]> mixed = new TreeMap<>(older);
    mixed.put(SLOTS, Tree.content(newer, SLOTS));
    try (Ledger ledger =
        Ledger.open(Desk.config(Tree.restore(mixed, directory.resolve("mixed"))))) {
      assertTrue(ledger.lostCommits());
      assertEquals(NodeMode.JOINING, ledger.mode());
      assertEquals(1, ledger.orphanSlotsWiped(), "the later share's key has no share here");
    }
  }

  /// The number in the slot file may lag behind, so it says nothing. What it brings back belongs to
  /// no share, and what it lacks is a share that is to be repaired.
  @Test
  void a_slot_file_older_than_its_database_revives_nothing_and_passes_nothing_off() {
    Path data = directory.resolve("data");
    Path home = directory.resolve("mixed");
    byte[] kept;
    Map<String, byte[]> older;
    try (Desk desk = Desk.open(data)) {
      kept = desk.shareBytes(64);
      desk.put(LATER, kept);
      desk.put(NAME, desk.shareBytes(64));
    }
    older = Tree.contents(data);
    try (Desk desk = Desk.open(data)) {
      desk.delete(NAME);
      desk.put(NAME, desk.shareBytes(64));
      desk.put(NAME, desk.shareBytes(64));
    }
    Map<String, byte[]> mixed = Tree.contents(data);
    mixed.put(SLOTS, Tree.content(older, SLOTS));
    try (Desk desk = Desk.open(Desk.config(Tree.restore(mixed, home)))) {
      assertEquals(Optional.empty(), desk.shareOf(NAME, 3));
      assertEquals(Optional.empty(), desk.shareOf(NAME, 4));
      assertEquals(2, desk.ledger.damagedShares());
      assertArrayEquals(kept, desk.shareOf(LATER).orElseThrow());
      byte[] repaired = desk.shareBytes(64);
      desk.put(NAME, repaired);
      assertArrayEquals(repaired, desk.shareOf(NAME).orElseThrow());
    }
  }

  @Test
  void a_slot_file_of_another_ledger_is_refused() {
    Path data = directory.resolve("data");
    Path other = directory.resolve("other");
    Ledger.open(Desk.config(data)).close();
    Ledger.open(Desk.config(other)).close();
    Map<String, byte[]> mixed = Tree.contents(data);
    mixed.put(SLOTS, Tree.content(Tree.contents(other), SLOTS));
    assertRefused(mixed, "mixed");
  }

  @Test
  void the_directory_of_another_node_cell_or_membership_is_refused_and_left_alone() {
    byte[] content;
    try (Desk desk = Desk.open(directory)) {
      content = desk.shareBytes(64);
      desk.put(NAME, content);
    }
    LedgerConfig own = Desk.config(directory);
    record Owner(NodeId self, Membership membership) {}
    for (Owner owner :
        List.of(
            new Owner(new NodeId(3), Desk.CELL),
            new Owner(Desk.SELF, Membership.of("another-cell", 5, 3)),
            new Owner(Desk.SELF, Membership.of("test-cell", 6, 3)),
            new Owner(Desk.SELF, Membership.of("test-cell", 5, 2)))) {
      LedgerConfig foreign =
          new LedgerConfig(
              directory, owner.self(), owner.membership(), 0, own.logBytesMax(), own.onFailure());
      assertThrows(LedgerException.Foreign.class, () -> Ledger.open(foreign).close());
    }
    try (Desk desk = Desk.open(directory)) {
      assertEquals(2, desk.ledger.start(), "the others' attempts do not count");
      assertArrayEquals(content, desk.shareOf(NAME).orElseThrow());
    }
  }

  @Test
  void two_new_directories_are_two_lives() {
    try (Ledger one = Ledger.open(Desk.config(directory.resolve("one")));
        Ledger two = Ledger.open(Desk.config(directory.resolve("two")))) {
      assertNotEquals(one.life(), two.life());
    }
  }

  @Test
  void only_the_owner_may_look_into_the_directory_and_the_files() throws IOException {
    Path data = directory.resolve("data");
    Files.createDirectory(
        data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    try (Desk desk = Desk.open(data)) {
      desk.put(NAME, desk.shareBytes(64));
      desk.ledger.checkpoint();
      desk.put(NAME, desk.shareBytes(64_000));
      assertOwnerOnly(data);
    }
    assertOwnerOnly(data);
  }

  private static void assertOwnerOnly(Path data) throws IOException {
    Set<PosixFilePermission> directories = PosixFilePermissions.fromString("rwx------");
    Set<PosixFilePermission> regular = PosixFilePermissions.fromString("rw-------");
    assertEquals(directories, Files.getPosixFilePermissions(data));
    assertEquals(directories, Files.getPosixFilePermissions(data.resolve("ledger")));
    for (Map.Entry<String, Path> file : Tree.files(data).entrySet()) {
      assertEquals(regular, Files.getPosixFilePermissions(file.getValue()), file.getKey());
    }
  }
}
