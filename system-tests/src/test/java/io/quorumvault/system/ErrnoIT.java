package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The four failures with a name of errno, each brought about on real processes, and told apart
/// from those that look like them.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(14)
final class ErrnoIT {
  private static final int VALUE_BYTES_MAX = 1 << 20;

  /// Where the first key stands in a node's file of keys, and how long each is: a share on a disk
  /// is sealed under one of them.
  private static final int KEYS_FROM = 8192;

  private static final int KEY_BYTES = 32;

  /// Enough for every node to be asked, whether it is known to hang or not.
  private static final int READS = 5;

  @Test
  void what_is_tampered_with_is_no_value_while_what_is_only_away_comes_back(FaultyCluster cluster) {
    VaultClient client = cluster.client();
    client.create("errno-other", "untouched").expect(201);
    Set<String> before = keys(cluster);
    client.create("errno-tampered", "v").expect(201);
    awaitShares(cluster, "errno-tampered");
    Set<String> tampered = keys(cluster);
    tampered.removeAll(before);
    client.create("errno-away", "v").expect(201);
    awaitShares(cluster, "errno-away");
    Set<String> away = keys(cluster);
    away.removeAll(before);
    away.removeAll(tampered);

    // Of the one secret three shares are altered, of the other two, while two nodes are away.
    cluster.kill(1, 2, 3, 4);
    alter(cluster, 1, tampered);
    alter(cluster, 2, tampered);
    alter(cluster, 3, tampered);
    alter(cluster, 1, away);
    alter(cluster, 2, away);
    cluster.launch(1, 2);
    cluster.cluster().awaitServing(1, 2);
    VaultClient strict = client.strict();
    Eventually.passes(
        "what is missing may be on the nodes that are away",
        () -> {
          Answer answer = strict.get("errno-away").expectProblem(503, "insufficient-shares");
          assertTrue(answer.json().getBoolean("retryable"));
        });

    cluster.launch(3, 4);
    cluster.awaitServing();
    assertEquals("v", client.get("errno-away").expect(200).valueText());
    assertEquals("untouched", client.get("errno-other").expect(200).valueText());
    Answer damaged = client.get("errno-tampered").expectProblem(500, "integrity-failure");
    assertFalse(damaged.json().getBoolean("retryable"));
    Answer version = client.getVersion("errno-tampered", 1);
    Answer _ = version.expectProblem(500, "integrity-failure");
    assertRecorded(client, damaged, "allow", "failed", "integrity-failure");
    String log = log(cluster);
    assertTrue(log.contains("code=integrity-failure errno=EINTEGRITY"), "the API's log");

    // It is the value that is gone, and not the name.
    client.update("errno-tampered", "w").expect(200);
    assertEquals("w", client.get("errno-tampered").expect(200).valueText());
    client.getVersion("errno-tampered", 1).expectProblem(500, "integrity-failure");
    cluster.kill(5);
    cluster.launch(5);
    cluster.awaitServing();
    assertEquals("w", client.get("errno-tampered").expect(200).valueText());
  }

  /// By the contract what cannot be recorded is refused as just that, as soon as a node knows;
  /// until then it is late. Nothing says that shares are missing: they are there.
  @Test
  void when_every_disk_hangs_nothing_is_said_of_shares_and_afterwards_all_is_well(
      FaultyCluster cluster) {
    assumeTrue(cluster.hasMachines(), () -> "NOT RUN: needs " + Fault.Needs.MACHINES.told);
    VaultClient client = cluster.client();
    client.create("errno-slow", "v").expect(201);
    VaultClient strict = client.strict();
    int[] nodes = IntStream.rangeClosed(1, VaultCluster.NODES).toArray();
    IntStream.of(nodes).forEach(node -> cluster.machine(node).stall(true));
    try {
      Set<String> seen = new HashSet<>();
      for (int read = 0; read < READS; read++) {
        Answer refused = strict.get("errno-slow");
        seen.add(refused.json().getString("code", refused.toString()));
      }
      seen.removeAll(Set.of("deadline-exceeded", "audit-unavailable"));
      assertEquals(Set.of(), seen);
    } finally {
      IntStream.of(nodes).forEach(node -> cluster.machine(node).stall(false));
    }
    cluster.awaitServing();
    assertEquals("v", client.get("errno-slow").expect(200).valueText());
  }

