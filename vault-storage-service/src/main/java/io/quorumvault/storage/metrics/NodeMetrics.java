package io.quorumvault.storage.metrics;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.Meters;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The metrics of a node. Hosts count events here; everything else is asked of `NodeFacts` when the
/// metrics are collected. What each means stands in docs/metrics.md. Safe for use by any number of
/// threads.
public final class NodeMetrics {
  private static final Logger LOG = Logger.getLogger(NodeMetrics.class.getName());

  /// A commit in the label of what went over the budget, beside the operations.
  private static final String COMMIT = "commit";

  /// A busy node must not write a line for every operation.
  private static final long BETWEEN_WARNINGS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Meters meters;
  private final LongSupplier nanoTime;
  private final Meters.Stopwatch operations;
  private final Meters.Stopwatch commits;
  private final Meters.Tally overBudget;
  private final Meters.Tally violations;
  private final Meters.Tally integrityFailures;
  private final AtomicLong nextWarning;
  private final AtomicLong notWarned = new AtomicLong();

  public NodeMetrics(Meters meters) {
    this(meters, System::nanoTime);
  }

  NodeMetrics(Meters meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.nextWarning = new AtomicLong(nanoTime.getAsLong());
    List<String> all = Arrays.stream(Operation.values()).map(Operation::label).toList();
    this.operations =
        meters.stopwatch(
            "quorumvault_operation_duration_seconds",
            "What this node coordinated, from the request of an API server to the answer.",
            new Meters.Label("operation", all));
    this.commits =
        meters.stopwatch(
            "quorumvault_commit_duration_seconds",
            "Making one database transaction durable, with all its syncs.");
    this.overBudget =
        meters.counter(
            "quorumvault_operations_over_budget_total",
            "Operations and commits that took longer than 250 ms.",
            new Meters.Label("operation", plus(all, COMMIT)));
    this.violations =
        meters.counter(
            "quorumvault_invariant_violations_total",
            "States that cannot be, by where they were noticed. Must stay 0.",
            new Meters.Label(
                "where", Arrays.stream(Violation.values()).map(Violation::label).toList()));
    this.integrityFailures =
        meters.counter(
            "quorumvault_integrity_failures_total",
            "Operations that found enough shares and no authentic value. Must stay 0.");
  }

