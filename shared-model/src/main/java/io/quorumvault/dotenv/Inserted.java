package io.quorumvault.dotenv;

import java.util.Arrays;

/// The bytes of a value on their way into a file. Wiped when closed.
final class Inserted implements AutoCloseable {
  private final byte[] bytes;

  /// Takes the array over.
  Inserted(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Not a copy: to read, not to keep.
  byte[] bytes() {
    return bytes;
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "Inserted[" + bytes.length + " bytes]";
  }
}
