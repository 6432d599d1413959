package io.quorumvault.cli.importing;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quorumvault.Limits;
import io.quorumvault.cli.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON document whose texts and numbers are bytes that can be wiped.
sealed interface JsonTree {
  /// Deeper nesting than any store's paths; bounds the stack that reading takes.
  int DEPTH_MAX = 64;

  /// Members in their order, each name once.
  record Members(Map<String, JsonTree> all) implements JsonTree {
    @Nullable JsonTree get(String name) {
      return all.get(name);
    }

    boolean has(String name) {
      return all.containsKey(name);
    }
  }

  /// A list.
  record Elements(List<JsonTree> all) implements JsonTree {}

  /// A text, a number, `true` or `false`.
  final class Scalar implements JsonTree {
    private final byte @Nullable [] bytes;
    private final boolean quoted;

    private Scalar(byte @Nullable [] bytes, boolean quoted) {
      this.bytes = bytes;
      this.quoted = quoted;
    }

    /// UTF-8, as the document means it, a number as it was written; null for a text that is no
    /// Unicode. They stay the document's.
    byte @Nullable [] bytes() {
      return bytes;
    }

    /// Whether it is a text.
    boolean quoted() {
      return quoted;
    }

    /// The length only.
    @Override
    public String toString() {
      return "Scalar[" + (bytes == null ? 0 : bytes.length) + " bytes]";
    }
  }

  /// `null`.
  record Nothing() implements JsonTree {}

  /// A document that cannot be read.
  final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  /// The one document in `text`.
  ///
  /// @throws Unreadable with a message that repeats nothing of it
  static JsonTree parse(byte[] text) throws Unreadable {
    List<JsonTree> made = new ArrayList<>();
    boolean done = false;
    try (JsonParser parser = JsonObject.FACTORY.createParser(text)) {
      try {
        if (parser.nextToken() == null) {
          throw new Unreadable("it is empty");
        }
        JsonTree tree = read(parser, 1, made);
        if (parser.nextToken() != null) {
          throw new Unreadable(
              at(parser) + ": there is more than one document; import one file for each");
        }
        done = true;
        return tree;
      } catch (IOException malformed) {
        throw new Unreadable(
            at(parser)
                + (String.valueOf(malformed.getMessage()).startsWith("Duplicate field")
                    ? ": a member is there twice"
                    : ": it is not JSON"));
      }
    } catch (IOException impossible) {
      throw new Unreadable("it cannot be read");
    } finally {
      if (!done) {
        made.forEach(JsonTree::wipe);
      }
    }
  }

  private static String at(JsonParser parser) {
    var location = parser.currentLocation();
    return "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  /// @param made every scalar so far, to be wiped if the rest cannot be read
  private static JsonTree read(JsonParser parser, int depth, List<JsonTree> made)
      throws IOException, Unreadable {
    if (depth > DEPTH_MAX) {
      throw new Unreadable(at(parser) + ": it is nested deeper than " + DEPTH_MAX + " levels");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, JsonTree> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          parser.nextToken();
          members.put(name, read(parser, depth + 1, made));
        }
        yield new Members(members);
      }
      case START_ARRAY -> {
        List<JsonTree> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(read(parser, depth + 1, made));
        }
        yield new Elements(elements);
      }
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> {
        JsonTree scalar = scalar(parser);
        made.add(scalar);
        yield scalar;
      }
      case VALUE_NULL -> new Nothing();
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new Unreadable(at(parser) + ": it is not JSON");
    };
  }

  private static JsonTree scalar(JsonParser parser) throws IOException {
    if (parser.getTextLength() > Limits.VALUE_BYTES_MAX) {
      // Too long to be a value, whatever it says: as many zeros tell that as well.
      return new Scalar(new byte[Limits.VALUE_BYTES_MAX + 1], true);
    }
    int from = parser.getTextOffset();
    char[] text =
        Arrays.copyOfRange(parser.getTextCharacters(), from, from + parser.getTextLength());
    try {
      return new Scalar(Utf8.bytes(text), parser.currentToken() == JsonToken.VALUE_STRING);
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  /// The document again, on one line. Belongs to the caller, who wipes it.
  ///
  /// @throws IOException when a text in it is no Unicode
  static byte[] text(JsonTree tree) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator generator = JsonObject.FACTORY.createGenerator(bytes)) {
      write(tree, generator);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonTree tree, JsonGenerator generator) throws IOException {
    switch (tree) {
      case Members members -> {
        generator.writeStartObject();
        for (Map.Entry<String, JsonTree> member : members.all().entrySet()) {
          generator.writeFieldName(member.getKey());
          write(member.getValue(), generator);
        }
        generator.writeEndObject();
      }
      case Elements elements -> {
        generator.writeStartArray();
        for (JsonTree element : elements.all()) {
          write(element, generator);
        }
        generator.writeEndArray();
      }
      case Scalar scalar -> {
        if (scalar.bytes() == null) {
          throw new IOException("no Unicode text");
        }
        if (scalar.quoted()) {
          generator.writeUTF8String(scalar.bytes(), 0, scalar.bytes().length);
        } else {
          generator.writeRawValue(new String(scalar.bytes(), StandardCharsets.US_ASCII));
        }
      }
      case Nothing nothing -> generator.writeNull();
    }
  }

  /// Overwrites every text and number in it.
  static void wipe(JsonTree tree) {
    switch (tree) {
      case Members members -> members.all().values().forEach(JsonTree::wipe);
      case Elements elements -> elements.all().forEach(JsonTree::wipe);
      case Scalar scalar -> {
        if (scalar.bytes() != null) {
          Arrays.fill(scalar.bytes(), (byte) 0);
        }
      }
      case Nothing nothing -> {}
    }
  }
}
