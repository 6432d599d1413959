package io.quorumvault.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.util.Arrays;

/// Writes the deterministic CBOR of RFC 8949 section 4.2.1 into a buffer of its own: shortest
/// heads, definite lengths. Every array it lets go of is wiped first, since any of them may have
/// held a share. Not safe for use by several threads.
final class CborWriter {
  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTE_STRING = 2;
  static final int TEXT_STRING = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;

  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;

  /// Most messages carry one share of a short value and fit without growing.
  private static final int INITIAL_BYTES = 1024;

  /// The longest head: one byte and a 64-bit argument.
  private static final int HEAD_BYTES_MAX = 9;

  /// A little below the largest array a JVM gives.
  private static final int BUFFER_BYTES_MAX = Integer.MAX_VALUE - 64;

  private byte[] buffer = new byte[INITIAL_BYTES];
  private int length;

  void head(int major, long argument) {
    reserve(HEAD_BYTES_MAX);
    int type = major << 5;
    if (argument < 24) {
      buffer[length++] = (byte) (type | (int) argument);
    } else if (argument < 1L << 8) {
      buffer[length++] = (byte) (type | 24);
      bigEndian(argument, 1);
    } else if (argument < 1L << 16) {
      buffer[length++] = (byte) (type | 25);
      bigEndian(argument, 2);
    } else if (argument < 1L << 32) {
      buffer[length++] = (byte) (type | 26);
      bigEndian(argument, 4);
    } else {
      buffer[length++] = (byte) (type | 27);
      bigEndian(argument, 8);
    }
  }

  void integer(long value) {
    if (value >= 0) {
      head(UNSIGNED, value);
    } else {
      head(NEGATIVE, ~value); // the argument n of a negative integer stands for -1 - n
    }
  }

  void bool(boolean value) {
    reserve(1);
    buffer[length++] = (byte) (value ? TRUE : FALSE);
  }

  /// Half a surrogate pair has no UTF-8 form: an `IllegalArgumentException`, for `getBytes` would
  /// write a question mark in its place.
  void text(String text) {
    int start = length;
    head(TEXT_STRING, text.length());
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        length = start;
        textBeyondAscii(text);
        return;
      }
      buffer[length++] = (byte) c;
    }
  }

  private void textBeyondAscii(String text) {
    byte[] encoded = new byte[text.length() * 3]; // what no char exceeds in UTF-8
    ByteBuffer target = ByteBuffer.wrap(encoded);
    CoderResult result = UTF_8.newEncoder().encode(CharBuffer.wrap(text), target, true);
    if (result.isError()) {
      throw new IllegalArgumentException("text (expected: whole Unicode characters)");
    }
    head(TEXT_STRING, target.position());
    reserve(target.position());
    System.arraycopy(encoded, 0, buffer, length, target.position());
    length += target.position();
    Arrays.fill(encoded, (byte) 0);
  }

  void byteString(byte[] content) {
    head(BYTE_STRING, content.length);
    raw(content);
  }

  /// Bytes that are already CBOR, or the content of a string whose head was written.
  void raw(byte[] content) {
    reserve(content.length);
    System.arraycopy(content, 0, buffer, length, content.length);
    length += content.length;
  }

  void rawByte(int value) {
    reserve(1);
    buffer[length++] = (byte) value;
  }

  /// What was written, in an array that belongs to the caller. The writer keeps it until `wipe`.
  byte[] toArray() {
    return Arrays.copyOf(buffer, length);
  }

  void wipe() {
    Arrays.fill(buffer, (byte) 0);
    length = 0;
  }

  private void bigEndian(long value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      buffer[length++] = (byte) (value >>> shift);
    }
  }

  private void reserve(int bytes) {
    if (bytes <= buffer.length - length) {
      return;
    }
    long needed = (long) length + bytes;
    if (needed > BUFFER_BYTES_MAX) {
      throw new IllegalArgumentException(
          "record (expected: at most " + BUFFER_BYTES_MAX + " bytes)");
    }
    long roomy = Math.min(BUFFER_BYTES_MAX, Math.max(2L * buffer.length, needed + INITIAL_BYTES));
    byte[] outgrown = buffer;
    buffer = Arrays.copyOf(outgrown, (int) roomy);
    Arrays.fill(outgrown, 0, length, (byte) 0);
  }
}
