package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(4)
final class HistoryIT {
  @Test
  void each_version_is_valid_until_the_next_one_is(VaultCluster cluster) {
    VaultClient client = cluster.client();
    written(client, "history-touching", 6);
    List<JsonObject> history = client.history("history-touching");
    assertEquals(6, history.size());
    Histories.assertTouching(history);
    JsonObject newest = client.get("history-touching").expect(200).json();
    assertEquals(history.getFirst().getString("validFrom"), newest.getString("validFrom"));
    assertEquals(true, newest.getBoolean("current"));
    assertEquals(true, newest.isNull("validTo"));
    JsonObject older = client.getVersion("history-touching", 2).expect(200).json();
    assertEquals(history.get(4).getString("validFrom"), older.getString("validFrom"));
    assertEquals(history.get(4).getString("validTo"), older.getString("validTo"));
    assertEquals(false, older.getBoolean("current"));
  }

  @Test
  void a_read_at_a_time_answers_from_the_version_that_was_valid_then(VaultCluster cluster) {
    VaultClient client = cluster.client();
    written(client, "history-at", 5);
    List<JsonObject> history = client.history("history-at").reversed();
    for (int i = 0; i < history.size(); i++) {
      Instant from = Instant.parse(history.get(i).getString("validFrom"));
      assertAt(client, "history-at", from, i + 1);
      if (i > 0) {
        assertAt(client, "history-at", from.minusMillis(1), i);
      }
    }
    Instant first = Instant.parse(history.getFirst().getString("validFrom"));
    client
        .getAt("history-at", first.minusMillis(1).toString())
        .expectProblem(404, "version-not-found");
    client.getAt("history-at", "1970-01-01T00:00:00Z").expectProblem(404, "version-not-found");
    assertAt(client, "history-at", Instant.parse("2999-12-31T23:59:59.999Z"), 5);
    OffsetDateTime elsewhere =
        Instant.parse(history.get(2).getString("validFrom")).atOffset(ZoneOffset.ofHours(2));
    assertEquals(3, client.getAt("history-at", elsewhere.toString()).expect(200).version());
  }

  private static void assertAt(VaultClient client, String name, Instant at, int version) {
    Answer answer = client.getAt(name, at.toString()).expect(200);
    assertEquals(version, answer.version(), answer::toString);
    assertEquals("v" + version, answer.valueText());
  }

  @Test
  void a_secret_created_after_a_delete_begins_anew(VaultCluster cluster) {
    VaultClient client = cluster.client();
    String name = "history-anew";
    written(client, name, 3);
    String whileItLived = client.history(name).get(1).getString("validFrom");
    client.delete(name).expect(204);
    client.get(name).expectProblem(404, "secret-not-found");
    client.versions(name, "").expectProblem(404, "secret-not-found");
    client.getVersion(name, 1).expectProblem(404, "secret-not-found");
    client.getAt(name, whileItLived).expectProblem(404, "secret-not-found");
    client.update(name, "v4").expectProblem(404, "secret-not-found");

    Answer created = client.create(name, "new life").expect(201);
    assertEquals(1, created.version());
    assertEquals("new life", client.get(name).expect(200).valueText());
    List<JsonObject> history = client.history(name);
    assertEquals(1, history.size());
    Histories.assertTouching(history);
    client.getVersion(name, 2).expectProblem(404, "version-not-found");
    client.getAt(name, whileItLived).expectProblem(404, "version-not-found");
    client.update(name, "v2 of the new life").expect(200);
    assertEquals("new life", client.getVersion(name, 1).expect(200).valueText());
    assertEquals(2, client.history(name).size());
  }

  @Test
  void a_name_can_die_and_live_again_many_times(VaultCluster cluster) {
    VaultClient client = cluster.client();
    String before = "";
    for (int life = 1; life <= 8; life++) {
      Answer created = client.create("history-lives", "life " + life).expect(201);
      String validFrom = created.json().getString("validFrom");
      assertTrue(before.compareTo(validFrom) < 0, "time goes on from life to life");
      before = validFrom;
      assertEquals("life " + life, client.get("history-lives").expect(200).valueText());
      client.delete("history-lives").expect(204);
    }
    client.get("history-lives").expectProblem(404, "secret-not-found");
  }

  private static void written(VaultClient client, String name, int versions) {
    client.create(name, "v1").expect(201);
    for (int version = 2; version <= versions; version++) {
      assertEquals(version, client.update(name, "v" + version).expect(200).version());
    }
  }
}
