package io.quorumvault.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What alerts and the dashboard ask.
final class Queries {
  private static final Pattern METRIC = Pattern.compile("quorumvault_[a-z0-9_]+");

  /// A label of our own with its value; that of a namespace or pod is put on by the collector.
  private static final Pattern LABEL =
      Pattern.compile("(state|status|where|operation|outcome|towards)=\"[a-z0-9_]+\"");

  private Queries() {}

  static List<Rule> alerts() {
    return Manifests.of("monitoring")
        .get(PrometheusRule.class, "quorum-vault")
        .getSpec()
        .getGroups()
        .stream()
        .flatMap(group -> group.getRules().stream())
        .toList();
  }

  static JsonNode dashboard() {
    try {
      return JsonMapper.builder()
          .build()
          .readTree(
              Manifests.of("monitoring")
                  .get(ConfigMap.class, "dashboard")
                  .getData()
                  .get("quorum-vault.json"));
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  /// Of the dashboard, with what Grafana puts in place of its variables.
  static List<String> ofDashboard() {
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : dashboard().path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            target
                .path("expr")
                .asText()
                .replace("$__rate_interval", "5m")
                .replace("$namespace", "n"));
      }
    }
    return queries;
  }

  static List<String> all() {
    return Stream.concat(
            alerts().stream().map(rule -> rule.getExpr().getStrVal()), ofDashboard().stream())
        .toList();
  }

  static Set<String> metrics(String query) {
    Set<String> names = new TreeSet<>();
    METRIC.matcher(query).results().forEach(found -> names.add(found.group()));
    return names;
  }

  static Set<String> ownLabels(String query) {
    Set<String> labels = new TreeSet<>();
    LABEL.matcher(query).results().forEach(found -> labels.add(found.group()));
    return labels;
  }
}
