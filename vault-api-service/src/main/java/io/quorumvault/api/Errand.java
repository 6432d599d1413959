package io.quorumvault.api;

import java.time.Instant;

/// What travels with every attempt at one caller's request.
///
/// @param authorization the caller's own header, which each node judges again
/// @param requestId ties the log lines of all servers together
/// @param requestTime when the request arrived here, in whole milliseconds: the label versions get
/// @param deadline when the caller must have an answer
public record Errand(
    String authorization, String requestId, Instant requestTime, Deadline deadline) {
  /// Without the token.
  @Override
  public String toString() {
    return "Errand[" + requestId + "]";
  }
}
