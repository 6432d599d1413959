package io.quorumvault.cli.client;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A value as it stands in a JSON document, and back. Valid UTF-8 travels as text, anything else as
/// base64; either way the bytes come back as they were.
final class ValueText {
  private ValueText() {}

  /// The body of a write.
  ///
  /// @param name the secret to create; null when the path says it
  /// @return belongs to the caller, who wipes it
  static byte[] body(@Nullable SecretName name, SecretValue value) {
    byte[] bytes = value.exposeCopy();
    ByteArrayOutputStream body = new ByteArrayOutputStream(bytes.length + 256);
    try (JsonGenerator generator = JsonObject.FACTORY.createGenerator(body)) {
      boolean text = isText(bytes);
      generator.writeStartObject();
      if (name != null) {
        generator.writeStringField("name", name.text());
      }
      generator.writeFieldName("value");
      if (text) {
        generator.writeUTF8String(bytes, 0, bytes.length);
      } else {
        generator.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
      }
      generator.writeStringField(
          "encoding", (text ? ValueEncoding.UTF_8 : ValueEncoding.BASE64).text());
      generator.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    return body.toByteArray();
  }

  /// Whether the bytes are UTF-8.
  static boolean isText(byte[] bytes) {
    CharBuffer room = CharBuffer.allocate(bytes.length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes), room, true)
          .isUnderflow();
    } finally {
      Arrays.fill(room.array(), '\0');
    }
  }

  /// Whether there is anything but text in it: a terminal obeys control characters.
  static boolean steersTerminal(byte[] bytes) {
    for (byte one : bytes) {
      boolean control = (one >= 0 && one < ' ') || one == 0x7f;
      if (control && one != '\n' && one != '\r' && one != '\t') {
        return true;
      }
    }
    return !isText(bytes);
  }

  /// The value in an answer, which the caller closes; empty when there is none or it is not what
  /// its encoding says.
  static Optional<SecretValue> parse(byte[] document) {
    char[] value = new char[0];
    String encoding = ValueEncoding.UTF_8.text();
    boolean found = false;
    try (JsonParser parser = JsonObject.FACTORY.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        if (name.equals("value") && token == JsonToken.VALUE_STRING) {
          int from = parser.getTextOffset();
          value =
              Arrays.copyOfRange(parser.getTextCharacters(), from, from + parser.getTextLength());
          found = true;
        } else if (name.equals("encoding") && token == JsonToken.VALUE_STRING) {
          encoding = parser.getText();
        } else {
          parser.skipChildren();
        }
      }
      return found ? Optional.of(SecretValue.owning(decode(value, encoding))) : Optional.empty();
    } catch (IOException | IllegalArgumentException malformed) {
      return Optional.empty();
    } finally {
      Arrays.fill(value, '\0');
    }
  }

  /// The characters as UTF-8. Belongs to the caller, who wipes it.
  ///
  /// @throws CharacterCodingException when they are no Unicode text
  static byte[] utf8(char[] text) throws CharacterCodingException {
    CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    ByteBuffer room = ByteBuffer.allocate((int) (text.length * (double) encoder.maxBytesPerChar()));
    try {
      CoderResult result = encoder.encode(CharBuffer.wrap(text), room, true);
      if (!result.isUnderflow()) {
        result.throwException();
      }
      return Arrays.copyOf(room.array(), room.position());
    } finally {
      Arrays.fill(room.array(), (byte) 0);
    }
  }

  private static byte[] decode(char[] value, String encoding) throws CharacterCodingException {
    byte[] bytes = utf8(value);
    if (encoding.equals(ValueEncoding.UTF_8.text())) {
      return bytes;
    }
    try {
      if (!encoding.equals(ValueEncoding.BASE64.text())) {
        throw new IllegalArgumentException("encoding (expected: utf-8 or base64)");
      }
      return Base64.getDecoder().decode(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
