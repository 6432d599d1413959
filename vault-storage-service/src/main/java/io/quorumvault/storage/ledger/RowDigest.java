package io.quorumvault.storage.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 over the content of one row, built field by field. Each field goes in with its length,
/// so that no two rows are hashed alike. Guards against disks, not against attackers.
final class RowDigest {
  private final MessageDigest digest;

  private RowDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  /// @param table so that a row is not taken for one of another table
  static RowDigest of(String table) {
    return new RowDigest().text(table);
  }

  RowDigest number(long value) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
    return this;
  }

  RowDigest text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  RowDigest bytes(byte[] value) {
    number(value.length);
    digest.update(value);
    return this;
  }

  byte[] finish() {
    return digest.digest();
  }
}
