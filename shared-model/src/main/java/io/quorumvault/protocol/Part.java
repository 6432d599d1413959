package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import java.util.List;

/// What a transaction does to one name: puts `entry` directly on the entry at `baseSeq`. Carries no
/// share.
///
/// @param baseSeq the position it builds on, 0 when the name has none
/// @param operations what the new head will remember
public record Part(SecretId id, long baseSeq, Entry entry, List<AppliedOperation> operations) {
  public Part {
    operations = List.copyOf(operations);
    if (entry.seq() != baseSeq + 1) {
      throw new IllegalArgumentException("part (expected: an entry directly on its base)");
    }
  }

  /// The head that the name has once this is committed.
  public Head head() {
    return new Head(entry, operations);
  }
}
