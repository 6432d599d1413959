package io.quorumvault.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Shell;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What scripts rely on: one number for each way to end, and never another. Failures say what to do
/// next.
final class ExitCodeTest {
  private final FakeVault vault = FakeVault.start();

  @TempDir private Path directory = Path.of("");

  @AfterEach
  void stop() {
    vault.close();
  }

  private Shell shell() {
    return Shell.in(directory)
        .with("QV_API", vault.url().toString())
        .with("QV_NAMESPACE", "demo")
        .with("QV_TOKEN", FakeVault.TOKEN);
  }

  private static void assertEnds(int number, String next, Shell.Ended ended) {
    assertEquals(number, ended.exitCode(), ended::everything);
    assertTrue(ended.messages().contains(next), ended::everything);
  }

  @Test
  void the_numbers_never_change() {
    assertEquals(
        Map.of("OK", 0, "USAGE", 1, "SERVER", 2, "NOT_FOUND", 3, "REFUSED", 4, "UNKNOWN", 5),
        Arrays.stream(ExitCode.values())
            .collect(java.util.stream.Collectors.toMap(ExitCode::name, code -> code.number())));
  }

  @Test
  void zero_is_done() {
    assertEnds(0, "", shell().input("hunter2").run("put", "db-password"));
    assertEnds(0, "", shell().run("get", "db-password"));
  }

  @Test
  void one_is_a_command_line_or_file_that_is_not_right() {
    assertEnds(1, "qv get --help", shell().run("get"));
    assertEnds(1, "Nothing was sent", shell().run("put", "key", "--file", "missing"));
    assertEquals(0, vault.requests().size());
  }

  @Test
  void two_is_a_vault_that_failed_and_changed_nothing() {
    vault.thenAnswers(
        FailureCode.INSUFFICIENT_SHARES, "not-applied", Map.of("Retry-After", "3600"));
    assertEnds(2, "Try again in a moment", shell().run("get", "key"));
    assertEnds(
        2,
        "qv dev status",
        shell().with("QV_API", "http://127.0.0.1:1").input("value").run("put", "key"));
  }

  @Test
  void three_is_a_secret_version_or_namespace_that_is_not_there() {
    assertEnds(3, "qv list", shell().run("get", "nothing"));
    assertEnds(3, "Check the namespace", shell().run("list", "-n", "nowhere"));
    assertEnds(0, "", shell().input("value").run("put", "key"));
    assertEnds(3, "qv history", shell().run("get", "key", "--version", "7"));
  }

  @Test
  void four_is_a_refusal() {
    assertEnds(0, "", shell().input("value").run("put", "key"));
    assertEnds(4, "qv update NAME", shell().input("value").run("put", "key"));
    assertEnds(4, "Somebody wrote", shell().input("v").run("update", "key", "--if-match", "7"));
    assertEnds(4, "qv token", shell().with("QV_TOKEN", "another").run("get", "key"));
  }

  @Test
  void five_is_a_write_that_may_or_may_not_be_applied_and_names_its_key() {
    vault.thenFails(new FakeVault.Failure.LosesAnswer());
    vault.thenFails(new FakeVault.Failure.LosesRequest());
    assertEnds(5, "--idempotency-key", shell().input("value").run("put", "key"));
  }
}
