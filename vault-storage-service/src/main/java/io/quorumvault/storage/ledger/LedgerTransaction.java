package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One write: a view that can be changed. What is applied is seen by every later question to the
/// same transaction, and by nobody else until the write returns. For one thread, and only as long
/// as the write's work runs.
public final class LedgerTransaction extends LedgerView {
  /// Sealed shares up to this size stand in their row: most secrets are smaller, and take one row
  /// then. `schema.sql` has room for the seal around it.
  static final int INLINE_BYTES_MAX = 4096;

  /// Larger ones are cut into pieces of this size.
  static final int CHUNK_BYTES = 64 << 10;

  /// Pieces of destroyed shares deleted along with one write: HSQLDB holds deleted rows in memory
  /// until the commit, and the writer should not wait for the past.
  static final int PURGED_CHUNKS_MAX = 64;

  /// Links taken over at a time while joining, before the entities are let go.
  private static final int LINKS_AT_ONCE = 500;

  private static final String OF_TRANSACTION =
      " x.coordinator = :coordinator and x.start = :start and x.counter = :counter";

  private final KeySlots.Batch slots;
  private final ShareSeal seal;
  private final Keys keys;
  private final boolean room;
  private boolean changed;
  private boolean discarded;

  LedgerTransaction(
      EntityManager entities,
      NodeId self,
      ShareSeal seal,
      KeySlots.Batch slots,
      Keys keys,
      Damage damage,
      boolean room) {
    super(entities, self, seal, keys, damage);
    this.slots = slots;
    this.seal = seal;
    this.keys = keys;
    this.room = room;
  }

  /// Whether a share may be staged or installed. The answer stays the same during one write.
  public boolean hasRoom() {
    return room;
  }

  /// Applies the changes of one step, in order.
  ///
  /// @throws LedgerException.Full if there is a share among them and no room
  public void apply(List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    for (Change change : changes) {
      apply(change);
    }
    flush();
  }

  /// Whether there is anything to commit.
  boolean changed() {
    return changed;
  }

  /// Whether content was discarded that is not deleted yet.
  boolean discarded() {
    return discarded;
  }

  /// Deletes some of the content whose keys are destroyed.
  ///
  /// @return whether there is more
  boolean purge() {
    int chunks = 0;
    List<DiscardEntity> rows =
        entities
            .createQuery("select d from Discard d order by d.content", DiscardEntity.class)
            .setMaxResults(PURGED_CHUNKS_MAX)
            .getResultList();
    for (DiscardEntity row : rows) {
      if (chunks >= PURGED_CHUNKS_MAX) {
        break;
      }
      chunks +=
          entities
              .createQuery("delete from Chunk c where c.content = :content")
              .setParameter("content", row.content())
              .executeUpdate();
      entities.remove(row);
      changed = true;
    }
    flush();
    return chunks >= PURGED_CHUNKS_MAX;
  }

  /// The last change of each commit: its number.
  ///
  /// @return that number
  long number() {
    NodeStateEntity row = stateToChange();
    row.commits++;
    row.stamp();
    long number = row.commits;
    changed = true;
    flush();
    return number;
  }

  /// Sends the changes to the database, so that every question sees them, and lets the entities go,
  /// so that the next flush has only new ones to look through.
  private void flush() {
    entities.flush();
    entities.clear();
    forgetState();
  }

  private void apply(Change change) {
    changed = true;
    switch (change) {
      case Change.RaiseEpoch raise -> raiseEpoch(raise.epoch());
      case Change.Remember remember -> remember(remember);
      case Change.PutTransaction put -> put(put.transaction());
      case Change.StageShare stage ->
          keep(stage.id(), stage.txId(), ShareEntity.STAGED, stage.share());
      case Change.DestroyStagedShare destroy -> {
        ShareEntity row = shareToChange(destroy.id(), destroy.txId());
        if (row != null && row.staged()) {
          destroy(row);
        }
      }
      case Change.DestroyStagedShares destroy -> destroyStaged(destroy.txId());
      case Change.PutEntry put -> put(put.id(), put.entry());
      case Change.SetHead set -> set(set.id(), set.head());
      case Change.AdoptStagedShare adopt -> {
        ShareEntity row = shareToChange(adopt.id(), adopt.txId());
        if (row != null && row.staged()) {
          row.place(adopt.seq());
        }
      }
      case Change.InstallShare install -> install(install);
      case Change.DestroySharesBelow destroy -> destroyBelow(destroy.id(), destroy.seq());
      case Change.Forget forget -> forget(forget.mark());
      case Change.Become become -> become(become);
    }
  }

