package io.quorumvault.sharing;

import io.quorumvault.Limits;
import java.security.MessageDigest;
import java.util.Arrays;

/// One point of a split secret, wiped when closed. Not safe for use by several threads at once.
///
/// Below the threshold shares say nothing about the secret, but each is a part of it: it is kept as
/// carefully. Equality takes the same time wherever two shares of one length differ. `toString`
/// prints x and the length only.
public final class Share implements AutoCloseable {
  private final int x;
  private final byte[] bytes;
  private boolean closed;

  private Share(int x, byte[] bytes) {
    if (x < 1 || x > Limits.NODES_MAX) {
      throw new IllegalArgumentException(
          "share at x=" + x + " (expected: 1 to " + Limits.NODES_MAX + ")");
    }
    if (bytes.length < 1 || bytes.length > Limits.SHARE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "share of " + bytes.length + " bytes (expected: 1 to " + Limits.SHARE_BYTES_MAX + ")");
    }
    this.x = x;
    this.bytes = bytes;
  }

  /// Takes the array over: the caller must neither use nor keep it.
  ///
  /// @param x where the polynomials were evaluated, 1 to `Limits.NODES_MAX`; the secret itself
  ///   would be at 0
  /// @param bytes 1 to `Limits.SHARE_BYTES_MAX` bytes; anything else is an
  ///   `IllegalArgumentException`
  public static Share owning(int x, byte[] bytes) {
    return new Share(x, bytes);
  }

  public int x() {
    return x;
  }

  public int length() {
    return bytes.length;
  }

  /// The one way to the bytes: a copy, which the caller owns and must wipe.
  public byte[] exposeCopy() {
    return bytes().clone();
  }

  /// The bytes themselves, for the arithmetic of this room; never changed, kept or handed on.
  byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("the share was wiped");
    }
    return bytes;
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Share that && x == that.x && MessageDigest.isEqual(bytes, that.bytes);
  }

  /// From x and the length, so that a hash table tells nothing about the content.
  @Override
  public int hashCode() {
    return 31 * x + bytes.length;
  }

  @Override
  public String toString() {
    return "Share[x=" + x + ", " + bytes.length + " bytes]";
  }
}
