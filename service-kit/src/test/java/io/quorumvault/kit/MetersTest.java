package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class MetersTest {
  private final Meters meters = new Meters();

  private String text() {
    return new String(meters.text(), StandardCharsets.UTF_8);
  }

  @Test
  void every_series_is_there_before_anything_happened() {
    Meters.Tally _ =
        meters.counter(
            "quorumvault_test_total",
            "Tests.",
            new Meters.Label("outcome", List.of("passed", "failed")),
            new Meters.Label("node", List.of("1", "2")));
    for (String series :
        List.of(
            "# HELP quorumvault_test_total Tests.\n",
            "# TYPE quorumvault_test_total counter\n",
            "quorumvault_test_total{node=\"1\",outcome=\"passed\"} 0.0\n",
            "quorumvault_test_total{node=\"2\",outcome=\"failed\"} 0.0\n")) {
      assertTrue(text().contains(series), () -> series + "in\n" + text());
    }
  }

  @Test
  void what_is_counted_and_measured_is_told() {
    Meters.Tally tally =
        meters.counter(
            "quorumvault_test_total", "Tests.", new Meters.Label("outcome", List.of("passed")));
    Meters.Stopwatch stopwatch = meters.stopwatch("quorumvault_test_seconds", "Time of tests.");
    meters.counter("quorumvault_elsewhere_total", "Counted elsewhere.", () -> 7);
    meters.gauge("quorumvault_nothing", "Not known.", () -> Double.NaN);
    meters.gauges("quorumvault_peers", "Peers.", "state", Map.of("active", () -> 4));

    tally.count("passed");
    tally.count("passed");
    stopwatch.took(250_000_000);

    for (String series :
        List.of(
            "quorumvault_test_total{outcome=\"passed\"} 2.0\n",
            "quorumvault_test_seconds_bucket{le=\"0.1\"} 0\n",
            "quorumvault_test_seconds_bucket{le=\"0.25\"} 1\n",
            "quorumvault_test_seconds_count 1\n",
            "quorumvault_test_seconds_sum 0.25\n",
            "quorumvault_elsewhere_total 7.0\n",
            "quorumvault_nothing NaN\n",
            "quorumvault_peers{state=\"active\"} 4.0\n")) {
      assertTrue(text().contains(series), () -> series + "in\n" + text());
    }
  }

  @Test
  void no_value_that_was_not_announced_makes_a_series() {
    Meters.Tally tally =
        meters.counter(
            "quorumvault_test_total", "Tests.", new Meters.Label("outcome", List.of("passed")));
    Meters.Stopwatch stopwatch =
        meters.stopwatch(
            "quorumvault_test_seconds",
            "Time of tests.",
            new Meters.Label("outcome", List.of("passed")));
    String before = text();
    for (int i = 0; i < 100_000; i++) {
      String hostile = UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)}).toString();
      assertThrows(IllegalArgumentException.class, () -> tally.count(hostile));
      assertThrows(IllegalArgumentException.class, () -> stopwatch.took(1, hostile));
    }
    assertThrows(IllegalArgumentException.class, tally::count);
    assertThrows(IllegalArgumentException.class, () -> tally.count("passed", "passed"));
    assertEquals(before, text());
  }

  @Test
  void a_name_out_of_the_conventions_is_refused() {
    for (String name :
        List.of(
            "test_total",
            "quorumvault",
            "quorumvault_Test_total",
            "quorumvault_test-total",
            "quorumvault__total",
            "quorumvault_tests")) {
      assertThrows(IllegalArgumentException.class, () -> meters.counter(name, "Tests."), name);
    }
    assertThrows(
        IllegalArgumentException.class, () -> meters.stopwatch("quorumvault_time", "Time."));
    assertThrows(IllegalArgumentException.class, () -> meters.gauge("quorumvault_a", "", () -> 1));
    assertFalse(text().contains("quorumvault"));
  }
}
