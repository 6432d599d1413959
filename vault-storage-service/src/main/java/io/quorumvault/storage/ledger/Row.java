package io.quorumvault.storage.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.MappedSuperclass;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// What every row of metadata has: the version of its form and a checksum over its content. HSQLDB
/// opens a file with flipped bits without an error; this notices.
@MappedSuperclass
abstract class Row {
  /// The version of all rows written by this program.
  static final int VERSION = 1;

  @Column(name = "v", nullable = false)
  private int v;

  @Column(name = "checksum", nullable = false)
  private byte @Nullable [] checksum;

  /// What the row says, all of it.
  abstract RowDigest content();

  /// Which row it is, for a message.
  abstract String label();

  /// To be called after the last change and before the row is written.
  final void stamp() {
    v = VERSION;
    checksum = content().number(VERSION).finish();
  }

  /// @throws LedgerException.Corrupt if the row is not as it was stamped, or of a version that this
  ///   program does not know
  final void verify() {
    if (v != VERSION) {
      throw new LedgerException.Corrupt(
          label() + ": record version " + v + " (expected: " + VERSION + ")");
    }
    if (!intact()) {
      throw new LedgerException.Corrupt(label() + " does not match its checksum");
    }
  }

  final boolean intact() {
    return checksum != null && MessageDigest.isEqual(checksum, content().number(v).finish());
  }
}
