package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The audit log as callers see it: one list over all nodes.
@HelidonTest
class AuditContractTest extends ApiTest {
  private static final String AUDIT = "/v1/namespaces/demo/audit";

  private static String place(JsonObject entry) {
    return entry.getString("ts") + " " + entry.getInt("node") + " " + entry.getInt("seq");
  }

  private List<JsonObject> all(int limit) {
    List<JsonObject> entries = new ArrayList<>();
    String query = "?limit=" + limit;
    while (true) {
      Reply reply = dev().get(AUDIT + query);
      assertEquals(200, reply.status(), reply.text());
      List<JsonObject> page = reply.json().getJsonArray("entries").getValuesAs(JsonObject.class);
      assertTrue(page.size() <= limit);
      entries.addAll(page);
      if (!reply.json().containsKey("nextCursor")) {
        return entries;
      }
      query = "?limit=" + limit + "&cursor=" + reply.json().getString("nextCursor");
    }
  }

  @Test
  void the_logs_of_all_nodes_are_one_list_newest_first_whatever_the_size_of_its_pages() {
    for (int limit : new int[] {1, 3, 7, 100}) {
      List<String> places = all(limit).stream().map(AuditContractTest::place).toList();
      assertEquals(FakeCell.NODES * FakeAuditLog.RECORDS, places.size(), "pages of " + limit);
      assertEquals(places.size(), new HashSet<>(places).size());
      List<String> times = places.stream().map(place -> place.substring(0, 24)).toList();
      assertEquals(times.stream().sorted((a, b) -> b.compareTo(a)).toList(), times);
    }
  }

  @Test
  void an_entry_has_all_members_a_missing_one_as_null_and_in_their_order() {
    JsonObject oldest = all(100).getLast();
    assertEquals(
        List.of(
            "seq",
            "ts",
            "requestId",
            "subject",
            "action",
            "namespace",
            "name",
            "version",
            "decision",
            "reason",
            "outcome",
            "node",
            "prevHash",
            "hash"),
        List.copyOf(oldest.keySet()));
    assertEquals(JsonValue.NULL, oldest.get("name"));
    assertEquals(JsonValue.NULL, oldest.get("version"));
  }

  @Test
  void a_page_says_when_a_node_could_not_be_asked() {
    assertTrue(dev().get(AUDIT).json().getBoolean("complete"));
    CELL.node(2).down();
    JsonObject page = dev().get(AUDIT + "?limit=100").json();
    assertFalse(page.getBoolean("complete"));
    assertTrue(
        page.getJsonArray("entries").getValuesAs(JsonObject.class).stream()
            .noneMatch(entry -> entry.getInt("node") == 2));
  }

  @Test
  void a_cursor_of_another_list_is_refused() {
    String cursor = dev().get(AUDIT + "?limit=1").json().getString("nextCursor");
    assertEquals("invalid-request", dev().get(secrets() + "?cursor=" + cursor).problem());
    assertEquals("invalid-request", dev().get(AUDIT + "?cursor=x" + cursor).problem());
  }
}
