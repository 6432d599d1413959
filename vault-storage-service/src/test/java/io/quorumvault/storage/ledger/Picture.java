package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Everything that a ledger knows, to compare it with what it knew at another time. The start
/// number is left out: it grows with every opening.
///
/// @param shares in hex, by name and position, and by name and transaction while staged
record Picture(
    NodeMode mode,
    long life,
    long epoch,
    List<Optional<Reply.Remembered>> remembered,
    List<Reply.Mark> marks,
    List<TransactionRecord> transactions,
    List<TransactionRecord> open,
    Map<SecretId, Optional<Head>> heads,
    Map<SecretId, List<Entry>> chains,
    Map<String, String> shares) {

  static Picture of(Ledger ledger, List<SecretId> names) {
    NodeMode mode = ledger.mode();
    return ledger.read(view -> of(mode, ledger.life(), view, names));
  }

  private static Picture of(NodeMode mode, long life, NodeView view, List<SecretId> names) {
    Map<SecretId, Optional<Head>> heads = new TreeMap<>();
    Map<SecretId, List<Entry>> chains = new TreeMap<>();
    Map<String, String> shares = new TreeMap<>();
    for (SecretId id : names) {
      heads.put(id, view.head(id));
      chains.put(id, view.chain(id, Long.MAX_VALUE, 100));
      for (Entry entry : view.chain(id, Long.MAX_VALUE, 100)) {
        view.share(id, entry.seq())
            .ifPresent(share -> shares.put(id + "@" + entry.seq(), hex(share)));
      }
      for (TransactionRecord transaction : view.openTransactions(id)) {
        if (view.holdsStagedShare(transaction.id(), id)) {
          shares.put(id + "@" + transaction.id(), "staged");
        }
      }
    }
    return new Picture(
        mode,
        life,
        view.epoch(),
        Desk.CELL.everyNode().stream().map((NodeId node) -> view.remembered(node)).toList(),
        view.marks(),
        view.settledTransactions(null, Integer.MAX_VALUE),
        view.openTransactions(),
        heads,
        chains,
        shares);
  }

  private static String hex(Share share) {
    return HexFormat.of().formatHex(share.exposeCopy());
  }

  /// Whether this is the same, except that shares are missing.
  boolean lacksNothingButShares(Picture whole) {
    return withoutContent().equals(whole.withoutContent())
        && chains.equals(whole.chains)
        && whole.shares.entrySet().containsAll(shares.entrySet());
  }

  /// Whether this is the same, except that entries below the heads are missing, with their shares.
  boolean lacksEntries(Picture whole) {
    return withoutContent().equals(whole.withoutContent())
        && whole.chains.entrySet().stream()
            .allMatch(chain ->
                chain.getValue().containsAll(chains.getOrDefault(chain.getKey(), List.of())))
        && !chains.equals(whole.chains)
        && whole.shares.entrySet().containsAll(shares.entrySet());
  }

  private Picture withoutContent() {
    return new Picture(
        mode, life, epoch, remembered, marks, transactions, open, heads, Map.of(), Map.of());
  }
}
