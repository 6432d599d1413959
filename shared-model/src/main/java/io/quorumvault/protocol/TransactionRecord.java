package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one node durably knows of one transaction.
///
/// | state | meaning |
/// |---|---|
/// | `staged`, no outcome | its names are locked here, its shares are on disk |
/// | `promised` | proposals below this ballot are refused |
/// | `accepted` | this node has backed that verdict at that ballot; nothing is visible yet |
/// | `outcome` | final; promise and acceptance are dropped, the lock is gone |
///
/// @param parts the names it touches, as far as this node was told: empty when only a takeover
///   arrived, and after an abort; kept after a commit, so that a node that missed it can be told
/// @param openedMillis when this node first heard of it, on the clock that the host steps with
public record TransactionRecord(
    TxId id,
    boolean staged,
    @Nullable Ballot promised,
    @Nullable Acceptance accepted,
    @Nullable Verdict outcome,
    List<Part> parts,
    long openedMillis) {
  public TransactionRecord {
    parts = List.copyOf(parts);
  }

  static TransactionRecord heardOf(TxId id, long nowMillis) {
    return new TransactionRecord(id, false, null, null, null, List.of(), nowMillis);
  }

  public boolean open() {
    return outcome == null;
  }

  /// Whether it locks its names here.
  public boolean locks() {
    return staged && open();
  }

  /// How many records it consists of: itself, its parts, and the operations that these remember.
  int weight() {
    return 1 + parts.stream().mapToInt(part -> 1 + part.operations().size()).sum();
  }

  public boolean touches(SecretId id) {
    return parts.stream().anyMatch(part -> part.id().equals(id));
  }

  TransactionRecord stage(List<Part> newParts) {
    return new TransactionRecord(id, true, promised, accepted, outcome, newParts, openedMillis);
  }

  TransactionRecord promise(Ballot ballot) {
    return new TransactionRecord(id, staged, ballot, accepted, outcome, parts, openedMillis);
  }

  TransactionRecord accept(Acceptance acceptance, List<Part> proposed) {
    return new TransactionRecord(
        id,
        staged,
        acceptance.ballot(),
        acceptance,
        outcome,
        parts.isEmpty() ? proposed : parts,
        openedMillis);
  }

  TransactionRecord settle(Verdict verdict, List<Part> settledParts) {
    return new TransactionRecord(id, staged, null, null, verdict, settledParts, openedMillis);
  }

  /// What two nodes know of one transaction, together: any outcome, otherwise the highest
  /// acceptance, and every lock. Promises stay behind: the raised epoch stands above them.
  static TransactionRecord combine(TransactionRecord a, TransactionRecord b) {
    if (!a.open() || !b.open()) {
      TransactionRecord over = a.open() ? b : a;
      return over.parts().isEmpty() && !a.open() && !b.open() ? b : over;
    }
    Acceptance accepted = a.accepted;
    if (accepted == null || (b.accepted != null && accepted.ballot().below(b.accepted.ballot()))) {
      accepted = b.accepted;
    }
    Ballot promised = accepted == null ? null : accepted.ballot();
    return new TransactionRecord(
        a.id,
        a.staged || b.staged,
        promised,
        accepted,
        null,
        a.parts.isEmpty() ? b.parts : a.parts,
        Math.min(a.openedMillis, b.openedMillis));
  }
}
