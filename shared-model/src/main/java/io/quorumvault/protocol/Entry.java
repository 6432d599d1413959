package io.quorumvault.protocol;

import io.quorumvault.sealing.Seal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One link of a name's chain: a version that was written, or the tombstone of a delete.
///
/// @param seq position in the chain: 1, 2, 3 … with every create, update and delete of the name,
///   for ever
/// @param txId the transaction that wrote it
/// @param incarnation 1 for the first life of the name, one more for each create after a delete
/// @param version 1, 2, 3 … within the incarnation; a tombstone repeats the last one
/// @param validFrom a label for people; strictly increasing along the chain, whatever the clocks
///   say
/// @param seal what lets a share be checked; null exactly for a tombstone
public record Entry(
    long seq,
    TxId txId,
    Kind kind,
    long incarnation,
    long version,
    Instant validFrom,
    @Nullable Seal seal) {
  /// Versions can be read; a tombstone ends an incarnation.
  public enum Kind {
    VERSION,
    TOMBSTONE
  }

  public Entry {
    if (seq < 1 || incarnation < 1 || version < 1) {
      throw new IllegalArgumentException("entry (expected: positive numbers)");
    }
    if ((kind == Kind.VERSION) != (seal != null)) {
      throw new IllegalArgumentException("entry (expected: a seal exactly for a version)");
    }
  }

  public boolean live() {
    return kind == Kind.VERSION;
  }

  /// The seal of a version. Asking a tombstone is a bug.
  public Seal sealOfVersion() {
    if (seal == null) {
      throw new IllegalStateException("a tombstone has no seal");
    }
    return seal;
  }
}
