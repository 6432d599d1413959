package io.quorumvault.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A JSON object of metadata, problems or settings; members keep their order. Not for values: those
/// are streamed, so that they never become Strings.
///
/// Immutable. A member that is absent and one that is null are the same.
public final class JsonObject {
  /// Tells nothing of the text in its exceptions, for the text may hold a token.
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final Map<String, @Nullable Object> members;

  private JsonObject(Map<String, @Nullable Object> members) {
    this.members = Collections.unmodifiableMap(members);
  }

  /// The one object in `text`.
  ///
  /// @throws IOException when it is no JSON, no object, or more than one
  public static JsonObject parse(byte[] text) throws IOException {
    return parse(text, null);
  }

  /// The one object in `text` without one of its members, a value, which never becomes a String.
  ///
  /// @throws IOException when it is no JSON, no object, or more than one
  public static JsonObject parseWithout(String value, byte[] text) throws IOException {
    return parse(text, value);
  }

  private static JsonObject parse(byte[] text, @Nullable String without) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("expected: a JSON object");
      }
      JsonObject object = object(parser, without);
      if (parser.nextToken() != null) {
        throw new IOException("expected: nothing after the JSON object");
      }
      return object;
    }
  }

  private static JsonObject object(JsonParser parser, @Nullable String without) throws IOException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      if (name.equals(without)) {
        parser.skipChildren();
      } else {
        members.put(name, any(parser));
      }
    }
    return new JsonObject(members);
  }

  private static @Nullable Object any(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, null);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new IOException("expected: a JSON value");
    };
  }

  private static List<@Nullable Object> array(JsonParser parser) throws IOException {
    List<@Nullable Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(any(parser));
    }
    return elements;
  }

  public Optional<String> text(String name) {
    return member(name, String.class);
  }

  public Optional<Long> number(String name) {
    return member(name, Long.class);
  }

  public boolean isTrue(String name) {
    return member(name, Boolean.class).orElse(false);
  }

  /// Whether it is there and says no.
  public boolean isFalse(String name) {
    return !member(name, Boolean.class).orElse(true);
  }

  public Optional<JsonObject> object(String name) {
    return member(name, JsonObject.class);
  }

  /// The objects of an array; empty when there is no such array.
  public List<JsonObject> objects(String name) {
    return elements(name, JsonObject.class);
  }

  /// The whole numbers of an array; empty when there is no such array.
  public List<Long> numbers(String name) {
    return elements(name, Long.class);
  }

  /// The texts of an array; empty when there is no such array.
  public List<String> texts(String name) {
    return elements(name, String.class);
  }

  /// A text this document must have.
  ///
  /// @throws IOException when it is absent or no text
  public String requiredText(String name) throws IOException {
    return text(name).orElseThrow(() -> new IOException(name + " (expected: a text)"));
  }

  /// A whole number this document must have, within the range of an `int`.
  ///
  /// @throws IOException when it is absent, no whole number or too large
  public int requiredInt(String name) throws IOException {
    return number(name)
        .filter(number -> number == number.intValue())
        .map(Long::intValue)
        .orElseThrow(() -> new IOException(name + " (expected: a whole number)"));
  }

  private <T> Optional<T> member(String name, Class<T> type) {
    Object member = members.get(name);
    return type.isInstance(member) ? Optional.of(type.cast(member)) : Optional.empty();
  }

  private <T> List<T> elements(String name, Class<T> type) {
    return members.get(name) instanceof List<?> list
        ? list.stream().filter(type::isInstance).map(type::cast).toList()
        : List.of();
  }

  /// Indented, ending in a line end.
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      generator.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines));
      write(generator);
      generator.writeRaw('\n');
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /// On one line.
  public byte[] toCompactBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
      write(generator);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private void write(JsonGenerator generator) throws IOException {
    generator.writeStartObject();
    for (Map.Entry<String, @Nullable Object> member : members.entrySet()) {
      generator.writeFieldName(member.getKey());
      write(generator, member.getValue());
    }
    generator.writeEndObject();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> generator.writeNull();
      case JsonObject object -> object.write(generator);
      case List<?> list -> {
        generator.writeStartArray();
        for (Object element : list) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case String text -> generator.writeString(text);
      case Boolean flag -> generator.writeBoolean(flag);
      case Number number -> generator.writeNumber(number.toString());
      default -> throw new IllegalStateException("no JSON form: " + value.getClass());
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Puts a document together, in the order of the calls.
  public static final class Builder {
    private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

    private Builder() {}

    public Builder with(String name, String text) {
      members.put(name, text);
      return this;
    }

    public Builder with(String name, long number) {
      members.put(name, number);
      return this;
    }

    public Builder with(String name, boolean flag) {
      members.put(name, flag);
      return this;
    }

    public Builder with(String name, JsonObject object) {
      members.put(name, object);
      return this;
    }

    /// @param elements texts, whole numbers or objects
    public Builder with(String name, List<?> elements) {
      members.put(name, List.copyOf(elements));
      return this;
    }

    public Builder withNull(String name) {
      members.put(name, null);
      return this;
    }

    public JsonObject build() {
      return new JsonObject(new LinkedHashMap<>(members));
    }
  }
}
