package io.quorumvault.policy;

import io.quorumvault.FailureCode;
import java.util.Optional;

/// What a policy says to one request.
public enum Decision {
  ALLOW,
  /// The caller has no capability at all in the namespace, and is not told whether it exists.
  DENY_HIDDEN,
  /// The caller has some capability in the namespace, but not this one for this name.
  DENY_FORBIDDEN;

  /// The failure that answers the caller, empty if the request is allowed.
  public Optional<FailureCode> failure() {
    return switch (this) {
      case ALLOW -> Optional.empty();
      case DENY_HIDDEN -> Optional.of(FailureCode.NAMESPACE_NOT_FOUND);
      case DENY_FORBIDDEN -> Optional.of(FailureCode.FORBIDDEN);
    };
  }
}
