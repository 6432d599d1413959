package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.system.Pulse.Waits;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A cell with ten thousand secrets of some versions each: prints how long one node and the whole
/// cell take to serve again after `kill -9`, compared with an empty one, and until a node with an
/// empty disk has all its shares while clients go on. Asserts that it comes to that, not when.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(16)
final class GrownCellIT {
  /// Fewer, to try something quickly: `-Dquorumvault.secrets=1500 -Dquorumvault.versions=1`.
  private static final int SECRETS = Integer.getInteger("quorumvault.secrets", 10_000);

  private static final int VERSIONS = Integer.getInteger("quorumvault.versions", 3);

  /// Few enough that five nodes on one small machine have them on disk within one request's time.
  private static final int NAMES_PER_IMPORT = 200;

  private static final int CLIENTS = 16;
  private static final int NAMES_AT_ONCE = 80;
  private static final int EMPTIED = 5;
  private static final int RESTARTED = 4;
  private static final int RESTARTS = 3;
  private static final int[] ALL = IntStream.rangeClosed(1, VaultCluster.NODES).toArray();

  /// For some ten thousand times as much as other tests do.
  private static final int MINUTES_MAX = 60;

  @Test
  @Timeout(value = MINUTES_MAX, unit = TimeUnit.MINUTES)
  void it_starts_soon_and_mends_an_empty_node_while_it_serves(FaultyCluster cluster) {
    double emptyOne = secondsUntilServing(cluster, RESTARTED);
    double empty = secondsUntilServing(cluster, ALL);
    List<String> names = IntStream.range(0, SECRETS).mapToObj(i -> "GROWN_" + i).toList();
    long begun = System.nanoTime();
    fill(cluster.client(), names);
    double filling = seconds(begun);
    System.out.printf(
        "Grown cell: %d secrets of %d versions, written in %.0f s%n", SECRETS, VERSIONS, filling);
    for (int i = 0; i < RESTARTS; i++) {
      double grownOne = secondsUntilServing(cluster, RESTARTED);
      System.out.printf(
          "Grown cell: one node, killed and started, serves after %.2f s (x%.2f of the %.2f s when"
              + " there was nothing)%n",
          grownOne, grownOne / emptyOne, emptyOne);
    }
    double grown = secondsUntilServing(cluster, ALL);
    System.out.printf(
        "Grown cell: all five nodes, killed and started together, serve after %.2f s (x%.2f of the"
            + " %.2f s when there was nothing)%n",
        grown, grown / empty, empty);

    List<Register> registers = Load.registers("grown-load", 2);
    registers.forEach(register -> register.writeSurely(cluster.client()));
    try (Pulse pulse = new Pulse(cluster.client().strict(), registers, List.of(), 2)) {
      cluster.kill(EMPTIED);
      cluster.loseDisk(EMPTIED);
      long started = System.nanoTime();
      cluster.launch(EMPTIED);
      cluster.awaitServing();
      double serving = seconds(started);
      awaitShares(cluster, names);
      double whole = seconds(started);
      Waits reads = Waits.of(pulse.between(started, System.nanoTime(), Pulse.READS));
      Waits writes = Waits.of(pulse.between(started, System.nanoTime(), Pulse.WRITES));
      System.out.printf(
          "Grown cell: a node with an empty disk serves after %.1f s and holds its share of every"
              + " version after %.1f s; meanwhile %d reads (%d refused) and %d writes%n",
          serving, whole, reads.count(), reads.unanswered(), writes.count());
    }
    for (int i = 0; i < SECRETS; i += SECRETS / 50) {
      Answer answer = cluster.client().get(names.get(i)).expect(200);
      assertEquals(VERSIONS, answer.version());
      assertEquals(value(names.get(i), VERSIONS), answer.valueText());
    }
  }

  private static String value(String name, int version) {
    return name + "-v" + version;
  }

  private static void fill(VaultClient client, List<String> names) {
    for (int from = 0; from < names.size(); from += NAMES_PER_IMPORT) {
      StringBuilder file = new StringBuilder();
      for (String name : names.subList(from, Math.min(from + NAMES_PER_IMPORT, names.size()))) {
        file.append("%s=enc(%s:%s)%n".formatted(name, name, value(name, 1)));
      }
      client.env("seal", file.toString(), Map.of()).expect(200);
    }
    AtomicInteger next = new AtomicInteger();
    List<Boolean> _ =
        Parallel.run(
            CLIENTS,
            _ -> {
              for (int i = next.getAndIncrement(); i < names.size(); i = next.getAndIncrement()) {
                for (int version = 2; version <= VERSIONS; version++) {
                  client.update(names.get(i), value(names.get(i), version)).expect(200);
                }
              }
              return true;
            });
  }

  /// Kills nodes and starts them.
  private static double secondsUntilServing(FaultyCluster cluster, int... nodes) {
    cluster.kill(nodes);
    long started = System.nanoTime();
    cluster.launch(nodes);
    Set<URI> waited = new HashSet<>();
    VaultCluster.Described now = cluster.cluster().described();
    IntStream.of(nodes).forEach(node -> waited.add(now.node(node).url()));
    double took;
    try (NodeLink operator = NodeLink.as(cluster.cluster(), "operator")) {
      Eventually.holds(
          "they serve",
          () -> {
            waited.removeIf(node -> serves(operator, node));
            return waited.isEmpty();
          });
      took = seconds(started);
    }
    cluster.awaitServing();
    return took;
  }

  private static boolean serves(NodeLink operator, URI node) {
    try {
      return operator.get(node, "/health/ready").statusCode() == 200;
    } catch (IOException refused) {
      return false;
    }
  }

  /// By what the node tells operators: to ask it for ten thousand shares would cost it more than to
  /// get them back. Some are then asked for.
  private static void awaitShares(FaultyCluster cluster, List<String> names) {
    VaultCluster.Described now = cluster.cluster().described();
    try (NodeLink operator = NodeLink.as(cluster.cluster(), "operator")) {
      Eventually.holds(
          "the node lacks no share",
          () -> operator.metric(now.node(EMPTIED).url(), "quorumvault_shares_lacking") == 0);
    }
    List<String> some =
        IntStream.range(0, names.size())
            .filter(i -> i % (names.size() / NAMES_AT_ONCE) == 0)
            .limit(NAMES_AT_ONCE)
            .mapToObj(names::get)
            .toList();
    try (NodeLink link = NodeLink.as(cluster.cluster(), "node-1")) {
      assertTrue(link.holdsShares(now, 1, EMPTIED, some, VERSIONS));
    } catch (IOException failed) {
      throw new AssertionError("node " + EMPTIED + " does not answer", failed);
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }
}
