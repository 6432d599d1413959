package io.quorumvault.cli.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Terminal;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The answer to a request about a `.env` file: the file, which may hold values and is wiped when
/// closed, and what was done for it.
final class EnvReport implements AutoCloseable {
  private static final String CONTENT = "content";

  private final byte[] content;
  private final boolean hasContent;
  private final JsonObject document;

  private EnvReport(Optional<byte[]> content, JsonObject document) {
    this.content = content.orElseGet(() -> new byte[0]);
    this.hasContent = content.isPresent();
    this.document = document;
  }

  /// A secret that was created or read, or would be.
  ///
  /// @param version absent while it is not created yet
  record Named(String name, Optional<Long> version) {
    JsonObject json() {
      JsonObject.Builder entry = JsonObject.builder().with("name", name);
      version.ifPresentOrElse(
          number -> entry.with("version", number), () -> entry.withNull("version"));
      return entry.build();
    }

    private static Named parse(JsonObject entry) {
      return new Named(entry.text("name").orElseThrow(Answer::strange), entry.number("version"));
    }
  }

  /// The answer stays the caller's.
  static EnvReport of(Answer answer) {
    try {
      return new EnvReport(content(answer.body()), JsonObject.parseWithout(CONTENT, answer.body()));
    } catch (IOException notOurs) {
      throw Answer.strange();
    }
  }

  private static Optional<byte[]> content(byte[] document) throws IOException {
    try (JsonParser parser = JsonObject.FACTORY.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        if (name.equals(CONTENT) && token == JsonToken.VALUE_STRING) {
          int from = parser.getTextOffset();
          char[] text =
              Arrays.copyOfRange(parser.getTextCharacters(), from, from + parser.getTextLength());
          try {
            return Optional.of(ValueText.utf8(text));
          } finally {
            Arrays.fill(text, '\0');
          }
        }
        parser.skipChildren();
      }
      return Optional.empty();
    }
  }

  /// The file, which stays the report's. There is none after a dry run.
  byte[] content() {
    if (!hasContent) {
      throw Answer.strange();
    }
    return content;
  }

  List<Named> created() {
    return document.objects("created").stream().map(Named::parse).toList();
  }

  List<Named> read() {
    return document.objects("expanded").stream().map(Named::parse).toList();
  }

  /// All of it but the file.
  JsonObject document() {
    return document;
  }

  void sayWarnings(Terminal terminal, FileInQuestion file) {
    document.objects("warnings").stream()
        .map(Rule::parseWarning)
        .map(file::finding)
        .forEach(terminal::say);
  }

  @Override
  public void close() {
    Arrays.fill(content, (byte) 0);
  }

  @Override
  public String toString() {
    return "EnvReport[" + content.length + " bytes]";
  }
}
