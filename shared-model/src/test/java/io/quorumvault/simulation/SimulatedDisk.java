package io.quorumvault.simulation;

import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What one node has on disk. Every `apply` is one synced write: a crash between two of them loses
/// nothing, and nothing else is on disk.
final class SimulatedDisk implements NodeView {
  /// What the storage knows of its own memory.
  enum Mode {
    NEW,
    JOINING,
    ACTIVE
  }

  /// One name.
  private static final class Chain {
    @Nullable Head head;
    final NavigableMap<Long, Entry> entries = new TreeMap<>();
    final NavigableMap<Long, Share> shares = new TreeMap<>();

    Chain copy() {
      Chain copy = new Chain();
      copy.head = head;
      copy.entries.putAll(entries);
      copy.shares.putAll(shares);
      return copy;
    }
  }

  private record Life(NodeId coordinator, long start) implements Comparable<Life> {
    @Override
    public int compareTo(Life other) {
      int byNode = coordinator.compareTo(other.coordinator);
      return byNode != 0 ? byNode : Long.compare(start, other.start);
    }
  }

  private final NodeId self;
  private final long life;
  private long start;
  private Mode mode = Mode.NEW;
  private long epoch;
  private final Map<NodeId, Reply.Remembered> remembered = new TreeMap<>();
  private final NavigableMap<SecretId, Chain> chains = new TreeMap<>();
  private final NavigableMap<TxId, TransactionRecord> transactions = new TreeMap<>();
  private final NavigableMap<TxId, TransactionRecord> open = new TreeMap<>();
  private final NavigableMap<TxId, NavigableMap<SecretId, Share>> staged = new TreeMap<>();
  private final NavigableMap<Life, Long> marks = new TreeMap<>();

  SimulatedDisk(NodeId self, long life) {
    this.self = self;
    this.life = life;
  }

  /// The disk as it is now, for a backup.
  SimulatedDisk copy() {
    SimulatedDisk copy = new SimulatedDisk(self, life);
    copy.start = start;
    copy.mode = mode;
    copy.epoch = epoch;
    copy.remembered.putAll(remembered);
    chains.forEach((id, chain) -> copy.chains.put(id, chain.copy()));
    copy.transactions.putAll(transactions);
    copy.open.putAll(open);
    staged.forEach((txId, shares) -> copy.staged.put(txId, new TreeMap<>(shares)));
    copy.marks.putAll(marks);
    return copy;
  }

  long life() {
    return life;
  }

  long start() {
    return start;
  }

  void startWith(long number) {
    start = number;
  }

  Mode mode() {
    return mode;
  }

  void mode(Mode newMode) {
    mode = newMode;
  }

  void apply(List<Change> changes) {
    changes.forEach(this::apply);
  }

  private void apply(Change change) {
    switch (change) {
      case Change.RaiseEpoch raise -> epoch = Math.max(epoch, raise.epoch());
      case Change.Remember remember -> remembered.put(remember.node(), remember.remembered());
      case Change.PutTransaction put -> put(put.transaction());
      case Change.StageShare stage ->
          staged
              .computeIfAbsent(stage.txId(), txId -> new TreeMap<>())
              .put(stage.id(), stage.share());
      case Change.DestroyStagedShare destroy -> takeStaged(destroy.txId(), destroy.id());
      case Change.DestroyStagedShares destroy -> staged.remove(destroy.txId());
      case Change.PutEntry put -> chain(put.id()).entries.put(put.entry().seq(), put.entry());
      case Change.SetHead set -> chain(set.id()).head = set.head();
      case Change.AdoptStagedShare adopt -> {
        Share share = takeStaged(adopt.txId(), adopt.id());
        if (share != null) {
          chain(adopt.id()).shares.put(adopt.seq(), share);
        }
      }
      case Change.InstallShare install ->
          chain(install.id()).shares.put(install.seq(), install.share());
      case Change.DestroySharesBelow destroy ->
          chain(destroy.id()).shares.headMap(destroy.seq()).clear();
      case Change.Forget forget -> forget(forget.mark());
      case Change.Become become -> become(become);
    }
  }

  private Chain chain(SecretId id) {
    return chains.computeIfAbsent(id, newId -> new Chain());
  }

  private void put(TransactionRecord record) {
    transactions.put(record.id(), record);
    if (record.open()) {
      open.put(record.id(), record);
    } else {
      open.remove(record.id());
    }
  }

