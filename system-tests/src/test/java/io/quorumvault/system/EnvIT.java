package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// `.env` files on a cluster whose nodes die meanwhile: all of a file is done, or nothing.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(14)
final class EnvIT {
  /// Names of one import.
  private static final int NAMES = 60;

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.range(0, count)
        .mapToObj(number -> "V" + number + "=" + line.apply(number) + "\n")
        .collect(Collectors.joining());
  }

  private static String sealing(String prefix, String value) {
    return lines(NAMES, number -> "enc(" + prefix + "_" + number + ":" + value + ")");
  }

  private static String reading(String prefix) {
    return lines(NAMES, number -> "secret(" + prefix + "_" + number + ")");
  }

  /// How many names of an import are there, as one look at all of them tells.
  private static int present(VaultClient client, String prefix) {
    Answer answer = client.env("seal", reading(prefix), Map.of());
    if (answer.status() == 200) {
      return NAMES;
    }
    return NAMES
        - answer.expectProblem(404, "unresolved-reference").json().getJsonArray("errors").size();
  }

  @Test
  void a_file_is_sealed_and_opened_again(VaultCluster cluster) {
    VaultClient client = cluster.client();
    String plain =
        "# database\r\nENVIT_PW=hunter2\r\nURL=\"postgres://u:enc(ENVIT_PW)@h/db\"  # keep\r\n"
            + "export KEY='enc(ENVIT_KEY)'\nLAST=enc(ENVIT_MADE|generate=40)";
    Answer sealed = client.env("seal", plain, Map.of("ENVIT_KEY", "k 1")).expect(200);
    String content = sealed.json().getString("content");
    assertEquals(
        "# database\r\nENVIT_PW=secret(ENVIT_PW)\r\nURL=\"postgres://u:secret(ENVIT_PW)@h/db\"  #"
            + " keep\r\nexport KEY='secret(ENVIT_KEY)'\nLAST=secret(ENVIT_MADE)",
        content);
    assertEquals("no-store", sealed.header("Cache-Control"));
    assertEquals(3, sealed.json().getJsonArray("created").size());
    assertEquals("hunter2", client.get("ENVIT_PW").expect(200).valueText());
    String made = client.get("ENVIT_MADE").expect(200).valueText();
    assertEquals(40, made.length());

    Answer opened =
        client.envFile("?mode=open", content.getBytes(StandardCharsets.UTF_8)).expect(200);
    assertEquals(
        "# database\r\nENVIT_PW=hunter2\r\nURL=\"postgres://u:hunter2@h/db\"  # keep\r\n"
            + "export KEY='k 1'\nLAST="
            + made,
        opened.text());
    assertEquals("no-store", opened.header("Cache-Control"));

    Answer again = client.env("seal", plain, Map.of("ENVIT_KEY", "k 1"));
    assertEquals(
        4,
        again.expectProblem(409, "secret-already-exists").json().getJsonArray("errors").size() + 1);
  }

  @Test
  void the_same_key_gets_the_first_outcome_also_where_chance_was_at_work(VaultCluster cluster) {
    VaultClient client = cluster.client();
    String file = "A=enc(ENVIT_KEYED:v)\nB=enc(ENVIT_CHANCE|generate)\n";
    Answer first = client.env("default", file, Map.of(), "Idempotency-Key", "envit-1").expect(200);
    String made = client.get("ENVIT_CHANCE").expect(200).valueText();
    Answer again = client.env("default", file, Map.of(), "Idempotency-Key", "envit-1").expect(200);
    assertEquals(first.json(), again.json());
    assertEquals(made, client.get("ENVIT_CHANCE").expect(200).valueText());
    client
        .env("default", file.replace(":v", ":w"), Map.of(), "Idempotency-Key", "envit-1")
        .expectProblem(422, "idempotency-key-reused");
  }

  @Test
  void of_rival_imports_of_the_same_names_one_is_there_as_a_whole(VaultCluster cluster) {
    VaultClient client = cluster.client();
    for (int round = 0; round < 3; round++) {
      String prefix = "ENVIT_RIVAL_" + round;
      AtomicInteger racing = new AtomicInteger(4);
      Set<Integer> seen = new HashSet<>();
      List<Answer> answers =
          Parallel.run(
              5,
              number -> {
                if (number == 4) {
                  while (racing.get() > 0) {
                    seen.add(present(client, prefix));
                  }
                  return client.env("open", reading(prefix), Map.of());
                }
                try {
                  return client.env("seal", sealing(prefix, "rival" + number), Map.of());
                } finally {
                  racing.decrementAndGet();
                }
              });
      List<Integer> winners =
          IntStream.range(0, 4).filter(i -> answers.get(i).status() == 200).boxed().toList();
      assertEquals(1, winners.size(), answers::toString);
      for (int number = 0; number < 4; number++) {
        if (number != winners.getFirst()) {
          JsonObject problem =
              answers.get(number).expectProblem(409, "secret-already-exists").json();
          assertEquals(NAMES, problem.getJsonArray("errors").size());
        }
      }
      assertTrue(Set.of(0, NAMES).containsAll(seen), "names seen at one moment: " + seen);
      assertEquals(
          lines(NAMES, number -> "rival" + winners.getFirst()),
          answers.get(4).expect(200).json().getString("content"));
    }
  }

  @Test
  void imports_go_on_while_two_nodes_die(VaultCluster cluster) {
    VaultClient client = cluster.client();
    AtomicInteger done = new AtomicInteger();
    List<String> outcomes =
        Parallel.run(
            3,
            number -> {
              if (number == 2) {
                Eventually.holds("some imports are done", () -> done.get() >= 4);
                cluster.kill(2, 4);
                return "killed";
              }
              for (int i = 0; i < 10; i++) {
                client
                    .env("seal", sealing("ENVIT_TWO_" + number + "_" + i, "v"), Map.of())
                    .expect(200);
                done.incrementAndGet();
              }
              return "imported";
            });
    assertEquals(List.of("imported", "imported", "killed"), outcomes);
    for (int i = 0; i < 10; i++) {
      assertEquals(NAMES, present(client, "ENVIT_TWO_0_" + i));
      assertEquals(NAMES, present(client, "ENVIT_TWO_1_" + i));
    }
    cluster.restart(2, 4);
    assertEquals(
        lines(NAMES, number -> "v"),
        client
            .env("open", reading("ENVIT_TWO_0_9"), Map.of())
            .expect(200)
            .json()
            .getString("content"));
  }

  @Test
  void an_import_whose_coordinator_dies_is_there_as_a_whole_or_not_at_all(VaultCluster cluster) {
    VaultClient client = cluster.client();
    AtomicBoolean killed = new AtomicBoolean();
    AtomicInteger done = new AtomicInteger();
    List<String> acknowledged = java.util.Collections.synchronizedList(new ArrayList<>());
    List<String> begun = java.util.Collections.synchronizedList(new ArrayList<>());
    // Many at once, and each coordinated by whichever node its names choose: some of them by the
    // one that dies.
    List<Integer> _ =
        Parallel.run(
            9,
            number -> {
              if (number == 8) {
                Eventually.holds("imports are under way", () -> done.get() >= 4);
                cluster.kill(3);
                killed.set(true);
                return number;
              }
              for (int i = 0; !killed.get() && i < 40; i++) {
                String prefix = "ENVIT_ORPHAN_" + number + "_" + i;
                begun.add(prefix);
                Answer answer = client.strict().env("seal", sealing(prefix, "v"), Map.of());
                if (answer.status() == 200) {
                  acknowledged.add(prefix);
                } else {
                  assertTrue(
                      List.of("write-outcome-unknown", "write-not-accepted", "deadline-exceeded")
                          .stream()
                          .anyMatch(answer::isProblem),
                      answer::toString);
                }
                done.incrementAndGet();
              }
              return number;
            });
    for (String prefix : begun) {
      int present = present(client, prefix);
      assertTrue(
          present == NAMES || (present == 0 && !acknowledged.contains(prefix)),
          () -> present + " of " + prefix);
    }
    cluster.restart(3);
    for (String prefix : begun) {
      int present = present(client, prefix);
      assertTrue(present == NAMES || present == 0, () -> present + " of " + prefix);
      assertTrue(present == NAMES || !acknowledged.contains(prefix));
    }
  }

  @Test
  void a_thousand_references_are_taken_in_any_form_and_one_more_is_not(VaultCluster cluster) {
    VaultClient client = cluster.client();
    String sealing = lines(1000, number -> "enc(ENVIT_MANY_" + number + ":value" + number + ")");
    client
        .env("seal", sealing + "V=secret(ENVIT_MANY_0)\n", Map.of())
        .expectProblem(413, "payload-too-large");
    client.get("ENVIT_MANY_0").expectProblem(404, "secret-not-found");
    assertEquals(
        1000,
        client
            .env("seal", sealing, Map.of(), "Idempotency-Key", "envit-many")
            .expect(200)
            .json()
            .getJsonArray("created")
            .size());
    client.env("seal", sealing, Map.of(), "Idempotency-Key", "envit-many").expect(200);
    JsonObject problem =
        client.env("seal", sealing, Map.of()).expectProblem(409, "secret-already-exists").json();
    assertEquals(1000, problem.getJsonArray("errors").size());
    String values = lines(1000, number -> "value" + number);
    String before = "@" + java.time.Instant.now().plusSeconds(60);
    for (String selector : List.of("", "@1", before)) {
      String file = lines(1000, number -> "secret(ENVIT_MANY_" + number + selector + ")");
      Answer opened = client.env("open", file, Map.of()).expect(200);
      assertEquals(values, opened.json().getString("content"));
      assertEquals(1000, opened.json().getJsonArray("expanded").size());
      client
          .env("open", file + "V=secret(ENVIT_MANY_0)\n", Map.of())
          .expectProblem(413, "payload-too-large");
    }
    JsonObject missing =
        client
            .env("open", lines(1000, number -> "secret(ENVIT_MANY_" + number + "@2)"), Map.of())
            .expectProblem(404, "unresolved-reference")
            .json();
    assertEquals(1000, missing.getJsonArray("errors").size());
    JsonObject last = missing.getJsonArray("errors").getJsonObject(999);
    assertEquals(1000, last.getInt("line"));
    assertEquals(6, last.getInt("column"));
    assertEquals("ENVIT_MANY_999", last.getString("name"));
  }

  @Test
  void values_that_are_together_too_long_are_refused_and_large_ones_are_not(VaultCluster cluster) {
    VaultClient client = cluster.client();
    for (int i = 0; i < 9; i++) {
      client.create("ENVIT_LARGE_" + i, ("" + i).repeat(1 << 20)).expect(201);
    }
    client
        .env("open", lines(9, number -> "secret(ENVIT_LARGE_" + number + ")"), Map.of())
        .expectProblem(413, "payload-too-large");
    String opened =
        client
            .env("open", lines(3, number -> "secret(ENVIT_LARGE_" + number + ")"), Map.of())
            .expect(200)
            .json()
            .getString("content");
    assertEquals(lines(3, number -> ("" + number).repeat(1 << 20)), opened);
    client
        .env("open", lines(900, number -> "secret(ENVIT_LARGE_" + number % 3 + ")"), Map.of())
        .expectProblem(413, "payload-too-large");
  }

  @Test
  void a_file_without_references_comes_back_as_the_bytes_it_is(VaultCluster cluster) {
    byte[] odd =
        ("\uFEFF\r\n# enc(X) secret(Y)\r\nA=b\r\n\n  export  B = 'c' # d\nODD LINE \"\n"
                + "C=mysecret(X)\nD=SECRET(X)\n\rE=\u00e4\ud83d\udd11 \nF='two\nlines' ")
            .getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(odd, cluster.client().envFile("", odd).expect(200).body());
    assertArrayEquals(odd, cluster.client().envFile("?mode=seal", odd).expect(200).body());
    assertEquals(0, cluster.client().envFile("?mode=open", new byte[0]).expect(200).body().length);
  }

  @Test
  void no_value_of_a_file_is_ever_written_anywhere(VaultCluster cluster) {
    VaultClient client = cluster.client();
    List<String> markers = IntStream.range(0, 5).mapToObj(_ -> marker()).toList();
    String file =
        "ENVIT_S1=%s\nA=enc(ENVIT_S1)\nB=enc(ENVIT_S2:%s)\nC=enc(ENVIT_S3)\n"
            .formatted(markers.get(0), markers.get(1));
    client.env("seal", file, Map.of("ENVIT_S3", markers.get(2))).expect(200);
    client.env("seal", file, Map.of("ENVIT_S3", markers.get(2))).expect(409);
    client
        .env("open", "A=secret(ENVIT_S1) secret(ENVIT_S2) secret(ENVIT_S3)", Map.of())
        .expect(200);
    client.env("default", "A=enc(" + markers.get(3) + ")", Map.of()).expect(422);
    client.env("default", "A='enc(ENVIT_S4:" + markers.get(4), Map.of()).expect(422);
    for (String marker : markers) {
      assertEquals(List.of(), new MarkerScan(marker).under(cluster.data()));
    }
  }

  /// Letters and digits that occur nowhere else.
  private static String marker() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return "marker"
        + Base64.getEncoder().withoutPadding().encodeToString(bytes).replaceAll("[+/]", "x");
  }
}
