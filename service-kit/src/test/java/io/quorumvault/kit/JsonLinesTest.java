package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.context.Context;
import io.helidon.common.context.Contexts;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonLinesTest {
  private static final int LINE_BYTES_OF_COLLECTORS = 16 << 10;

  private static LogRecord record(String message, Object... parameters) {
    LogRecord line = new LogRecord(Level.WARNING, message);
    line.setInstant(Instant.parse("2026-11-01T12:00:00.120Z"));
    line.setLoggerName("io.quorumvault.Thing");
    line.setParameters(parameters);
    return line;
  }

  private static JsonObject parsed(LogRecord record) {
    String line = new JsonLines().format(record);
    assertEquals(1, line.lines().count(), "one line");
    assertTrue(line.endsWith(System.lineSeparator()));
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return reader.readObject();
    }
  }

  @Test
  void a_line_says_when_how_bad_who_and_what() {
    JsonObject line = parsed(record("{0} is doubtful", "node-3"));
    assertEquals("2026-11-01T12:00:00.120Z", line.getString("ts"));
    assertEquals("WARNING", line.getString("level"));
    assertEquals("io.quorumvault.Thing", line.getString("logger"));
    assertEquals("node-3 is doubtful", line.getString("message"));
    assertEquals(4, line.size(), line::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\r\n{\"level\":\"SEVERE\"}",
        "\",\"level\":\"FINE\",\"x\":\"",
        "\\",
        "\u0000\u001b[31m\u007f",
        "a\u2028b\u2029c\u0085d"
      })
  void no_message_can_begin_a_line_or_a_member(String hostile) {
    JsonObject line = parsed(record("{0}", hostile));
    assertEquals(hostile, line.getString("message"));
    assertEquals("WARNING", line.getString("level"));
    assertEquals(4, line.size(), line::toString);
  }

  @Test
  void what_was_thrown_stands_in_the_same_line() {
    LogRecord record = record("failed");
    record.setThrown(new IllegalStateException("a\nb", new RuntimeException("why")));
    JsonObject line = parsed(record);
    String error = line.getString("error");
    assertTrue(error.startsWith("java.lang.IllegalStateException: a\nb"), error);
    assertTrue(error.contains("Caused by: java.lang.RuntimeException: why"), error);
  }

  @Test
  void a_line_is_short_enough_for_whoever_collects_it() {
    LogRecord record = record("{0}", "x".repeat(1 << 20));
    record.setThrown(new IllegalStateException("y".repeat(1 << 20)));
    String line = new JsonLines().format(record);
    assertTrue(line.getBytes(StandardCharsets.UTF_8).length < LINE_BYTES_OF_COLLECTORS);
    parsed(record);
  }

  @Test
  void a_line_that_is_about_a_request_has_its_id() {
    Context request = Context.create();
    Contexts.runInContext(
        request,
        () -> {
          new RequestId("r-1").enter();
          assertEquals("r-1", parsed(record("m")).getString("requestId"));
        });
    assertFalse(parsed(record("m")).containsKey("requestId"));
  }

  @Test
  void another_format_is_refused() {
    System.setProperty(ServiceLog.FORMAT, "xml");
    try {
      assertThrows(IllegalArgumentException.class, ServiceLog::begin);
    } finally {
      System.clearProperty(ServiceLog.FORMAT);
    }
  }
}
