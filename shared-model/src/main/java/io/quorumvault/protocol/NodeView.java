package io.quorumvault.protocol;

import io.quorumvault.Limits;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a node holds, as one consistent snapshot that includes all changes of the steps before.
/// Reading only.
public interface NodeView {
  NodeId self();

  long epoch();

  /// Whether the node may speak; false while it joins.
  boolean active();

  /// What this node durably remembers of another one.
  Optional<Reply.Remembered> remembered(NodeId other);

  /// What this node durably remembers of all others.
  default List<Reply.Acquaintance> acquaintances() {
    return IntStream.rangeClosed(1, Limits.NODES_MAX)
        .mapToObj(NodeId::new)
        .flatMap(
            node -> remembered(node).map(known -> new Reply.Acquaintance(node, known)).stream())
        .toList();
  }

  Optional<Head> head(SecretId id);

  Optional<Entry> entry(SecretId id, long seq);

  /// Final entries with `seq <= fromSeq`, newest first, at most `limit`.
  List<Entry> chain(SecretId id, long fromSeq, int limit);

  /// Whether a share of that entry is held and its envelope verifies.
  boolean holdsShare(SecretId id, long seq);

  /// The share of a final entry, which the caller owns; empty if not held, or if what is on disk
  /// does not verify.
  Optional<Share> share(SecretId id, long seq);

  boolean holdsStagedShare(TxId txId, SecretId id);

  /// Whether there is any share of the name at or below that position, of a final entry or staged
  /// for one. Where a share may be on disk and not verify, that one counts, too.
  default boolean keepsShares(SecretId id, long toSeq) {
    boolean ofEntries =
        chain(id, toSeq, Limits.VERSIONS_PER_SECRET_MAX).stream()
            .anyMatch(entry -> holdsShare(id, entry.seq()));
    return ofEntries || keepsStagedShares(id, toSeq, this::holdsStagedShare);
  }

  /// The part of `keepsShares` that is about open transactions.
  ///
  /// @param holds whether there is a share that a transaction staged for a name
  default boolean keepsStagedShares(SecretId id, long toSeq, BiPredicate<TxId, SecretId> holds) {
    return openTransactions(id).stream()
        .filter(open ->
            open.parts().stream()
                .anyMatch(part -> part.id().equals(id) && part.entry().seq() <= toSeq))
        .anyMatch(open -> holds.test(open.id(), id));
  }

  Optional<TransactionRecord> transaction(TxId txId);

  /// Transactions without outcome whose known parts touch the name.
  List<TransactionRecord> openTransactions(SecretId id);

  /// Transactions without outcome.
  List<TransactionRecord> openTransactions();

  /// Finished transactions in the order of their ids, after the given one, at most `limit`.
  List<TransactionRecord> settledTransactions(@Nullable TxId after, int limit);

  /// A finished transaction, without what it did.
  ///
  /// @param openedMillis as in `TransactionRecord`
  record Settled(TxId id, long openedMillis) {}

  /// The same transactions as `settledTransactions`, for whoever looks through all of them again
  /// and again: their parts are many times as large.
  default List<Settled> settled(@Nullable TxId after, int limit) {
    return settledTransactions(after, limit).stream()
        .map(record -> new Settled(record.id(), record.openedMillis()))
        .toList();
  }

  List<Reply.Mark> marks();

  /// Whether the transaction is below a mark: finished everywhere and forgotten.
  boolean forgotten(TxId txId);

  /// Names with a head or an open transaction in a namespace, in order, at most `limit`.
  List<SecretId> names(Namespace namespace, String prefix, @Nullable String after, int limit);

  /// Links of all chains, ordered by name and then by ascending position, after the given one.
  List<Reply.ChainLink> links(@Nullable SecretId after, long afterSeq, int limit);

  /// Positions in the order of links, after the given one, whose share is not on disk, whether or
  /// not it should be; at most `limit`. A share that is there and does not verify need not be among
  /// them.
  default List<Place> withoutShare(@Nullable Place after, int limit) {
    List<Place> places = new ArrayList<>();
    SecretId id = after == null ? null : after.id();
    long seq = after == null ? 0 : after.seq();
    List<Reply.ChainLink> page = links(id, seq, limit);
    while (!page.isEmpty() && places.size() < limit) {
      for (Reply.ChainLink link : page) {
        id = link.id();
        seq = link.entry().seq();
        if (places.size() < limit && !holdsShare(id, seq)) {
          places.add(new Place(id, seq));
        }
      }
      page = links(id, seq, limit);
    }
    return places;
  }
}
