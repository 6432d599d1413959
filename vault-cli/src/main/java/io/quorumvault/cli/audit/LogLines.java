package io.quorumvault.cli.audit;

import io.quorumvault.Limits;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Lines of a file, whatever it holds: only a line feed ends one, and of a longer one than a log
/// can have only the beginning is kept.
final class LogLines implements Closeable {
  private final InputStream in;
  private boolean ended = true;

  LogLines(Path file) throws IOException {
    this.in = new BufferedInputStream(Files.newInputStream(file));
  }

  /// The next line, empty after the last.
  Optional<String> next() throws IOException {
    StringBuilder line = new StringBuilder();
    int read = in.read();
    if (read < 0) {
      return Optional.empty();
    }
    while (read >= 0 && read != '\n') {
      if (line.length() <= Limits.AUDIT_LINE_BYTES_MAX) {
        line.append((char) read);
      }
      read = in.read();
    }
    ended = read == '\n';
    return Optional.of(line.toString());
  }

  /// Whether the last line that was given had an end.
  boolean ended() {
    return ended;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
