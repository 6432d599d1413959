package io.quorumvault.storage.metrics;

import java.util.Locale;

/// Where a state was noticed that cannot be, unless there is a bug or a node lies.
public enum Violation {
  /// An operation failed with what is no failure but a bug.
  OPERATION,
  /// A request could not be stepped: what it says contradicts what is final here, or the step
  /// failed.
  STEP,
  /// A request was refused because it contradicts what the node knows.
  CONTRADICTION,
  /// Looking after transactions or shares failed.
  BACKGROUND;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
