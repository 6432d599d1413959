package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(2)
final class ContractIT {
  private static final Set<String> METADATA =
      Set.of("namespace", "name", "version", "validFrom", "validTo", "current");

  @Test
  void a_created_secret_is_where_its_location_says(VaultCluster cluster) {
    VaultClient client = cluster.client();
    Answer created = client.create("contract-location", "v1").expect(201);
    assertEquals(METADATA, created.json().keySet());
    assertEquals("\"1\"", created.header("ETag"));
    String location = created.header("Location");
    assertEquals(client.path("contract-location"), location);
    Answer read = client.send("GET", location, Optional.empty()).expect(200);
    assertEquals("v1", read.valueText());
    assertEquals("\"1\"", read.header("ETag"));
    assertEquals("no-store", read.header("Cache-Control"));
  }

  @Test
  void every_answer_carries_a_request_id_and_takes_over_the_caller_s(VaultCluster cluster) {
    VaultClient client = cluster.client();
    Answer created = client.create("contract-id", "v1", "X-Request-Id", "my.request-1").expect(201);
    assertEquals("my.request-1", created.header("X-Request-Id"));
    String made = client.get("contract-id").header("X-Request-Id");
    assertFalse(made.isBlank());
    assertNotEquals(made, client.get("contract-id").header("X-Request-Id"));
    Answer unfit =
        client.send(
            "GET", client.path("contract-id"), Optional.empty(), "X-Request-Id", "not well formed");
    assertNotEquals("not well formed", unfit.expect(200).header("X-Request-Id"));
    assertEquals(
        "missing-1",
        client
            .send(
                "GET",
                client.path("contract-absent"),
                Optional.empty(),
                "X-Request-Id",
                "missing-1")
            .expectProblem(404, "secret-not-found")
            .header("X-Request-Id"));
  }

  @Test
  void no_answer_with_a_value_may_be_stored_on_the_way(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-no-store", "v1").expect(201);
    for (Answer answer :
        List.of(
            client.get("contract-no-store"),
            client.getVersion("contract-no-store", 1),
            client.getAt("contract-no-store", "2999-01-01T00:00:00Z"))) {
      assertEquals("no-store", answer.expect(200).header("Cache-Control"));
      assertEquals("v1", answer.valueText());
    }
  }

  @Test
  void an_update_or_delete_with_another_version_in_if_match_changes_nothing(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-match", "v1").expect(201);
    client
        .update("contract-match", "v2", "If-Match", "\"2\"")
        .expectProblem(412, "version-mismatch");
    Answer second = client.update("contract-match", "v2", "If-Match", "\"1\"").expect(200);
    assertEquals("\"2\"", second.header("ETag"));
    assertEquals(2, second.version());
    client
        .update("contract-match", "lost", "If-Match", "\"1\"")
        .expectProblem(412, "version-mismatch");
    client.delete("contract-match", "If-Match", "\"1\"").expectProblem(412, "version-mismatch");
    assertEquals("v2", client.get("contract-match").expect(200).valueText());
    assertEquals(2, client.history("contract-match").size());
    client.delete("contract-match", "If-Match", "\"2\"").expect(204);
    client.get("contract-match").expectProblem(404, "secret-not-found");
  }

  @Test
  void what_is_not_there_cannot_be_updated_deleted_or_read(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.update("contract-nothing", "v").expectProblem(404, "secret-not-found");
    client.delete("contract-nothing").expectProblem(404, "secret-not-found");
    client.get("contract-nothing").expectProblem(404, "secret-not-found");
    client.getVersion("contract-nothing", 1).expectProblem(404, "secret-not-found");
    client.versions("contract-nothing", "").expectProblem(404, "secret-not-found");
    assertFalse(client.everything().containsKey("contract-nothing"));
    client.create("contract-nothing", "v").expect(201);
    client.getVersion("contract-nothing", 2).expectProblem(404, "version-not-found");
  }

  @Test
  void a_name_that_is_taken_cannot_be_created(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-taken", "first").expect(201);
    Answer refused =
        client.create("contract-taken", "second").expectProblem(409, "secret-already-exists");
    assertFalse(refused.json().getBoolean("retryable"));
    assertEquals("first", client.get("contract-taken").expect(200).valueText());
  }

