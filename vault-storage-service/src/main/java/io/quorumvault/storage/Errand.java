package io.quorumvault.storage;

import io.quorumvault.audit.AuditEvent;
import org.jspecify.annotations.Nullable;

/// What an API server brings along with a caller's request.
///
/// @param token the caller's bearer token
/// @param requestId as it stands in the audit log
public record Errand(String token, String requestId) {
  /// @param sentId the request's id as it was sent, if it was
  public static Errand of(String token, @Nullable String sentId) {
    return new Errand(token, AuditEvent.requestId(sentId));
  }

  /// Without the token.
  @Override
  public String toString() {
    return "Errand[" + requestId + "]";
  }
}
