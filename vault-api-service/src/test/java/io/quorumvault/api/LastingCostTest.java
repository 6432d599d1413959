package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfigSources;
import io.helidon.microprofile.testing.AddConfigSource;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.Limits;
import io.quorumvault.api.metrics.ApiMetrics;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

/// Very many requests for what nobody has heard of, by callers whom nobody knows, without a token,
/// without a permission, malformed. When they are answered the server is as it was.
@HelidonTest
class LastingCostTest extends ApiTest {
  /// A small part of what CONTRIBUTING tells how to ask for: so few show what becomes a series, and
  /// not what else is left in memory.
  private static final int NAMES = Integer.getInteger("strange.names", 1_000);

  private static final int PATHS = Integer.getInteger("strange.paths", 1_000);
  private static final int SUBJECTS = Integer.getInteger("strange.subjects", 500);

  /// Requests of each kind before anything is measured: caches are full and code is compiled.
  private static final int WARM_UP = Math.min(5_000, NAMES);

  private static final int CONNECTIONS = 4;

  /// What may be left in memory of each request. An entry of a map takes twice as much.
  private static final long BYTES_PER_REQUEST = 32;

  /// What a server that does something else, and the test itself, may have left.
  private static final long BYTES_NOISE = 4 << 20;

  @SuppressWarnings("NullAway.Init") // CDI sets them.
  @Inject
  private ApiMetrics metrics;

  @SuppressWarnings("NullAway.Init")
  @Inject
  private Admission admission;

  /// One caller alone must be able to ask as often as this test does.
  @AddConfigSource
  static ConfigSource rate() {
    return MpConfigSources.create(Map.of("vault.api.caller-requests-per-second", "100000"));
  }

  private static String request(String line, String token) {
    String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
    return line + " HTTP/1.1\r\nHost: test\r\n" + authorization + "\r\n";
  }

  /// Asks all of it, on several connections.
  ///
  /// @return how often each status was answered
  private Map<Integer, Integer> ask(int count, IntFunction<String> request) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<Integer, Integer>>> parts = new ArrayList<>();
      for (int connection = 0; connection < CONNECTIONS; connection++) {
        int first = connection;
        parts.add(
            threads.submit(() -> {
              try (Pipeline pipeline = new Pipeline(target.getUri())) {
                return pipeline.ask(
                    IntStream.range(0, count)
                        .filter(number -> number % CONNECTIONS == first)
                        .mapToObj(request)
                        .toList());
              }
            }));
      }
      Map<Integer, Integer> statuses = new TreeMap<>();
      for (Future<Map<Integer, Integer>> part : parts) {
        part.get()
            .forEach((status, times) -> {
              int _ = statuses.merge(status, times, Integer::sum);
            });
      }
      return statuses;
    } catch (ExecutionException | InterruptedException failed) {
      throw new AssertionError("a connection broke", failed);
    }
  }

  private String text() {
    return new String(metrics.text(), StandardCharsets.UTF_8);
  }

  private static SortedSet<String> series(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long heapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  @Test
  void names_subjects_and_paths_without_number_make_no_series() {
    SortedSet<String> before = series(text());
    String reader = CELL.issuer().token(FakeCell.READER);

    assertEquals(
        Map.of(403, NAMES),
        ask(NAMES, number -> request("GET " + secret("STRANGE_" + number), reader)));
    assertEquals(
        Map.of(404, PATHS),
        ask(PATHS, number -> request("GET /" + new UUID(number, ~number) + "/STRANGE", "")));
    assertEquals(
        Map.of(404, SUBJECTS),
        ask(
            SUBJECTS,
            number -> request("GET " + secret("A"), CELL.issuer().token("STRANGE-" + number))));

    String after = text();
    assertEquals(before, series(after));
    assertFalse(after.contains("STRANGE"));
  }

  @Test
  void what_is_denied_or_malformed_leaves_no_memory_and_no_place_taken() {
    String reader = CELL.issuer().token(FakeCell.READER);
    List<IntFunction<String>> kinds =
        List.of(
            number -> request("GET " + secret("STRANGE_" + number), reader),
            number -> request("GET " + secret("A"), "no-token-" + number),
            number -> request("GET " + secret("A-" + number + "%2F"), reader),
            number -> request("GET " + secrets() + "?limit=x" + number, reader),
            number -> request("PATCH " + secret("STRANGE_" + number), ""));
    kinds.forEach(kind -> ask(WARM_UP, kind));
    CELL.nodes().forEach(FakeNode::forget);
    long before = heapBytes();

    int requests = NAMES / kinds.size();
    kinds.forEach(kind -> {
      Map<Integer, Integer> statuses = ask(requests, number -> kind.apply(WARM_UP + number));
      assertTrue(statuses.keySet().stream().allMatch(status -> status >= 400), statuses::toString);
    });

    CELL.nodes().forEach(FakeNode::forget);
    long left = heapBytes() - before;
    long most = BYTES_NOISE + BYTES_PER_REQUEST * requests * kinds.size();
    assertTrue(left < most, () -> left + " bytes are left (expected: less than " + most + ")");
    Await.until("no request is under way", () -> admission.underWay() == 0);
    List<Admission.Place> places =
        Stream.generate(admission::enter)
            .limit(Admission.REQUESTS_FIRST)
            .flatMap(Optional::stream)
            .toList();
    places.forEach(place -> place.leave(Admission.End.REFUSED));
    // A slow machine may have been late now and then.
    assertTrue(places.size() > Admission.REQUESTS_FIRST / 2, () -> places.size() + " are left");
    assertTrue(admission.takeBody(Limits.REQUEST_BYTES_MAX));
    admission.dropBody(Limits.REQUEST_BYTES_MAX);
  }
}