  private NodeStateEntity stateToChange() {
    NodeStateEntity managed = entities.find(NodeStateEntity.class, NodeStateEntity.ID);
    if (managed == null) {
      throw new LedgerException.Corrupt("the state of the node is missing");
    }
    managed.verify();
    return managed;
  }

  private void raiseEpoch(long epoch) {
    change(state -> state.epoch = Math.max(state.epoch, epoch));
  }

  final void become(NodeMode mode) {
    change(state -> state.mode = mode);
  }

  final void raiseCommits(long atLeast) {
    change(state -> state.commits = Math.max(state.commits, atLeast));
  }

  final void raiseStart(long atLeast) {
    change(state -> state.start = Math.max(state.start, atLeast));
  }

  private void change(Consumer<NodeStateEntity> edit) {
    NodeStateEntity row = stateToChange();
    edit.accept(row);
    row.stamp();
    changed = true;
    flush();
  }

  private void remember(Change.Remember remember) {
    StartEntity row = entities.find(StartEntity.class, remember.node().index());
    if (row == null) {
      row = new StartEntity(remember.node());
      row.remember(remember.remembered());
      entities.persist(row);
    } else {
      row.verify();
      row.remember(remember.remembered());
    }
  }

  private void put(TransactionRecord record) {
    TxId txId = record.id();
    TransactionRecord before = transaction(txId).orElse(null);
    TransactionEntity row = entities.find(TransactionEntity.class, new TransactionEntity.Key(txId));
    if (row == null) {
      entities.persist(new TransactionEntity(record));
    } else {
      row.become(record);
    }
    List<Part> partsBefore = before == null ? List.of() : before.parts();
    if (!partsBefore.equals(record.parts())) {
      if (!partsBefore.isEmpty()) {
        ofTransaction("delete from Part x", txId).executeUpdate();
      }
      for (int i = 0; i < record.parts().size(); i++) {
        entities.persist(new PartEntity(txId, i, record.parts().get(i)));
      }
    }
    Set<SecretId> touchedBefore = before == null ? Set.of() : touched(before);
    Set<SecretId> touched = touched(record);
    if (!touchedBefore.equals(touched)) {
      if (!touchedBefore.isEmpty()) {
        ofTransaction("delete from Touch x", txId).executeUpdate();
      }
      touched.forEach(id -> entities.persist(new TouchEntity(id, txId)));
    }
    forgetKnown(txId);
  }

  private static Set<SecretId> touched(TransactionRecord record) {
    Set<SecretId> ids = new LinkedHashSet<>();
    if (record.open()) {
      record.parts().forEach(part -> ids.add(part.id()));
    }
    return ids;
  }

  private void put(SecretId id, Entry entry) {
    EntryEntity row = entities.find(EntryEntity.class, new EntryEntity.Key(id, entry.seq()));
    if (row == null) {
      entities.persist(new EntryEntity(id, entry));
      return;
    }
    row.verify();
    if (!row.entry().equals(entry)) {
      throw new IllegalStateException(
          "two final entries at position "
              + entry.seq()
              + " of "
              + id
              + ": "
              + row.entry().txId()
              + " and "
              + entry.txId());
    }
  }

  private void set(SecretId id, Head head) {
    HeadEntity row = entities.find(HeadEntity.class, new HeadEntity.Key(id));
    if (row == null) {
      entities.persist(new HeadEntity(id, head));
    } else {
      row.verify();
      row.become(head);
    }
  }

