package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Place;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.sharing.Share;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.eclipse.persistence.config.HintValues;
import org.eclipse.persistence.config.QueryHints;
import org.jspecify.annotations.Nullable;

/// The rows of one database transaction, seen as what the node holds. For one thread at a time and
/// as long as the transaction lasts.
class LedgerView implements NodeView {
  /// Entities that are only looked at need no copy to be compared with at the end.
  private static final Map<String, Object> READ_ONLY =
      Map.of(QueryHints.READ_ONLY, HintValues.TRUE);

  /// Sorts after every character of a secret's name.
  private static final String AFTER_NAMES = "~";

  /// How an opened share's key is found.
  interface Keys {
    /// @return a copy, which belongs to the caller
    byte[] read(int slot);
  }

  /// What becomes of a share that does not open.
  interface Damage {
    void met(SecretId id, TxId txId, int slot);
  }

  final EntityManager entities;
  private final NodeId self;
  private final ShareSeal seal;
  private final Keys keys;
  private final Damage damage;
  private final Map<TxId, Optional<TransactionRecord>> known = new HashMap<>();
  private @Nullable NodeStateEntity state;

  LedgerView(EntityManager entities, NodeId self, ShareSeal seal, Keys keys, Damage damage) {
    this.entities = entities;
    this.self = self;
    this.seal = seal;
    this.keys = keys;
    this.damage = damage;
  }

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public long epoch() {
    return state().epoch;
  }

  @Override
  public boolean active() {
    return state().mode == NodeMode.ACTIVE;
  }

  final NodeStateEntity state() {
    NodeStateEntity loaded = state;
    if (loaded == null) {
      loaded =
          look(NodeStateEntity.class, NodeStateEntity.ID)
              .orElseThrow(() -> new LedgerException.Corrupt("the state of the node is missing"));
      state = loaded;
    }
    return loaded;
  }

  @Override
  public Optional<Reply.Remembered> remembered(NodeId other) {
    return look(StartEntity.class, other.index()).map(StartEntity::remembered);
  }

  /// How many nodes are remembered, each of them verified.
  final int verifiedStarts() {
    return rows(query("select s from Start s", StartEntity.class)).size();
  }

  @Override
  public Optional<Head> head(SecretId id) {
    Optional<HeadEntity> row = look(HeadEntity.class, new HeadEntity.Key(id));
    if (row.isEmpty() && hasEntries(id)) {
      // A damaged key hides a row from its own checksum; and "no such secret" would be a lie.
      throw new LedgerException.Corrupt("head of " + id + " is missing, but its chain is there");
    }
    return row.map(HeadEntity::head);
  }

  private boolean hasEntries(SecretId id) {
    return !entities
        .createQuery(
            "select e.seq from Entry e where e.namespace = :namespace and e.name = :name",
            Long.class)
        .setParameter("namespace", id.namespace().text())
        .setParameter("name", id.name().text())
        .setMaxResults(1)
        .getResultList()
        .isEmpty();
  }

  @Override
  public Optional<Entry> entry(SecretId id, long seq) {
    return look(EntryEntity.class, new EntryEntity.Key(id, seq)).map(EntryEntity::entry);
  }

  @Override
  public List<Entry> chain(SecretId id, long fromSeq, int limit) {
    long from = Math.min(fromSeq, head(id).map(head -> head.entry().seq()).orElse(0L));
    List<Entry> newestFirst = new ArrayList<>();
    // In windows that grow where entries are missing: HSQLDB would sort the whole chain.
    long window = limit;
    while (newestFirst.size() < limit && from > 0) {
      long below = Math.max(0, from - window);
      List<EntryEntity> rows =
          rows(
              query(
                      "select e from Entry e where e.namespace = :namespace and e.name = :name"
                          + " and e.seq > :below and e.seq <= :from"
                          + " order by e.namespace, e.name, e.seq",
                      EntryEntity.class)
                  .setParameter("namespace", id.namespace().text())
                  .setParameter("name", id.name().text())
                  .setParameter("below", below)
                  .setParameter("from", from));
      for (EntryEntity row : rows.reversed()) {
        if (newestFirst.size() < limit) {
          newestFirst.add(row.entry());
        }
      }
      from = below;
      window *= 2;
    }
    return newestFirst;
  }

