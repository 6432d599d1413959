package io.quorumvault.wire;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.time.Instant;

/// Asks one node to sign that it has destroyed what a delete removed. Answered with a
/// `SignedErasure`, or refused: `SECRET_NOT_FOUND` if the node has not seen that delete, or not
/// destroyed everything yet.
///
/// @param version the last one before the delete
/// @param deletedAt the `validFrom` that the delete was answered with
/// @param deadlineMillis how long the node may take
public record ReceiptCall(
    Namespace namespace, SecretName name, long version, Instant deletedAt, long deadlineMillis) {
  public ReceiptCall {
    if (version < 1) {
      throw new IllegalArgumentException("version (expected: at least 1)");
    }
    if (deadlineMillis < 1) {
      throw new IllegalArgumentException("deadlineMillis (expected: at least 1)");
    }
  }
}
