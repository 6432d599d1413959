package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Place;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a node is told, the ledger answers every question as a few maps would, after restarts
/// too.
class LedgerTwinTest {
  private static final int STEPS = 160;
  private static final int RESTART_EVERY = 60;
  private static final int STEPS_A_WRITE_MAX = 4;

  private static final List<SecretId> NAMES =
      List.of(
          SecretId.of("a", "x"),
          SecretId.of("a", "x-1"),
          SecretId.of("a", "y"),
          SecretId.of("a-b", "A"),
          SecretId.of("a-b", "a"),
          SecretId.of("b", "Z_9"));

  private final Participant participant = new Participant((id, entry, share) -> true);
  private final Map<TxId, List<Part>> written = new TreeMap<>();
  private long counter;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void the_ledger_and_its_naive_twin_answer_alike(long seed) {
    Random random = new Random(seed);
    NaiveLedger twin = new NaiveLedger(Desk.SELF, true);
    Ledger ledger = Ledger.open(Desk.config(directory));
    try {
      ledger.activate();
      for (int done = 0; done < STEPS; ) {
        int steps = 1 + random.nextInt(STEPS_A_WRITE_MAX);
        Ledger current = ledger;
        current.write(transaction -> {
          for (int i = 0; i < steps; i++) {
            tell(random, transaction, twin);
          }
          compare(transaction, twin);
          return steps;
        });
        compareAll(current, twin);
        if (done / RESTART_EVERY != (done + steps) / RESTART_EVERY) {
          ledger.close();
          ledger = Ledger.open(Desk.config(directory));
          compareAll(ledger, twin);
        }
        done += steps;
      }
      assertEquals(0, ledger.damagedShares());
    } finally {
      ledger.close();
    }
  }

  private static void compareAll(Ledger ledger, NaiveLedger twin) {
    ledger.read(view -> {
      compare(view, twin);
      return true;
    });
  }

  private void tell(Random random, LedgerTransaction transaction, NaiveLedger twin) {
    if (random.nextInt(40) == 0) {
      transaction.become(NodeMode.JOINING);
      twin.silence();
      Change.Become become = become(random, twin);
      transaction.apply(List.of(become));
      twin.apply(List.of(become));
      return;
    }
    Request request = request(random, twin);
    Step expected;
    Step step;
    try {
      expected = participant.step(twin, request, 1_000);
    } catch (IllegalStateException contradiction) {
      return;
    }
    step = participant.step(transaction, request, 1_000);
    assertEquals(expected.reply(), step.reply(), request.toString());
    assertEquals(expected.changes().size(), step.changes().size(), request.toString());
    transaction.apply(step.changes());
    twin.apply(expected.changes());
  }

  private Request request(Random random, NaiveLedger twin) {
    List<TxId> known = List.copyOf(written.keySet());
    if (known.isEmpty() || random.nextInt(3) == 0) {
      return prepare(random, twin);
    }
    TxId txId = known.get(random.nextInt(known.size()));
    List<Part> parts = written.getOrDefault(txId, List.of());
    SecretId id = NAMES.get(random.nextInt(NAMES.size()));
    return switch (random.nextInt(12)) {
      case 0 ->
          new Request.Decide(
              txId, new Ballot(twin.epoch(), 1 + random.nextInt(3), 3), Verdict.ABORT, List.of());
      case 1, 2 ->
          new Request.Decide(
              txId, new Ballot(twin.epoch(), random.nextInt(2), 1), Verdict.COMMIT, parts);
      case 3 -> new Request.Takeover(txId, new Ballot(twin.epoch(), 1 + random.nextInt(4), 4));
      case 4, 5, 6 ->
          new Request.Settle(txId, free(twin, txId, parts) ? Verdict.COMMIT : Verdict.ABORT, parts);
      case 7 -> new Request.Settle(txId, Verdict.ABORT, List.of());
      case 8 -> {
        long seq = twin.head(id).map(head -> head.entry().seq()).orElse(1L);
        TxId of = twin.entry(id, seq).map(Entry::txId).orElse(txId);
        yield new Request.Repair(id, seq, of, Desk.share(bytes(random)));
      }
      case 9 -> new Request.Hello(new NodeId(1 + random.nextInt(5)), 7, random.nextInt(20) + 1);
      case 10 -> new Request.Forget(txId.coordinator(), txId.start(), 1 + random.nextInt(5));
      default ->
          random.nextInt(10) == 0
              ? new Request.Join(new NodeId(5), 9, 3, twin.epoch() + 1)
              : new Request.ReadHeads(NAMES, true);
    };
  }

  /// Whether a commit could have been decided: no two commits stand on one position.
  private static boolean free(NaiveLedger twin, TxId txId, List<Part> parts) {
    return parts.stream()
        .allMatch(part ->
            twin.entry(part.id(), part.entry().seq()).map(Entry::txId).orElse(txId).equals(txId));
  }

  private Request.Prepare prepare(Random random, NaiveLedger twin) {
    TxId txId = new TxId(new NodeId(1 + random.nextInt(2)), 1 + random.nextInt(2), ++counter);
    List<Request.Staging> stagings = new ArrayList<>();
    for (SecretId id : NAMES) {
      if (stagings.isEmpty()
          ? id.equals(NAMES.getLast()) || random.nextInt(4) == 0
          : random.nextInt(5) == 0) {
        Entry head = twin.head(id).map(Head::entry).orElse(null);
        stagings.add(staging(random, txId, id, head));
      }
    }
    written.put(txId, stagings.stream().map(Request.Staging::part).toList());
    return new Request.Prepare(txId, twin.epoch(), stagings);
  }

