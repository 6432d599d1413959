package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// What a node tells those who watch it.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(9)
final class MetricsIT {
  /// Names of their own, and as many strange subjects and paths.
  private static final int STRANGE = 200;

  private static String metrics(VaultCluster cluster, int node) {
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      HttpResponse<byte[]> answer = operator.get(cluster.described().node(node).url(), "/metrics");
      assertEquals(200, answer.statusCode());
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8",
          answer.headers().firstValue("Content-Type").orElse(""));
      return new String(answer.body(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new AssertionError("no metrics of node " + node, failed);
    }
  }

  private static long clocksHeard(String text) {
    return text.lines()
        .filter(line -> line.startsWith("quorumvault_clock_skew_seconds{"))
        .filter(line -> !line.endsWith(" NaN"))
        .count();
  }

  private static SortedSet<String> series(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void a_node_that_is_well_tells_so(VaultCluster cluster) {
    VaultClient client = cluster.client();
    for (int i = 0; i < 10; i++) {
      client.create("metrics-" + i, "v").expect(201);
      client.get("metrics-" + i).expect(200);
    }
    double writes = 0;
    for (int node = 1; node <= VaultCluster.NODES; node++) {
      String text = metrics(cluster, node);
      assertEquals(1, NodeLink.metric(text, "quorumvault_node_serving"));
      assertEquals(0, NodeLink.metric(text, "quorumvault_node_joining"));
      assertEquals(0, NodeLink.metric(text, "quorumvault_storage_rolled_back"));
      for (String where : List.of("operation", "step", "contradiction", "background")) {
        assertEquals(
            0,
            NodeLink.metric(
                text, "quorumvault_invariant_violations_total{where=\"" + where + "\"}"));
      }
      assertEquals(0, NodeLink.metric(text, "quorumvault_integrity_failures_total"));
      assertEquals(0, NodeLink.metric(text, "quorumvault_shares_found_damaged_total"));
      assertTrue(NodeLink.metric(text, "quorumvault_commit_duration_seconds_count") > 0);
      assertTrue(NodeLink.metric(text, "quorumvault_certificate_expires_in_seconds") > 0);
      assertTrue(NodeLink.metric(text, "quorumvault_disk_free_bytes") > 0);
      assertEquals(0, NodeLink.metric(text, "quorumvault_peers{state=\"disagreeing\"}"));
      writes +=
          NodeLink.metric(
              text, "quorumvault_operation_duration_seconds_count{operation=\"write\"}");
      // All processes have one clock; by how much one that hangs seems behind is nobody's promise.
      int number = node;
      Eventually.holds(
          "node " + number + " heard every clock",
          () -> clocksHeard(metrics(cluster, number)) == VaultCluster.NODES - 1);
    }
    assertTrue(writes >= 10, "writes: " + writes);
    // Nobody is away: all five hold a share of what was read.
    Eventually.holds(
        "somebody tells the share margin",
        () ->
            IntStream.rangeClosed(1, VaultCluster.NODES)
                .mapToDouble(
                    node -> NodeLink.metric(metrics(cluster, node), "quorumvault_share_margin"))
                .anyMatch(margin -> margin <= VaultCluster.NODES - VaultCluster.THRESHOLD));
  }

  @Test
  void the_number_of_series_does_not_grow_and_nothing_of_a_request_is_in_them(VaultCluster cluster)
      throws IOException {
    List<SortedSet<String>> before = new ArrayList<>();
    for (int node = 1; node <= VaultCluster.NODES; node++) {
      before.add(series(metrics(cluster, node)));
    }
    VaultClient client = cluster.client();
    VaultClient stranger = client.as(cluster.token("--subject", "metrics-stranger"));
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      for (int i = 0; i < STRANGE; i++) {
        client.create("metrics-marker-" + i, "v").expect(201);
        stranger.get("metrics-marker-" + i).expectProblem(404, "namespace-not-found");
        int node = 1 + i % VaultCluster.NODES;
        assertEquals(
            404,
            operator
                .get(cluster.described().node(node).url(), "/metrics-marker/" + i)
                .statusCode());
      }
    }
    for (int node = 1; node <= VaultCluster.NODES; node++) {
      String text = metrics(cluster, node);
      assertEquals(before.get(node - 1), series(text));
      assertFalse(text.contains("marker"));
      assertFalse(text.contains("stranger"));
      assertFalse(text.contains("demo"));
    }
  }

  @Test
  void the_api_tells_callers_nothing_of_it(VaultCluster cluster) {
    Answer answer = cluster.client().send("GET", "/metrics", Optional.empty());
    Answer _ = answer.expectProblem(404, "resource-not-found");
    assertFalse(answer.text().contains("quorumvault_"));
  }
}
