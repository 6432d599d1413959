package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// What a delete leaves behind, looked at from outside: each share on a disk is sealed under a key
/// of its own, so what has to be gone is the keys.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(14)
final class DestructionIT {
  private static final String NAME = "destruction";
  private static final int VERSIONS = 3;

  /// n-k+1: with so many shares gone, those that are left are too few.
  private static final int ENOUGH = VaultCluster.NODES - VaultCluster.THRESHOLD + 1;

  /// Where the first key stands in a node's file of keys, and how long each is.
  private static final int KEYS_FROM = 8192;

  private static final int KEY_BYTES = 32;

  /// The keys of a node, in hex.
  private static Set<String> keys(VaultCluster.Described.Node node) throws IOException {
    byte[] file = Files.readAllBytes(slots(node));
    Set<String> keys = new LinkedHashSet<>();
    for (int at = KEYS_FROM; at + KEY_BYTES <= file.length; at += KEY_BYTES) {
      keys.add(HexFormat.of().formatHex(file, at, at + KEY_BYTES));
    }
    keys.remove("00".repeat(KEY_BYTES));
    return keys;
  }

  private static Path slots(VaultCluster.Described.Node node) {
    return node.dataDirectory().resolve("ledger/vault.slots");
  }

  private static List<String> destroyed(Set<String> before, VaultCluster.Described.Node node)
      throws IOException {
    List<String> gone = new ArrayList<>(before);
    gone.removeAll(keys(node));
    return gone;
  }

  private static void assertNowhere(List<String> keys, VaultCluster.Described.Node node) {
    for (String key : keys) {
      assertEquals(
          List.of(), new MarkerScan(HexFormat.of().parseHex(key)).under(node.dataDirectory()));
    }
  }

  @Test
  void no_key_of_a_deleted_secret_is_left_on_enough_nodes_nor_on_one_that_was_away(
      VaultCluster cluster) throws Exception {
    VaultClient client = cluster.client();
    client.create(NAME, "first").expect(201);
    for (int version = 2; version <= VERSIONS; version++) {
      client.update(NAME, "version " + version).expect(200);
    }
    VaultCluster.Described now = cluster.described();
    Map<Integer, Set<String>> before = new LinkedHashMap<>();
    try (NodeLink link = NodeLink.as(cluster, "node-1")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        Eventually.holds(
            "node " + node.index() + " holds its share",
            () -> link.holdsShares(now, 1, node.index(), List.of(NAME)));
        before.put(node.index(), keys(node));
        // The search below can find a key: here it is.
        String any = before.getOrDefault(node.index(), Set.of()).iterator().next();
        assertEquals(
            1, new MarkerScan(HexFormat.of().parseHex(any)).under(node.dataDirectory()).size());
      }
    }

    cluster.kill(5);
    client.delete(NAME).expect(204);
    int rid = 0;
    for (VaultCluster.Described.Node node : now.nodes().subList(0, 4)) {
      List<String> destroyed = destroyed(before.getOrDefault(node.index(), Set.of()), node);
      if (destroyed.size() >= VERSIONS) {
        assertNowhere(destroyed, node);
        rid++;
      }
    }
    assertTrue(rid >= ENOUGH, rid + " nodes have destroyed their keys when the delete is answered");

    cluster.restart(5);
    List<String> destroyed = destroyed(before.getOrDefault(5, Set.of()), now.node(5));
    assertTrue(
        destroyed.size() >= VERSIONS,
        () -> "the node that was away serves with all but " + destroyed.size() + " keys");
    assertNowhere(destroyed, now.node(5));
    client.get(NAME).expectProblem(404, "secret-not-found");
  }
}
