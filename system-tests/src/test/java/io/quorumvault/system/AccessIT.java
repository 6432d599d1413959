package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(7)
final class AccessIT {
  @Test
  void no_token_that_is_not_a_good_one_is_let_in(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("access-there", "v1").expect(201);
    Map<String, Long> before = client.everything();
    Tokens tokens = new Tokens(cluster, cluster.described().token());
    long hourAgo = Instant.now().minusSeconds(3600).getEpochSecond();
    long inAnHour = Instant.now().plusSeconds(3600).getEpochSecond();
    Map<String, String> bad =
        Map.ofEntries(
            Map.entry("expired", tokens.withClaim("exp", hourAgo)),
            Map.entry("not valid yet", tokens.withClaim("nbf", inAnHour)),
            Map.entry("made in the future", tokens.withClaim("iat", inAnHour)),
            Map.entry("without end", tokens.withoutClaim("exp")),
            Map.entry("without subject", tokens.withoutClaim("sub")),
            Map.entry("of another issuer", tokens.withClaim("iss", "urn:somebody-else")),
            Map.entry("for another service", cluster.token("--audience", "another-service")),
            Map.entry("without audience", tokens.withoutClaim("aud")),
            Map.entry("not signed", tokens.unsigned()),
            Map.entry("altered", tokens.altered()),
            Map.entry("signed with the public key", tokens.signedWithThePublicKey()),
            Map.entry("signed with another key", tokens.signedWithAnotherKey()),
            Map.entry("signed with zeroes", tokens.signedWithZeroes()),
            Map.entry("no token at all", "secret"),
            Map.entry("only dots", ".."),
            Map.entry("shortened", tokens.same().substring(0, tokens.same().length() - 4)));
    bad.forEach((what, token) -> {
      VaultClient caller = client.as(token);
      for (Answer answer :
          List.of(
              caller.get("access-there"),
              caller.get("access-absent"),
              caller.update("access-there", "stolen"),
              caller.create("access-new", "smuggled"),
              caller.delete("access-there"),
              caller.list(""),
              caller.versions("access-there", ""))) {
        assertEquals(401, answer.status(), () -> what + ": " + answer);
        Answer _ = answer.expectProblem("unauthenticated");
        assertFalse(answer.text().contains(token), what);
        assertEquals("Bearer", answer.header("WWW-Authenticate").split("[ ,]", -1)[0]);
      }
    });
    client.asNobody().get("access-there").expectProblem(401, "unauthenticated");
    assertEquals("v1", client.as(tokens.same()).get("access-there").expect(200).valueText());
    assertEquals(before, client.everything());
  }

  @Test
  void other_schemes_and_several_tokens_are_refused(VaultCluster cluster) {
    VaultClient nobody = cluster.client().asNobody();
    String token = cluster.described().token();
    for (String header :
        List.of("Basic ZGV2OmRldg==", "Bearer", "Bearer ", token, "Token " + token)) {
      nobody
          .send("GET", nobody.secrets(), Optional.empty(), "Authorization", header)
          .expectProblem(401, "unauthenticated");
    }
    nobody
        .send(
            "GET",
            nobody.secrets(),
            Optional.empty(),
            "Authorization",
            "Bearer " + token,
            "Authorization",
            "Bearer " + token)
        .expectProblem(401, "unauthenticated");
    nobody
        .send("GET", nobody.secrets() + "?access_token=" + token, Optional.empty())
        .expectProblem(401, "unauthenticated");
  }

  @Test
  void who_may_do_nothing_in_a_namespace_is_not_told_what_is_there(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("access-hidden", "v").expect(201);
    VaultClient stranger = client.as(cluster.token("--subject", "stranger"));
    String there =
        stranger
            .get("access-hidden")
            .expectProblem(404, "namespace-not-found")
            .json()
            .getString("detail");
    String absent =
        stranger
            .get("access-absent")
            .expectProblem(404, "namespace-not-found")
            .json()
            .getString("detail");
    String elsewhere =
        stranger
            .in("nowhere")
            .get("access-hidden")
            .expectProblem(404, "namespace-not-found")
            .json()
            .getString("detail");
    assertEquals(there, absent);
    assertEquals(there, elsewhere);
    stranger.list("").expectProblem(404, "namespace-not-found");
    stranger.create("access-hidden", "v").expectProblem(404, "namespace-not-found");
    stranger.delete("access-hidden").expectProblem(404, "namespace-not-found");
    client.in("elsewhere").get("access-hidden").expectProblem(404, "namespace-not-found");
    client.in("elsewhere").create("access-new", "v").expectProblem(404, "namespace-not-found");
  }

  @Test
  void a_rule_gives_what_it_says_and_no_more_as_soon_as_it_is_written_and_until_it_goes(
      VaultCluster cluster) throws IOException {
    VaultClient client = cluster.client();
    client.create("access-team-a", "of the team").expect(201);
    client.create("access-other", "of others").expect(201);
    VaultClient reader = client.as(cluster.token("--subject", "someone", "--groups", "team,tea"));
    reader.get("access-team-a").expectProblem(404, "namespace-not-found");

    Path policy = cluster.policy();
    String before = Files.readString(policy);
    String rule =
        "{\"subjects\":[],\"groups\":[\"team\"],\"namespace\":\"demo\",\"prefix\":\"access-team-\","
            + "\"capabilities\":[\"read\",\"list\"],\"notBefore\":null,\"notAfter\":null}";
    int lastRule = before.lastIndexOf(']');
    replace(policy, before.substring(0, lastRule) + "," + rule + before.substring(lastRule));
    try {
      // Every process notices by itself, so a few answers in a row mean that all have.
      Eventually.passes(
          "the rule is known everywhere",
          () -> {
            for (int i = 0; i < 10; i++) {
              assertEquals("of the team", reader.get("access-team-a").expect(200).valueText());
              reader.get("access-team-" + i).expectProblem(404, "secret-not-found");
            }
          });
      reader.update("access-team-a", "taken over").expectProblem(403, "forbidden");
      reader.delete("access-team-a").expectProblem(403, "forbidden");
      reader.create("access-team-b", "v").expectProblem(403, "forbidden");
      reader.versions("access-team-a", "").expectProblem(403, "forbidden");
      reader.get("access-other").expectProblem(403, "forbidden");
      reader.get("access-absent").expectProblem(403, "forbidden");
      assertEquals(List.of("access-team-a"), List.copyOf(reader.everything().keySet()));
      assertEquals("of the team", client.get("access-team-a").expect(200).valueText());
    } finally {
      replace(policy, before);
    }
    Eventually.passes(
        "the rule is gone everywhere",
        () -> {
          for (int i = 0; i < 10; i++) {
            reader.get("access-team-a").expectProblem(404, "namespace-not-found");
            reader.get("access-team-" + i).expectProblem(404, "namespace-not-found");
          }
        });
    assertTrue(client.everything().containsKey("access-team-a"));
  }

  static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling("policy.next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void health_and_status_need_no_token_and_tell_no_secrets(VaultCluster cluster) {
    VaultClient nobody = cluster.client().asNobody();
    nobody.send("GET", "/health/live", Optional.empty()).expect(200);
    nobody.send("GET", "/health/ready", Optional.empty()).expect(200);
    Answer status = nobody.status().expect(200);
    assertFalse(status.json().getString("status").isBlank());
  }
}
