package io.quorumvault.cli.importing;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Characters as UTF-8, without a String in between.
final class Utf8 {
  private Utf8() {}

  /// @return belongs to the caller, who wipes it; null when the characters are no Unicode text
  ///   (half of a surrogate pair)
  static byte @Nullable [] bytes(char[] text) {
    CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    ByteBuffer room = ByteBuffer.allocate((int) (text.length * (double) encoder.maxBytesPerChar()));
    try {
      boolean whole = encoder.encode(CharBuffer.wrap(text), room, true).isUnderflow();
      return whole ? Arrays.copyOf(room.array(), room.position()) : null;
    } finally {
      Arrays.fill(room.array(), (byte) 0);
    }
  }
}
