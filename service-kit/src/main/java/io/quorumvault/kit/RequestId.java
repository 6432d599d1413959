package io.quorumvault.kit;

import io.helidon.common.context.Contexts;
import java.util.Optional;

/// The id of the request that a thread works for, as it stands in answers, in the audit log and in
/// the lines of the log.
///
/// @param text of characters that can break no line
public record RequestId(String text) {
  /// From now on the request's context says so, and with it whatever runs in it.
  public void enter() {
    Contexts.context().ifPresent(context -> context.register(this));
  }

  /// Empty outside any request.
  static Optional<RequestId> current() {
    return Contexts.context().flatMap(context -> context.get(RequestId.class));
  }
}
