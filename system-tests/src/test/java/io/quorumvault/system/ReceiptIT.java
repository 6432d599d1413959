package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.erasure.SignedErasure;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.RecordCodec;
import io.quorumvault.wire.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Erasure receipts of a real cell, verified where there is no cell.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(14)
final class ReceiptIT {
  private static final int ENOUGH = VaultCluster.NODES - VaultCluster.THRESHOLD + 1;

  @TempDir private Path directory = Path.of("");

  /// Asks under one key until the receipt is as expected: on a busy machine some nodes may be too
  /// slow at first.
  private static JsonObject delete(
      VaultClient client, String name, String key, Predicate<JsonObject> expected) {
    return Eventually.found(
        "the receipt of " + name,
        () ->
            Optional.of(
                    client
                        .delete(name, "Prefer", "return=representation", "Idempotency-Key", key)
                        .expect(200)
                        .json())
                .filter(expected));
  }

  private static JsonObject delete(VaultClient client, String name) {
    return delete(client, name, UUID.randomUUID().toString(), ReceiptIT::complete);
  }

  private static boolean complete(JsonObject receipt) {
    return receipt.getBoolean("complete");
  }

  private static List<Integer> signers(JsonObject receipt) {
    return receipt.getJsonArray("signatures").getValuesAs(JsonObject.class).stream()
        .map(signature -> signature.getInt("node"))
        .toList();
  }

  private Command verify(VaultCluster cluster, JsonObject receipt) throws IOException {
    Path file = Files.writeString(directory.resolve("receipt.json"), receipt.toString());
    return VaultCluster.qv(
        "receipt", "verify", file.toString(), "--ca", cluster.authority().toString());
  }

  private void assertRefused(VaultCluster cluster, JsonObject receipt, String told)
      throws IOException {
    Command refused = verify(cluster, receipt);
    assertEquals(4, refused.exitCode(), refused::output);
    assertTrue(refused.output().contains(told), refused::output);
  }

  private static JsonObject with(JsonObject receipt, String member, JsonValue value) {
    return Json.createObjectBuilder(receipt).add(member, value).build();
  }

  private static JsonObject signedOnlyBy(JsonObject receipt, int... places) {
    JsonArrayBuilder some = Json.createArrayBuilder();
    for (int place : places) {
      some.add(receipt.getJsonArray("signatures").get(place));
    }
    return with(receipt, "signatures", some.build());
  }

  @Test
  void a_receipt_holds_without_the_vault_and_only_as_it_is(VaultCluster cluster)
      throws IOException {
    VaultClient client = cluster.client();
    client.create("receipt-whole", "first").expect(201);
    client.update("receipt-whole", "second").expect(200);
    JsonObject receipt = delete(client, "receipt-whole");
    client.get("receipt-whole").expectProblem(404, "secret-not-found");
    assertEquals(2, receipt.getInt("version"));
    assertTrue(signers(receipt).size() >= ENOUGH, receipt::toString);

    Command verified = verify(cluster, receipt).succeeded();
    for (int node : signers(receipt)) {
      assertTrue(verified.output().contains("node-" + node), verified::output);
    }
    verify(cluster, signedOnlyBy(receipt, 0, 1, 2)).succeeded();
    assertRefused(cluster, signedOnlyBy(receipt, 0, 1), "3 are enough");
    assertRefused(cluster, signedOnlyBy(receipt, 0, 1, 1), "is there twice");
    assertRefused(cluster, with(receipt, "name", Json.createValue("another")), "did not sign this");
    assertRefused(cluster, with(receipt, "version", Json.createValue(3)), "did not sign this");
    assertRefused(cluster, with(receipt, "threshold", Json.createValue(5)), "did not sign this");
    assertRefused(
        cluster, with(receipt, "cell", Json.createValue("other")), "is not the one of this node");
  }

  @Test
  void with_two_nodes_away_the_others_still_prove_it_and_later_all_of_them(VaultCluster cluster)
      throws IOException {
    VaultClient client = cluster.client();
    client.create("receipt-away", "v").expect(201);
    cluster.kill(2, 5);
    String key = UUID.randomUUID().toString();
    JsonObject receipt = delete(client, "receipt-away", key, ReceiptIT::complete);
    assertEquals(List.of(1, 3, 4), signers(receipt));
    verify(cluster, receipt).succeeded();

    cluster.restart(2, 5);
    JsonObject later =
        delete(client, "receipt-away", key, one -> signers(one).size() == VaultCluster.NODES);
    assertEquals(receipt.get("deletedAt"), later.get("deletedAt"));
    verify(cluster, later).succeeded();
  }