  @Override
  public boolean holdsShare(SecretId id, long seq) {
    return closed(share(id, seq));
  }

  @Override
  public Optional<Share> share(SecretId id, long seq) {
    return entry(id, seq)
        .flatMap(entry -> shareRow(entry.txId(), id))
        .filter(row -> row.seq() == seq)
        .flatMap(this::open);
  }

  @Override
  public boolean holdsStagedShare(TxId txId, SecretId id) {
    return closed(shareRow(txId, id).filter(ShareEntity::staged).flatMap(this::open));
  }

  /// Looks at rows only: a share that does not open is on disk all the same.
  @Override
  public boolean keepsShares(SecretId id, long toSeq) {
    boolean ofEntries =
        !entities
            .createQuery(
                "select s.slot from Share s where s.namespace = :namespace and s.name = :name"
                    + " and s.seq > 0 and s.seq <= :seq",
                Integer.class)
            .setParameter("namespace", id.namespace().text())
            .setParameter("name", id.name().text())
            .setParameter("seq", toSeq)
            .setMaxResults(1)
            .getResultList()
            .isEmpty();
    return ofEntries
        || keepsStagedShares(id, toSeq, (txId, name) -> shareRow(txId, name).isPresent());
  }

  private static boolean closed(Optional<Share> share) {
    share.ifPresent(Share::close);
    return share.isPresent();
  }

  private Optional<ShareEntity> shareRow(TxId txId, SecretId id) {
    return Optional.ofNullable(
        entities.find(ShareEntity.class, new ShareEntity.Key(id, txId), READ_ONLY));
  }

  /// A share that does not open, whatever the reason, is as good as none: it is counted and left to
  /// be repaired.
  private Optional<Share> open(ShareEntity row) {
    Optional<Share> share = Optional.empty();
    if (row.intact()) {
      row.verify();
      byte[] sealed = row.sealed();
      byte[] key = keys.read(row.slot());
      share = seal.open(key, row.id(), row.txId(), sealed != null ? sealed : content(row));
      Arrays.fill(key, (byte) 0);
    }
    if (share.isEmpty()) {
      damage.met(row.id(), row.txId(), row.slot());
    }
    return share;
  }

  private byte[] content(ShareEntity row) {
    List<byte[]> chunks =
        entities
            .createQuery(
                "select c.bytes from Chunk c where c.content = :content order by c.content,"
                    + " c.ordinal",
                byte[].class)
            .setParameter("content", row.contentNumber())
            .getResultList();
    byte[] whole = new byte[chunks.stream().mapToInt(chunk -> chunk.length).sum()];
    int at = 0;
    for (byte[] chunk : chunks) {
      System.arraycopy(chunk, 0, whole, at, chunk.length);
      at += chunk.length;
    }
    return whole;
  }

  @Override
  public Optional<TransactionRecord> transaction(TxId txId) {
    // Remembered: a transaction of a thousand names is asked for once for each of them.
    return known.computeIfAbsent(
        txId,
        id ->
            look(TransactionEntity.class, new TransactionEntity.Key(id))
                .map(row -> row.known(parts(row))));
  }

  final void forgetKnown(TxId txId) {
    known.remove(txId);
  }

  final void forgetKnown() {
    known.clear();
  }

  final void forgetState() {
    state = null;
  }

  private List<byte[]> parts(TransactionEntity row) {
    if (row.parts() == 0) {
      return List.of();
    }
    return query(
            "select p from Part p where p.coordinator = :coordinator and p.start = :start"
                + " and p.counter = :counter order by p.coordinator, p.start, p.counter, p.ordinal",
            PartEntity.class)
        .setParameter("coordinator", row.id().coordinator().index())
        .setParameter("start", row.id().start())
        .setParameter("counter", row.id().counter())
        .getResultStream()
        .map(PartEntity::record)
        .toList();
  }

