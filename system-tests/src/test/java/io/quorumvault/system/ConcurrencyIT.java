package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(5)
final class ConcurrencyIT {
  @Test
  void of_fifty_creates_of_one_name_exactly_one_succeeds(VaultCluster cluster) {
    VaultClient client = cluster.client();
    for (int round = 0; round < 3; round++) {
      String name = "race-create-" + round;
      List<Answer> answers =
          Parallel.run(50, number -> client.create(name, "value of creator " + number));
      List<Integer> winners =
          IntStream.range(0, answers.size())
              .filter(number -> answers.get(number).status() == 201)
              .boxed()
              .toList();
      assertEquals(1, winners.size(), answers::toString);
      for (int number = 0; number < answers.size(); number++) {
        if (number != winners.getFirst()) {
          Answer _ = answers.get(number).expectProblem(409, "secret-already-exists");
        }
      }
      Answer read = client.get(name).expect(200);
      assertEquals(1, read.version());
      assertEquals("value of creator " + winners.getFirst(), read.valueText());
    }
  }

  @Test
  void forty_updates_of_one_name_all_succeed_with_a_version_each(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("race-update", "value of nobody").expect(201);
    List<Answer> answers =
        Parallel.run(40, number -> client.update("race-update", "value of updater " + number));
    List<Long> versions =
        answers.stream().map(answer -> answer.expect(200).version()).sorted().toList();
    assertEquals(LongStream.rangeClosed(2, 41).boxed().toList(), versions);
    for (int number = 0; number < answers.size(); number++) {
      assertEquals(
          "value of updater " + number,
          client.getVersion("race-update", answers.get(number).version()).expect(200).valueText());
    }
    List<JsonObject> history = client.history("race-update");
    assertEquals(41, history.size());
    Histories.assertTouching(history);
  }

  @Test
  void of_many_updates_insisting_on_one_version_exactly_one_succeeds(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("race-match", "v1").expect(201);
    List<Answer> answers =
        Parallel.run(
            20, number -> client.update("race-match", "by " + number, "If-Match", "\"1\""));
    assertEquals(1, answers.stream().filter(answer -> answer.status() == 200).count());
    answers.stream()
        .filter(answer -> answer.status() != 200)
        .forEach(answer -> answer.expectProblem(412, "version-mismatch"));
    assertEquals(2, client.get("race-match").expect(200).version());
  }

  @Test
  void twelve_parallel_retries_of_one_keyed_update_make_one_version(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("race-key", "v1").expect(201);
    List<Answer> answers =
        Parallel.run(12, number -> client.update("race-key", "v2", "Idempotency-Key", "race-1"));
    for (Answer answer : answers) {
      assertEquals(2, answer.expect(200).version());
    }
    assertEquals(2, client.history("race-key").size());
    assertEquals("v2", client.get("race-key").expect(200).valueText());
  }

  @Test
  void twelve_parallel_retries_of_one_keyed_create_make_one_secret(VaultCluster cluster) {
    VaultClient client = cluster.client();
    List<Answer> answers =
        Parallel.run(
            12, number -> client.create("race-key-create", "v1", "Idempotency-Key", "race-2"));
    for (Answer answer : answers) {
      assertEquals(1, answer.expect(201).version());
    }
    assertEquals(1, client.history("race-key-create").size());
  }

  @Test
  void creates_updates_and_deletes_of_one_name_never_mix(VaultCluster cluster) {
    VaultClient client = cluster.client();
    List<Answer> answers =
        Parallel.run(
            30,
            number ->
                switch (number % 3) {
                  case 0 -> client.create("race-mixed", "created by " + number);
                  case 1 -> client.update("race-mixed", "updated by " + number);
                  default -> client.delete("race-mixed");
                });
    for (Answer answer : answers) {
      assertTrue(List.of(200, 201, 204, 404, 409).contains(answer.status()), answer::toString);
    }
    long creates = answers.stream().filter(answer -> answer.status() == 201).count();
    long deletes = answers.stream().filter(answer -> answer.status() == 204).count();
    assertTrue(creates == deletes || creates == deletes + 1, answers::toString);
    Answer read = client.get("race-mixed");
    if (creates == deletes) {
      Answer _ = read.expectProblem(404, "secret-not-found");
    } else {
      assertEquals(read.expect(200).version(), client.history("race-mixed").size());
      Histories.assertTouching(client.history("race-mixed"));
    }
  }

  @Test
  void reads_beside_writes_are_never_stale_and_never_torn(VaultCluster cluster) {
    List<Register> registers = Load.registers("race-register", 4);
    try (Load load = new Load(cluster.client(), registers, 2, 3)) {
      load.awaitProgress(150, 300);
    }
    for (Register register : registers) {
      register.settle(cluster.client());
      register.verify(cluster.client(), true);
    }
  }
}
