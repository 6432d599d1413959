package io.quorumvault.cli.client;

import io.quorumvault.Limits;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.secret.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a value comes from: standard input, a file, or a prompt that does not show it. Never the
/// command line, which other users of the machine can read.
final class ValueSource {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Take the value from this file, byte for byte.")
  private @Nullable Path file;

  @Option(
      names = "--trim-newline",
      description =
          "Leave out one line end at the end of the input, as echo and most editors add one.")
  private boolean trimNewline;

  /// The value, which the caller closes.
  SecretValue read(Surroundings surroundings) {
    byte[] bytes = bytes(surroundings);
    if (trimNewline) {
      bytes = withoutLineEnd(bytes);
    }
    if (bytes.length < Limits.VALUE_BYTES_MIN) {
      throw CommandFailure.usage(
          "The value is empty.", "A secret has at least one byte; was the input what you meant?");
    }
    if (bytes.length > Limits.VALUE_BYTES_MAX) {
      Arrays.fill(bytes, (byte) 0);
      throw CommandFailure.usage(
          "The value is larger than " + Limits.VALUE_BYTES_MAX + " bytes.",
          "Keep large data elsewhere, encrypted, and its key here.");
    }
    return SecretValue.owning(bytes);
  }

  private byte[] bytes(Surroundings surroundings) {
    Terminal terminal = surroundings.terminal();
    try {
      if (file != null) {
        Path resolved = surroundings.resolve(file);
        try (InputStream input = Files.newInputStream(resolved)) {
          return bounded(input);
        }
      }
      return terminal.inputIsTerminal() ? typed(terminal) : bounded(terminal.input());
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          file == null ? "Standard input cannot be read." : "The file " + file + " cannot be read.",
          "Nothing was sent.");
    }
  }

  /// One byte more than a value can have shows that there is too much.
  private static byte[] bounded(InputStream input) throws IOException {
    return input.readNBytes(Limits.VALUE_BYTES_MAX + 1);
  }

  private static byte[] typed(Terminal terminal) throws IOException {
    char[] first = hidden(terminal, "Value (not shown): ");
    char[] second = hidden(terminal, "Once more: ");
    try {
      if (!Arrays.equals(first, second)) {
        throw CommandFailure.usage("The two are not the same.", "Nothing was sent; try again.");
      }
      return ValueText.utf8(first);
    } finally {
      Arrays.fill(first, '\0');
      Arrays.fill(second, '\0');
    }
  }

  private static char[] hidden(Terminal terminal, String prompt) {
    return terminal
        .hiddenPrompt()
        .read(prompt)
        .orElseThrow(() ->
            CommandFailure.usage(
                "The value cannot be typed here without being shown.",
                "Pipe it in, or name a file with --file."));
  }

  /// One LF or CRLF less. Wipes what it replaces.
  private static byte[] withoutLineEnd(byte[] bytes) {
    int end = bytes.length;
    if (end > 0 && bytes[end - 1] == '\n') {
      end--;
      if (end > 0 && bytes[end - 1] == '\r') {
        end--;
      }
    }
    if (end == bytes.length) {
      return bytes;
    }
    byte[] trimmed = Arrays.copyOf(bytes, end);
    Arrays.fill(bytes, (byte) 0);
    return trimmed;
  }
}
