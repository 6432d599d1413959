package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.TxId;
import io.quorumvault.record.Envelope;
import io.quorumvault.record.UnknownEnvelopeException;
import io.quorumvault.secret.SecretId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a newer program wrote is refused, not taken for damage and repaired over.
class LedgerVersionTest {
  private static final SecretId NAME = SecretId.of("demo", "db-password");
  private static final int NEWER = 2;

  @TempDir Path directory;

  @Test
  void a_row_of_another_version_is_refused_although_its_checksum_is_right() throws Exception {
    Map<String, String> entities =
        Map.of(
            "head", "Head",
            "chain_entry", "Entry",
            "vault_transaction", "Transaction",
            "share", "Share");
    Map<String, Function<NodeView, Object>> looks =
        Map.of(
            "head", view -> view.head(NAME),
            "chain_entry", view -> view.entry(NAME, 1),
            "vault_transaction", view -> view.settledTransactions(null, 1),
            "share", view -> view.share(NAME, 1));
    Path data = directory.resolve("data");
    try (Desk desk = Desk.open(data)) {
      desk.put(NAME, desk.shareBytes(64));
    }
    for (String table : entities.keySet()) {
      Path home = Tree.copy(data, directory.resolve(table));
      byte[] checksum;
      try (Ledger ledger = Ledger.open(Desk.config(home))) {
        checksum =
            ledger.read(view -> newerChecksum(view, Objects.requireNonNull(entities.get(table))));
      }
      ClosedDatabase.edit(home, "UPDATE " + table + " SET v = 2, checksum = ?", checksum);
      if (table.equals("share")) {
        // All shares' rows are looked at when the ledger opens.
        assertThrows(LedgerException.Corrupt.class, () -> Ledger.open(Desk.config(home)).close());
      } else {
        try (Ledger ledger = Ledger.open(Desk.config(home))) {
          assertThrows(
              LedgerException.Corrupt.class,
              () -> ledger.read(Objects.requireNonNull(looks.get(table))),
              table);
        }
      }
    }
  }

  @Test
  void the_ledger_of_another_version_is_refused_when_it_is_opened() throws Exception {
    Ledger.open(Desk.config(directory)).close();
    byte[] checksum;
    try (Ledger ledger = Ledger.open(Desk.config(directory))) {
      checksum = ledger.read(view -> newerChecksum(view, "NodeState"));
    }
    ClosedDatabase.edit(directory, "UPDATE node_state SET v = 2, checksum = ?", checksum);
    LedgerException.Corrupt refused =
        assertThrows(
            LedgerException.Corrupt.class, () -> Ledger.open(Desk.config(directory)).close());
    assertTrue(String.valueOf(refused.getMessage()).contains("record version 2 (expected: 1)"));
  }

  @Test
  void a_share_in_an_envelope_of_another_version_is_refused_and_not_counted_as_damaged()
      throws Exception {
    byte[] sealed;
    try (Desk desk = Desk.open(directory)) {
      TxId txId = desk.put(NAME, desk.shareBytes(64)).txId();
      byte[] key = new byte[KeySlots.KEY_BYTES];
      System.arraycopy(
          Tree.content(Tree.contents(directory), "ledger/vault.slots"), 8192, key, 0, key.length);
      sealed = newerEnvelope(key, txId, desk.shareBytes(64));
    }
    ClosedDatabase.edit(directory, "UPDATE share SET sealed = ?", sealed);
    try (Desk desk = Desk.open(directory)) {
      assertThrows(UnknownEnvelopeException.class, () -> desk.shareOf(NAME));
      assertThrows(
          UnknownEnvelopeException.class, () -> desk.ledger.read(v -> v.holdsShare(NAME, 1)));
      assertEquals(0, desk.ledger.damagedShares());
    }
  }

  private static byte[] newerEnvelope(byte[] key, TxId txId, byte[] share) throws Exception {
    byte[] header =
        Envelope.seal(
                share,
                new Envelope.Metadata(NAME + "@" + txId, "share", Instant.ofEpochMilli(1_000)))
            .header();
    header[3] = NEWER;
    byte[] plain = new byte[Short.BYTES + header.length + share.length];
    ByteBuffer.wrap(plain).putShort((short) header.length).put(header).put(share);
    return new ShareSeal(Desk.CELL.cell(), Desk.SELF)
        .cipher(Cipher.ENCRYPT_MODE, key, NAME, txId)
        .doFinal(plain);
  }

  private static byte[] newerChecksum(NodeView view, String entity) {
    Row row =
        ((LedgerView) view)
            .entities
            .createQuery("select x from " + entity + " x", Row.class)
            .getSingleResult();
    return row.content().number(NEWER).finish();
  }
}
