package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.Bytes;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.api.FakeNode.Pen;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureReceipt;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.erasure.ReceiptCheck;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.WriteCall;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Erasure receipts as callers get them: when they ask for one, and never instead of the delete.
@HelidonTest
class ReceiptContractTest extends ApiTest {
  private static final String PREFERENCE = "return=representation";

  private ApiClient preferring() {
    return dev().with("Prefer", PREFERENCE);
  }

  private static Bytes base64(String text) {
    return Bytes.copyOf(Base64.getDecoder().decode(text));
  }

  private static ErasureReceipt receipt(JsonObject document) {
    return new ErasureReceipt(
        new Erasure(
            document.getString("cell"),
            document.getInt("nodes"),
            document.getInt("threshold"),
            new Namespace(document.getString("namespace")),
            new SecretName(document.getString("name")),
            document.getInt("incarnation"),
            document.getInt("version"),
            document.getInt("seq"),
            Instant.parse(document.getString("deletedAt"))),
        document.getJsonArray("signatures").getValuesAs(JsonObject.class).stream()
            .map(signature ->
                new ErasureSignature(
                    new NodeId(signature.getInt("node")),
                    Instant.parse(signature.getString("signedAt")),
                    base64(signature.getString("signature")),
                    signature.getJsonArray("certificates").getValuesAs(JsonString.class).stream()
                        .map(certificate -> base64(certificate.getString()))
                        .toList()))
            .toList());
  }

  private static ReceiptCheck check(Reply reply) {
    return ReceiptCheck.of(receipt(reply.json()), CELL.operator().authorities());
  }

  private void assertSignedBy(Reply reply, int... nodes) {
    assertEquals(200, reply.status(), reply.text());
    assertEquals(Optional.of(PREFERENCE), reply.header("Preference-Applied"));
    ReceiptCheck check = check(reply);
    assertEquals(List.of(), check.flawed());
    assertEquals(IntStream.of(nodes).mapToObj(NodeId::new).toList(), check.signers());
    assertEquals(check.proven(), reply.json().getBoolean("complete"));
    assertEquals(!check.proven(), reply.json().containsKey("detail"));
  }

  private static long askedForReceipts() {
    return CELL.nodes().stream()
        .flatMap(node -> node.heard().stream())
        .filter(heard -> heard.call() instanceof ReceiptCall)
        .count();
  }

  @Test
  void a_delete_is_answered_with_nothing_as_ever_unless_a_receipt_is_preferred() {
    for (String other :
        List.of(
            "",
            "return=minimal",
            "respond-async, wait=10",
            "return=minimal, return=representation",
            "returns=representation",
            "return",
            "x=\"return=representation\"",
            "x=\", return=representation",
            "=,;")) {
      Reply reply = dev().with("Prefer", other).delete(secret(existing()));
      assertEquals(204, reply.status(), other + reply.text());
      assertEquals("", reply.text());
      assertEquals(Optional.empty(), reply.header("Preference-Applied"));
    }
    assertEquals(204, dev().with("Accept", "image/png").delete(secret(existing())).status());
    assertEquals(0, askedForReceipts());
  }

  @Test
  void a_receipt_that_is_preferred_is_signed_by_every_node() {
    for (String preference :
        List.of(
            PREFERENCE,
            "Return=\"representation\"",
            "respond-async, return=representation",
            "x=\"a,b\"; y=\"c,d\" , return = representation ; z",
            "return=representation, return=representation")) {
      String name = existing();
      assertEquals(200, dev().put(secret(name), body("v2")).status());
      Reply reply = dev().with("Prefer", preference).delete(secret(name));
      assertSignedBy(reply, 1, 2, 3, 4, 5);
      assertEquals(Optional.of("no-store"), reply.header("Cache-Control"));
      assertEquals("demo", reply.json().getString("namespace"));
      assertEquals(name, reply.json().getString("name"));
      assertEquals(2, reply.json().getInt("version"));
      assertEquals("secret-not-found", dev().get(secret(name)).problem());
    }
  }