  private static Request.Staging staging(
      Random random, TxId txId, SecretId id, @Nullable Entry head) {
    long base = head == null ? 0 : head.seq();
    boolean live = head != null && head.live();
    long incarnation = head == null ? 1 : head.incarnation() + (live ? 0 : 1);
    boolean delete = live && random.nextInt(4) == 0;
    long version = head == null || !live ? 1 : delete ? head.version() : head.version() + 1;
    Entry entry =
        new Entry(
            base + 1,
            txId,
            delete ? Entry.Kind.TOMBSTONE : Entry.Kind.VERSION,
            incarnation,
            version,
            Instant.ofEpochMilli(base),
            delete ? null : Desk.seal(64));
    return new Request.Staging(
        new Part(id, base, entry, List.of()), delete ? null : Desk.share(bytes(random)));
  }

  /// What peers could know: everything the twin knows, and one name further.
  private Change.Become become(Random random, NaiveLedger twin) {
    List<Reply.ChainLink> links = new ArrayList<>(twin.links(null, 0, Integer.MAX_VALUE));
    TxId txId = new TxId(new NodeId(5), 1, ++counter);
    SecretId id = NAMES.get(random.nextInt(NAMES.size()));
    Head before = twin.head(id).orElse(null);
    Request.Staging staging = staging(random, txId, id, before == null ? null : before.entry());
    Entry entry = staging.part().entry();
    if (twin.entry(id, entry.seq()).isEmpty()) {
      links.add(new Reply.ChainLink(id, entry, new Head(entry, List.of())));
    }
    List<TransactionRecord> transactions = new ArrayList<>();
    for (TransactionRecord record : twin.transactions()) {
      if (random.nextBoolean()) {
        transactions.add(record);
      }
    }
    return new Change.Become(twin.epoch() + 1, links, transactions, twin.marks());
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(6) == 0 ? 64 * 1024 + 64 : 64];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void compare(NodeView view, NaiveLedger twin) {
    assertEquals(twin.epoch(), view.epoch());
    assertEquals(twin.active(), view.active());
    assertEquals(
        twin.settledTransactions(null, Integer.MAX_VALUE),
        view.settledTransactions(null, Integer.MAX_VALUE));
    assertEquals(twin.openTransactions(), view.openTransactions());
    assertEquals(twin.marks(), view.marks());
    for (int node = 1; node <= 5; node++) {
      assertEquals(twin.remembered(new NodeId(node)), view.remembered(new NodeId(node)));
    }
    for (SecretId id : NAMES) {
      assertEquals(twin.head(id), view.head(id));
      assertEquals(twin.openTransactions(id), view.openTransactions(id));
      long last = twin.head(id).map(head -> head.entry().seq()).orElse(0L);
      assertEquals(twin.chain(id, Long.MAX_VALUE, 100), view.chain(id, Long.MAX_VALUE, 100));
      assertEquals(twin.chain(id, last - 1, 2), view.chain(id, last - 1, 2));
      for (long seq = 1; seq <= last + 1; seq++) {
        assertEquals(twin.entry(id, seq), view.entry(id, seq));
        assertArrayEquals(exposed(twin.share(id, seq)), exposed(view.share(id, seq)));
        assertEquals(twin.keepsShares(id, seq), view.keepsShares(id, seq));
      }
    }
    for (TransactionRecord record : twin.transactions()) {
      assertEquals(Optional.of(record), view.transaction(record.id()));
      for (SecretId id : NAMES) {
        assertEquals(
            twin.holdsStagedShare(record.id(), id), view.holdsStagedShare(record.id(), id));
      }
    }
    comparePages(view, twin);
  }

  private static void comparePages(NodeView view, NaiveLedger twin) {
    for (Namespace namespace : List.of(new Namespace("a"), new Namespace("a-b"))) {
      for (String prefix : List.of("", "x", "x-", "Q")) {
        assertEquals(
            twin.names(namespace, prefix, null, 100), view.names(namespace, prefix, null, 100));
        assertEquals(twin.names(namespace, prefix, "x", 1), view.names(namespace, prefix, "x", 1));
      }
    }
    SecretId after = null;
    long afterSeq = 0;
    List<Reply.ChainLink> page;
    do {
      page = view.links(after, afterSeq, 3);
      assertEquals(twin.links(after, afterSeq, 3), page);
      if (!page.isEmpty()) {
        after = page.getLast().id();
        afterSeq = page.getLast().entry().seq();
      }
    } while (page.size() == 3);
    Place lacking = null;
    List<Place> places;
    do {
      places = view.withoutShare(lacking, 2);
      assertEquals(twin.withoutShare(lacking, 2), places);
      lacking = places.isEmpty() ? null : places.getLast();
    } while (places.size() == 2);
    TxId settled = null;
    List<TransactionRecord> records;
    do {
      records = view.settledTransactions(settled, 2);
      assertEquals(twin.settledTransactions(settled, 2), records);
      assertEquals(twin.settled(settled, 2), view.settled(settled, 2));
      settled = records.isEmpty() ? null : records.getLast().id();
    } while (records.size() == 2);
  }

  private static byte[] exposed(Optional<Share> share) {
    return share.map(Share::exposeCopy).orElse(new byte[0]);
  }
}
