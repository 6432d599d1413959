package io.quorumvault.storage.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.Meters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class NodeMetricsTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");

  private final AtomicLong nanos = new AtomicLong();
  private final NodeMetrics metrics = new NodeMetrics(new Meters(), nanos::get);

  private String text() {
    return new String(metrics.text(), StandardCharsets.UTF_8);
  }

  private void assertTold(String... series) {
    for (String one : series) {
      assertTrue(text().contains(one + "\n"), () -> one + " in\n" + text());
    }
  }

  private String takes(Duration time) {
    return metrics.timed(
        Operation.WRITE,
        () -> {
          nanos.addAndGet(time.toNanos());
          return "done";
        });
  }

  @Test
  void what_the_node_knows_of_itself_is_told() {
    metrics.watch(new FixedFacts(), () -> FixedFacts.NOW);

    assertTold(
        "quorumvault_node_serving 1.0",
        "quorumvault_node_joining 0.0",
        "quorumvault_storage_rolled_back 0.0",
        "quorumvault_storage_lost 0.0",
        "quorumvault_shares_lacking 3.0",
        "quorumvault_shares_found_damaged_total 4.0",
        "quorumvault_share_margin NaN",
        "quorumvault_transactions_open 5.0",
        "quorumvault_transactions_in_doubt 1.0",
        "quorumvault_peers{state=\"active\"} 2.0",
        "quorumvault_peers{state=\"unreachable\"} 1.0",
        "quorumvault_peers{state=\"disagreeing\"} 1.0",
        "quorumvault_clock_skew_seconds{node=\"3\"} -3.0",
        "quorumvault_clock_skew_seconds{node=\"5\"} NaN",
        "quorumvault_certificate_age_seconds 60.0",
        "quorumvault_certificate_expires_in_seconds 3600.0",
        "quorumvault_policy_age_seconds 5.0",
        "quorumvault_disk_free_bytes 1.0E9");
  }

  @Test
  void a_backlog_that_nobody_has_looked_for_is_not_told_to_be_none() {
    metrics.watch(
        new FixedFacts() {
          @Override
          public OptionalLong sharesLacking() {
            return OptionalLong.empty();
          }
        },
        () -> FixedFacts.NOW);

    assertTold("quorumvault_shares_lacking NaN");
  }

  @Test
  void a_rollback_and_a_lost_memory_are_told_apart() {
    metrics.watch(
        new FixedFacts() {
          @Override
          public boolean rolledBack() {
            return true;
          }
        },
        () -> FixedFacts.NOW);

    assertTold("quorumvault_storage_rolled_back 1.0", "quorumvault_storage_lost 0.0");
  }

  @Test
  void what_takes_longer_than_the_budget_is_counted_and_told_at_most_once_a_second() {
    List<String> lines = new ArrayList<>();
    Logger logger = Logger.getLogger(NodeMetrics.class.getName());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      assertEquals("done", takes(Duration.ofMillis(250)));
      assertEquals("done", takes(Duration.ofMillis(251)));
      metrics.committed(Duration.ofMillis(300).toNanos());
      metrics.committed(Duration.ofMillis(300).toNanos());
      assertEquals(List.of("write took 251 ms (budget: 250 ms)"), lines);
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      metrics.committed(Duration.ofMillis(300).toNanos());
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(
        List.of(
            "write took 251 ms (budget: 250 ms)",
            "commit took 300 ms (budget: 250 ms), and 2 others took too long since the last"),
        lines);
    assertTold(
        "quorumvault_operations_over_budget_total{operation=\"write\"} 1.0",
        "quorumvault_operations_over_budget_total{operation=\"commit\"} 3.0",
        "quorumvault_operation_duration_seconds_count{operation=\"write\"} 2",
        "quorumvault_commit_duration_seconds_count 3");
  }

  @Test
  void a_failure_is_no_violation_a_bug_is_and_what_is_not_authentic_has_its_own_count() {
    VaultFailure refused = VaultFailure.of(FailureCode.SECRET_NOT_FOUND, "None.");
    VaultFailure damaged = VaultFailure.of(FailureCode.INTEGRITY_FAILURE, "Not authentic.");
    for (RuntimeException failure : List.of(refused, damaged, new IllegalStateException("bug"))) {
      assertThrows(
          failure.getClass(),
          () ->
              metrics.timed(
                  Operation.READ,
                  () -> {
                    throw failure;
                  }));
    }
    metrics.violated(Violation.STEP);

    assertTold(
        "quorumvault_invariant_violations_total{where=\"operation\"} 1.0",
        "quorumvault_invariant_violations_total{where=\"step\"} 1.0",
        "quorumvault_invariant_violations_total{where=\"contradiction\"} 0.0",
        "quorumvault_integrity_failures_total 1.0",
        "quorumvault_operation_duration_seconds_count{operation=\"read\"} 3");
  }

  @Test
  void the_series_stay_the_same_whatever_is_done() {
    metrics.watch(new FixedFacts(), () -> FixedFacts.NOW);
    SortedSet<String> before = series(text());
    for (int i = 0; i < 100_000; i++) {
      assertEquals("done", takes(Duration.ofMillis(i % 200)));
      String name = "NAME_" + i;
      assertThrows(
          VaultFailure.class,
          () ->
              metrics.timed(
                  Operation.READ,
                  () -> {
                    throw VaultFailure.of(FailureCode.SECRET_NOT_FOUND, name);
                  }));
    }
    assertEquals(before, series(text()));
    assertFalse(text().contains("NAME_"));
  }

  private static SortedSet<String> series(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The table of nodes is what stands between its heading and the next.
  @Test
  void the_document_lists_these_and_no_others() throws IOException {
    metrics.watch(new FixedFacts(), () -> FixedFacts.NOW);
    String nodes = Files.readString(DOCUMENT).split("\n## ", -1)[1];
    assertTrue(nodes.startsWith("Of a node\n"), nodes);
    assertEquals(names("^# HELP (\\S+) ", text()), names("^\\| `([a-z0-9_]+)", nodes));
  }

  private static SortedSet<String> names(String line, String text) {
    return Pattern.compile(line, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