  @Test
  void qv_deletes_with_a_receipt_and_without_being_asked_there_is_none(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("receipt-plain", "v").expect(201);
    assertEquals(0, client.delete("receipt-plain").expect(204).body().length);

    client.create("receipt-qv", "v").expect(201);
    Path file = directory.resolve("of-qv.json");
    String key = UUID.randomUUID().toString();
    Eventually.holds(
        "qv gets a receipt",
        () ->
            VaultCluster.qv(
                        "delete",
                        "receipt-qv",
                        "--data",
                        cluster.data().toString(),
                        "--idempotency-key",
                        key,
                        "--receipt",
                        file.toString())
                    .exitCode()
                == 0);
    Command _ =
        VaultCluster.qv(
                "receipt", "verify", file.toString(), "--ca", cluster.authority().toString())
            .succeeded();
  }

  @Test
  void a_node_signs_for_api_servers_with_a_callers_token_and_only_what_is_gone(VaultCluster cluster)
      throws IOException {
    VaultClient client = cluster.client();
    client.create("receipt-node", "v").expect(201);
    JsonObject version = client.get("receipt-node").expect(200).json();
    Instant validFrom = Instant.parse(version.getString("validFrom"));
    VaultCluster.Described now = cluster.described();
    VaultCluster.Described.Node node = now.node(4);
    try (NodeLink api = NodeLink.as(cluster, "api")) {
      assertRefused(FailureCode.SECRET_NOT_FOUND, ask(api, node, validFrom, now.token()));
      JsonObject receipt = delete(client, "receipt-node");
      Instant deletedAt = Instant.parse(receipt.getString("deletedAt"));
      Eventually.holds(
          "node 4 has destroyed it",
          () -> ask(api, node, deletedAt, now.token()).statusCode() == 200);
      SignedErasure signed =
          RecordCodec.decode(SignedErasure.class, ask(api, node, deletedAt, now.token()).body());
      assertEquals(4, signed.signature().node().index());
      assertRefused(FailureCode.SECRET_NOT_FOUND, ask(api, node, validFrom, now.token()));
      assertRefused(
          FailureCode.NAMESPACE_NOT_FOUND,
          ask(api, node, deletedAt, cluster.token("--subject", "receipt-stranger")));
      assertRefused(FailureCode.UNAUTHENTICATED, ask(api, node, deletedAt, "no.good.token"));
      for (String holder : List.of("node-1", "operator")) {
        try (NodeLink other = NodeLink.as(cluster, holder)) {
          assertRefused(FailureCode.FORBIDDEN, ask(other, node, deletedAt, now.token()));
        }
      }
    }
    List<String> outcomes =
        records(node)
            .filter(record -> record.event().action().equals("receipt"))
            .filter(record -> new SecretName("receipt-node").equals(record.event().name()))
            .map(record -> record.event().outcome().text())
            .toList();
    assertTrue(outcomes.contains("answered") && outcomes.contains("missing"), outcomes::toString);
  }

  private static Stream<AuditRecord> records(VaultCluster.Described.Node node) {
    return MarkerScan.files(node.dataDirectory().resolve("audit")).stream()
        .flatMap(segment -> {
          try {
            String text = Files.readString(segment, StandardCharsets.US_ASCII);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(AuditRecord::parse);
          } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
          }
        });
  }

  private static HttpResponse<byte[]> ask(
      NodeLink link, VaultCluster.Described.Node node, Instant deletedAt, String token)
      throws IOException {
    return link.post(
        node.url(),
        "/internal/v1/operations/receipt",
        new ReceiptCall(
            new Namespace("demo"), new SecretName("receipt-node"), 1, deletedAt, 10_000),
        token);
  }

  private static void assertRefused(FailureCode expected, HttpResponse<byte[]> response) {
    assertEquals(expected.status(), response.statusCode());
    assertEquals(expected, RecordCodec.decode(Refusal.class, response.body()).code());
  }
}