  @Test
  void names_that_differ_in_case_are_different_secrets(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-Case", "upper").expect(201);
    client.create("contract-case", "lower").expect(201);
    assertEquals("upper", client.get("contract-Case").expect(200).valueText());
    assertEquals("lower", client.get("contract-case").expect(200).valueText());
  }

  @Test
  void a_retried_create_with_its_key_gets_the_first_answer_again(VaultCluster cluster) {
    VaultClient client = cluster.client();
    Answer first =
        client.create("contract-key-create", "v", "Idempotency-Key", "create-1").expect(201);
    Answer again =
        client.create("contract-key-create", "v", "Idempotency-Key", "create-1").expect(201);
    assertArrayEquals(first.body(), again.body());
    assertEquals(first.header("ETag"), again.header("ETag"));
    assertEquals(first.header("Location"), again.header("Location"));
    client
        .create("contract-key-create", "other", "Idempotency-Key", "create-1")
        .expectProblem(422, "idempotency-key-reused");
    client
        .create("contract-key-create", "v", "Idempotency-Key", "create-2")
        .expectProblem(409, "secret-already-exists");
    assertEquals("v", client.get("contract-key-create").expect(200).valueText());
    assertEquals(1, client.history("contract-key-create").size());
  }

  @Test
  void a_key_used_for_an_update_cannot_be_used_for_a_delete_or_another_condition(
      VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-key-kind", "v1").expect(201);
    client
        .update("contract-key-kind", "v2", "Idempotency-Key", "kind-1", "If-Match", "\"1\"")
        .expect(200);
    client
        .delete("contract-key-kind", "Idempotency-Key", "kind-1")
        .expectProblem(422, "idempotency-key-reused");
    client
        .update("contract-key-kind", "v2", "Idempotency-Key", "kind-1", "If-Match", "\"2\"")
        .expectProblem(422, "idempotency-key-reused");
    client
        .update("contract-key-kind", "v2", "Idempotency-Key", "kind-1")
        .expectProblem(422, "idempotency-key-reused");
    assertEquals(2, client.get("contract-key-kind").expect(200).version());
  }

  @Test
  void a_retried_update_gets_its_own_outcome_even_after_later_updates(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-key-update", "v1").expect(201);
    Answer first =
        client.update("contract-key-update", "v2", "Idempotency-Key", "update-1").expect(200);
    client.update("contract-key-update", "v3").expect(200);
    client.update("contract-key-update", "v4").expect(200);
    Answer again =
        client.update("contract-key-update", "v2", "Idempotency-Key", "update-1").expect(200);
    assertEquals(2, again.version());
    assertEquals(first.header("ETag"), again.header("ETag"));
    client
        .update("contract-key-update", "other", "Idempotency-Key", "update-1")
        .expectProblem(422, "idempotency-key-reused");
    assertEquals("v4", client.get("contract-key-update").expect(200).valueText());
    assertEquals(4, client.history("contract-key-update").size());
  }

  @Test
  void a_retried_delete_with_its_key_is_the_same_delete(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-key-delete", "v").expect(201);
    client.delete("contract-key-delete", "Idempotency-Key", "delete-1").expect(204);
    client.delete("contract-key-delete", "Idempotency-Key", "delete-1").expect(204);
    client
        .delete("contract-key-delete", "Idempotency-Key", "delete-2")
        .expectProblem(404, "secret-not-found");
  }

  @Test
  void one_key_serves_for_each_name_once(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-key-a", "a", "Idempotency-Key", "shared").expect(201);
    client.create("contract-key-b", "b", "Idempotency-Key", "shared").expect(201);
    assertEquals("b", client.get("contract-key-b").expect(200).valueText());
  }

