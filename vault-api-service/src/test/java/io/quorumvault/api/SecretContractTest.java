package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.Limits;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.WriteCall;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the contract promises a caller who does everything right.
@HelidonTest
class SecretContractTest extends ApiTest {
  private static final String INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
  private static final List<String> METADATA =
      List.of("namespace", "name", "version", "validFrom", "validTo", "current");

  @Test
  void a_create_says_where_the_secret_is_and_which_version_it_is() {
    String name = name();
    Reply created = dev().post(secrets(), body(name, "s3cret"));
    assertEquals(201, created.status());
    assertEquals(Optional.of("/v1/namespaces/demo/secrets/" + name), created.header("Location"));
    assertEquals(Optional.of("\"1\""), created.header("ETag"));
    assertEquals(Optional.of("application/json"), created.header("Content-Type"));
    JsonObject metadata = created.json();
    assertEquals(METADATA, List.copyOf(metadata.keySet()));
    assertEquals("demo", metadata.getString("namespace"));
    assertEquals(name, metadata.getString("name"));
    assertEquals(1, metadata.getInt("version"));
    assertEquals(JsonValue.NULL, metadata.get("validTo"));
    assertTrue(metadata.getBoolean("current"));
    assertTrue(metadata.getString("validFrom").matches(INSTANT), metadata.toString());
    assertFalse(created.text().contains("s3cret"));
  }

  @Test
  void a_value_comes_back_as_it_was_written_and_is_not_to_be_stored() {
    String name = name();
    String value = "päss \"wörd\"\\ \u0000\u007f\u2028 \ud83d\udd11\r\n\t";
    String json =
        Json.createObjectBuilder().add("name", name).add("value", value).build().toString();
    assertEquals(201, dev().post(secrets(), json).status());
    Reply read = dev().get(secret(name));
    assertEquals(200, read.status());
    assertEquals(value, read.json().getString("value"));
    assertEquals("utf-8", read.json().getString("encoding"));
    assertEquals(Optional.of("no-store"), read.header("Cache-Control"));
    assertEquals(Optional.of("\"1\""), read.header("ETag"));
    List<String> members = new ArrayList<>(METADATA);
    members.addAll(List.of("value", "encoding"));
    assertEquals(members, List.copyOf(read.json().keySet()));
  }

  @Test
  void bytes_come_back_byte_for_byte_in_the_encoding_they_were_written_with() {
    byte[] bytes = new byte[1000];
    new Random(7).nextBytes(bytes);
    String name = name();
    String json =
        Json.createObjectBuilder()
            .add("name", name)
            .add("value", Base64.getEncoder().encodeToString(bytes))
            .add("encoding", "base64")
            .build()
            .toString();
    assertEquals(201, dev().post(secrets(), json).status());
    JsonObject read = dev().get(secret(name)).json();
    assertEquals("base64", read.getString("encoding"));
    assertTrue(Arrays.equals(bytes, Base64.getDecoder().decode(read.getString("value"))));
  }

  @Test
  void a_value_may_be_a_mebibyte_in_either_encoding_and_not_a_byte_more() {
    String text = "ä".repeat(Limits.VALUE_BYTES_MAX / 2);
    String name = name();
    assertEquals(201, dev().post(secrets(), body(name, text)).status());
    assertEquals(text, dev().get(secret(name)).json().getString("value"));
    assertEquals("payload-too-large", dev().put(secret(name), body(text + "x")).problem());

    byte[] bytes = new byte[Limits.VALUE_BYTES_MAX];
    assertEquals(200, dev().put(secret(name), base64Body(bytes)).status());
    assertEquals(
        "payload-too-large",
        dev().put(secret(name), base64Body(new byte[bytes.length + 1])).problem());
    assertEquals(2, CELL.store().versions("demo", name));
  }

  @Test
  void a_value_written_with_escapes_six_times_its_size_still_fits() {
    String name = name();
    String escaped = "\\u0001".repeat(Limits.VALUE_BYTES_MAX);
    assertEquals(201, dev().post(secrets(), body(name, escaped)).status());
    assertEquals(
        "\u0001".repeat(Limits.VALUE_BYTES_MAX), dev().get(secret(name)).json().getString("value"));
  }

  @Test
  void an_update_makes_the_next_version_and_the_old_one_stays_readable() {
    String name = existing();
    Reply updated = dev().put(secret(name), body("v2"));
    assertEquals(200, updated.status());
    assertEquals(Optional.of("\"2\""), updated.header("ETag"));
    assertEquals(2, updated.json().getInt("version"));
    assertEquals("v2", dev().get(secret(name)).json().getString("value"));

    Reply old = dev().get(secret(name) + "/versions/1");
    assertEquals("v1", old.json().getString("value"));
    assertEquals(Optional.of("\"1\""), old.header("ETag"));
    assertFalse(old.json().getBoolean("current"));
    assertEquals(updated.json().getString("validFrom"), old.json().getString("validTo"));
    assertEquals("version-not-found", dev().get(secret(name) + "/versions/3").problem());
  }

