package io.quorumvault.dotenv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Collects bytes up to a bound. What it held before it grew is wiped, and all of it on `close`.
/// Belongs to one thread.
///
/// Beyond the bound nothing is kept and `overflown` is true until it is reset to before that: the
/// writer need not look after every byte.
final class ByteSink implements AutoCloseable {
  private static final int FIRST_BYTES = 256;

  private final int bytesMax;
  private byte[] bytes;
  private int size;
  private boolean overflown;

  ByteSink(int bytesMax) {
    this.bytesMax = bytesMax;
    this.bytes = new byte[Math.min(FIRST_BYTES, bytesMax)];
  }

  int size() {
    return size;
  }

  /// The byte at a place, 0 if nothing is there.
  byte at(int index) {
    return index < size ? bytes[index] : 0;
  }

  boolean overflown() {
    return overflown;
  }

  void append(int b) {
    if (makeRoom(1)) {
      bytes[size++] = (byte) b;
    }
  }

  void append(byte[] source) {
    append(source, 0, source.length);
  }

  void append(byte[] source, int from, int to) {
    int count = to - from;
    if (makeRoom(count)) {
      System.arraycopy(source, from, bytes, size, count);
      size += count;
    }
  }

  /// Appends text as UTF-8.
  void append(String text) {
    append(text, 0, text.length());
  }

  void append(String text, int from, int to) {
    byte[] utf8 = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
    append(utf8);
    Arrays.fill(utf8, (byte) 0);
  }

  /// Forgets and wipes what came after the first `size` bytes.
  void reset(int size) {
    Arrays.fill(bytes, size, this.size, (byte) 0);
    this.size = size;
    overflown = false;
  }

  /// A copy, which belongs to the caller.
  byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }

  private boolean makeRoom(int count) {
    if (overflown || count > bytesMax - size) {
      overflown = true;
      return false;
    }
    if (count > bytes.length - size) {
      byte[] outgrown = bytes;
      long doubled = Math.max(2L * outgrown.length, (long) size + count);
      bytes = Arrays.copyOf(outgrown, (int) Math.min(doubled, bytesMax));
      Arrays.fill(outgrown, (byte) 0);
    }
    return true;
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
    size = 0;
  }

  @Override
  public String toString() {
    return "ByteSink[" + size + " bytes]";
  }
}