  private void install(Change.InstallShare install) {
    flush();
    Entry entry =
        entry(install.id(), install.seq())
            .orElseThrow(() ->
                new IllegalStateException(
                    "a share for position "
                        + install.seq()
                        + " of "
                        + install.id()
                        + ", which has no entry"));
    keep(install.id(), entry.txId(), install.seq(), install.share());
  }

  /// Keeps the share under a new key, in place of any that is there.
  private void keep(SecretId id, TxId txId, long seq, Share share) {
    if (!room) {
      throw new LedgerException.Full("no room for a share of " + id);
    }
    ShareEntity row = shareToChange(id, txId);
    boolean isNew = row == null;
    if (row == null) {
      row = new ShareEntity(id, txId);
    } else {
      discard(row.contentNumber());
      slots.release(row.slot());
    }
    int slot = slots.reserve();
    byte[] key = keys.read(slot);
    byte[] sealed;
    try {
      sealed = seal.seal(key, id, txId, share);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
    if (sealed.length <= INLINE_BYTES_MAX) {
      row.fill(slot, ShareEntity.INLINE, sealed);
    } else {
      row.fill(slot, spread(sealed), null);
    }
    row.place(seq);
    if (isNew) {
      entities.persist(row);
    }
  }

  private long spread(byte[] sealed) {
    NodeStateEntity state = stateToChange();
    state.lastContent++;
    state.stamp();
    int ordinal = 0;
    for (int at = 0; at < sealed.length; at += CHUNK_BYTES) {
      byte[] bytes = Arrays.copyOfRange(sealed, at, Math.min(sealed.length, at + CHUNK_BYTES));
      entities.persist(new ChunkEntity(state.lastContent, ordinal++, bytes));
    }
    return state.lastContent;
  }

  private @Nullable ShareEntity shareToChange(SecretId id, TxId txId) {
    ShareEntity row = entities.find(ShareEntity.class, new ShareEntity.Key(id, txId));
    if (row != null) {
      // The wrong slot would destroy another share and leave this one.
      row.verify();
    }
    return row;
  }

  private void destroy(ShareEntity row) {
    slots.release(row.slot());
    discard(row.contentNumber());
    entities.remove(row);
  }

  private void discard(long content) {
    if (content != ShareEntity.INLINE) {
      entities.persist(new DiscardEntity(content));
      discarded = true;
    }
  }

  private void destroyStaged(TxId txId) {
    flush();
    destroyAll(
        entities
            .createQuery(
                "select x from Share x where x.seq = 0 and" + OF_TRANSACTION, ShareEntity.class)
            .setParameter("coordinator", txId.coordinator().index())
            .setParameter("start", txId.start())
            .setParameter("counter", txId.counter())
            .getResultList());
  }

  private void destroyBelow(SecretId id, long seq) {
    flush();
    destroyAll(
        entities
            .createQuery(
                "select x from Share x where x.namespace = :namespace and x.name = :name and x.seq"
                    + " > 0 and x.seq < :seq",
                ShareEntity.class)
            .setParameter("namespace", id.namespace().text())
            .setParameter("name", id.name().text())
            .setParameter("seq", seq)
            .getResultList());
  }

  private void destroyAll(List<ShareEntity> rows) {
    for (ShareEntity row : rows) {
      row.verify();
      destroy(row);
    }
  }

  private void forget(Reply.Mark mark) {
    flush();
    List<TransactionEntity> rows =
        entities
            .createQuery(
                "select t from Transaction t where t.coordinator = :coordinator and t.start ="
                    + " :start and t.counter <= :counter",
                TransactionEntity.class)
            .setParameter("coordinator", mark.coordinator().index())
            .setParameter("start", mark.start())
            .setParameter("counter", mark.counter())
            .getResultList();
    for (TransactionEntity row : rows) {
      row.verify();
      destroyStaged(row.id());
    }
    flush();
    for (String table : List.of("Touch", "Part", "Transaction")) {
      entities
          .createQuery(
              "delete from "
                  + table
                  + " x where x.coordinator = :coordinator and x.start = :start and x.counter <="
                  + " :counter")
          .setParameter("coordinator", mark.coordinator().index())
          .setParameter("start", mark.start())
          .setParameter("counter", mark.counter())
          .executeUpdate();
    }
    forgetKnown();
    MarkEntity row =
        entities.find(MarkEntity.class, new MarkEntity.Key(mark.coordinator(), mark.start()));
    if (row == null) {
      row = new MarkEntity(mark.coordinator(), mark.start());
      row.raiseTo(mark.counter());
      entities.persist(row);
    } else {
      row.verify();
      row.raiseTo(mark.counter());
    }
  }

  /// Takes over what the peers know, beside what is known here: what was final here stays final,
  /// and of two heads the newer counts. Shares that nobody may read any more are destroyed, those
  /// of final entries that may be read are kept.
  private void become(Change.Become become) {
    become.marks().forEach(this::forget);
    Map<SecretId, Entry> heads = takeOver(become.links());
    for (TransactionRecord record : become.transactions()) {
      if (forgotten(record.id())) {
        continue;
      }
      Optional<TransactionRecord> own = transaction(record.id());
      if (own.isEmpty() || own.get().open()) {
        put(record);
        flush();
      }
      settleStaged(transaction(record.id()).orElse(record));
    }
    for (Map.Entry<SecretId, Entry> head : heads.entrySet()) {
      destroyBelow(head.getKey(), Participant.firstWantedSeq(head.getValue()));
    }
    flush();
    destroyStagedUnwanted();
    change(state -> {
      state.epoch = Math.max(state.epoch, become.epoch());
      state.mode = NodeMode.ACTIVE;
    });
  }

  private Map<SecretId, Entry> takeOver(List<Reply.ChainLink> links) {
    Map<SecretId, Entry> heads = new HashMap<>();
    int sinceFlush = 0;
    for (Reply.ChainLink link : links) {
      put(link.id(), link.entry());
      Head head = link.head();
      if (head != null) {
        HeadEntity row = entities.find(HeadEntity.class, new HeadEntity.Key(link.id()));
        if (row == null || row.head().entry().seq() < head.entry().seq()) {
          set(link.id(), head);
        }
        heads.put(link.id(), head.entry());
      }
      if (++sinceFlush == LINKS_AT_ONCE) {
        flush();
        sinceFlush = 0;
      }
    }
    flush();
    heads.replaceAll((id, entry) -> head(id).map(Head::entry).orElse(entry));
    return heads;
  }

  /// What was staged here for a transaction that turns out to be over is adopted or destroyed.
  private void settleStaged(TransactionRecord record) {
    Verdict verdict = record.outcome();
    if (verdict == null) {
      return;
    }
    if (verdict == Verdict.COMMIT) {
      for (Part part : record.parts()) {
        ShareEntity row = shareToChange(part.id(), record.id());
        if (row != null && row.staged() && entry(part.id(), part.entry().seq()).isPresent()) {
          row.place(part.entry().seq());
        }
      }
    }
    destroyStaged(record.id());
  }

  /// What was staged at or below a head that has moved on can only become an entry that nobody may
  /// read.
  private void destroyStagedUnwanted() {
    for (TransactionRecord open : openTransactions()) {
      for (Part part : open.parts()) {
        Entry head = head(part.id()).map(Head::entry).orElse(null);
        if (head != null
            && part.entry().seq() <= head.seq()
            && !Participant.wanted(part.entry(), head)) {
          ShareEntity row = shareToChange(part.id(), open.id());
          if (row != null && row.staged()) {
            destroy(row);
          }
        }
      }
    }
    flush();
  }

  private Query ofTransaction(String statement, TxId txId) {
    flush();
    return entities
        .createQuery(statement + " where" + OF_TRANSACTION)
        .setParameter("coordinator", txId.coordinator().index())
        .setParameter("start", txId.start())
        .setParameter("counter", txId.counter());
  }
}
