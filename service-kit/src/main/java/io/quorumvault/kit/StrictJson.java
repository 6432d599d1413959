package io.quorumvault.kit;

import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Reads JSON that can be read in one way only: well-formed UTF-8, no member twice, nothing after
/// its end. Where readers differ, two of them see different things in one document.
final class StrictJson {
  private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());
  private static final JsonReaderFactory READERS =
      Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

  private StrictJson() {}

  /// @throws IllegalArgumentException if the document is not such JSON; the message says where, if
  ///   that is known, and repeats nothing of it
  static JsonValue read(byte[] document) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
    } catch (CharacterCodingException malformed) {
      throw new IllegalArgumentException("document (expected: JSON in UTF-8)");
    }
    // Twice: the parser sees what follows the document, and the reader what it repeats.
    try (JsonParser parser = PARSERS.createParser(new StringReader(text));
        JsonReader reader = READERS.createReader(new StringReader(text))) {
      while (parser.hasNext()) {
        parser.next();
      }
      return reader.readValue();
    } catch (JsonParsingException malformed) {
      // The parser's own message may quote the document.
      throw new IllegalArgumentException(
          "line "
              + malformed.getLocation().getLineNumber()
              + ", column "
              + malformed.getLocation().getColumnNumber()
              + " (expected: JSON without repeated members)");
    } catch (RuntimeException malformed) {
      // It throws others, too: for too many brackets, and for numbers with too large an exponent.
      throw new IllegalArgumentException("document (expected: JSON without repeated members)");
    }
  }
}
