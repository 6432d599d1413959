package io.quorumvault;

import java.util.Arrays;
import java.util.HexFormat;

/// An immutable string of bytes that may be shown: digests, commitments, identifiers. Never a
/// value, share or key.
public final class Bytes {
  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /// A copy of `content`; the caller keeps the array.
  public static Bytes copyOf(byte[] content) {
    return new Bytes(content.clone());
  }

  /// A copy, which belongs to the caller.
  public byte[] toArray() {
    return content.clone();
  }

  public int length() {
    return content.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /// Lower-case hexadecimal.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(content);
  }
}
