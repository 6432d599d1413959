package io.quorumvault.wire;

import io.quorumvault.Limits;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.secret.Namespace;
import org.jspecify.annotations.Nullable;

/// Which records of its own audit log an API server asks a node for, newest first.
///
/// @param before only records before this; null for the newest on
/// @param limit 1 to `Limits.PAGE_MAX`
public record AuditCall(
    Namespace namespace, @Nullable AuditPosition before, int limit, long deadlineMillis) {
  public AuditCall {
    if (limit < 1 || limit > Limits.PAGE_MAX) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + Limits.PAGE_MAX + ")");
    }
  }
}
