package io.quorumvault.cli.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyCheckCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        directory.resolve("policy.json"),
        """
        {"version": 1, "rules": [
          {"subjects": ["ann"], "namespace": "demo", "prefix": "db-", "capabilities": ["read"]},
          {"groups": ["ops"], "namespace": "*", "prefix": "", "capabilities": ["list", "history"]},
          {"subjects": ["ann"], "namespace": "demo", "prefix": "", "capabilities": ["delete"],
           "notBefore": "2027-01-01T00:00:00Z"},
          {"subjects": ["bob"], "namespace": "other", "prefix": "", "capabilities": ["read"],
           "notAfter": "2026-01-01T00:00:00Z"}]}
        """);
  }

  private Shell.Ended check(String... words) {
    return Shell.in(directory)
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .run(
            Stream.concat(Stream.of("policy", "check", "--policy", "policy.json"), Stream.of(words))
                .toArray(String[]::new));
  }

  @Test
  void what_a_rule_permits_is_allowed_and_the_rule_is_named() {
    Shell.Ended ended = check("--subject", "ann", "read", "demo", "db-password");

    assertEquals(ExitCode.OK.number(), ended.exitCode(), ended.everything());
    assertEquals(
        List.of("allowed", "  rule 1 permits it", "  rule 3 applies from 2027-01-01T00:00:00Z on"),
        ended.output().lines().toList());
  }

  @Test
  void each_rule_that_names_the_caller_says_what_is_missing() {
    Shell.Ended ended = check("--subject", "ann", "--groups", "dev,ops", "read", "demo", "api-key");

    assertEquals(ExitCode.REFUSED.number(), ended.exitCode(), ended.everything());
    assertEquals(
        List.of(
            "denied: 403 forbidden",
            "  rule 1 covers only names that begin with db-",
            "  rule 2 gives only list, history",
            "  rule 3 applies from 2027-01-01T00:00:00Z on"),
        ended.output().lines().toList());
  }

  @Test
  void the_time_and_the_namespace_as_a_whole_can_be_asked_about() {
    assertEquals(
        ExitCode.OK.number(),
        check("--subject", "ann", "--at", "2027-01-01T00:00:00Z", "delete", "demo", "x")
            .exitCode());
    assertEquals(
        ExitCode.OK.number(),
        check("--subject", "x", "--groups", "ops", "list", "anywhere").exitCode());
    Shell.Ended hidden = check("--subject", "bob", "read", "other", "x");
    assertEquals(ExitCode.REFUSED.number(), hidden.exitCode());
    assertTrue(hidden.output().startsWith("denied: 404 namespace-not-found"), hidden.output());
    assertTrue(hidden.output().contains("rule 4 applied until 2026-01-01T00:00:00Z"));
    assertTrue(
        check("--subject", "eve", "read", "demo").output().contains("no rule names this caller"));
  }

  @Test
  void what_is_no_policy_or_no_question_is_refused_without_being_repeated() throws IOException {
    assertEquals(ExitCode.USAGE.number(), check("--subject", "ann", "fly", "demo", "x").exitCode());
    assertEquals(
        ExitCode.USAGE.number(), check("--subject", "ann", "read", "NOT-A-NAME", "x").exitCode());
    assertEquals(
        ExitCode.USAGE.number(),
        check("--subject", "ann", "--at", "noon", "read", "demo").exitCode());
    Files.writeString(
        directory.resolve("policy.json"), "{\"version\":1,\"rules\":[{\"hunter2\":1}]}");
    Shell.Ended malformed = check("--subject", "ann", "read", "demo", "x");
    assertEquals(ExitCode.REFUSED.number(), malformed.exitCode());
    assertFalse(malformed.everything().contains("hunter2"), malformed.everything());
    Files.delete(directory.resolve("policy.json"));
    assertEquals(
        ExitCode.USAGE.number(), check("--subject", "ann", "read", "demo", "x").exitCode());
  }

  @Test
  void the_same_is_told_to_programs() throws IOException {
    Shell.Ended ended = check("--subject", "ann", "read", "demo", "api-key", "-o", "json");

    assertEquals(ExitCode.REFUSED.number(), ended.exitCode(), ended.everything());
    JsonObject told = JsonObject.parse(ended.outputBytes());
    assertFalse(told.isTrue("allowed"));
    assertEquals("denied: 403 forbidden", told.requiredText("verdict"));
    JsonObject rule = told.objects("rules").getFirst();
    assertEquals(1, rule.requiredInt("rule"));
    assertFalse(rule.isTrue("permits"));
    assertEquals("covers only names that begin with db-", rule.requiredText("reason"));
  }
}
