package io.quorumvault.dotenv;

import io.quorumvault.Limits;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The text of a file, or what keeps its bytes from being one.
public sealed interface DotenvText {
  /// @param content well-formed, so that encoding it again gives the same bytes
  record Decoded(String content) implements DotenvText {
    @Override
    public String toString() {
      return "Decoded[" + content.length() + " chars]";
    }
  }

  record Undecodable(DotenvProblem problem) implements DotenvText {}

  /// Strict UTF-8 (RFC 3629): no longer forms, no surrogates, nothing replaced. A byte order mark
  /// stays part of the text. The array stays the caller's.
  static DotenvText decode(byte[] bytes) {
    if (bytes.length > Limits.ENV_BYTES_MAX) {
      return new Undecodable(
          DotenvProblem.of(DotenvProblem.Kind.CONTENT_TOO_LARGE, Place.START, null));
    }
    CharBuffer chars = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes), chars, true);
    chars.flip();
    try {
      if (result.isError()) {
        Place place = new Places(chars).of(chars.length());
        return new Undecodable(DotenvProblem.of(DotenvProblem.Kind.NOT_UTF8, place, null));
      }
      return new Decoded(chars.toString());
    } finally {
      Arrays.fill(chars.array(), '\0');
    }
  }
}
