package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a ledger must answer, in maps: the naive twin. Scans everything, forgets at exit.
final class NaiveLedger implements NodeView {
  private record Position(SecretId id, long seq) {}

  private record Staged(TxId txId, SecretId id) {}

  private final NodeId self;
  private boolean active;
  private long epoch;
  private final Map<NodeId, Reply.Remembered> remembered = new HashMap<>();
  private final Map<SecretId, Head> heads = new TreeMap<>();
  private final Map<Position, Entry> entries =
      new TreeMap<>(Comparator.comparing(Position::id).thenComparingLong(Position::seq));
  private final Map<Position, byte[]> shares = new HashMap<>();
  private final Map<Staged, byte[]> staged = new HashMap<>();
  private final Map<TxId, TransactionRecord> transactions = new TreeMap<>();
  private final List<Reply.Mark> marks = new ArrayList<>();

  NaiveLedger(NodeId self, boolean active) {
    this.self = self;
    this.active = active;
  }

  void silence() {
    active = false;
  }

  void apply(List<Change> changes) {
    changes.forEach(this::apply);
  }

  private void apply(Change change) {
    switch (change) {
      case Change.RaiseEpoch raise -> epoch = Math.max(epoch, raise.epoch());
      case Change.Remember remember -> remembered.put(remember.node(), remember.remembered());
      case Change.PutTransaction put -> transactions.put(put.transaction().id(), put.transaction());
      case Change.StageShare stage ->
          staged.put(new Staged(stage.txId(), stage.id()), stage.share().exposeCopy());
      case Change.DestroyStagedShare destroy ->
          staged.remove(new Staged(destroy.txId(), destroy.id()));
      case Change.DestroyStagedShares destroy -> destroyStaged(destroy.txId());
      case Change.PutEntry put ->
          entries.put(new Position(put.id(), put.entry().seq()), put.entry());
      case Change.SetHead set -> heads.put(set.id(), set.head());
      case Change.AdoptStagedShare adopt -> adopt(adopt.txId(), adopt.id(), adopt.seq());
      case Change.InstallShare install ->
          shares.put(new Position(install.id(), install.seq()), install.share().exposeCopy());
      case Change.DestroySharesBelow destroy ->
          shares.keySet().removeIf(at -> at.id().equals(destroy.id()) && at.seq() < destroy.seq());
      case Change.Forget forget -> forget(forget.mark());
      case Change.Become become -> become(become);
    }
  }

  private void destroyStaged(TxId txId) {
    staged.keySet().removeIf(at -> at.txId().equals(txId));
  }

  private void adopt(TxId txId, SecretId id, long seq) {
    byte[] share = staged.remove(new Staged(txId, id));
    if (share != null) {
      shares.put(new Position(id, seq), share);
    }
  }

  private void forget(Reply.Mark mark) {
    for (TxId txId : List.copyOf(transactions.keySet())) {
      if (covers(mark, txId)) {
        transactions.remove(txId);
        destroyStaged(txId);
      }
    }
    long before =
        marks.stream()
            .filter(known -> known.coordinator().equals(mark.coordinator()))
            .filter(known -> known.start() == mark.start())
            .mapToLong(Reply.Mark::counter)
            .max()
            .orElse(0);
    marks.removeIf(
        known -> known.coordinator().equals(mark.coordinator()) && known.start() == mark.start());
    marks.add(new Reply.Mark(mark.coordinator(), mark.start(), Math.max(before, mark.counter())));
  }

  private static boolean covers(Reply.Mark mark, TxId txId) {
    return mark.coordinator().equals(txId.coordinator())
        && mark.start() == txId.start()
        && txId.counter() <= mark.counter();
  }

