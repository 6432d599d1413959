package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.SecretId;
import io.quorumvault.wire.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One flipped bit anywhere in the files: the ledger refuses, falls silent or does without a share;
/// it never knows anything else than what it was told.
class LedgerDamageTest {
  static final List<SecretId> NAMES =
      List.of(
          SecretId.of("demo", "small"),
          SecretId.of("demo", "large"),
          SecretId.of("demo", "gone"),
          SecretId.of("demo", "open"),
          SecretId.of("demo", "often"));

  private static final int FLIPS_WHERE_ROWS_ARE = 10;
  private static final int FLIPS_ELSEWHERE = 3;

  @TempDir Path directory;

  /// A directory with everything in it.
  ///
  /// @param killed so that the log is to be replayed
  static Map<String, byte[]> files(Path home, boolean killed, List<Picture> known) {
    Map<String, byte[]> files;
    try (Desk desk = Desk.open(home)) {
      desk.put(NAMES.get(0), desk.shareBytes(64));
      desk.put(NAMES.get(1), desk.shareBytes(6_400));
      desk.put(NAMES.get(2), desk.shareBytes(64));
      desk.delete(NAMES.get(2));
      for (int version = 0; version < 3; version++) {
        desk.put(NAMES.get(4), desk.shareBytes(64));
      }
      Request.Prepare open = desk.prepareVersion(NAMES.get(3), desk.shareBytes(64));
      desk.tell(open);
      desk.tell(Desk.decide(open));
      known.add(Picture.of(desk.ledger, NAMES));
      files = Tree.contents(home);
    }
    return killed ? files : Tree.contents(home);
  }

  /// What became of one flipped bit.
  enum Outcome {
    UNHARMED,
    REFUSED,
    SILENT,
    /// Or an entry, as after a gap that is filled from the peers.
    ABSENT,
    WRONG
  }

  static Outcome outcome(Path home, Picture known, List<String> notes) {
    List<LedgerException.Failed> failures = new ArrayList<>();
    LedgerConfig config = Desk.config(home);
    LedgerConfig listening =
        new LedgerConfig(
            home, config.self(), config.membership(), 0, config.logBytesMax(), failures::add);
    try (Ledger ledger = Ledger.open(listening)) {
      if (ledger.mode() != NodeMode.ACTIVE) {
        return Outcome.SILENT;
      }
      Picture found = Picture.of(ledger, NAMES);
      if (!failures.isEmpty()) {
        return Outcome.REFUSED;
      }
      if (found.equals(known)) {
        return Outcome.UNHARMED;
      }
      if ((found.lacksNothingButShares(known) && ledger.damagedShares() > 0)
          || found.lacksEntries(known)) {
        return Outcome.ABSENT;
      }
      notes.add("found " + found + " damaged " + ledger.damagedShares());
      return Outcome.WRONG;
    } catch (RuntimeException refused) {
      notes.add(refused.toString());
      return Outcome.REFUSED;
    }
  }

  /// Places in the file that hold something.
  static List<Integer> written(byte[] content) {
    return IntStream.range(0, content.length).filter(at -> content[at] != 0).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void no_flipped_bit_makes_the_ledger_say_something_else(boolean killed) {
    List<Picture> known = new ArrayList<>();
    Map<String, byte[]> files = files(directory.resolve("data"), killed, known);
    String rows = killed ? "ledger/vault.log" : "ledger/vault.data";
    Random random = new Random(killed ? 1 : 2);
    int harmed = 0;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      List<Integer> places = written(file.getValue());
      int flips = file.getKey().equals(rows) ? FLIPS_WHERE_ROWS_ARE : FLIPS_ELSEWHERE;
      for (int flip = 0; flip < flips && !places.isEmpty(); flip++) {
        int place = places.get(random.nextInt(places.size()));
        int bit = random.nextInt(Byte.SIZE);
        Map<String, byte[]> damaged = new TreeMap<>(files);
        byte[] content = file.getValue().clone();
        content[place] ^= (byte) (1 << bit);
        damaged.put(file.getKey(), content);
        String what = file.getKey() + ": bit " + bit + " of byte " + place;
        List<String> notes = new ArrayList<>();
        Outcome outcome =
            outcome(
                Tree.restore(damaged, directory.resolve(what.replaceAll("\\W+", "-"))),
                known.getFirst(),
                notes);
        assertTrue(outcome != Outcome.WRONG, () -> what + ": " + notes);
        harmed += outcome == Outcome.UNHARMED ? 0 : 1;
      }
    }
    assertTrue(harmed > 0, "some of it is noticed");
    assertEquals(NodeMode.ACTIVE, known.getFirst().mode());
  }

  /// In the middle are digests: it decodes to another head without an error.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_flipped_bit_that_decodes_to_another_head_is_refused(boolean killed) {
    List<Picture> known = new ArrayList<>();
    Map<String, byte[]> files = files(directory.resolve("data"), killed, known);
    byte[] record =
        RecordCodec.encode(
            Objects.requireNonNull(known.getFirst().heads().get(NAMES.get(4))).orElseThrow());
    byte[] content = Tree.content(files, killed ? "ledger/vault.log" : "ledger/vault.data");
    byte[] pattern =
        killed ? HexFormat.of().formatHex(record).getBytes(StandardCharsets.US_ASCII) : record;
    int at = Tree.indexOf(content, pattern);
    content[at + pattern.length / 2] ^= 1;
    Path home = Tree.restore(files, directory.resolve("damaged"));
    assertEquals(Outcome.REFUSED, outcome(home, known.getFirst(), new ArrayList<>()));
  }

  /// A flipped bit in a key hides a row from everybody who asks for it.
  @Test
  void a_head_that_is_hidden_is_not_taken_for_a_name_without_secret() throws SQLException {
    files(directory, false, new ArrayList<>());
    SecretId hidden = NAMES.get(0);
    ClosedDatabase.edit(directory, "UPDATE head SET name = 'smalm' WHERE name = 'small'");
    try (Ledger ledger = Ledger.open(Desk.config(directory))) {
      assertThrows(LedgerException.Corrupt.class, () -> ledger.read(view -> view.head(hidden)));
      assertTrue(ledger.read(view -> view.head(NAMES.get(4))).isPresent());
      Optional<Head> never = ledger.read(view -> view.head(SecretId.of("demo", "never")));
      assertEquals(Optional.empty(), never);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE mark SET coordinator = 3",
        "UPDATE remembered_start SET node = 5",
        "UPDATE vault_transaction SET counter = 1000 WHERE is_open",
        "UPDATE touch SET name = 'opem'",
        "DELETE FROM touch",
        "UPDATE share SET slot = slot + 100",
        "UPDATE node_state SET epoch = epoch + 1"
      })
  void what_a_changed_row_would_make_the_node_forget_is_noticed_when_it_opens(String statement)
      throws SQLException {
    files(directory, false, new ArrayList<>());
    try (Desk desk = Desk.open(directory)) {
      desk.tell(new Request.Hello(new NodeId(3), 77, 12));
      desk.tell(new Request.Forget(new NodeId(1), 1, 1));
    }
    ClosedDatabase.edit(directory, statement);
    assertThrows(LedgerException.Corrupt.class, () -> Ledger.open(Desk.config(directory)).close());
  }
}
