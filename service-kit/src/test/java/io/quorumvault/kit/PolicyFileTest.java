package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Decision;
import io.quorumvault.policy.Policy;
import io.quorumvault.policy.PolicyRule;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
  private static final String RULE =
      """
      {"subjects": ["dev"], "groups": [], "namespace": "demo", "prefix": "",
       "capabilities": ["create", "read", "update", "delete", "list", "history", "env"],
       "notBefore": null, "notAfter": null}\
      """;

  @Test
  void the_document_of_the_dev_cluster_is_a_policy() {
    Policy policy = PolicyFile.parse(document(RULE));
    assertEquals(
        List.of(
            new PolicyRule(
                Set.of("dev"),
                Set.of(),
                "demo",
                "",
                Set.of(
                    Capability.CREATE,
                    Capability.READ,
                    Capability.UPDATE,
                    Capability.DELETE,
                    Capability.LIST,
                    Capability.HISTORY,
                    Capability.ENV),
                null,
                null)),
        policy.rules());
    assertEquals(Decision.ALLOW, decision(policy, "dev"));
    assertEquals(Decision.DENY_HIDDEN, decision(policy, "eve"));
  }

  @Test
  void what_may_be_left_out_may_be_left_out_and_times_may_have_an_offset() {
    Policy policy =
        PolicyFile.parse(
            document(
                """
                {"groups": ["ops"], "namespace": "*", "prefix": "APP_", "capabilities": ["audit"],
                 "notBefore": "2026-11-01T12:00:00+02:00", "notAfter": "2027-01-01T00:00:00.5Z"}\
                """));
    PolicyRule rule = policy.rules().getFirst();
    assertEquals(Set.of(), rule.subjects());
    assertEquals(Instant.parse("2026-11-01T10:00:00Z"), rule.notBefore());
    assertEquals(Instant.parse("2027-01-01T00:00:00.500Z"), rule.notAfter());
  }

  @Test
  void a_policy_without_rules_is_one_that_denies_everything() {
    assertEquals(Decision.DENY_HIDDEN, decision(PolicyFile.parse(document("")), "dev"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"prefix\": \"\" | \"prefix\": 7 | rules[0].prefix (expected: a string)",
        "\"prefix\": \"\", | `` | rules[0].prefix (expected: to be present)",
        "\"prefix\": \"\" | \"prefix\": null | rules[0].prefix (expected: a string)",
        "\"prefix\": \"\" | \"prefix\": \"*\" | rules[0].prefix (expected: the beginning of a secret"
            + " name)",
        "\"namespace\": \"demo\", | `` | rules[0].namespace (expected: to be present)",
        "\"demo\" | \"Hunter2\" | rules[0].namespace (expected: [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)",
        "\"read\" | \"hunter2\" | rules[0].capabilities (expected: only [create, read, update, delete,"
            + " list, history, env, audit])",
        "\"read\" | [\"read\"] | rules[0].capabilities (expected: a string)",
        "[\"dev\"] | \"dev\" | rules[0].subjects (expected: an array)",
        "[\"dev\"] | [] | rules[0].subjects (expected: a subject or a group)",
        "[\"dev\"] | [1] | rules[0].subjects (expected: a string)",
        "\"notBefore\": null | \"notBefore\": \"hunter2\" | rules[0].notBefore (expected: a time such as"
            + " 2027-01-01T00:00:00Z)",
        "\"notBefore\": null | \"notBefore\": 1793534400 | rules[0].notBefore (expected: a string)",
        "\"notAfter\" | \"notAfer\" | rules[0]. (expected: no members but [capabilities, groups,"
            + " namespace, notAfter, notBefore, prefix, subjects])",
        "\"version\": 1 | \"version\": 2 | version: 2 (expected: 1)",
        "\"version\": 1 | \"version\": \"1\" | version (expected: a whole number)",
        "\"version\": 1 | \"version\": 1.5 | version (expected: a whole number)",
        "\"version\": 1 | \"version\": 1e30 | version (expected: a whole number)",
        "\"version\": 1 | \"version\": 4294967297 | version (expected: a small number)",
        "\"version\": 1, | `` | version (expected: to be present)",
        "\"rules\": | \"hunter2\": | policy (expected: no members but [rules, version])",
      })
  void a_document_that_is_no_policy_is_refused_by_member_and_not_quoted(
      String good, String bad, String message) {
    String document = new String(document(RULE), UTF_8);
    assertTrue(document.contains(good));
    assertEquals(message, refusal(document.replace(good, bad)));
  }

  @Test
  void what_is_not_json_is_refused_by_its_place_and_not_quoted() {
    for (String text :
        List.of("", "hunter2", "{\"version\": 1, hunter2}", "[1,", "{} hunter2", "\"hunter2")) {
      String message = refusal(text);
      assertTrue(message.contains("expected: JSON"), message);
      assertFalse(message.contains("unter"), message);
    }
    assertEquals("policy (expected: an object)", refusal("[]"));
    assertEquals("policy (expected: an object)", refusal("1"));
    assertEquals("rules (expected: an array)", refusal("{\"version\": 1, \"rules\": {}}"));
    assertEquals("rules[0]. (expected: an object)", refusal("{\"version\": 1, \"rules\": [1]}"));
  }

  /// The parser throws for these what it throws for nothing else.
  @Test
  void brackets_and_numbers_beyond_its_parser_are_refused_like_everything_else() {
    for (String text :
        List.of(
            "{\"version\":1,\"rules\":" + "[".repeat(1200),
            "{\"version\":1e99999999999,\"rules\":[]}")) {
      assertTrue(refusal(text).contains("expected: JSON"));
    }
    byte[] noText = "{\"version\":1,\"rules\":[]} ".getBytes(UTF_8);
    noText[noText.length - 1] = (byte) 0xff;
    assertThrows(IllegalArgumentException.class, () -> PolicyFile.parse(noText));
  }

  @Test
  void a_repeated_member_is_refused() {
    String twice = RULE.replace("\"groups\": [],", "\"groups\": [], \"prefix\": \"APP_\",");
    assertTrue(refusal(new String(document(twice), UTF_8)).contains("without repeated members"));
  }

  @Test
  void the_rule_at_fault_is_named() {
    String bad = RULE.replace("\"read\"", "\"rea\"");
    String message = refusal(new String(document(RULE + "," + RULE + "," + bad), UTF_8));
    assertTrue(message.startsWith("rules[2].capabilities "), message);
  }

  @Test
  void a_changed_file_comes_into_force_and_a_broken_one_does_not(@TempDir Path folder)
      throws IOException {
    Path path = folder.resolve("policy.json");
    Files.write(path, document(RULE));
    ManualTime time = new ManualTime(Instant.now());
    PolicyFile file = new PolicyFile(path, time, time::nanoTime);
    Bytes first = file.digest();
    assertEquals(Decision.ALLOW, decision(file.policy(), "dev"));

    Files.write(path, document(RULE.replace("dev", "eve")));
    time.pass(Duration.ofSeconds(1));
    assertEquals(Decision.DENY_HIDDEN, decision(file.policy(), "dev"));
    assertEquals(Decision.ALLOW, decision(file.policy(), "eve"));
    Bytes second = file.digest();
    assertNotEquals(first, second);

    try (CapturedLog log = new CapturedLog(WatchedFiles.class)) {
      Files.writeString(path, "{\"version\": 1, hunter2");
      time.pass(Duration.ofSeconds(1));
      assertEquals(second, file.digest());
      assertEquals(1, log.lines().size());
      assertFalse(log.lines().getFirst().contains("hunter2"));
    }
  }

  @Test
  void a_service_does_not_start_without_a_policy(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("policy.json");
    assertThrows(IllegalStateException.class, () -> PolicyFile.open(path));
    Files.writeString(path, "{}");
    assertThrows(IllegalStateException.class, () -> PolicyFile.open(path));
    Files.write(path, document(RULE));
    assertEquals(Decision.ALLOW, decision(PolicyFile.open(path).policy(), "dev"));
  }

  private static byte[] document(String rules) {
    return ("{\"version\": 1, \"rules\": [" + rules + "]}").getBytes(UTF_8);
  }

  private static String refusal(String document) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class, () -> PolicyFile.parse(document.getBytes(UTF_8)))
            .getMessage());
  }

  private static Decision decision(Policy policy, String subject) {
    return policy.decide(
        new Caller(subject, Set.of()),
        Capability.READ,
        new Namespace("demo"),
        new SecretName("A"),
        Instant.parse("2026-11-01T12:00:00Z"));
  }
}
