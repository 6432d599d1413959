package io.quorumvault.dotenv;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Questions about the bytes of a value, which is UTF-8: every character asked for is ASCII, and so
/// is its byte.
final class Scan {
  private static final String BARE_PUNCTUATION = "_./:@%+,=-";
  private static final int CHUNK_CHARS = 1024;

  private Scan() {}

  /// Whether all nine readers we know read this back without quotes: letters, digits and `_ . / : @
  /// % + , = -` only.
  static boolean isBare(byte[] value) {
    for (byte b : value) {
      if (!isBare((char) (b & 0xff))) {
        return false;
      }
    }
    return true;
  }

  static boolean isBare(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || BARE_PUNCTUATION.indexOf(c) >= 0;
  }

  static boolean containsAny(byte[] value, String characters) {
    for (byte b : value) {
      if (b >= 0 && characters.indexOf(b) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether the two characters stand side by side.
  static boolean containsPair(byte[] value, char first, char second) {
    for (int i = 1; i < value.length; i++) {
      if (value[i - 1] == first && value[i] == second) {
        return true;
      }
    }
    return false;
  }

  static boolean endsWith(byte[] value, char last) {
    return value.length > 0 && value[value.length - 1] == last;
  }

  /// Whether there is a `${` and, anywhere behind it, a `}`.
  static boolean containsBracedVariable(byte[] value) {
    int i = 1;
    while (i < value.length && !(value[i - 1] == '$' && value[i] == '{')) {
      i++;
    }
    while (i < value.length && value[i] != '}') {
      i++;
    }
    return i < value.length;
  }

  static boolean isUtf8(byte[] value) {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(value);
    CharBuffer out = CharBuffer.allocate(CHUNK_CHARS);
    while (true) {
      var result = decoder.decode(in, out, true);
      if (result.isError()) {
        return false;
      }
      java.util.Arrays.fill(out.array(), '\0');
      out.clear();
      if (result.isUnderflow()) {
        return true;
      }
    }
  }
}
