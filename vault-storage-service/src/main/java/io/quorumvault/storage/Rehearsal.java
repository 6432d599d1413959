package io.quorumvault.storage;

import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.ShareSource;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.ledger.LedgerTransaction;
import io.quorumvault.wire.PeerBatch;
import io.quorumvault.wire.RecordCodec;
import io.quorumvault.wire.Terms;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Plays a write through before the node serves, and takes it all back: so the first caller does
/// not wait for classes to be loaded on every node of the cell at once, which on a small machine
/// takes longer than a call may.
///
/// Nothing of it becomes durable: the ledger's transaction is rolled back, its key slots with it.
final class Rehearsal {
  private static final SecretId NAME = SecretId.of("rehearsal", "REHEARSAL");

  /// Thrown to take everything back.
  private static final class Over extends RuntimeException {
    Over() {
      super("the rehearsal is over", null, false, false);
    }
  }

  private Rehearsal() {}

  static void play(
      Terms terms, NodeId self, Ledger ledger, Participant participant, Sealing sealing) {
    TxId txId = new TxId(self, ledger.start(), Long.MAX_VALUE);
    try (SecretValue value = SecretValue.owning(new byte[] {1})) {
      ShareSource.Dealt dealt =
          sealing
              .sourceOf(Map.of(NAME, new Sealing.Plain(value, ValueEncoding.UTF_8, false)))
              .deal(txId, NAME);
      Entry entry = new Entry(1, txId, Entry.Kind.VERSION, 1, 1, Instant.EPOCH, dealt.seal());
      Part part = new Part(NAME, 0, entry, List.of());
      long epoch = ledger.read(NodeView::epoch);
      List<Request> requests =
          List.of(
              new Request.Prepare(
                  txId,
                  epoch,
                  List.of(new Request.Staging(part, dealt.shares().get(self.index() - 1)))),
              new Request.Decide(
                  txId, new Ballot(epoch, 0, self.index()), Verdict.COMMIT, List.of(part)),
              new Request.Settle(txId, Verdict.COMMIT, List.of(part)),
              new Request.ReadHeads(List.of(NAME), true));
      List<PeerBatch.Item> items =
          requests.stream().map(request -> new PeerBatch.Item(null, request)).toList();
      byte[] bytes = RecordCodec.encode(new PeerBatch(terms, self, items));
      PeerBatch read = RecordCodec.decode(PeerBatch.class, bytes);
      ledger.write(transaction -> playOn(transaction, participant, read));
    } catch (Over expected) {
      // As it should be.
    }
  }

  private static boolean playOn(
      LedgerTransaction transaction, Participant participant, PeerBatch batch) {
    for (PeerBatch.Item item : batch.items()) {
      Step step = participant.step(transaction, item.request(), 0);
      transaction.apply(step.changes());
    }
    throw new Over();
  }
}
