package io.quorumvault.cli.client;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quorumvault.Limits;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The values for `enc()` that are not in the file: a JSON object of names and texts. Never the
/// command line, which other users of the machine can read.
final class EnvValues {
  private static final String STANDARD_INPUT = "-";

  @Option(
      names = "--values",
      paramLabel = "FILE",
      description =
          "The values for enc(NAME), as a JSON object {\"NAME\": \"value\", ...} in this file, or"
              + " - for standard input.")
  private @Nullable Path source;

  /// The document, which the caller wipes; null when none was named.
  byte @Nullable [] read(Surroundings surroundings) {
    if (source == null) {
      return null;
    }
    if (source.toString().stripLeading().startsWith("{")) {
      throw CommandFailure.usage(
          "Values never go on the command line, which others can read.",
          "Put them into a file and name it with --values, or pipe them in with --values -.");
    }
    byte[] document;
    try {
      document =
          source.toString().equals(STANDARD_INPUT)
              ? piped(surroundings)
              : file(surroundings, source);
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The values cannot be read: " + EnvFile.reason(unreadable) + ".", "Nothing was sent.");
    }
    if (document.length > Limits.REQUEST_BYTES_MAX) {
      Arrays.fill(document, (byte) 0);
      throw CommandFailure.usage(
          "The values are larger than a request can be.", "Create large secrets with qv put.");
    }
    return document;
  }

  private static byte[] piped(Surroundings surroundings) throws IOException {
    Terminal terminal = surroundings.terminal();
    if (terminal.inputIsTerminal()) {
      throw CommandFailure.usage(
          "Values typed here would be shown.", "Pipe them in, or name a file with --values.");
    }
    return terminal.input().readNBytes(Limits.REQUEST_BYTES_MAX + 1);
  }

  private static byte[] file(Surroundings surroundings, Path name) throws IOException {
    try (InputStream input = Files.newInputStream(surroundings.resolve(name))) {
      return input.readNBytes(Limits.REQUEST_BYTES_MAX + 1);
    }
  }

  /// Copies the document, checked, without making a String of a value.
  ///
  /// @throws CommandFailure when it is not such an object; it repeats nothing of it
  static void copy(byte[] document, JsonGenerator generator) throws IOException {
    try (JsonParser parser = JsonObject.FACTORY.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed();
      }
      generator.writeStartObject();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw malformed();
        }
        generator.writeFieldName(new SecretName(name).text());
        generator.writeString(
            parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw malformed();
      }
      generator.writeEndObject();
    } catch (IOException | IllegalArgumentException notJson) {
      throw malformed();
    }
  }

  private static CommandFailure malformed() {
    return CommandFailure.usage(
        "The values are not a JSON object of secret names and texts.",
        "Write them like {\"DB_PW\": \"...\"}, every name once; nothing was sent.");
  }
}
