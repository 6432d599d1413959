package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Where a ledger lives, whose it is, and what happens when its disk fails.
///
/// @param dataDirectory made if it does not exist, readable by its owner only; belongs to the
///   ledger alone
/// @param self a data directory is bound to this node, to the cell and to the numbers of nodes and
///   shares; opening it as another is refused
/// @param freeSpaceFloorBytes with less free space than this no new share is taken
/// @param logBytesMax size of the database's log that starts a checkpoint; bounds the time a
///   restart takes
/// @param onFailure called at most once, on the thread that met the failure and before anything
///   that depends on it is acknowledged. When it returns, the ledger refuses everything
public record LedgerConfig(
    Path dataDirectory,
    NodeId self,
    Membership membership,
    long freeSpaceFloorBytes,
    long logBytesMax,
    Consumer<LedgerException.Failed> onFailure) {
  /// A checkpoint writes the cached rows and the log grows while it waits: both fit many times.
  /// Unlocking, deciding and destroying go on below the floor, since they make room.
  public static final long FREE_SPACE_FLOOR_BYTES = 256L << 20;

  /// About two seconds of replay after a crash.
  public static final long LOG_BYTES_MAX = 64L << 20;

  /// A full disk or a failed sync: the same number as `EX_IOERR` of sysexits.h, so that a
  /// supervisor can tell it from a crash.
  private static final int EXIT_STORAGE_FAILED = 74;

  private static final System.Logger LOGGER = System.getLogger(LedgerConfig.class.getName());

  public LedgerConfig {
    if (self.index() > membership.nodes()) {
      throw new IllegalArgumentException(
          "node index: " + self.index() + " (expected: 1 to " + membership.nodes() + ")");
    }
    if (freeSpaceFloorBytes < 0 || logBytesMax < 1) {
      throw new IllegalArgumentException("ledger sizes (expected: positive numbers)");
    }
  }

  /// A ledger with the default bounds, whose process stops at once when its storage fails: an
  /// orderly shutdown would ask the same disk for more.
  public static LedgerConfig of(Path dataDirectory, NodeId self, Membership membership) {
    return new LedgerConfig(
        dataDirectory,
        self,
        membership,
        FREE_SPACE_FLOOR_BYTES,
        LOG_BYTES_MAX,
        LedgerConfig::stopProcess);
  }

  private static void stopProcess(LedgerException.Failed failure) {
    try {
      LOGGER.log(System.Logger.Level.ERROR, "The storage failed; the node stops.", failure);
    } finally {
      Runtime.getRuntime().halt(EXIT_STORAGE_FAILED);
    }
  }
}
