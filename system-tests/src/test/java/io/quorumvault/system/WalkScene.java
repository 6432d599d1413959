package io.quorumvault.system;

import java.util.Set;

/// What state a cluster is in while a client walks through the contract.
enum WalkScene {
  /// Everything works: all that callers do right and wrong.
  HEALTHY,
  /// Every node is stopped in the middle of whatever it does, and goes on, again and again.
  ALL_STOPPED,
  /// Three of the five are.
  THREE_STOPPED,
  /// No node can write its audit log.
  UNRECORDED;

  /// Codes that nothing but such a state brings about; a client goes on until it has met them.
  Set<String> codes() {
    return switch (this) {
      case HEALTHY -> Set.of();
      case ALL_STOPPED -> Set.of("deadline-exceeded", "write-outcome-unknown", "rate-limited");
      case THREE_STOPPED -> Set.of("concurrent-write", "write-not-accepted", "insufficient-shares");
      case UNRECORDED -> Set.of("audit-unavailable");
    };
  }
}