  @Test
  void an_update_or_delete_of_another_version_than_the_current_one_is_refused() {
    String name = existing();
    assertEquals(
        "version-mismatch", dev().with("If-Match", "\"2\"").put(secret(name), body("x")).problem());
    assertEquals(
        "version-mismatch", dev().with("If-Match", "\"7\"").delete(secret(name)).problem());
    assertEquals(200, dev().with("If-Match", "\"1\"").put(secret(name), body("x")).status());
    assertEquals(204, dev().with("If-Match", "\"2\"").delete(secret(name)).status());
  }

  @Test
  void a_secret_is_read_as_it_was_at_an_instant() {
    String name = existing();
    Instant first = Instant.parse(dev().get(secret(name)).json().getString("validFrom"));
    Instant second =
        Instant.parse(dev().put(secret(name), body("v2")).json().getString("validFrom"));
    assertEquals("v1", at(name, first.toString()).json().getString("value"));
    assertEquals("v1", at(name, second.minusNanos(1).toString()).json().getString("value"));
    assertEquals("v2", at(name, second.toString()).json().getString("value"));
    assertEquals(
        "v2", at(name, second.plus(1, ChronoUnit.DAYS).toString()).json().getString("value"));
    String shifted = first.atOffset(ZoneOffset.ofHours(5)).toString();
    assertEquals("v1", at(name, shifted).json().getString("value"));
    assertEquals("v1", at(name, shifted.replace("+", "%2B")).json().getString("value"));
    assertEquals(
        "version-not-found", at(name, first.minus(1, ChronoUnit.DAYS).toString()).problem());
  }

  @Test
  void versions_are_listed_newest_first_page_by_page_and_without_values() {
    String name = existing();
    for (int version = 2; version <= 5; version++) {
      assertEquals(200, dev().put(secret(name), body("v" + version)).status());
    }
    List<Integer> seen = new ArrayList<>();
    String query = "?limit=2";
    for (int page = 0; page < 3; page++) {
      Reply reply = dev().get(secret(name) + "/versions" + query);
      assertEquals(200, reply.status(), reply.text());
      assertFalse(reply.text().contains("\"value\""));
      assertEquals(name, reply.json().getString("name"));
      for (JsonObject version :
          reply.json().getJsonArray("versions").getValuesAs(JsonObject.class)) {
        assertEquals(METADATA, List.copyOf(version.keySet()));
        seen.add(version.getInt("version"));
      }
      assertEquals(page < 2, reply.json().containsKey("nextCursor"));
      query = "?limit=2&cursor=" + reply.json().getString("nextCursor", "");
    }
    assertEquals(List.of(5, 4, 3, 2, 1), seen);
    assertEquals(5, dev().get(secret(name) + "/versions").json().getJsonArray("versions").size());
  }

  @Test
  void live_secrets_are_listed_by_name_page_by_page() {
    String prefix = name() + "_";
    for (String end : List.of("c", "a", "d", "b", "e")) {
      assertEquals(201, dev().post(secrets(), body(prefix + end, "v")).status());
    }
    assertEquals(204, dev().delete(secret(prefix + "d")).status());
    List<String> seen = new ArrayList<>();
    String query = "?limit=3&prefix=" + prefix;
    String cursor = "";
    do {
      Reply reply = dev().get(secrets() + query + cursor);
      assertEquals(200, reply.status(), reply.text());
      for (JsonObject secret : reply.json().getJsonArray("secrets").getValuesAs(JsonObject.class)) {
        assertEquals(Set.of("name", "version", "validFrom"), secret.keySet());
        seen.add(secret.getString("name"));
      }
      cursor =
          reply.json().containsKey("nextCursor")
              ? "&cursor=" + reply.json().getString("nextCursor")
              : "";
    } while (!cursor.isEmpty());
    assertEquals(List.of(prefix + "a", prefix + "b", prefix + "c", prefix + "e"), seen);
  }

  @Test
  void a_deleted_secret_is_gone_and_its_name_starts_again_at_one() {
    String name = existing();
    dev().put(secret(name), body("v2"));
    Reply deleted = dev().delete(secret(name));
    assertEquals(204, deleted.status());
    assertEquals("", deleted.text());
    assertEquals("secret-not-found", dev().get(secret(name)).problem());
    assertEquals("secret-not-found", dev().get(secret(name) + "/versions").problem());
    assertEquals("secret-not-found", dev().get(secret(name) + "/versions/1").problem());
    assertEquals("secret-not-found", dev().put(secret(name), body("x")).problem());
    assertEquals("secret-not-found", dev().delete(secret(name)).problem());
    assertEquals(1, dev().post(secrets(), body(name, "again")).json().getInt("version"));
  }

