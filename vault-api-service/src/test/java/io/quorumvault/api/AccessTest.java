package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.api.ContractDocument.Operation;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who gets in, and that whoever does not learns nothing and reaches no node.
@HelidonTest
class AccessTest extends ApiTest {
  private boolean nodesMayBeAsked;

  @AfterEach
  void no_node_was_asked_for_those_who_may_not() {
    if (!nodesMayBeAsked) {
      assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
    }
  }

  @Test
  void without_a_good_token_nothing_is_served() {
    String good = CELL.issuer().token(FakeCell.DEV);
    String flipped =
        good.substring(0, good.length() - 5)
            + (good.charAt(good.length() - 5) == 'A' ? 'B' : 'A')
            + good.substring(good.length() - 4);
    List<String> headers =
        List.of(
            "",
            good,
            "Basic " + good,
            "Bearer",
            "Bearer " + good + " " + good,
            "Bearer not-a-token",
            "Bearer " + flipped,
            "Bearer " + TestIssuer.unsigned(FakeCell.DEV),
            "Bearer " + new TestIssuer().token(FakeCell.DEV),
            "Bearer "
                + CELL.issuer().token(FakeCell.DEV, claims -> claims.add("exp", 1_000_000_000)),
            "Bearer "
                + CELL.issuer().token(FakeCell.DEV, claims -> claims.add("iss", "https://else")),
            "Bearer " + CELL.issuer().token(FakeCell.DEV, claims -> claims.add("aud", "else")),
            "Bearer " + "A".repeat(9000));
    for (String header : headers) {
      Reply reply =
          (header.isEmpty() ? nobody() : nobody().with("Authorization", header)).get(secrets());
      assertEquals("unauthenticated", reply.problem(), header);
      assertEquals(401, reply.status());
      assertEquals(Optional.of("Bearer"), reply.header("WWW-Authenticate"));
      assertFalse(reply.json().getBoolean("retryable"));
    }
  }

  @Test
  void two_authorization_headers_are_none() {
    String good = CELL.issuer().token(FakeCell.DEV);
    String answer =
        nobody()
            .raw(
                "GET "
                    + secrets()
                    + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                    + ("Authorization: Bearer " + good + "\r\n").repeat(2)
                    + "\r\n");
    assertEquals("unauthenticated", Reply.parse(answer).problem());
  }

  @Test
  void the_token_is_judged_before_anything_else_of_the_request() {
    for (String path :
        List.of(
            "/v1/namespaces/NOT_ONE/secrets",
            secret("a%2Fb"),
            secret("x") + "?nonsense=1",
            secret("x") + "/versions/zero")) {
      assertEquals("unauthenticated", nobody().get(path).problem(), path);
    }
    assertEquals("unauthenticated", nobody().post(secrets(), "not json").problem());
    assertEquals(
        "unauthenticated",
        nobody().with("Content-Type", "text/plain").put(secret("x"), "x").problem());
    assertEquals("unauthenticated", nobody().with("Accept", "image/png").get(secrets()).problem());
  }

  @Test
  void a_namespace_without_any_permission_looks_like_one_that_is_not_there() {
    nodesMayBeAsked = true;
    existing();
    CELL.nodes().forEach(FakeNode::forget);
    nodesMayBeAsked = false;
    String there = shape(as(FakeCell.STRANGER).get(secrets()));
    String absent = shape(as(FakeCell.STRANGER).get("/v1/namespaces/absent/secrets"));
    assertEquals(there, absent);
    assertTrue(there.contains("namespace-not-found"));
    for (String refused :
        List.of(
            shape(as(FakeCell.STRANGER).get(secret("NAME_1"))),
            shape(as(FakeCell.STRANGER).get(secret("a%2Fb"))),
            shape(as(FakeCell.STRANGER).get(secret("NAME_1") + "?nonsense=1")),
            shape(as(FakeCell.STRANGER).get(secret("NAME_1") + "/versions/x")),
            shape(as(FakeCell.STRANGER).get(secret("NAME_1") + "/versions?limit=0")),
            shape(as(FakeCell.STRANGER).delete(secret("NAME_1"))),
            shape(as(FakeCell.STRANGER).with("If-Match", "*").delete(secret("NAME_1"))),
            shape(as(FakeCell.STRANGER).put(secret("NAME_1"), "not json")),
            shape(as(FakeCell.STRANGER).post(secrets(), "not json")),
            shape(as(FakeCell.STRANGER).with("Content-Type", "text/plain").post(secrets(), "x")),
            shape(as(FakeCell.STRANGER).with("Accept", "image/png").get(secrets())))) {
      assertEquals(there, refused);
    }
  }

