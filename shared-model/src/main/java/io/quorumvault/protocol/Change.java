package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.List;

/// One durable change of a node's state. The changes of a step are applied together or not at all,
/// in order, and before the step's reply leaves.
public sealed interface Change {
  /// Raise the epoch.
  record RaiseEpoch(long epoch) implements Change {}

  /// Remember which storage another node has, and its start number.
  record Remember(NodeId node, Reply.Remembered remembered) implements Change {}

  /// Put the record in place of the one with the same id.
  record PutTransaction(TransactionRecord transaction) implements Change {}

  /// Keep a share of a transaction that is not final.
  record StageShare(TxId txId, SecretId id, Share share) implements Change {}

  /// Destroy one staged share beyond recovery. Nothing happens if there is none.
  record DestroyStagedShare(TxId txId, SecretId id) implements Change {}

  /// Destroy all staged shares of a transaction beyond recovery.
  record DestroyStagedShares(TxId txId) implements Change {}

  /// Put an entry into the chain, without a share.
  record PutEntry(SecretId id, Entry entry) implements Change {}

  record SetHead(SecretId id, Head head) implements Change {}

  /// The staged share becomes the share of the final entry. Nothing happens if none is staged.
  record AdoptStagedShare(TxId txId, SecretId id, long seq) implements Change {}

  /// Keep a share of a final entry, in place of one that did not verify.
  record InstallShare(SecretId id, long seq, Share share) implements Change {}

  /// Destroy beyond recovery the shares of all final entries of the name below the position.
  record DestroySharesBelow(SecretId id, long seq) implements Change {}

  /// Drop the records of all transactions of this coordinator and start up to the counter, and
  /// remember that.
  record Forget(Reply.Mark mark) implements Change {}

  /// What a joining node learned from its peers, and that it is active from now on. It stands above
  /// whatever is on the node's own disk: the newer head counts, a known outcome counts, and of an
  /// open transaction only what is learned here. A share stays only if the heads as they are then
  /// still want it.
  record Become(
      long epoch,
      List<Reply.ChainLink> links,
      List<TransactionRecord> transactions,
      List<Reply.Mark> marks)
      implements Change {}
}