  @Test
  void what_is_too_large_is_refused_and_leaves_nothing(FaultyCluster cluster) {
    VaultClient client = cluster.client();
    client.create("errno-largest", "x".repeat(VALUE_BYTES_MAX)).expect(201);
    Answer refused =
        client
            .create("errno-larger", "x".repeat(VALUE_BYTES_MAX + 1))
            .expectProblem(413, "payload-too-large");
    assertFalse(refused.json().getBoolean("retryable"));
    client
        .update("errno-largest", new byte[VALUE_BYTES_MAX + 1])
        .expectProblem(413, "payload-too-large");
    client.get("errno-larger").expectProblem(404, "secret-not-found");
    assertEquals(1, client.get("errno-largest").expect(200).version());
  }

  @Test
  void what_the_policy_does_not_give_is_denied_and_recorded_as_what_it_gives_is(
      FaultyCluster cluster) throws IOException {
    VaultClient client = cluster.client();
    client.create("errno-read", "v").expect(201);
    Path policy = cluster.cluster().policy();
    String before = Files.readString(policy);
    String rule =
        "{\"subjects\":[\"errno-reader\"],\"groups\":[],\"namespace\":\"demo\","
            + "\"prefix\":\"errno-\",\"capabilities\":[\"read\"],\"notBefore\":null,"
            + "\"notAfter\":null}";
    int end = before.lastIndexOf(']');
    AccessIT.replace(policy, before.substring(0, end) + "," + rule + before.substring(end));
    try {
      VaultClient reader = client.as(cluster.cluster().token("--subject", "errno-reader"));
      Eventually.holds(
          "the rule is known everywhere", () -> reader.get("errno-read").status() == 200);
      Answer read = reader.get("errno-read").expect(200);
      Answer denied = reader.update("errno-read", "w").expectProblem(403, "forbidden");
      assertFalse(denied.json().getBoolean("retryable"));
      assertRecorded(client, read, "allow", "revealed", "permitted");
      assertRecorded(client, denied, "deny", "refused", "forbidden");
      assertEquals("v", client.get("errno-read").expect(200).valueText());
    } finally {
      AccessIT.replace(policy, before);
    }
  }

  /// Some node recorded that about this request.
  private static void assertRecorded(
      VaultClient client, Answer answer, String decision, String outcome, String reason) {
    String requestId = answer.header("X-Request-Id");
    Eventually.holds(
        requestId + ": " + decision + " " + outcome + " " + reason,
        () -> {
          String query = "?limit=1000";
          while (!query.isEmpty()) {
            JsonObject page =
                client
                    .send("GET", "/v1/namespaces/demo/audit" + query, Optional.empty())
                    .expect(200)
                    .json();
            for (JsonObject entry : page.getJsonArray("entries").getValuesAs(JsonObject.class)) {
              if (entry.getString("requestId").equals(requestId)
                  && entry.getString("decision").equals(decision)
                  && entry.getString("outcome").equals(outcome)
                  && entry.getString("reason").equals(reason)) {
                return true;
              }
            }
            String next = page.getString("nextCursor", "");
            query = next.isEmpty() ? "" : "?limit=1000&cursor=" + next;
          }
          return false;
        });
  }

  private static String log(FaultyCluster cluster) {
    return new String(
        read(cluster.cluster().data().resolve("logs/api.log")), StandardCharsets.UTF_8);
  }

  private static void awaitShares(FaultyCluster cluster, String name) {
    VaultCluster.Described now = cluster.cluster().described();
    try (NodeLink link = NodeLink.as(cluster.cluster(), "node-1")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        Eventually.holds(
            "node " + node.index() + " holds its share of " + name,
            () -> link.holdsShares(now, 1, node.index(), List.of(name)));
      }
    }
  }

  private static Path slots(FaultyCluster cluster, int node) {
    return cluster.dataDirectory(node).resolve("ledger/vault.slots");
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Where the keys of all nodes stand, as `node:place`.
  private static Set<String> keys(FaultyCluster cluster) {
    Set<String> keys = new HashSet<>();
    byte[] none = new byte[KEY_BYTES];
    for (int node = 1; node <= VaultCluster.NODES; node++) {
      byte[] file = read(slots(cluster, node));
      for (int at = KEYS_FROM; at + KEY_BYTES <= file.length; at += KEY_BYTES) {
        if (!Arrays.equals(file, at, at + KEY_BYTES, none, 0, KEY_BYTES)) {
          keys.add(node + ":" + at);
        }
      }
    }
    return keys;
  }

  /// Alters what one node, which is down, holds under these keys.
  private static void alter(FaultyCluster cluster, int node, Set<String> keys) {
    Path slots = slots(cluster, node);
    byte[] file = read(slots);
    int altered = 0;
    for (String key : keys) {
      if (key.startsWith(node + ":")) {
        file[Integer.parseInt(key.substring(2)) + 7] ^= 0x40;
        altered++;
      }
    }
    assertTrue(altered > 0, () -> "node " + node + " holds nothing under those keys");
    try {
      Files.write(slots, file);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }
}