  @Test
  void a_permission_is_for_one_kind_of_action_and_for_names_with_its_prefix() {
    ApiClient reader = as(FakeCell.READER);
    for (Reply refused :
        List.of(
            reader.post(secrets(), body("PUB_A", "v")),
            reader.put(secret("PUB_A"), body("v")),
            reader.delete(secret("PUB_A")),
            reader.get(secret("PUB_A") + "/versions"),
            reader.get(secrets()),
            reader.get(secret("PRIVATE")),
            reader.get(secret("PRIVATE") + "/versions/1"),
            as("writer").post(secrets(), body("OTHER", "v")),
            reader.send("PUT", secret("PUB_A"), BodyPublishers.ofString("no json, no type")))) {
      assertEquals("forbidden", refused.problem());
      assertEquals(403, refused.status());
    }
  }

  /// Asked of the contract and not of a list kept here: an operation that somebody adds without
  /// asking the policy lets the stranger through, and this fails.
  @Test
  void whoever_no_rule_names_is_refused_by_every_operation_that_is_not_for_everybody() {
    ContractDocument contract = ContractDocument.servedTo(nobody());
    Set<String> forEverybody = new TreeSet<>();
    for (Operation operation : contract.operations()) {
      if (operation.text().containsKey("security")) {
        assertEquals(JsonValue.EMPTY_JSON_ARRAY, operation.text().get("security"));
        forEverybody.add(operation.id());
      } else {
        Reply refused = sendExample(as(FakeCell.STRANGER), contract, operation);
        assertEquals("namespace-not-found", refused.problem(), operation.id());
        assertEquals(404, refused.status(), operation.id());
        Reply unknown = sendExample(nobody(), contract, operation);
        assertEquals("unauthenticated", unknown.problem(), operation.id());
      }
    }
    assertEquals(Set.of("getStatus"), forEverybody);
  }

  /// A request with nothing wrong but who makes it.
  private static Reply sendExample(
      ApiClient client, ContractDocument contract, Operation operation) {
    String path =
        operation
            .path()
            .replace("{namespace}", "demo")
            .replace("{name}", "ANY")
            .replace("{version}", "1");
    assertFalse(path.contains("{"), path);
    Optional<JsonObject> body = contract.body(operation).map(one -> one.getJsonObject("content"));
    if (body.isEmpty()) {
      return client.send(operation.method(), path, BodyPublishers.noBody());
    }
    String type = body.get().keySet().iterator().next();
    JsonValue example =
        contract.example(ContractDocument.member(body.get().getJsonObject(type), "schema"));
    String text = example instanceof JsonString plain ? plain.getString() : example.toString();
    return client
        .with("Content-Type", type)
        .send(operation.method(), path, BodyPublishers.ofString(text));
  }

  /// Of denials the log is told, without the caller waiting for it.
  @Test
  void what_is_denied_here_is_told_to_a_node_for_the_audit_log() {
    String name = "PRIVATE_" + name();
    assertEquals("forbidden", as(FakeCell.READER).get(secret(name)).problem());
    assertEquals("namespace-not-found", as(FakeCell.STRANGER).get(secret(name)).problem());
    String file = "A=secret(%1$s)\nB=secret(%1$s)\nC=enc(%1$s_NEW:v)".formatted(name);
    assertEquals(
        "forbidden",
        as(FakeCell.OPENER).post("/v1/namespaces/demo/env/file", "text/plain", file).problem());
    List<String> expected =
        List.of(
            "create " + name + "_NEW FORBIDDEN",
            "env " + name + " FORBIDDEN",
            "env " + name + "_NEW FORBIDDEN",
            "read " + name + " FORBIDDEN",
            "read " + name + " FORBIDDEN",
            "read " + name + " NAMESPACE_NOT_FOUND");
    Await.until("all denials are told once", () -> told(name).equals(expected));
  }

  private static List<String> told(String name) {
    return CELL.nodes().stream()
        .flatMap(node -> node.denials().stream())
        .flatMap(call ->
            call.items().stream()
                .map(item -> item.capability() + " " + item.name() + " " + call.code()))
        .filter(item -> item.contains(name))
        .sorted()
        .toList();
  }

  @Test
  void what_is_permitted_goes_through() {
    nodesMayBeAsked = true;
    assertEquals("secret-not-found", as(FakeCell.READER).get(secret("PUB_ABSENT")).problem());
    assertEquals(201, as("writer").post(secrets(), body("MINE_" + name(), "v")).status());
  }

  /// What of an answer does not belong to one request alone.
  private static String shape(Reply reply) {
    String requestId = reply.json().getString("requestId");
    return reply.status() + reply.text().replace(requestId, "");
  }
}