  private @Nullable Share takeStaged(TxId txId, SecretId id) {
    NavigableMap<SecretId, Share> shares = staged.get(txId);
    if (shares == null) {
      return null;
    }
    Share share = shares.remove(id);
    if (shares.isEmpty()) {
      staged.remove(txId);
    }
    return share;
  }

  private void forget(Reply.Mark mark) {
    marks.merge(new Life(mark.coordinator(), mark.start()), mark.counter(), Math::max);
    TxId last = new TxId(mark.coordinator(), mark.start(), mark.counter());
    TxId first = new TxId(mark.coordinator(), mark.start(), 1);
    transactions.subMap(first, true, last, true).clear();
    staged.subMap(first, true, last, true).clear();
    open.subMap(first, true, last, true).clear();
  }

  /// What is learned stands above what is here, as `Change.Become` says.
  private void become(Change.Become become) {
    become.marks().forEach(this::forget);
    epoch = Math.max(epoch, become.epoch());
    for (Reply.ChainLink link : become.links()) {
      Chain chain = chain(link.id());
      chain.entries.put(link.entry().seq(), link.entry());
      Head head = link.head();
      if (head != null && (chain.head == null || chain.head.entry().seq() < head.entry().seq())) {
        chain.head = head;
      }
    }
    for (TransactionRecord record : become.transactions()) {
      TransactionRecord own = transactions.get(record.id());
      if (!forgotten(record.id()) && (own == null || own.open())) {
        put(record);
      }
    }
    settleStaged();
    chains.forEach((id, chain) ->
        chain
            .shares
            .keySet()
            .removeIf(seq -> {
              Entry entry = chain.entries.get(seq);
              return entry == null || chain.head == null || !wanted(entry, chain.head.entry());
            }));
    mode = Mode.ACTIVE;
  }

  private void settleStaged() {
    for (TxId txId : Set.copyOf(staged.keySet())) {
      TransactionRecord record = transactions.get(txId);
      if (record == null) {
        staged.remove(txId);
        continue;
      }
      for (Part part : record.parts()) {
        Head head = chain(part.id()).head;
        if (record.outcome() == Verdict.COMMIT) {
          apply(new Change.AdoptStagedShare(txId, part.id(), part.entry().seq()));
        } else if (head != null
            && part.entry().seq() <= head.entry().seq()
            && !wanted(part.entry(), head.entry())) {
          takeStaged(txId, part.id());
        }
      }
      if (!record.open()) {
        staged.remove(txId);
      }
    }
  }

  private static boolean wanted(Entry entry, Entry head) {
    return entry.live() && head.live() && entry.incarnation() == head.incarnation();
  }

  /// A share that rots: it does not verify any more.
  void rot(SecretId id, long seq) {
    chain(id).shares.remove(seq);
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
    return mode == Mode.ACTIVE;
  }

  @Override
  public Optional<Reply.Remembered> remembered(NodeId other) {
    return Optional.ofNullable(remembered.get(other));
  }

  @Override
  public Optional<Head> head(SecretId id) {
    Chain chain = chains.get(id);
    return chain == null ? Optional.empty() : Optional.ofNullable(chain.head);
  }

  @Override
  public Optional<Entry> entry(SecretId id, long seq) {
    Chain chain = chains.get(id);
    return chain == null ? Optional.empty() : Optional.ofNullable(chain.entries.get(seq));
  }

  @Override
  public List<Entry> chain(SecretId id, long fromSeq, int limit) {
    Chain chain = chains.get(id);
    return chain == null
        ? List.of()
        : chain.entries.headMap(fromSeq, true).descendingMap().values().stream()
            .limit(limit)
            .toList();
  }

  @Override
  public boolean holdsShare(SecretId id, long seq) {
    Chain chain = chains.get(id);
    return chain != null && chain.shares.containsKey(seq);
  }

  @Override
  public Optional<Share> share(SecretId id, long seq) {
    Chain chain = chains.get(id);
    return chain == null
        ? Optional.empty()
        : Optional.ofNullable(chain.shares.get(seq))
            .map(share -> Share.owning(share.x(), share.exposeCopy()));
  }

  @Override
  public boolean holdsStagedShare(TxId txId, SecretId id) {
    NavigableMap<SecretId, Share> shares = staged.get(txId);
    return shares != null && shares.containsKey(id);
  }

  @Override
  public Optional<TransactionRecord> transaction(TxId txId) {
    return Optional.ofNullable(transactions.get(txId));
  }

