package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.TxId;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a thief finds who takes the files at the moment a destroying write returns.
class LedgerDestructionTest {
  private static final SecretId NAME = SecretId.of("demo", "db-password");
  private static final SecretId OTHER = SecretId.of("demo", "other");
  private static final String SLOTS = "ledger/vault.slots";
  private static final int SMALL = 128;
  private static final int LARGE = 128_000;

  @TempDir Path directory;

  /// The ways a share goes.
  enum Way {
    DELETED(SMALL) {
      @Override
      TxId make(Desk desk, byte[] content) {
        return desk.put(NAME, content).txId();
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        desk.delete(NAME);
      }
    },
    DELETED_LARGE(LARGE) {
      @Override
      TxId make(Desk desk, byte[] content) {
        return desk.put(NAME, content).txId();
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        desk.delete(NAME);
      }
    },
    DELETED_AFTER_A_CHECKPOINT(SMALL) {
      @Override
      TxId make(Desk desk, byte[] content) {
        TxId txId = desk.put(NAME, content).txId();
        desk.ledger.checkpoint();
        return txId;
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        desk.delete(NAME);
      }
    },
    ABORTED(SMALL) {
      @Override
      TxId make(Desk desk, byte[] content) {
        Request.Prepare prepare = desk.prepareVersion(NAME, content);
        desk.tell(prepare);
        return prepare.txId();
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        assertEquals(
            new Reply.Applied(),
            desk.tell(new Request.Settle(txId, io.quorumvault.protocol.Verdict.ABORT, List.of())));
      }
    },
    STAGED_AND_FORGOTTEN(LARGE) {
      @Override
      TxId make(Desk desk, byte[] content) {
        Request.Prepare prepare = desk.prepareVersion(NAME, content);
        desk.tell(prepare);
        return prepare.txId();
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        desk.ledger.write(transaction -> {
          transaction.apply(
              List.of(
                  new Change.Forget(
                      new Reply.Mark(txId.coordinator(), txId.start(), txId.counter()))));
          return txId;
        });
      }
    },
    /// A slower transaction's share, when the name is deleted over it.
    STAGED_UNDER_A_TOMBSTONE(SMALL) {
      @Override
      TxId make(Desk desk, byte[] content) {
        desk.put(NAME, desk.shareBytes(SMALL));
        Request.Prepare slow = desk.prepareVersion(NAME, content);
        desk.tell(slow);
        return slow.txId();
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        // This node voted for the slower one; the others decided the delete without it.
        Request.Prepare delete = desk.prepareDelete(NAME);
        desk.tell(Desk.commit(delete));
      }
    },
    RETIRED(SMALL) {
      @Override
      TxId make(Desk desk, byte[] content) {
        TxId txId = desk.put(NAME, content).txId();
        desk.put(NAME, desk.shareBytes(SMALL));
        return txId;
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        // As the thousandth version after it does.
        desk.ledger.write(transaction -> {
          transaction.apply(List.of(new Change.DestroySharesBelow(NAME, 2)));
          return txId;
        });
      }
    },
    REPLACED(SMALL) {
      @Override
      TxId make(Desk desk, byte[] content) {
        return desk.put(NAME, content).txId();
      }

      @Override
      void destroy(Desk desk, TxId txId) {
        desk.ledger.write(transaction -> {
          transaction.apply(
              List.of(new Change.InstallShare(NAME, 1, Desk.share(desk.shareBytes(SMALL)))));
          return txId;
        });
      }
    };

    final int bytes;

    Way(int bytes) {
      this.bytes = bytes;
    }

    /// Makes a share of `content`.
    abstract TxId make(Desk desk, byte[] content);

    abstract void destroy(Desk desk, TxId txId);
  }

  private record Sealed(Bytes key, Bytes bytes) {}

