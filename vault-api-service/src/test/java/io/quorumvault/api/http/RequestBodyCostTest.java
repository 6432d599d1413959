package io.quorumvault.api.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.Admissions;
import io.quorumvault.api.Deadline;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// JSON can take many times its length when it is decoded (CVE-2025-59043: 35 times). Here whatever
/// is decoded stays in proportion: strings that were asked for, and nothing of what was not.
class RequestBodyCostTest {
  private static final int CHARS = 1 << 20;

  /// Bytes, characters, a growing buffer for the longest string and what is left of it in the end.
  /// Most of it is garbage at once.
  private static final int TIMES_MAX = 16;

  /// What costs the same for every body.
  private static final long BYTES_MORE = 1 << 20;

  record Sent(String what, String json) {
    @Override
    public String toString() {
      return what;
    }
  }

  @BeforeAll
  static void loadClasses() {
    for (Sent sent : bodies()) {
      long _ = cost(sent.json().substring(0, 30), SecretBody::ofCreate);
      long _ = cost(sent.json().substring(0, 30), EnvBody::read);
    }
  }

  static List<Sent> bodies() {
    String members =
        IntStream.range(0, CHARS / 12)
            .mapToObj(i -> "\"a" + i + "\":\"v\"")
            .collect(Collectors.joining(","));
    return List.of(
        new Sent("lists in lists", "{\"value\":" + "[".repeat(CHARS)),
        new Sent("objects in objects", "{\"value\":" + "{\"a\":".repeat(CHARS / 5)),
        new Sent("unknown objects in objects", "{\"a\":".repeat(CHARS / 5)),
        new Sent("a list of nothing", "{\"value\":[" + "\"\",".repeat(CHARS / 3)),
        new Sent("many members", "{" + members + "}"),
        new Sent("many values", "{\"content\":\"\",\"values\":{" + members + "}}"),
        new Sent("equal members", "{" + "\"value\":\"\",".repeat(CHARS / 11)),
        new Sent(
            "equal values", "{\"content\":\"\",\"values\":{" + "\"A\":\"\",".repeat(CHARS / 7)),
        new Sent("a long number", "{\"value\":" + "1".repeat(CHARS)),
        new Sent(
            "a number with a large exponent", "{\"value\":1e999999999,\"x\":" + "0".repeat(60)),
        new Sent("a long name", "{\"" + "a".repeat(CHARS) + "\":1}"),
        new Sent("escapes", "{\"value\":\"" + "\\u0041".repeat(CHARS / 6) + "\"}"),
        new Sent("pairs", "{\"value\":\"" + "\\ud83d\\ude00".repeat(CHARS / 12) + "\"}"),
        new Sent("blanks", "{" + " ".repeat(CHARS) + "}"),
        new Sent("a long value", "{\"value\":\"" + "x".repeat(CHARS - 20) + "\"}"),
        new Sent(
            "a long value in base64",
            "{\"encoding\":\"base64\",\"value\":\"" + "AAAA".repeat(CHARS / 4) + "\"}"),
        new Sent("a long file", "{\"content\":\"" + "x".repeat(CHARS - 20) + "\"}"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void no_body_takes_much_more_memory_than_it_is_long(Sent sent) {
    long most = TIMES_MAX * (long) sent.json().length() + BYTES_MORE;
    for (Consumer<Body> reading :
        List.<Consumer<Body>>of(
            body -> SecretBody.ofCreate(body).close(),
            body -> SecretBody.ofUpdate(body).close(),
            body -> EnvBody.read(body).close())) {
      long bytes = cost(sent.json(), reading);
      assertTrue(bytes <= most, () -> bytes + " bytes for " + sent.json().length());
    }
  }

  /// @return bytes that were allocated
  private static long cost(String json, Consumer<Body> reading) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try (Body body =
        Body.read(
            new ByteArrayInputStream(bytes),
            bytes.length,
            Deadline.in(Duration.ofMinutes(1)),
            Admissions.roomy())) {
      reading.accept(body);
    } catch (VaultFailure refused) {
      // That is what most of them deserve.
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
