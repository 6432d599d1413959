package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Reply;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Nodes that are down, and come back.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(11)
final class OutageIT {
  @Test
  void with_two_nodes_down_everything_works_and_with_three_nothing_wrong_is_said(
      VaultCluster cluster) {
    VaultClient client = cluster.client();
    Register register = new Register("outage-register");
    register.writeSurely(client);
    client.create("outage-updated", "v1").expect(201);
    client.create("outage-deleted", "v1").expect(201);
    client.create("outage-kept", "kept through it all").expect(201);

    cluster.kill(2, 4);
    register.writeSurely(client);
    register.readSurely(client);
    for (int i = 0; i < 20; i++) {
      client.create("outage-created-" + i, "v" + i).expect(201);
      assertEquals("v" + i, client.get("outage-created-" + i).expect(200).valueText());
    }
    assertEquals(2, client.update("outage-updated", "v2").expect(200).version());
    assertEquals("v2", client.get("outage-updated").expect(200).valueText());
    assertEquals("v1", client.getVersion("outage-updated", 1).expect(200).valueText());
    client.delete("outage-deleted").expect(204);
    client.get("outage-deleted").expectProblem(404, "secret-not-found");
    client.create("outage-kept", "another").expectProblem(409, "secret-already-exists");
    assertTrue(client.everything().containsKey("outage-created-19"));
    Eventually.holds(
        "the status says that something is down",
        () -> client.status().expect(200).json().getString("status").equals("degraded"));

    cluster.kill(1);
    assertUnavailable(client.strict());
    Eventually.holds(
        "the status says that nothing works",
        () -> client.status().json().getString("status").equals("unavailable"));
    assertUnavailable(client.strict());

    cluster.restart(1, 2, 4);
    Eventually.passes(
        "everything works again without hands",
        () -> assertEquals("operational", client.status().expect(200).json().getString("status")));
    register.verify(client, true);
    assertEquals("kept through it all", client.get("outage-kept").expect(200).valueText());
    assertEquals(1, client.history("outage-kept").size());
    assertEquals("v2", client.get("outage-updated").expect(200).valueText());
    client.get("outage-deleted").expectProblem(404, "secret-not-found");
    client.get("outage-refused").expectProblem(404, "secret-not-found");
    register.writeSurely(client);

    // Nobody reads what was written to as few nodes as possible: the others get their shares all
    // the
    // same.
    List<String> created = IntStream.range(0, 20).mapToObj(i -> "outage-created-" + i).toList();
    try (NodeLink node1 = NodeLink.as(cluster, "node-1");
        NodeLink node3 = NodeLink.as(cluster, "node-3")) {
      VaultCluster.Described now = cluster.described();
      Eventually.passes(
          "nodes that were away have their shares",
          () -> {
            assertTrue(node1.holdsShares(now, 1, 2, created));
            assertTrue(node1.holdsShares(now, 1, 4, created));
            assertTrue(node3.holdsShares(now, 3, 1, created));
          });
    }

    // Those that were away take part: with the others gone, they are needed for everything.
    cluster.kill(3, 5);
    for (int i = 0; i < 20; i++) {
      assertEquals("v" + i, client.get("outage-created-" + i).expect(200).valueText());
    }
    register.writeSurely(client);
    register.verify(client, true);
    cluster.restart(3, 5);
  }

  /// What is asked cannot be answered, and that is what is said.
  private static void assertUnavailable(VaultClient client) {
    for (int i = 0; i < 6; i++) {
      client.get("outage-kept").expectProblem(503, "insufficient-shares");
      client.get("outage-created-" + i).expectProblem(503, "insufficient-shares");
      client.get("outage-absent-" + i).expectProblem(503, "insufficient-shares");
    }
    client.versions("outage-kept", "").expectProblem(503, "insufficient-shares");
    client.getVersion("outage-updated", 1).expectProblem(503, "insufficient-shares");
    client.list("").expectProblem(503, "insufficient-shares");
    for (Answer refused :
        List.of(
            client.create("outage-refused", "v"),
            client.create("outage-kept", "v"),
            client.update("outage-kept", "overwritten"),
            client.update("outage-absent", "v"),
            client.delete("outage-kept"))) {
      JsonObject problem = refused.expectProblem(503, "write-not-accepted").json();
      assertEquals("voting", problem.getString("phase"), refused::toString);
      assertEquals("not-applied", problem.getString("outcome"), refused::toString);
      assertTrue(problem.getBoolean("retryable"), refused::toString);
      assertFalse(refused.header("Retry-After").isBlank());
    }
  }