  @Override
  public List<TransactionRecord> openTransactions(SecretId id) {
    return query(
            "select t from Touch t where t.namespace = :namespace and t.name = :name"
                + " order by t.namespace, t.name, t.coordinator, t.start, t.counter",
            TouchEntity.class)
        .setParameter("namespace", id.namespace().text())
        .setParameter("name", id.name().text())
        .getResultStream()
        .map(touch -> touching(touch.txId(), id))
        .toList();
  }

  private TransactionRecord touching(TxId txId, SecretId id) {
    return transaction(txId)
        .filter(transaction -> transaction.open() && transaction.touches(id))
        .orElseThrow(() ->
            new LedgerException.Corrupt(
                "transaction " + txId + " does not touch " + id + ", but its lock is there"));
  }

  @Override
  public List<TransactionRecord> openTransactions() {
    return known(
        rows(
            query(
                "select t from Transaction t where t.open = true order by t.coordinator,"
                    + " t.start, t.counter",
                TransactionEntity.class)));
  }

  @Override
  public List<TransactionRecord> settledTransactions(@Nullable TxId after, int limit) {
    return known(settledRows(after, limit));
  }

  @Override
  public List<Settled> settled(@Nullable TxId after, int limit) {
    return settledRows(after, limit).stream().map(TransactionEntity::settled).toList();
  }

  private List<TransactionEntity> settledRows(@Nullable TxId after, int limit) {
    List<TransactionEntity> page = new ArrayList<>();
    String settled = "select t from Transaction t where t.open = false and ";
    String ordered = " order by t.coordinator, t.start, t.counter";
    if (after != null) {
      page.addAll(
          rows(
              query(
                      settled
                          + "t.coordinator = :coordinator and t.start = :start and t.counter >"
                          + " :counter"
                          + ordered,
                      TransactionEntity.class)
                  .setParameter("coordinator", after.coordinator().index())
                  .setParameter("start", after.start())
                  .setParameter("counter", after.counter())
                  .setMaxResults(limit)));
      if (page.size() < limit) {
        page.addAll(
            rows(
                query(
                        settled + "t.coordinator = :coordinator and t.start > :start" + ordered,
                        TransactionEntity.class)
                    .setParameter("coordinator", after.coordinator().index())
                    .setParameter("start", after.start())
                    .setMaxResults(limit - page.size())));
      }
    }
    if (page.size() < limit) {
      page.addAll(
          rows(
              query(settled + "t.coordinator > :coordinator" + ordered, TransactionEntity.class)
                  .setParameter("coordinator", after == null ? 0 : after.coordinator().index())
                  .setMaxResults(limit - page.size())));
    }
    return page;
  }

  private List<TransactionRecord> known(List<TransactionEntity> rows) {
    return rows.stream().map(row -> row.known(parts(row))).toList();
  }

  @Override
  public List<Reply.Mark> marks() {
    return rows(query("select m from Mark m order by m.coordinator, m.start", MarkEntity.class))
        .stream()
        .map(MarkEntity::mark)
        .toList();
  }

  @Override
  public boolean forgotten(TxId txId) {
    return look(MarkEntity.class, new MarkEntity.Key(txId.coordinator(), txId.start()))
        .filter(row -> row.mark().counter() >= txId.counter())
        .isPresent();
  }

  @Override
  public List<SecretId> names(
      Namespace namespace, String prefix, @Nullable String after, int limit) {
    TreeSet<String> names = new TreeSet<>();
    for (String source : List.of("Head", "Touch")) {
      names.addAll(
          entities
              .createQuery(
                  "select distinct x.namespace, x.name from "
                      + source
                      + " x where x.namespace = :namespace and x.name > :after"
                      + " and x.name >= :prefix and x.name < :end order by x.namespace, x.name",
                  Object[].class)
              .setParameter("namespace", namespace.text())
              .setParameter("after", after == null ? "" : after)
              .setParameter("prefix", prefix)
              .setParameter("end", prefix + AFTER_NAMES)
              .setMaxResults(limit)
              .getResultStream()
              .map(row -> (String) row[1])
              .toList());
    }
    return names.stream()
        .limit(limit)
        .map(name -> new SecretId(namespace, new SecretName(name)))
        .toList();
  }

