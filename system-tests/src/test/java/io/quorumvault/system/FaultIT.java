package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every fault alone, so that a failure says which. One node is struck, or the API, while clients
/// are at work: they go on, and what they see has one order.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(14)
final class FaultIT {
  /// Enough that every node has coordinated some while the fault lasts.
  private static final int OPERATIONS = 25;

  @ParameterizedTest
  @EnumSource(Fault.class)
  void alone_it_stops_nobody_and_makes_nobody_say_what_is_wrong(
      Fault fault, FaultyCluster cluster) {
    assumeTrue(fault.isPossible(cluster), () -> "NOT RUN: needs " + fault.needs.told);
    System.out.println("Alone: " + fault.told);
    Recorder recorder = new Recorder("");
    long seed = fault.name().hashCode();
    int victim = 1 + Math.floorMod(seed, VaultCluster.NODES);
    List<Integer> nodes = fault.reach == Fault.Reach.API ? List.of() : List.of(victim);
    int spared = cluster.spared();
    try (Campaign load =
        new Campaign(cluster.client(), recorder, fault.name().toLowerCase(Locale.ROOT), seed)) {
      load.awaitProgress(OPERATIONS);
      Fault.Remedy remedy = fault.strike(new Fault.Scene(cluster, load, nodes, new Random(seed)));
      if (fault != Fault.KILL_API) {
        load.awaitProgress(OPERATIONS);
      }
      remedy.apply();
      cluster.awaitServing();
      load.awaitProgress(OPERATIONS);
      load.end();
      load.readAll(cluster.client());
    }
    recorder.verdict().assertPossible();
    assertEquals(spared, cluster.spared(), "the others could not spare the node");
  }

  @Test
  void a_node_whose_syncs_fail_or_whose_disk_is_full_ends_itself(FaultyCluster cluster) {
    assumeTrue(cluster.hasMachines(), () -> "NOT RUN: needs " + Fault.Needs.MACHINES.told);
    VaultClient client = cluster.client();
    cluster.machine(2).failSyncs(true);
    cluster.machine(4).fill(Machine.Space.NONE);
    Eventually.holds(
        "nodes 2 and 4 end themselves",
        () -> {
          Answer _ = client.create("ends-" + System.nanoTime(), "v").expect(201);
          return !cluster.runs(2) && !cluster.runs(4);
        });
    cluster.machine(2).failSyncs(false);
    cluster.machine(4).fill(Machine.Space.ENOUGH);
    int _ = cluster.machine(2).cutPower(new Random(2));
    cluster.launch(2, 4);
    cluster.awaitServing();
  }
}
