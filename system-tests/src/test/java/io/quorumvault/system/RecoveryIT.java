package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quorumvault.protocol.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Nodes that die at work, and disks that do not come back.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(12)
final class RecoveryIT {
  @Test
  void what_a_coordinator_left_open_when_it_died_is_settled_by_the_others(VaultCluster cluster)
      throws Exception {
    // Many names, so that every node coordinates some of them at the moment when it is killed.
    List<Register> registers = Load.registers("orphan", 20);
    VaultClient client = cluster.client();
    try (Load load = new Load(client, registers, 10, 1)) {
      load.awaitProgress(100, 50);
      cluster.kill(3);
    }
    // Nobody asks for anything now. Those that are left settle among themselves what was begun.
    List<String> names = registers.stream().map(Register::name).toList();
    assertAgreed(cluster, names, List.of(1, 2, 4, 5));
    for (Register register : registers) {
      register.verify(client, false);
      register.settle(client);
      register.writeSurely(client);
      register.verify(client, true);
    }
    cluster.restart(3);
    assertAgreed(cluster, names, List.of(1, 2, 3, 4, 5));
    for (Register register : registers) {
      register.verify(client, true);
    }
  }

  /// Waits until these nodes have the same newest entry of every name and nothing pending.
  private static void assertAgreed(VaultCluster cluster, List<String> names, List<Integer> nodes)
      throws Exception {
    VaultCluster.Described now = cluster.described();
    int asker = nodes.getFirst();
    try (NodeLink link = NodeLink.as(cluster, "node-" + asker)) {
      Eventually.holds(
          "nodes " + nodes + " agree on " + names.size() + " names",
          () -> {
            Set<List<Optional<Long>>> views = new HashSet<>();
            for (int node : nodes) {
              List<Reply.Standing> standings = link.standings(now, asker, node, names, false);
              views.add(standings.stream().map(NodeLink::settledAt).toList());
            }
            return views.size() == 1
                && views.iterator().next().stream().allMatch(Optional::isPresent);
          });
    }
  }

  @Test
  void nodes_can_be_restarted_one_after_the_other_under_load(VaultCluster cluster) {
    List<Register> registers = Load.registers("rolling", 32);
    VaultClient client = cluster.client();
    try (Load load = new Load(client, registers, 1, 1)) {
      load.awaitProgress(10, 10);
      for (int node = 1; node <= VaultCluster.NODES; node++) {
        cluster.restart(node);
        load.awaitProgress(5, 10);
      }
    }
    for (Register register : registers) {
      register.settle(client);
      register.verify(client, true);
    }
  }

  @Test
  void a_node_that_lost_its_disk_joins_again_and_gets_its_shares_back(VaultCluster cluster)
      throws Exception {
    VaultClient client = cluster.client();
    List<String> names = IntStream.range(0, 25).mapToObj(number -> "disk-" + number).toList();
    List<Answer> _ =
        Parallel.run(
            names.size(),
            number -> {
              client.create(names.get(number), "first " + number).expect(201);
              return client.update(names.get(number), "second " + number).expect(200);
            });
    client.create("disk-deleted", "v").expect(201);
    client.delete("disk-deleted").expect(204);

    cluster.kill(2);
    cluster.loseDisk(2);
    List<Register> registers = Load.registers("disk-register", 4);
    try (Load load = new Load(client, registers, 2, 2)) {
      load.awaitProgress(10, 10);
      cluster.launch(2);
      load.awaitProgress(10, 10);
      cluster.awaitServing(2);
      load.awaitProgress(10, 10);
    }
    for (Register register : registers) {
      register.settle(client);
    }
    List<String> all = new ArrayList<>(names);
    registers.forEach(register -> all.add(register.name()));

    // Nobody reads anything: it finds by itself what it lacks.
    VaultCluster.Described now = cluster.described();
    try (NodeLink link = NodeLink.as(cluster, "node-1")) {
      Eventually.holds(
          "node 2 holds a share of everything", () -> link.holdsShares(now, 1, 2, all));
    }

    // Now its shares are needed, those of older versions too.
    cluster.kill(1, 4);
    for (int number = 0; number < names.size(); number++) {
      int shown = number;
      assertEquals("second " + number, client.get(names.get(number)).expect(200).valueText());
      Eventually.passes(
          "the first version of " + names.get(number) + " can be read",
          () ->
              assertEquals(
                  "first " + shown,
                  client.getVersion(names.get(shown), 1).expect(200).valueText()));
    }
    client.get("disk-deleted").expectProblem(404, "secret-not-found");
    for (Register register : registers) {
      register.writeSurely(client);
      register.readSurely(client);
    }
    cluster.restart(1, 4);
    for (Register register : registers) {
      register.verify(client, true);
    }
    assertEquals("first 0", client.getVersion(names.getFirst(), 1).expect(200).valueText());
  }
}