  @Test
  void the_list_comes_in_pages_in_the_order_of_names(VaultCluster cluster) {
    VaultClient client = cluster.client();
    List<String> names =
        IntStream.range(10, 35).mapToObj(number -> "contract-page-" + number).toList();
    List<Answer> _ = Parallel.run(names.size(), i -> client.create(names.get(i), "v").expect(201));
    client.update("contract-page-20", "v2").expect(200);
    List<String> listed = new ArrayList<>();
    String query = "?prefix=contract-page-&limit=7";
    int pages = 0;
    String cursor = "";
    do {
      JsonObject page = client.list(query + cursor).expect(200).json();
      List<JsonObject> secrets = page.getJsonArray("secrets").getValuesAs(JsonObject.class);
      assertTrue(secrets.size() <= 7);
      for (JsonObject secret : secrets) {
        assertEquals(Set.of("name", "version", "validFrom"), secret.keySet());
        listed.add(secret.getString("name"));
        assertEquals(
            secret.getString("name").equals("contract-page-20") ? 2 : 1, secret.getInt("version"));
      }
      cursor = page.containsKey("nextCursor") ? "&cursor=" + page.getString("nextCursor") : "";
      pages++;
    } while (!cursor.isEmpty());
    assertEquals(names, listed);
    assertTrue(pages >= 4, () -> "all within fewer pages than they fit on");
  }

  @Test
  void a_deleted_secret_is_not_listed(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-listed", "v").expect(201);
    assertEquals(1, client.everything().get("contract-listed"));
    client.delete("contract-listed").expect(204);
    assertFalse(client.everything().containsKey("contract-listed"));
  }

  @Test
  void the_history_comes_in_pages_from_the_newest_on(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-versions", "v1").expect(201);
    for (int version = 2; version <= 10; version++) {
      client.update("contract-versions", "v" + version).expect(200);
    }
    List<Integer> listed = new ArrayList<>();
    String query = "?limit=3";
    while (true) {
      JsonObject page = client.versions("contract-versions", query).expect(200).json();
      assertEquals("contract-versions", page.getString("name"));
      for (JsonObject version : page.getJsonArray("versions").getValuesAs(JsonObject.class)) {
        assertEquals(METADATA, version.keySet());
        listed.add(version.getInt("version"));
      }
      if (!page.containsKey("nextCursor")) {
        break;
      }
      query = "?limit=3&cursor=" + page.getString("nextCursor");
    }
    assertEquals(List.of(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), listed);
  }

  @Test
  void a_cursor_of_one_list_is_no_cursor_of_another(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("contract-cursor-a", "v").expect(201);
    client.create("contract-cursor-b", "v").expect(201);
    String cursor =
        client.list("?prefix=contract-cursor-&limit=1").expect(200).json().getString("nextCursor");
    client
        .list("?prefix=contract-cursor&limit=1&cursor=" + cursor)
        .expectProblem(400, "invalid-request");
    client.versions("contract-cursor-a", "?cursor=" + cursor).expectProblem(400, "invalid-request");
  }

  @Test
  void unknown_paths_and_methods_are_answered_like_everything_else(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client
        .send("GET", "/v1/nothing-here", Optional.empty())
        .expectProblem(404, "resource-not-found");
    client.send("GET", "/", Optional.empty()).expectProblem(404, "resource-not-found");
    Answer refused =
        client
            .send("PATCH", client.path("contract-method"), Optional.empty())
            .expectProblem(405, "method-not-allowed");
    assertTrue(refused.header("Allow").contains("PUT"), refused::toString);
    client
        .send("GET", client.secrets(), Optional.empty(), "Accept", "text/html")
        .expectProblem(406, "not-acceptable");
  }

  @Test
  void sharding_stays_hidden(VaultCluster cluster) {
    VaultClient client = cluster.client();
    List<Answer> answers =
        List.of(
            client.create("contract-hidden", "v").expect(201),
            client.get("contract-hidden").expect(200),
            client.versions("contract-hidden", "").expect(200),
            client.list("?prefix=contract-hidden").expect(200),
            client.get("contract-hidden-not").expect(404),
            client.status().expect(200));
    for (Answer answer : answers) {
      String all = answer.text() + answer.headers().map();
      for (VaultCluster.Described.Node node : cluster.described().nodes()) {
        assertFalse(all.contains(":" + node.url().getPort()), answer::toString);
      }
      assertFalse(
          all.matches("(?is).*(node-|share|quorum(?!vault)|threshold).*"), () -> answer + all);
    }
  }
}