  @Override
  public List<TransactionRecord> openTransactions(SecretId id) {
    List<TransactionRecord> touching = new ArrayList<>();
    for (TransactionRecord record : open.values()) {
      if (record.touches(id)) {
        touching.add(record);
      }
    }
    return touching;
  }

  @Override
  public List<TransactionRecord> openTransactions() {
    return List.copyOf(open.values());
  }

  /// All there are, finished or not.
  public List<TransactionRecord> transactions() {
    return List.copyOf(transactions.values());
  }

  @Override
  public List<TransactionRecord> settledTransactions(@Nullable TxId after, int limit) {
    NavigableMap<TxId, TransactionRecord> rest =
        after == null ? transactions : transactions.tailMap(after, false);
    return rest.values().stream().filter(record -> !record.open()).limit(limit).toList();
  }

  @Override
  public List<Reply.Mark> marks() {
    List<Reply.Mark> all = new ArrayList<>();
    marks.forEach((of, counter) -> all.add(new Reply.Mark(of.coordinator(), of.start(), counter)));
    return all;
  }

  @Override
  public boolean forgotten(TxId txId) {
    Long counter = marks.get(new Life(txId.coordinator(), txId.start()));
    return counter != null && txId.counter() <= counter;
  }

  @Override
  public List<SecretId> names(
      Namespace namespace, String prefix, @Nullable String after, int limit) {
    Set<SecretId> known = new TreeSet<>();
    chains.forEach((id, chain) -> {
      if (chain.head != null) {
        known.add(id);
      }
    });
    for (TransactionRecord record : open.values()) {
      record.parts().forEach(part -> known.add(part.id()));
    }
    return known.stream()
        .filter(id ->
            id.namespace().equals(namespace)
                && id.name().text().startsWith(prefix)
                && (after == null || id.name().text().compareTo(after) > 0))
        .limit(limit)
        .toList();
  }

  @Override
  public List<Reply.ChainLink> links(@Nullable SecretId after, long afterSeq, int limit) {
    List<Reply.ChainLink> links = new ArrayList<>();
    NavigableMap<SecretId, Chain> rest = after == null ? chains : chains.tailMap(after, true);
    for (Map.Entry<SecretId, Chain> name : rest.entrySet()) {
      Head head = name.getValue().head;
      NavigableMap<Long, Entry> entries = name.getValue().entries;
      if (name.getKey().equals(after)) {
        entries = entries.tailMap(afterSeq, false);
      }
      for (Entry entry : entries.values()) {
        if (links.size() == limit) {
          return links;
        }
        boolean isHead = head != null && head.entry().seq() == entry.seq();
        links.add(new Reply.ChainLink(name.getKey(), entry, isHead ? head : null));
      }
    }
    return links;
  }

  /// Positions below the head whose entry this node never got.
  Set<SecretId> namesWithGaps() {
    Set<SecretId> gaps = new TreeSet<>();
    chains.forEach((id, chain) -> {
      if (chain.head != null && chain.entries.size() < chain.head.entry().seq()) {
        gaps.add(id);
      }
    });
    return gaps;
  }

  Set<SecretId> names() {
    return chains.keySet();
  }

  /// One share on this disk, final or staged.
  record Held(SecretId id, TxId txId, long incarnation, long seq) {}

  /// Every share on this disk.
  Set<Held> held() {
    Set<Held> all = new HashSet<>();
    chains.forEach((id, chain) ->
        chain.shares.forEach((seq, share) -> {
          Entry entry = chain.entries.get(seq);
          if (entry != null) {
            all.add(new Held(id, entry.txId(), entry.incarnation(), seq));
          }
        }));
    staged.forEach((txId, shares) -> {
      TransactionRecord record = transactions.get(txId);
      for (SecretId id : shares.keySet()) {
        Part part =
            record == null
                ? null
                : record.parts().stream().filter(p -> p.id().equals(id)).findFirst().orElse(null);
        if (part != null) {
          all.add(new Held(id, txId, part.entry().incarnation(), part.entry().seq()));
        }
      }
    });
    return all;
  }

  /// Whether a share of that write is on this disk, final or staged.
  boolean holds(SecretId id, TxId txId) {
    if (holdsStagedShare(txId, id)) {
      return true;
    }
    Chain chain = chains.get(id);
    if (chain != null) {
      for (Long seq : chain.shares.keySet()) {
        Entry entry = chain.entries.get(seq);
        if (entry != null && entry.txId().equals(txId)) {
          return true;
        }
      }
    }
    return false;
  }
}
