package io.quorumvault.wire;

import io.quorumvault.Limits;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;

/// Which versions of a live secret an API server asks for, newest first.
///
/// @param belowVersion only versions below this one; 0 for the newest on
/// @param limit 1 to `Limits.PAGE_MAX`
public record HistoryCall(
    Namespace namespace, SecretName name, long belowVersion, int limit, long deadlineMillis) {
  public HistoryCall {
    if (limit < 1 || limit > Limits.PAGE_MAX) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + Limits.PAGE_MAX + ")");
    }
    if (belowVersion < 0) {
      throw new IllegalArgumentException("belowVersion (expected: 0 or more)");
    }
  }
}
