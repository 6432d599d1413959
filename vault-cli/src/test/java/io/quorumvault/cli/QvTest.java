package io.quorumvault.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QvTest {
  private static final List<String> COMMANDS =
      List.of(
          "dev",
          "put",
          "get",
          "update",
          "history",
          "delete",
          "list",
          "env",
          "run",
          "token",
          "audit",
          "receipt",
          "doctor",
          "import",
          "completion");

  @TempDir private Path directory = Path.of("");

  @Test
  void alone_it_shows_every_command_and_exit_code() {
    Shell.Ended ended = Shell.in(directory).run();

    assertEquals(0, ended.exitCode());
    COMMANDS.forEach(command -> assertTrue(ended.output().contains("  " + command + " ")));
    for (ExitCode code : ExitCode.values()) {
      assertTrue(ended.output().contains("  " + code.number() + "   "), ended.output());
    }
  }

  @Test
  void every_command_explains_itself() {
    for (String command : COMMANDS) {
      Shell.Ended ended = Shell.in(directory).run(command, "--help");

      assertEquals(0, ended.exitCode());
      assertTrue(ended.output().startsWith("Usage: qv " + command), ended.output());
    }
    for (String command : List.of("stop", "status", "restart-node", "demo")) {
      Shell.Ended ended = Shell.in(directory).run("dev", command, "--help");

      assertTrue(ended.output().contains("--data"), ended.output());
    }
    for (String command : List.of("seal", "open", "check", "diff")) {
      Shell.Ended ended = Shell.in(directory).run("env", command, "--help");

      assertTrue(ended.output().startsWith("Usage: qv env " + command), ended.output());
      assertTrue(Shell.in(directory).run("env").output().contains("  " + command + " "));
    }
  }

  @Test
  void a_wrong_command_line_is_told_where_help_is() {
    for (List<String> wrong :
        List.of(
            List.of("put"),
            List.of("gte", "x"),
            List.of("get", "--nonsense", "x"),
            List.of("list", "-o", "xml"),
            List.of("dev", "restart-node", "first"))) {
      Shell.Ended ended = Shell.in(directory).run(wrong.toArray(String[]::new));

      assertEquals(ExitCode.USAGE.number(), ended.exitCode(), wrong::toString);
      assertTrue(ended.messages().contains("--help"), ended.messages());
      assertEquals("", ended.output());
      assertFalse(ended.messages().contains("\tat "), ended.messages());
    }
  }

  @Test
  void a_word_that_means_nothing_is_named_and_a_command_like_it_suggested() {
    Shell.Ended command = Shell.in(directory).run("hist");
    Shell.Ended option = Shell.in(directory).run("list", "--password=hunter2");
    Shell.Ended argument = Shell.in(directory).run("list", "extra");
    Shell.Ended neither = Shell.in(directory).run("env", "open", "x");

    assertTrue(command.messages().contains("no command hist. Did you mean history"));
    assertTrue(option.messages().contains("no option --password here"), option.messages());
    assertFalse(option.messages().contains("hunter2"), option.messages());
    assertTrue(argument.messages().contains("too many: extra"), argument.messages());
    assertTrue(neither.messages().startsWith("qv: Missing required"), neither.messages());
  }
}