  private static List<String> plus(List<String> some, String more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  /// Does the work, and measures and counts how it ends.
  public <A> A timed(Operation operation, Supplier<A> work) {
    long began = nanoTime.getAsLong();
    try {
      return work.get();
    } catch (VaultFailure failure) {
      if (failure.code() == FailureCode.INTEGRITY_FAILURE) {
        integrityFailures.count();
      }
      throw failure;
    } catch (RuntimeException bug) {
      violated(Violation.OPERATION);
      throw bug;
    } finally {
      long nanos = nanoTime.getAsLong() - began;
      operations.took(nanos, operation.label());
      checkBudget(operation.label(), nanos);
    }
  }

  /// A transaction became durable.
  public void committed(long nanos) {
    commits.took(nanos);
    checkBudget(COMMIT, nanos);
  }

  public void violated(Violation where) {
    violations.count(where.label());
  }

  private void checkBudget(String operation, long nanos) {
    if (nanos <= Limits.STORAGE_OPERATION_BUDGET.toNanos()) {
      return;
    }
    overBudget.count(operation);
    long now = nanoTime.getAsLong();
    long due = nextWarning.get();
    if (now - due >= 0 && nextWarning.compareAndSet(due, now + BETWEEN_WARNINGS_NANOS)) {
      long others = notWarned.getAndSet(0);
      LOG.warning(() ->
          operation
              + " took "
              + TimeUnit.NANOSECONDS.toMillis(nanos)
              + " ms (budget: "
              + Limits.STORAGE_OPERATION_BUDGET.toMillis()
              + " ms)"
              + (others == 0 ? "" : ", and " + others + " others took too long since the last"));
    } else {
      notWarned.incrementAndGet();
    }
  }

  /// From now on, tells what the node knows of itself. Called once.
  public void watch(NodeFacts node, InstantSource clock) {
    standing(node);
    shares(node);
    transactions(node);
    peers(node);
    surroundings(node, clock);
  }

  private void standing(NodeFacts node) {
    meters.gauge(
        "quorumvault_node_serving",
        "1 while the node speaks for what it holds.",
        () -> oneIf(node.serving()));
    meters.gauge(
        "quorumvault_node_joining",
        "1 while the node gets its memory from the others.",
        () -> oneIf(node.joining()));
    meters.gauge(
        "quorumvault_storage_rolled_back",
        "1 if the storage was found older than what it had acknowledged, since the process started.",
        () -> oneIf(node.rolledBack()));
    meters.gauge(
        "quorumvault_storage_lost",
        "1 if the storage was found empty though others remember the node, since the process"
            + " started.",
        () -> oneIf(node.memoryLost()));
  }

  private void shares(NodeFacts node) {
    meters.gauge(
        "quorumvault_shares_lacking",
        "Repair backlog: shares that the last look found lacking here and did not get back;"
            + " NaN before the first look is over.",
        () -> {
          OptionalLong lacking = node.sharesLacking();
          return lacking.isPresent() ? lacking.getAsLong() : Double.NaN;
        });
    meters.counter(
        "quorumvault_shares_found_damaged_total",
        "Bit rot: times a share could not be opened.",
        node::sharesFoundDamaged);
    meters.gauge(
        "quorumvault_share_margin",
        "Least number of nodes beyond the threshold that showed a good share to a latest read of"
            + " the last minutes; NaN without reads.",
        () -> {
          OptionalInt margin = node.shareMargin();
          return margin.isPresent() ? margin.getAsInt() : Double.NaN;
        });
  }

  private void transactions(NodeFacts node) {
    meters.gauge(
        "quorumvault_transactions_open",
        "Transactions not settled at this node.",
        node::transactionsOpen);
    meters.gauge(
        "quorumvault_transactions_in_doubt",
        "Of the open transactions, those left by whoever began them, which this node finishes.",
        node::transactionsInDoubt);
  }

  private void peers(NodeFacts node) {
    meters.gauges(
        "quorumvault_peers",
        "Other nodes, by how they answered last.",
        "state",
        Map.of(
            "active", node::peersActive,
            "unreachable", node::peersUnreachable,
            "disagreeing", node::peersDisagreeing));
    Map<String, DoubleSupplier> skews = new TreeMap<>();
    for (int other : node.others()) {
      skews.put(Integer.toString(other), () -> node.clockAheadSeconds(other));
    }
    meters.gauges(
        "quorumvault_clock_skew_seconds",
        "By how much a node's clock is ahead of this one's, negative if behind; less than two seconds"
            + " are not seen, NaN if not heard.",
        "node",
        skews);
  }

  private void surroundings(NodeFacts node, InstantSource clock) {
    meters.gauge(
        "quorumvault_certificate_age_seconds",
        "Since when the node's certificate is valid.",
        () -> between(node.certificateValidFrom(), clock.instant()));
    meters.gauge(
        "quorumvault_certificate_expires_in_seconds",
        "How long the node's certificate is still valid.",
        () -> between(clock.instant(), node.certificateValidUntil()));
    meters.gauge(
        "quorumvault_policy_age_seconds",
        "Since when the policy is in force in this process.",
        () -> between(node.policySince(), clock.instant()));
    meters.gauge(
        "quorumvault_disk_free_bytes",
        "Free space where the data is; below 256 MiB no new shares are taken.",
        node::diskFreeBytes);
  }

  /// In the text format of Prometheus.
  public byte[] text() {
    return meters.text();
  }

  private static double between(Instant from, Instant to) {
    return Meters.seconds(Duration.between(from, to));
  }

  private static double oneIf(boolean so) {
    return so ? 1 : 0;
  }
}