  @Override
  public List<Reply.ChainLink> links(@Nullable SecretId after, long afterSeq, int limit) {
    List<EntryEntity> page = new ArrayList<>();
    String ordered = " order by e.namespace, e.name, e.seq";
    if (after != null) {
      page.addAll(
          rows(
              query(
                      "select e from Entry e where e.namespace = :namespace and e.name = :name and"
                          + " e.seq > :seq"
                          + ordered,
                      EntryEntity.class)
                  .setParameter("namespace", after.namespace().text())
                  .setParameter("name", after.name().text())
                  .setParameter("seq", afterSeq)
                  .setMaxResults(limit)));
      if (page.size() < limit) {
        page.addAll(
            rows(
                query(
                        "select e from Entry e where e.namespace = :namespace and e.name > :name"
                            + ordered,
                        EntryEntity.class)
                    .setParameter("namespace", after.namespace().text())
                    .setParameter("name", after.name().text())
                    .setMaxResults(limit - page.size())));
      }
    }
    if (page.size() < limit) {
      page.addAll(
          rows(
              query(
                      "select e from Entry e where e.namespace > :namespace" + ordered,
                      EntryEntity.class)
                  .setParameter("namespace", after == null ? "" : after.namespace().text())
                  .setMaxResults(limit - page.size())));
    }
    Map<SecretId, Optional<Head>> heads = new HashMap<>();
    return page.stream()
        .map(row -> {
          SecretId id = row.id();
          Entry entry = row.entry();
          Head head =
              heads
                  .computeIfAbsent(id, this::head)
                  .filter(newest -> newest.entry().seq() == entry.seq())
                  .orElse(null);
          return new Reply.ChainLink(id, entry, head);
        })
        .toList();
  }

  /// Looks at keys only: the index over the positions of shares says what is not there.
  @Override
  public List<Place> withoutShare(@Nullable Place after, int limit) {
    String without =
        "select e.namespace, e.name, e.seq from Entry e where not exists (select s.slot from Share s"
            + " where s.namespace = e.namespace and s.name = e.name and s.seq = e.seq) and ";
    String ordered = " order by e.namespace, e.name, e.seq";
    List<Place> places = new ArrayList<>();
    if (after != null) {
      places.addAll(
          places(
              entities
                  .createQuery(
                      without
                          + "e.namespace = :namespace and e.name = :name and e.seq > :seq"
                          + ordered,
                      Object[].class)
                  .setParameter("namespace", after.id().namespace().text())
                  .setParameter("name", after.id().name().text())
                  .setParameter("seq", after.seq())
                  .setMaxResults(limit)));
      if (places.size() < limit) {
        places.addAll(
            places(
                entities
                    .createQuery(
                        without + "e.namespace = :namespace and e.name > :name" + ordered,
                        Object[].class)
                    .setParameter("namespace", after.id().namespace().text())
                    .setParameter("name", after.id().name().text())
                    .setMaxResults(limit - places.size())));
      }
    }
    if (places.size() < limit) {
      places.addAll(
          places(
              entities
                  .createQuery(without + "e.namespace > :namespace" + ordered, Object[].class)
                  .setParameter("namespace", after == null ? "" : after.id().namespace().text())
                  .setMaxResults(limit - places.size())));
    }
    return places;
  }

  private static List<Place> places(TypedQuery<Object[]> query) {
    return query
        .getResultStream()
        .map(row -> new Place(SecretId.of((String) row[0], (String) row[1]), (Long) row[2]))
        .toList();
  }

  private <R extends Row> Optional<R> look(Class<R> type, Object key) {
    Optional<R> row = Optional.ofNullable(entities.find(type, key, READ_ONLY));
    row.ifPresent(Row::verify);
    return row;
  }

  final <T> TypedQuery<T> query(String jpql, Class<T> type) {
    return entities.createQuery(jpql, type).setHint(QueryHints.READ_ONLY, HintValues.TRUE);
  }

  private static <R extends Row> List<R> rows(TypedQuery<R> query) {
    List<R> rows = query.getResultList();
    rows.forEach(Row::verify);
    return rows;
  }
}