  @Test
  void a_name_is_created_once() {
    String name = existing();
    assertEquals("secret-already-exists", dev().post(secrets(), body(name, "x")).problem());
  }

  @Test
  void the_same_key_and_request_take_effect_once_and_another_request_is_refused() {
    String name = name();
    ApiClient keyed = dev().with("Idempotency-Key", "key-" + name);
    Reply first = keyed.post(secrets(), body(name, "v1"));
    Reply second = keyed.post(secrets(), body(name, "v1"));
    assertEquals(201, second.status());
    assertEquals(first.json(), second.json());
    assertEquals(first.header("Location"), second.header("Location"));
    assertEquals(1, CELL.store().versions("demo", name));
    assertEquals("idempotency-key-reused", keyed.post(secrets(), body(name, "other")).problem());
  }

  @Test
  void an_operation_id_is_the_same_for_a_key_and_a_caller_and_new_without_a_key() {
    List<WriteCall> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String name = name();
      dev().with("Idempotency-Key", "one").post(secrets(), body(name, "v"));
      dev().with("Idempotency-Key", "two").post(secrets(), body(name, "v"));
      dev().post(secrets(), body(name, "v"));
      as("writer").with("Idempotency-Key", "one").post(secrets(), body("MINE_" + name, "v"));
      CELL.order(name).getFirst().heard().stream()
          .map(FakeNode.Heard::call)
          .map(WriteCall.class::cast)
          // The same node may be the first to be asked for both names.
          .filter(call -> !call.items().getFirst().name().text().startsWith("MINE_"))
          .forEach(calls::add);
      CELL.order("MINE_" + name).getFirst().heard().stream()
          .map(FakeNode.Heard::call)
          .map(WriteCall.class::cast)
          .filter(call -> call.items().getFirst().name().text().startsWith("MINE_"))
          .forEach(calls::add);
      CELL.nodes().forEach(FakeNode::forget);
    }
    assertTrue(calls.get(0).keyed());
    assertEquals(calls.get(0).operationId(), calls.get(4).operationId());
    assertEquals(calls.get(1).operationId(), calls.get(5).operationId());
    assertNotEquals(calls.get(0).operationId(), calls.get(1).operationId());
    assertFalse(calls.get(2).keyed());
    assertNotEquals(calls.get(2).operationId(), calls.get(6).operationId());
    assertEquals(calls.get(3).operationId(), calls.get(7).operationId());
    assertNotEquals(calls.get(0).operationId(), calls.get(3).operationId());
  }

  @Test
  void the_nodes_get_the_callers_token_the_request_id_and_a_deadline() {
    String name = existing();
    CELL.nodes().forEach(FakeNode::forget);
    String token = CELL.issuer().token(FakeCell.DEV);
    new ApiClient(target.getUri(), token).with("X-Request-Id", "my.Request-1_").get(secret(name));
    FakeNode.Heard heard = CELL.order(name).getFirst().heard().getFirst();
    assertEquals("read", heard.operation());
    assertEquals("Bearer " + token, heard.authorization());
    assertEquals("my.Request-1_", heard.requestId());
    long deadline = ((ReadCall) heard.call()).deadlineMillis();
    assertTrue(
        deadline > 0 && deadline < Timeouts.DEFAULT.readAttempt().toMillis(),
        "deadline " + deadline);
    assertEquals(
        1, CELL.nodes().stream().mapToInt(node -> node.heard().size()).sum(), "one node is asked");
  }

  @Test
  void a_well_formed_request_id_is_taken_over_and_any_other_replaced() {
    assertEquals(
        Optional.of("abc.DEF-1_2"),
        dev().with("X-Request-Id", "abc.DEF-1_2").get(secrets()).header("X-Request-Id"));
    for (String unfit : List.of("a b", "a\"b", "é", "x".repeat(129), "a/b", "<script>")) {
      String made =
          dev().with("X-Request-Id", unfit).get(secrets()).header("X-Request-Id").orElse("");
      assertTrue(made.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), made);
    }
    assertNotEquals(
        dev().get(secrets()).header("X-Request-Id"), dev().get(secrets()).header("X-Request-Id"));
  }

  private Reply at(String name, String instant) {
    return dev().get(secret(name) + "?at=" + instant);
  }

  private static String base64Body(byte[] bytes) {
    return "{\"value\":\""
        + new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII)
        + "\",\"encoding\":\"base64\"}";
  }
}
