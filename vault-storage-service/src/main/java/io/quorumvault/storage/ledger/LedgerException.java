package io.quorumvault.storage.ledger;

import org.jspecify.annotations.Nullable;

/// What can be wrong with a ledger. Messages name files, rows and numbers, never content.
public abstract sealed class LedgerException extends RuntimeException {
  private LedgerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// What is on disk is not what was written. Nothing is guessed and nothing is skipped: the node
  /// stops serving it. Trying again does not help; the data directory must be replaced by an empty
  /// one, after which the node joins again and is repaired by its peers.
  public static final class Corrupt extends LedgerException {
    Corrupt(String message) {
      super(message, null);
    }

    Corrupt(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// Another process, or another ledger of this one, works on the data directory.
  public static final class InUse extends LedgerException {
    InUse(String message) {
      super(message, null);
    }
  }

  /// The data directory belongs to another node, or to a cell of another shape.
  public static final class Foreign extends LedgerException {
    Foreign(String message) {
      super(message, null);
    }
  }

  /// The storage failed: what was being written may or may not be on disk. The ledger answers
  /// nothing any more; only a restart finds out.
  public static final class Failed extends LedgerException {
    Failed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// There is no room for another share. Nothing was changed; the same write can succeed once there
  /// is room again.
  public static final class Full extends LedgerException {
    Full(String message) {
      super(message, null);
    }
  }
}