  @Test
  void a_node_that_was_down_during_a_delete_revives_nothing(VaultCluster cluster) throws Exception {
    VaultClient client = cluster.client();
    String again = "revive-again";
    String gone = "revive-gone";
    for (String name : List.of(again, gone)) {
      client.create(name, "old v1").expect(201);
      client.update(name, "old v2").expect(200);
    }
    cluster.kill(4, 5);
    client.delete(gone).expect(204);
    client.delete(again).expect(204);
    assertEquals(1, client.create(again, "new life").expect(201).version());

    cluster.restart(4, 5);
    client.get(gone).expectProblem(404, "secret-not-found");
    VaultCluster.Described now = cluster.described();
    try (NodeLink node1 = NodeLink.as(cluster, "node-1")) {
      for (int returned : List.of(4, 5)) {
        Eventually.passes(
            "node " + returned + " knows of the delete",
            () -> {
              Reply.Standing standing =
                  node1.standings(now, 1, returned, List.of(gone), true).getFirst();
              Head head = standing.head();
              assertTrue(head != null && !head.entry().live());
              assertEquals(null, standing.share());
            });
      }
    }

    // Nobody has to read it: a node that is back finds by itself what it lacks.
    try (NodeLink node1 = NodeLink.as(cluster, "node-1")) {
      for (int returned : List.of(4, 5)) {
        Eventually.passes(
            "node " + returned + " holds a share of what was written while it was away",
            () -> assertTrue(node1.holdsShares(now, 1, returned, List.of(again))));
      }
    }

    // Two of the three that answer now were away when it was deleted.
    cluster.kill(1, 2);
    for (int i = 0; i < 5; i++) {
      client.get(gone).expectProblem(404, "secret-not-found");
      client.versions(gone, "").expectProblem(404, "secret-not-found");
      assertEquals("new life", client.get(again).expect(200).valueText());
      assertEquals(1, client.history(again).size());
      client.getVersion(again, 2).expectProblem(404, "version-not-found");
    }
    assertFalse(client.everything().containsKey(gone));
    assertEquals(1, client.create(gone, "new life too").expect(201).version());
    assertEquals(1, client.history(gone).size());
    cluster.restart(1, 2);
    assertEquals("new life too", client.get(gone).expect(200).valueText());
  }

  @Test
  void everything_acknowledged_survives_the_death_of_everything(VaultCluster cluster) {
    List<Register> registers = Load.registers("crash-all", 8);
    VaultClient client = cluster.client();
    client.create("crash-key", "v1").expect(201);
    client.update("crash-key", "v2", "Idempotency-Key", "crash-1").expect(200);
    try (Load load = new Load(client, registers, 4, 2)) {
      load.awaitProgress(80, 80);
      cluster.killEverything();
    }
    cluster.startAgain();
    VaultClient after = cluster.client();
    for (Register register : registers) {
      register.verify(after, false);
      register.settle(after);
      register.verify(after, true);
      register.writeSurely(after);
    }
    // What the vault said once it says again, also after it was dead.
    assertEquals(
        2, after.update("crash-key", "v2", "Idempotency-Key", "crash-1").expect(200).version());
    after
        .update("crash-key", "other", "Idempotency-Key", "crash-1")
        .expectProblem(422, "idempotency-key-reused");
    assertEquals(2, after.history("crash-key").size());
  }
}
