package io.quorumvault.kit;

import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// Every line of the log is one JSON object, whatever is in a message: a line end in it cannot
/// begin a line that nobody wrote.
///
/// | member | |
/// |---|---|
/// | `ts` | ISO 8601 in UTC, to the millisecond |
/// | `level` | `SEVERE`, `WARNING`, `INFO`, or finer |
/// | `logger` | who says it |
/// | `requestId` | of the request that it is about; absent if it is about none |
/// | `message` | |
/// | `error` | the stack trace; absent if nothing was thrown |
///
/// Can be named in a logging configuration of one's own. Safe for use by any number of threads.
public final class JsonLines extends Formatter {
  /// Collectors and container runtimes cut lines at 16 KiB: what is written stays below, even where
  /// some characters need an escape.
  static final int MESSAGE_CHARS_MAX = 4 << 10;

  /// Of a stack trace, what it begins with, and what it ends with: the cause stands there.
  static final int ERROR_CHARS_FIRST = 5 << 10;

  static final int ERROR_CHARS_LAST = 3 << 10;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  private final JsonGeneratorFactory json = Json.createGeneratorFactory(Map.of());

  @Override
  public String format(LogRecord line) {
    StringWriter text = new StringWriter();
    try (JsonGenerator object = json.createGenerator(text)) {
      object.writeStartObject();
      object.write("ts", TIME.format(line.getInstant()));
      object.write("level", line.getLevel().getName());
      object.write("logger", orEmpty(line.getLoggerName()));
      RequestId.current().ifPresent(request -> object.write("requestId", request.text()));
      object.write("message", cut(orEmpty(formatMessage(line)), MESSAGE_CHARS_MAX, 0));
      Throwable thrown = line.getThrown();
      if (thrown != null) {
        object.write("error", cut(trace(thrown), ERROR_CHARS_FIRST, ERROR_CHARS_LAST));
      }
      object.writeEnd();
    }
    return text.append(System.lineSeparator()).toString();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String cut(String text, int first, int last) {
    return text.length() <= first + last
        ? text
        : text.substring(0, first) + "…" + text.substring(text.length() - last);
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}
