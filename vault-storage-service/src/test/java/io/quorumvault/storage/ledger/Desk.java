package io.quorumvault.storage.ledger;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.AppliedOperation;
import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// A node's ledger on a desk: speaks to it as the protocol does, as node 2 of 5, and makes up what
/// the other nodes would say.
public final class Desk implements AutoCloseable {
  static final NodeId SELF = new NodeId(2);
  static final NodeId OTHER = new NodeId(1);
  static final Membership CELL = Membership.of("test-cell", 5, 3);

  private static final Participant PARTICIPANT = new Participant((id, entry, share) -> true);

  public final Ledger ledger;
  private final Random random;
  private long counter;

  Desk(Ledger ledger, long seed) {
    this.ledger = ledger;
    this.random = new Random(seed);
  }

  public static LedgerConfig config(Path directory) {
    return new LedgerConfig(
        directory,
        SELF,
        CELL,
        0,
        LedgerConfig.LOG_BYTES_MAX,
        failed -> {
          throw failed;
        });
  }

  /// An active node on a new or used directory.
  public static Desk open(Path directory) {
    return open(config(directory));
  }

  public static Desk open(LedgerConfig config) {
    Ledger ledger = Ledger.open(config);
    if (ledger.mode() == NodeMode.NEW) {
      ledger.activate();
    }
    return new Desk(ledger, ledger.start());
  }

  Reply tell(Request request) {
    return tell(List.of(request)).getFirst();
  }

  /// All of them in one write.
  List<Reply> tell(List<Request> requests) {
    return ledger.write(transaction -> {
      List<Reply> replies = new ArrayList<>();
      for (Request request : requests) {
        Step step = PARTICIPANT.step(transaction, request, 1_000);
        transaction.apply(step.changes());
        replies.add(step.reply());
      }
      return replies;
    });
  }

  Reply ask(Request request) {
    return ledger.read(view -> PARTICIPANT.step(view, request, 1_000).reply());
  }

  TxId nextTx() {
    return new TxId(OTHER, 1_000 + ledger.start(), ++counter);
  }

  public byte[] shareBytes(int bytes) {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    return content;
  }

  public static Share share(byte[] content) {
    return Share.owning(SELF.index(), content.clone());
  }

  /// What writes `content` as the next version of the name.
  public Request.Prepare prepareVersion(SecretId id, byte[] content) {
    return prepareVersion(nextTx(), id, content);
  }

  Request.Prepare prepareVersion(TxId txId, SecretId id, byte[] content) {
    Optional<Entry> head = head(id);
    long base = head.map(Entry::seq).orElse(0L);
    Optional<Entry> live = head.filter(Entry::live);
    long incarnation =
        live.map(Entry::incarnation)
            .orElseGet(() -> head.map(tombstone -> tombstone.incarnation() + 1).orElse(1L));
    Entry entry =
        new Entry(
            base + 1,
            txId,
            Entry.Kind.VERSION,
            incarnation,
            live.map(before -> before.version() + 1).orElse(1L),
            Instant.ofEpochMilli(1_000 + base),
            seal(content.length));
    boolean create = live.isEmpty();
    Part part =
        new Part(
            id,
            base,
            entry,
            List.of(operation(create ? WriteKind.CREATE : WriteKind.UPDATE, entry)));
    return new Request.Prepare(txId, 0, List.of(new Request.Staging(part, share(content))));
  }

  public Request.Prepare prepareDelete(SecretId id) {
    Entry head = head(id).orElseThrow();
    TxId txId = nextTx();
    Entry entry =
        new Entry(
            head.seq() + 1,
            txId,
            Entry.Kind.TOMBSTONE,
            head.incarnation(),
            head.version(),
            Instant.ofEpochMilli(1_000 + head.seq()),
            null);
    Part part = new Part(id, head.seq(), entry, List.of(operation(WriteKind.DELETE, entry)));
    return new Request.Prepare(txId, 0, List.of(new Request.Staging(part, null)));
  }

  /// One transaction of several others' stagings.
  Request.Prepare together(List<Request.Prepare> prepares) {
    TxId txId = nextTx();
    List<Request.Staging> stagings = new ArrayList<>();
    for (Request.Prepare prepare : prepares) {
      for (Request.Staging staging : prepare.stagings()) {
        Entry entry = staging.part().entry();
        Entry own =
            new Entry(
                entry.seq(),
                txId,
                entry.kind(),
                entry.incarnation(),
                entry.version(),
                entry.validFrom(),
                entry.seal());
        Part part =
            new Part(
                staging.part().id(), staging.part().baseSeq(), own, staging.part().operations());
        stagings.add(new Request.Staging(part, staging.share()));
      }
    }
    return new Request.Prepare(txId, 0, stagings);
  }

  public Optional<Entry> head(SecretId id) {
    return ledger.read(view -> view.head(id).map(Head::entry));
  }

  static List<Part> parts(Request.Prepare prepare) {
    return prepare.stagings().stream().map(Request.Staging::part).toList();
  }

  static Request.Decide decide(Request.Prepare prepare) {
    return new Request.Decide(
        prepare.txId(),
        new Ballot(0, 0, prepare.txId().coordinator().index()),
        Verdict.COMMIT,
        parts(prepare));
  }

  public static Request.Settle commit(Request.Prepare prepare) {
    return new Request.Settle(prepare.txId(), Verdict.COMMIT, parts(prepare));
  }

  public static Request.Settle abort(Request.Prepare prepare) {
    return new Request.Settle(prepare.txId(), Verdict.ABORT, List.of());
  }

  /// Runs a write through all its phases.
  public Request.Prepare put(SecretId id, byte[] content) {
    Request.Prepare prepare = prepareVersion(id, content);
    finish(prepare);
    return prepare;
  }

  void delete(SecretId id) {
    finish(prepareDelete(id));
  }

  private void finish(Request.Prepare prepare) {
    expect(new Reply.Yes(), tell(prepare));
    tell(decide(prepare));
    expect(new Reply.Applied(), tell(commit(prepare)));
  }

  private static void expect(Reply expected, Reply reply) {
    if (!reply.equals(expected)) {
      throw new AssertionError(reply + " (expected: " + expected + ")");
    }
  }

  /// The bytes of the share of the head, if it is held and verifies.
  public Optional<byte[]> shareOf(SecretId id) {
    return head(id).flatMap(head -> shareOf(id, head.seq()));
  }

  Optional<byte[]> shareOf(SecretId id, long seq) {
    return ledger.read(view -> view.share(id, seq).map(Share::exposeCopy));
  }

  private static AppliedOperation operation(WriteKind kind, Entry entry) {
    return new AppliedOperation(
        Bytes.copyOf(new byte[32]),
        kind,
        null,
        entry.seq(),
        entry.incarnation(),
        entry.version(),
        entry.validFrom(),
        entry.validFrom().plusSeconds(60));
  }

  static Seal seal(int shareBytes) {
    Bytes digest = Bytes.copyOf(new byte[Seal.DIGEST_BYTES]);
    return new Seal(
        new Threshold(CELL.threshold(), CELL.nodes()),
        shareBytes,
        digest,
        IntStream.range(0, CELL.nodes()).mapToObj(x -> digest).toList(),
        ValueEncoding.UTF_8);
  }

  @Override
  public void close() {
    ledger.close();
  }
}