  @ParameterizedTest
  @EnumSource
  void no_file_gives_back_a_destroyed_share(Way way) {
    try (Desk desk = Desk.open(directory)) {
      byte[] neighbour = desk.shareBytes(SMALL);
      desk.put(OTHER, neighbour);
      byte[] content = desk.shareBytes(way.bytes);
      TxId txId = way.make(desk, content);
      Map<String, byte[]> before = Tree.contents(directory);
      Sealed sealed = sealed(desk, txId, Tree.content(before, SLOTS));
      assertEquals(List.of(SLOTS), Tree.holding(before, forms(sealed.key().toArray())));
      assertTrue(
          opens(sealed, txId, Tree.content(before, SLOTS)), "the search finds what is there");
      assertFalse(Tree.holding(before, forms(pieceOf(sealed.bytes().toArray()))).isEmpty());
      assertEquals(List.of(), Tree.holding(before, forms(pieceOf(content))));

      way.destroy(desk, txId);

      Map<String, byte[]> after = Tree.contents(directory);
      assertEquals(List.of(), Tree.holding(after, forms(sealed.key().toArray())));
      assertEquals(List.of(), Tree.holding(after, forms(pieceOf(content))));
      assertFalse(opens(sealed, txId, Tree.content(after, SLOTS)));
      assertArrayEquals(neighbour, desk.shareOf(OTHER).orElseThrow());
    }
    Map<String, byte[]> closed = Tree.contents(directory);
    try (Desk desk = Desk.open(directory)) {
      assertEquals(0, desk.ledger.orphanSlotsWiped());
      assertEquals(0, desk.ledger.damagedShares());
    }
    assertEquals(
        2,
        closed.keySet().stream()
            .filter(name -> name.contains("slots") || name.endsWith(".lock"))
            .count());
  }

  /// The row as it is on disk, with its key.
  private static Sealed sealed(Desk desk, TxId txId, byte[] slots) {
    return desk.ledger.read(view -> {
      LedgerView rows = (LedgerView) view;
      ShareEntity row = rows.entities.find(ShareEntity.class, new ShareEntity.Key(NAME, txId));
      byte[] inline = row.sealed();
      byte[] bytes = inline;
      if (bytes == null) {
        ByteBuffer all = ByteBuffer.allocate(LARGE * 2);
        rows.entities
            .createQuery(
                "select c.bytes from Chunk c where c.content = :content order by c.ordinal",
                byte[].class)
            .setParameter("content", row.contentNumber())
            .getResultList()
            .forEach(all::put);
        bytes = Arrays.copyOf(all.array(), all.position());
      }
      int at = 8192 + row.slot() * KeySlots.KEY_BYTES;
      return new Sealed(
          Bytes.copyOf(Arrays.copyOfRange(slots, at, at + KeySlots.KEY_BYTES)),
          Bytes.copyOf(bytes));
    });
  }

  /// Whether any 32 bytes in a row of the slot file open the share.
  private static boolean opens(Sealed sealed, TxId txId, byte[] slots) {
    ShareSeal seal = new ShareSeal(Desk.CELL.cell(), Desk.SELF);
    Set<ByteBuffer> windows = new HashSet<>();
    for (int at = 0; at + KeySlots.KEY_BYTES <= slots.length; at++) {
      windows.add(ByteBuffer.wrap(slots, at, KeySlots.KEY_BYTES));
    }
    for (ByteBuffer window : windows) {
      byte[] key = new byte[KeySlots.KEY_BYTES];
      window.get(key);
      Optional<Share> share = seal.open(key, NAME, txId, sealed.bytes().toArray());
      if (share.isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static byte[] pieceOf(byte[] bytes) {
    return Arrays.copyOfRange(bytes, 32, 56);
  }

  /// As raw bytes, in hex and in the three phases of base64.
  private static List<byte[]> forms(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    return List.of(
        bytes,
        hex.getBytes(StandardCharsets.US_ASCII),
        hex.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII),
        base64(bytes, 0),
        base64(bytes, 1),
        base64(bytes, 2));
  }

  private static byte[] base64(byte[] bytes, int from) {
    int whole = (bytes.length - from) / 3 * 3;
    return Base64.getEncoder().encode(Arrays.copyOfRange(bytes, from, from + whole));
  }

  @Test
  void a_crash_between_commit_and_overwriting_leaves_a_key_until_the_next_start() {
    Path crashed = directory.resolve("crashed");
    byte[] key;
    Map<String, byte[]> after;
    try (Desk desk = Desk.open(directory.resolve("data"))) {
      TxId txId = desk.put(NAME, desk.shareBytes(SMALL)).txId();
      Request.Prepare delete = desk.prepareDelete(NAME);
      desk.tell(delete);
      desk.tell(Desk.decide(delete));
      byte[] slots = Tree.content(Tree.contents(directory.resolve("data")), SLOTS);
      key = sealed(desk, txId, slots).key().toArray();
      desk.tell(Desk.commit(delete));
      after = Tree.contents(directory.resolve("data"));
      after.put(SLOTS, slots);
    }
    assertEquals(List.of(SLOTS), Tree.holding(after, forms(key)));
    try (Ledger reopened = Ledger.open(Desk.config(Tree.restore(after, crashed)))) {
      assertEquals(1, reopened.orphanSlotsWiped());
      assertEquals(List.of(), Tree.holding(Tree.contents(crashed), forms(key)));
    }
  }
}