  private void become(Change.Become become) {
    become.marks().forEach(this::forget);
    for (Reply.ChainLink link : become.links()) {
      entries.put(new Position(link.id(), link.entry().seq()), link.entry());
      Head head = link.head();
      if (head != null) {
        heads.merge(
            link.id(), head, (own, other) -> own.entry().seq() < other.entry().seq() ? other : own);
      }
    }
    for (TransactionRecord record : become.transactions()) {
      TransactionRecord own = transactions.get(record.id());
      if (!forgotten(record.id()) && (own == null || own.open())) {
        transactions.put(record.id(), record);
      }
    }
    for (TransactionRecord record : transactions.values()) {
      for (Part part : record.parts()) {
        Optional<Head> head = head(part.id());
        if (record.outcome() == Verdict.COMMIT) {
          adopt(record.id(), part.id(), part.entry().seq());
        } else if (head.isPresent()
            && part.entry().seq() <= head.get().entry().seq()
            && !Participant.wanted(part.entry(), head.get().entry())) {
          staged.remove(new Staged(record.id(), part.id()));
        }
      }
      if (!record.open()) {
        destroyStaged(record.id());
      }
    }
    shares
        .keySet()
        .removeIf(at ->
            !Participant.wanted(
                entry(at.id(), at.seq()).orElseThrow(), head(at.id()).orElseThrow().entry()));
    epoch = Math.max(epoch, become.epoch());
    active = true;
  }

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public boolean active() {
    return active;
  }

  @Override
  public Optional<Reply.Remembered> remembered(NodeId other) {
    return Optional.ofNullable(remembered.get(other));
  }

  @Override
  public Optional<Head> head(SecretId id) {
    return Optional.ofNullable(heads.get(id));
  }

  @Override
  public Optional<Entry> entry(SecretId id, long seq) {
    return Optional.ofNullable(entries.get(new Position(id, seq)));
  }

  @Override
  public List<Entry> chain(SecretId id, long fromSeq, int limit) {
    return entries.entrySet().stream()
        .filter(at -> at.getKey().id().equals(id) && at.getKey().seq() <= fromSeq)
        .map(Map.Entry::getValue)
        .sorted(Comparator.comparingLong(Entry::seq).reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public boolean holdsShare(SecretId id, long seq) {
    return share(id, seq).isPresent();
  }

  @Override
  public Optional<Share> share(SecretId id, long seq) {
    return Optional.ofNullable(shares.get(new Position(id, seq)))
        .map(bytes -> Share.owning(self.index(), bytes.clone()));
  }

  @Override
  public boolean holdsStagedShare(TxId txId, SecretId id) {
    return staged.containsKey(new Staged(txId, id));
  }

  @Override
  public Optional<TransactionRecord> transaction(TxId txId) {
    return Optional.ofNullable(transactions.get(txId));
  }

  @Override
  public List<TransactionRecord> openTransactions(SecretId id) {
    return openTransactions().stream().filter(record -> record.touches(id)).toList();
  }

  @Override
  public List<TransactionRecord> openTransactions() {
    return transactions.values().stream().filter(TransactionRecord::open).toList();
  }

  /// All there are, finished or not.
  List<TransactionRecord> transactions() {
    return List.copyOf(transactions.values());
  }

  @Override
  public List<TransactionRecord> settledTransactions(@Nullable TxId after, int limit) {
    return transactions.values().stream()
        .filter(record -> !record.open())
        .filter(record -> after == null || record.id().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public List<Reply.Mark> marks() {
    return marks.stream()
        .sorted(Comparator.comparing(Reply.Mark::coordinator).thenComparingLong(Reply.Mark::start))
        .toList();
  }

  @Override
  public boolean forgotten(TxId txId) {
    return marks.stream().anyMatch(mark -> covers(mark, txId));
  }

  @Override
  public List<SecretId> names(
      Namespace namespace, String prefix, @Nullable String after, int limit) {
    TreeSet<SecretId> known = new TreeSet<>(heads.keySet());
    openTransactions().forEach(open -> open.parts().forEach(part -> known.add(part.id())));
    return known.stream()
        .filter(id -> id.namespace().equals(namespace))
        .filter(id -> id.name().text().startsWith(prefix))
        .filter(id -> after == null || id.name().text().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public List<Reply.ChainLink> links(@Nullable SecretId after, long afterSeq, int limit) {
    Stream<Position> positions = entries.keySet().stream();
    if (after != null) {
      Comparator<Position> order =
          Comparator.comparing(Position::id).thenComparingLong(Position::seq);
      positions = positions.filter(at -> order.compare(at, new Position(after, afterSeq)) > 0);
    }
    return positions
        .limit(limit)
        .map(at ->
            new Reply.ChainLink(
                at.id(),
                entry(at.id(), at.seq()).orElseThrow(),
                head(at.id()).filter(head -> head.entry().seq() == at.seq()).orElse(null)))
        .toList();
  }
}
