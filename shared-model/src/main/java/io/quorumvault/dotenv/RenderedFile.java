package io.quorumvault.dotenv;

import java.util.Arrays;

/// A file ready to be given back, with secrets in it if it was opened. Wiped when closed. Not safe
/// for use by several threads at once.
public final class RenderedFile implements Rendering, AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  /// Takes the array over.
  RenderedFile(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The one way to the bytes, which are UTF-8: a copy, which the caller owns and must wipe.
  public byte[] exposeCopy() {
    if (closed) {
      throw new IllegalStateException("the file was wiped");
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
  public String toString() {
    return "RenderedFile[" + bytes.length + " bytes]";
  }
}
