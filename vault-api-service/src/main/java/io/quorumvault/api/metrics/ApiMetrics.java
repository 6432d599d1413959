package io.quorumvault.api.metrics;

import io.quorumvault.kit.Meters;
import io.quorumvault.protocol.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// The metrics of an API server. What each means stands in docs/metrics.md. Safe for use by any
/// number of threads.
public final class ApiMetrics {
  /// Stands for every request that is none of the contract's operations, whatever its path.
  static final String OTHER = "other";

  private static final List<String> STATUSES = List.of("1xx", "2xx", "3xx", "4xx", "5xx");

  /// How asking a node came out.
  public enum Outcome {
    ANSWERED,
    REFUSED,
    NOT_SENT,
    UNANSWERED;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Meters meters;
  private final Set<String> operations;
  private final Meters.Tally requests;
  private final Meters.Stopwatch durations;
  private final Meters.Tally notAdmitted;
  private final Meters.Tally attempts;

  /// @param operations the operation ids of the contract
  public ApiMetrics(Meters meters, Collection<String> operations, Collection<NodeId> nodes) {
    this.meters = meters;
    this.operations = Set.copyOf(operations);
    Set<String> all = new TreeSet<>(operations);
    all.add(OTHER);
    Meters.Label operation = new Meters.Label("operation", List.copyOf(all));
    this.requests =
        meters.counter(
            "quorumvault_api_requests_total",
            "Requests answered, by operation of the contract and class of status.",
            operation,
            new Meters.Label("status", STATUSES));
    this.durations =
        meters.stopwatch(
            "quorumvault_api_request_duration_seconds",
            "From a request's head to its answer.",
            operation);
    this.notAdmitted =
        meters.counter(
            "quorumvault_api_requests_not_admitted_total",
            "Requests refused with 429 because too many were under way.");
    this.attempts =
        meters.counter(
            "quorumvault_api_node_attempts_total",
            "Requests to storage nodes, by node and by how they came out.",
            new Meters.Label(
                "node", nodes.stream().map(node -> Integer.toString(node.index())).toList()),
            new Meters.Label(
                "outcome", Arrays.stream(Outcome.values()).map(Outcome::label).toList()));
  }

  /// @param operationId as the contract has it; anything else counts as `other`
  public void answered(String operationId, int status, Duration duration) {
    String operation = operations.contains(operationId) ? operationId : OTHER;
    int hundreds = Math.clamp(status / 100, 1, STATUSES.size());
    requests.count(operation, STATUSES.get(hundreds - 1));
    durations.took(duration.toNanos(), operation);
  }

  public void notAdmitted() {
    notAdmitted.count();
  }

  public void asked(NodeId node, Outcome outcome) {
    attempts.count(Integer.toString(node.index()), outcome.label());
  }

  /// From now on, tells how many requests are under way and how many nodes are doubtful.
  public void watch(IntSupplier underWay, IntSupplier doubtful) {
    meters.gauge(
        "quorumvault_api_requests_under_way", "Requests being answered.", underWay::getAsInt);
    meters.gauge(
        "quorumvault_api_nodes_doubtful",
        "Nodes that did not answer or could not help, and are asked last.",
        doubtful::getAsInt);
  }

  /// From now on, tells how long certificates are valid.
  ///
  /// @param until of each, by what it is for
  public void watchCertificates(Map<String, Supplier<Instant>> until, InstantSource clock) {
    Map<String, DoubleSupplier> left = new HashMap<>();
    new TreeMap<>(until)
        .forEach((towards, end) ->
            left.put(towards, () -> Meters.seconds(Duration.between(clock.instant(), end.get()))));
    meters.gauges(
        "quorumvault_api_certificate_expires_in_seconds",
        "How long the certificate shown to nodes, or to callers, is still valid.",
        "towards",
        left);
  }

  /// From now on, tells how old the policy is.
  public void watchPolicy(Supplier<Instant> since, InstantSource clock) {
    meters.gauge(
        "quorumvault_api_policy_age_seconds",
        "Since when the policy is in force in this process.",
        () -> Meters.seconds(Duration.between(since.get(), clock.instant())));
  }

  /// In the text format of Prometheus.
  public byte[] text() {
    return meters.text();
  }
}
