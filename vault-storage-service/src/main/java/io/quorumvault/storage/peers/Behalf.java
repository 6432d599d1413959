package io.quorumvault.storage.peers;

import io.quorumvault.audit.AuditEvent;
import org.jspecify.annotations.Nullable;

/// Of whom a node asks something of another one.
///
/// @param token the caller's bearer token, null where none is needed
/// @param requestId of the caller's request, as it stands in the audit log
public record Behalf(@Nullable String token, String requestId) {
  /// The node's own business.
  public static final Behalf NOBODY = new Behalf(null, AuditEvent.NO_REQUEST);

  /// Without the token.
  @Override
  public String toString() {
    return "Behalf[" + requestId + "]";
  }
}
