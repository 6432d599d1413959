package io.quorumvault.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads the deterministic CBOR of RFC 8949 section 4.2.1 and nothing else: every other way to
/// write the same item is refused with a `MalformedRecordException`, so that one record has one
/// form. No length in the input makes it allocate more than the bytes that are there. Not safe for
/// use by several threads.
final class CborReader {
  private final byte[] input;
  private final List<byte[]> secrets = new ArrayList<>(1);
  private int position;

  CborReader(byte[] input) {
    this.input = input;
  }

  int remaining() {
    return input.length - position;
  }

  void end(String where) {
    if (remaining() > 0) {
      throw new MalformedRecordException(where, "nothing after its last byte");
    }
  }

  boolean bool(String where) {
    int initial = initialByte(where);
    if (initial != CborWriter.FALSE && initial != CborWriter.TRUE) {
      throw new MalformedRecordException(where, "true or false");
    }
    return initial == CborWriter.TRUE;
  }

  long integer(String where) {
    int initial = initialByte(where);
    int major = initial >>> 5;
    if (major != CborWriter.UNSIGNED && major != CborWriter.NEGATIVE) {
      throw new MalformedRecordException(where, "an integer");
    }
    long argument = argument(initial, where);
    if (argument < 0) {
      throw new MalformedRecordException(where, "an integer of at most 64 bits with its sign");
    }
    return major == CborWriter.UNSIGNED ? argument : ~argument;
  }

  String text(String where) {
    int bytes = length(CborWriter.TEXT_STRING, "a text string", where);
    int start = position;
    position += bytes;
    for (int i = start; i < position; i++) {
      if (input[i] < 0) {
        return textBeyondAscii(start, bytes, where);
      }
    }
    return new String(input, start, bytes, ISO_8859_1);
  }

  private String textBeyondAscii(int start, int bytes, String where) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(input, start, bytes)).toString();
    } catch (CharacterCodingException malformed) {
      throw new MalformedRecordException(where, "well-formed UTF-8", malformed);
    }
  }

  byte[] byteString(String where) {
    return rest(byteStringLength(where));
  }

  /// The head of a byte string; its content, of the length returned, is all there and comes next.
  int byteStringLength(String where) {
    return length(CborWriter.BYTE_STRING, "a byte string", where);
  }

  /// One byte of a byte string's content.
  int contentByte() {
    return input[position++] & 0xff;
  }

  /// Bytes of a byte string's content that are secret: wiped by `wipeSecrets`, whoever owns them by
  /// then.
  byte[] secretContent(int bytes) {
    byte[] content = rest(bytes);
    secrets.add(content);
    return content;
  }

  private byte[] rest(int bytes) {
    byte[] content = Arrays.copyOfRange(input, position, position + bytes);
    position += bytes;
    return content;
  }

  /// The number of elements of an array. Each takes at least one byte, so more than remain is
  /// refused here.
  int arrayCount(String where) {
    return length(CborWriter.ARRAY, "an array", where);
  }

  /// The number of pairs of a map.
  int mapCount(String where) {
    return length(CborWriter.MAP, "a map", where);
  }

  /// Steps over `item` if the input goes on with exactly these bytes.
  boolean skip(byte[] item) {
    int end = position + item.length;
    if (item.length > remaining() || !Arrays.equals(input, position, end, item, 0, item.length)) {
      return false;
    }
    position = end;
    return true;
  }

  /// Zeroes what `secretContent` gave out: what a reading that failed half-way leaves behind.
  void wipeSecrets() {
    secrets.forEach(secret -> Arrays.fill(secret, (byte) 0));
  }

  private int length(int major, String expected, String where) {
    int initial = initialByte(where);
    if (initial >>> 5 != major) {
      throw new MalformedRecordException(where, expected);
    }
    long argument = argument(initial, where);
    if (argument < 0 || argument > remaining()) {
      throw new MalformedRecordException(where, "a length within the bytes that are there");
    }
    return (int) argument;
  }

  private int initialByte(String where) {
    if (remaining() < 1) {
      throw new MalformedRecordException(where, "more bytes");
    }
    return input[position++] & 0xff;
  }

  /// The argument as an unsigned number; above 2^63 it is negative here.
  private long argument(int initial, String where) {
    int additional = initial & 0x1f;
    if (additional < 24) {
      return additional;
    }
    if (additional > 27) {
      throw new MalformedRecordException(where, "a definite length");
    }
    int bytes = 1 << (additional - 24);
    if (bytes > remaining()) {
      throw new MalformedRecordException(where, "more bytes");
    }
    long argument = 0;
    for (int i = 0; i < bytes; i++) {
      argument = (argument << 8) | (input[position++] & 0xff);
    }
    long smallest = bytes == 1 ? 24 : 1L << (4 * bytes);
    if (Long.compareUnsigned(argument, smallest) < 0) {
      throw new MalformedRecordException(where, "the shortest form of a number or length");
    }
    return argument;
  }
}
