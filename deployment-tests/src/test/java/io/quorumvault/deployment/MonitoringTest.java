package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerts and the dashboard. That the metrics are there in real processes is shown by `PodsIT`.
class MonitoringTest {
  private static final String TESTS = "k8s/overlays/monitoring/alerts.test.yaml";
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern DOCUMENTED = Pattern.compile("`(quorumvault_[a-z0-9_]+)");

  private static Tool promtool() {
    return Tool.require("promtool", "Debian: prometheus");
  }

  @Test
  void there_are_alerts_for_what_must_be_watched() {
    List<Rule> alerts = Queries.alerts();
    assertTrue(alerts.size() >= 12);
    Set<String> names = alerts.stream().map(Rule::getAlert).collect(Collectors.toSet());
    assertEquals(alerts.size(), names.size());
    Set<String> watched = new TreeSet<>();
    alerts.forEach(alert -> watched.addAll(Queries.metrics(alert.getExpr().getStrVal())));
    Set<String> shown = new TreeSet<>();
    Queries.ofDashboard().forEach(query -> shown.addAll(Queries.metrics(query)));
    for (String metric :
        List.of(
            "quorumvault_share_margin",
            "quorumvault_shares_lacking",
            "quorumvault_transactions_in_doubt",
            "quorumvault_invariant_violations_total",
            "quorumvault_clock_skew_seconds",
            "quorumvault_certificate_expires_in_seconds")) {
      assertTrue(watched.contains(metric), metric);
      assertTrue(shown.contains(metric), metric);
    }
    assertTrue(shown.contains("quorumvault_certificate_age_seconds"));
  }

  @Test
  void every_alert_says_how_bad_it_is_and_what_to_do() {
    Set<String> anchors = new HashSet<>();
    HEADING
        .matcher(Project.text("docs/runbooks.md"))
        .results()
        .forEach(heading -> anchors.add(anchor(heading.group(1))));
    Set<String> used = new HashSet<>();
    for (Rule alert : Queries.alerts()) {
      assertTrue(Set.of("critical", "warning").contains(alert.getLabels().get("severity")));
      assertTrue(alert.getAnnotations().getOrDefault("summary", "").endsWith("."));
      String url = alert.getAnnotations().getOrDefault("runbook_url", "");
      assertTrue(url.contains("/runbooks.md#"), url);
      String anchor = url.substring(url.indexOf('#') + 1);
      assertTrue(anchors.contains(anchor), url);
      assertTrue(used.add(anchor), url);
    }
  }

  /// As Markdown renderers make it of a heading.
  private static String anchor(String heading) {
    return heading
        .toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^a-z0-9 -]", "")
        .replace(' ', '-');
  }

  @Test
  void every_metric_that_is_asked_for_is_documented() {
    Set<String> documented = new HashSet<>();
    DOCUMENTED
        .matcher(Project.text("docs/metrics.md"))
        .results()
        .forEach(metric -> documented.add(metric.group(1)));
    for (String query : Queries.all()) {
      for (String metric : Queries.metrics(query)) {
        assertTrue(
            documented.contains(metric.replaceFirst("_(bucket|count|sum)$", "")),
            () -> metric + " of " + query);
      }
    }
  }

  @Test
  void every_panel_of_the_dashboard_asks_something_and_has_its_own_place() {
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : Queries.dashboard().path("panels")) {
      assertTrue(ids.add(panel.path("id").asInt()));
      assertFalse(panel.path("title").asText().isBlank());
      assertFalse(panel.path("targets").isEmpty());
      assertTrue(
          panel.path("gridPos").path("x").asInt() + panel.path("gridPos").path("w").asInt() <= 24);
    }
    assertTrue(ids.size() > 12);
  }

  @Test
  void every_alert_is_tested_both_ways() throws IOException {
    Map<String, Set<Boolean>> ways = new HashMap<>();
    for (JsonNode test : new YAMLMapper().readTree(Project.text(TESTS)).path("tests")) {
      for (JsonNode one : test.path("alert_rule_test")) {
        ways.computeIfAbsent(one.path("alertname").asText(), _ -> new HashSet<>())
            .add(one.path("exp_alerts").isEmpty());
      }
    }
    for (Rule alert : Queries.alerts()) {
      assertEquals(Set.of(true, false), ways.get(alert.getAlert()), alert::getAlert);
    }
  }

  @Test
  void alerts_fire_when_they_must_and_only_then(@TempDir Path directory)
      throws IOException, InterruptedException {
    Tool promtool = promtool();
    JsonNode rules =
        Manifests.documents(Files.readString(Project.rendered("monitoring"))).stream()
            .filter(document -> document.path("kind").asText().equals("PrometheusRule"))
            .findFirst()
            .orElseThrow();
    new YAMLMapper().writeValue(directory.resolve("alerts.yaml").toFile(), rules.path("spec"));
    Files.writeString(directory.resolve("alerts.test.yaml"), Project.text(TESTS));
    String checked =
        promtool
            .run(directory, new byte[0], "check", "rules", "alerts.yaml")
            .expectSuccess("promtool check rules");
    assertTrue(checked.contains(Queries.alerts().size() + " rules found"), checked);
    promtool
        .run(directory, new byte[0], "test", "rules", "alerts.test.yaml")
        .expectSuccess("promtool test rules");
  }

  @Test
  void every_query_of_the_dashboard_parses(@TempDir Path directory)
      throws IOException, InterruptedException {
    Tool promtool = promtool();
    // promtool parses what rules record.
    ObjectNode file = new YAMLMapper().createObjectNode();
    ArrayNode rules =
        file.putArray("groups").addObject().put("name", "dashboard").putArray("rules");
    List<String> queries = Queries.ofDashboard();
    for (int i = 0; i < queries.size(); i++) {
      rules.addObject().put("record", "panel:" + i).put("expr", queries.get(i));
    }
    Files.write(
        directory.resolve("dashboard.yaml"),
        new YAMLMapper().writeValueAsString(file).getBytes(StandardCharsets.UTF_8));
    String checked =
        promtool
            .run(directory, new byte[0], "check", "rules", "dashboard.yaml")
            .expectSuccess("promtool check rules");
    assertTrue(checked.contains(queries.size() + " rules found"), checked);
  }
}