  @Test
  void a_receipt_needs_no_more_nodes_than_make_it_certain() {
    CELL.node(2).down();
    assertSignedBy(preferring().delete(secret(existing())), 1, 3, 4, 5);
    CELL.node(5).is(new FakeNode.Mood.Dropping());
    Reply reply = preferring().delete(secret(existing()));
    assertSignedBy(reply, 1, 3, 4);
    assertTrue(reply.json().getBoolean("complete"));
  }

  @Test
  void when_too_few_nodes_know_of_receipts_the_secret_is_deleted_and_the_answer_says_so() {
    IntStream.of(1, 2, 5).forEach(node -> CELL.node(node).writesWith(Pen.UNKNOWING));
    String name = existing();
    ApiClient keyed = preferring().with("Idempotency-Key", name);
    Reply reply = keyed.delete(secret(name));
    assertSignedBy(reply, 3, 4);
    assertFalse(reply.json().getBoolean("complete"));
    assertTrue(reply.json().getString("detail").contains("same Idempotency-Key"));
    assertEquals("secret-not-found", dev().get(secret(name)).problem());

    CELL.nodes().forEach(node -> node.writesWith(Pen.SIGNS));
    Reply again = keyed.delete(secret(name));
    assertSignedBy(again, 1, 2, 3, 4, 5);
    assertEquals(reply.json().get("deletedAt"), again.json().get("deletedAt"));
    assertEquals(204, keyed.without("Prefer").delete(secret(name)).status());
  }

  @Test
  void a_cell_that_knows_nothing_of_receipts_deletes_all_the_same() {
    CELL.nodes().forEach(node -> node.writesWith(Pen.UNKNOWING));
    String name = existing();
    Reply reply = preferring().delete(secret(name));
    assertEquals(200, reply.status(), reply.text());
    JsonObject document = reply.json();
    assertFalse(document.getBoolean("complete"));
    assertTrue(document.getJsonArray("signatures").isEmpty());
    assertFalse(document.containsKey("incarnation") || document.containsKey("seq"));
    assertTrue(document.getString("detail").contains("Without an Idempotency-Key"));
    assertEquals("secret-not-found", dev().get(secret(name)).problem());
  }

  @Test
  void what_a_node_did_not_sign_or_what_nobody_asked_is_left_out() {
    CELL.node(1).writesWith(Pen.FORGED);
    CELL.node(4).writesWith(Pen.ASTRAY);
    assertSignedBy(preferring().delete(secret(existing())), 2, 3, 5);
  }

  @Test
  void a_node_that_hangs_or_answers_nonsense_is_done_without() {
    String name = existing();
    List<FakeNode> order = CELL.order(name);
    order.get(3).is(new FakeNode.Mood.Stalled());
    order
        .get(4)
        .is(
            new FakeNode.Mood.Babbling(
                200, "application/cbor", Bytes.copyOf(new byte[] {(byte) 0xa1, 0})));
    Reply reply = preferring().delete(secret(name));
    assertEquals(200, reply.status(), reply.text());
    assertTrue(reply.json().getBoolean("complete"), reply.text());
    assertEquals(3, check(reply).signers().size());
  }

  @Test
  void nodes_are_asked_on_behalf_of_the_caller_and_only_when_something_was_deleted() {
    String name = existing();
    Reply _ = preferring().delete(secret(name));
    // Whoever created the name had another token of the same subject.
    String deleting =
        CELL.nodes().stream()
            .flatMap(node -> node.heard().stream())
            .filter(heard ->
                heard.call() instanceof WriteCall write && write.kind() == WriteKind.DELETE)
            .map(FakeNode.Heard::authorization)
            .findFirst()
            .orElseThrow();
    CELL.nodes().stream()
        .flatMap(node -> node.heard().stream())
        .filter(heard -> heard.call() instanceof ReceiptCall)
        .forEach(heard -> assertEquals(deleting, heard.authorization()));
    long before = askedForReceipts();
    assertEquals(FakeCell.NODES, before);
    assertEquals("secret-not-found", preferring().delete(secret(name)).problem());
    assertEquals(
        "forbidden",
        as(FakeCell.READER).with("Prefer", PREFERENCE).delete(secret(existing())).problem());
    String kept = existing();
    assertEquals(
        "not-acceptable", preferring().with("Accept", "image/png").delete(secret(kept)).problem());
    assertEquals(200, dev().get(secret(kept)).status());
    assertEquals(before, askedForReceipts());
  }
}
