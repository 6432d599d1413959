package io.quorumvault.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  /// Keeps what is written, and tells when something is.
  private static final class Screen extends OutputStream {
    private final StringBuilder text = new StringBuilder();
    private final CountDownLatch written = new CountDownLatch(1);

    @Override
    public synchronized void write(int one) {
      text.append((char) one);
      written.countDown();
    }

    private synchronized String text() {
      return text.toString();
    }

    private Terminal terminal(boolean isTerminal) {
      return new Terminal(
          InputStream.nullInputStream(),
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
          new PrintStream(this, true, StandardCharsets.UTF_8),
          false,
          false,
          isTerminal,
          _ -> Optional.empty());
    }
  }

  @Test
  void a_person_sees_one_line_that_is_written_over_and_gone_at_the_end() throws Exception {
    Screen screen = new Screen();
    try (Progress progress = Progress.atOnce(screen.terminal(true), "Importing", 30)) {
      assertTrue(screen.written.await(60, TimeUnit.SECONDS));
      progress.reached(10);
      progress.reached(20);
    }

    String text = screen.text();
    assertTrue(text.startsWith("\rImporting: 0 of 30 ("), text);
    assertTrue(text.contains("\rImporting: 10 of 30 ("), text);
    assertTrue(text.contains("\rImporting: 20 of 30 ("), text);
    assertTrue(text.endsWith("\r\u001b[K"), text);
    assertEquals(-1, text.indexOf('\n'));
  }

  @Test
  void nothing_is_said_in_pipes() {
    Screen screen = new Screen();
    try (Progress progress = Progress.atOnce(screen.terminal(false), "Importing", 30)) {
      progress.reached(30);
    }

    assertEquals("", screen.text());
  }
}
