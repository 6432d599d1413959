package io.quorumvault.secret;

import io.quorumvault.Limits;
import java.security.MessageDigest;
import java.util.Arrays;

/// The bytes of one secret, wiped when closed. Not safe for use by several threads at once.
///
/// Equality takes the same time wherever two values of one length differ. `toString` prints the
/// length only.
public final class SecretValue implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private SecretValue(byte[] bytes) {
    if (bytes.length < Limits.VALUE_BYTES_MIN || bytes.length > Limits.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "value of "
              + bytes.length
              + " bytes (expected: "
              + Limits.VALUE_BYTES_MIN
              + " to "
              + Limits.VALUE_BYTES_MAX
              + ")");
    }
    this.bytes = bytes;
  }

  /// Takes the array over: the caller must neither use nor keep it.
  ///
  /// @param bytes 1 to `Limits.VALUE_BYTES_MAX` bytes, otherwise an `IllegalArgumentException`
  public static SecretValue owning(byte[] bytes) {
    return new SecretValue(bytes);
  }

  /// The one way to the bytes: a copy, which the caller owns and must wipe.
  public byte[] exposeCopy() {
    if (closed) {
      throw new IllegalStateException("the value was wiped");
    }
    return bytes.clone();
  }

  public int length() {
    return bytes.length;
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretValue that && MessageDigest.isEqual(bytes, that.bytes);
  }

  /// The length, so that a hash table tells nothing about the content.
  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "SecretValue[" + bytes.length + " bytes]";
  }
}
