package io.quorumvault.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCommandTest {
  private static final String HARD =
      "it's \"$HOME\" `id` $(id) \\n \\\\ ${X} #x =\n\ttab\r\n é 漢 \ud83d\udd11 secret(OTHER) \n\n";

  /// What a command that is run in the JVM of the tests must not come to: starting it fails.
  private static final String NEVER = "no-such-program";

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

  private QvProcess qv() {
    return QvProcess.in(directory, vault);
  }

  private void file(String content) throws IOException {
    Files.writeString(directory.resolve(".env"), content);
  }

  private void put(String name, String value) {
    assertEquals(0, shell().input(value).run("put", name).exitCode());
  }

  private static Map<String, String> variables(QvProcess.Ended ended) {
    assertEquals(0, ended.exitCode(), ended.messages());
    Map<String, String> variables = new TreeMap<>();
    for (String entry : ended.output().split("\0", -1)) {
      String[] pair = entry.split("=", 2);
      if (pair.length < 2) {
        continue; // behind the last
      }
      variables.put(pair[0], pair[1]);
    }
    return variables;
  }

  // The program's variables.

  @Test
  void a_program_gets_exactly_the_values_and_the_callers_environment_unchanged()
      throws IOException, InterruptedException {
    put("HARD", HARD);
    put("PLAIN", "hunter2");
    file(
        """
        A=secret(HARD)
        B="<secret(HARD)|\\"\\$\\\\\\n>"
        export C='secret(PLAIN) $X \\n'
        D = postgres://u:secret(PLAIN|urlencode)@h   # a comment
        E.F-G=
        H=two words
        PATH2=a:b
        """);
    QvProcess qv = qv().with("LC_ALL", "C").with("KEPT", "1").with("H", "before");

    Map<String, String> variables = variables(qv.run("run", "--env", ".env", "--", "env", "-0"));

    Map<String, String> expected = new TreeMap<>(qv.environment());
    expected.put("A", HARD);
    expected.put("B", "<" + HARD + "|\"$\\\n>");
    expected.put("C", "hunter2 $X \\n");
    expected.put("D", "postgres://u:hunter2@h");
    expected.put("E.F-G", "");
    expected.put("H", "two words");
    expected.put("PATH2", "a:b");
    variables.keySet().removeAll(List.of("_", "PWD", "OLDPWD", "SHLVL")); // the test's own shell
    assertEquals(expected, variables);
  }

  @Test
  void the_token_of_a_dev_cluster_does_not_reach_the_program()
      throws IOException, InterruptedException {
    put("A", "hunter2");
    file("A=secret(A)\n");
    Files.writeString(directory.resolve("token"), FakeVault.TOKEN);

    QvProcess.Ended ended =
        QvProcess.bare(directory)
            .run(
                "run",
                "--api",
                vault.url().toString(),
                "-n",
                "demo",
                "--token-file",
                "token",
                "--env",
                ".env",
                "--",
                "env",
                "-0");

    assertEquals("hunter2", variables(ended).get("A"));
    assertFalse(ended.output().contains("QV_"), ended.output());
    assertFalse(ended.output().contains(FakeVault.TOKEN), ended.output());
  }

  @Test
  void a_file_without_references_needs_no_vault() throws IOException, InterruptedException {
    file("A='b c'\nA=d\n");

    QvProcess.Ended ended =
        QvProcess.bare(directory).run("run", "--env", ".env", "sh", "-c", "echo \"$A\"");

    assertEquals("d\n", ended.output());
  }

  @Test
  void a_program_is_looked_for_on_the_path_it_gets() throws IOException, InterruptedException {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Path tool = Files.writeString(bin.resolve("tool"), "#!/bin/sh\necho ran \"$@\"\n");
    assertTrue(tool.toFile().setExecutable(true));
    file("PATH=" + bin + "\n");

    assertEquals("ran x\n", qv().run("run", "--env", ".env", "--", "tool", "x").output());
  }

  // The program takes the place of qv.

  @Test
  void arguments_are_the_programs_own_whatever_they_look_like()
      throws IOException, InterruptedException {
    file("");
    List<String> arguments =
        List.of("printf", "%s|", "--", "-x", "--help", "@file", "@@file", "", "a b", "\"q\"", "$X");

    for (List<String> before : List.of(List.<String>of(), List.of("--"))) {
      String[] all =
          Stream.of(Stream.of("run", "--env", ".env"), before.stream(), arguments.stream())
              .flatMap(words -> words)
              .toArray(String[]::new);
      assertEquals("--|-x|--help|@file|@@file||a b|\"q\"|$X|", qv().run(all).output());
    }
  }

  @Test
  void arguments_are_bytes_in_every_locale() throws IOException, InterruptedException {
    file("");

    QvProcess.Ended ended =
        qv().with("LC_ALL", "C")
            .after("set -- \"$@\" \"$(printf 'f\\303\\274\\377')\"")
            .run("run", "--env", ".env", "--", "sh", "-c", "printf %s \"$1\" | od -An -tx1", "sh");

    assertEquals(" 66 c3 bc ff\n", ended.output());
  }

  @Test
  void the_process_the_input_and_the_exit_code_are_the_programs()
      throws IOException, InterruptedException {
    file("");

    QvProcess.Ended ended =
        qv().input("typed").run("run", "--env", ".env", "--", "sh", "-c", "echo $$; cat; exit 7");

    assertEquals(7, ended.exitCode());
    assertEquals(ended.processId() + "\ntyped", ended.output());
    assertEquals("", ended.messages());
  }

  @Test
  void signals_reach_the_program_as_they_would_without_qv()
      throws IOException, InterruptedException {
    file("");
    int fatal = 0;
    for (String signal : List.of("HUP", "INT", "QUIT", "PIPE", "TERM")) {
      String program = "kill -" + signal + " $$; echo alive";
      Process without =
          new ProcessBuilder("sh", "-c", "ulimit -c 0; exec sh -c '" + program + "'").start();
      String output = new String(without.getInputStream().readAllBytes(), UTF_8);
      int exitCode = without.waitFor();

      QvProcess.Ended ended =
          qv().after("ulimit -c 0").run("run", "--env", ".env", "--", "sh", "-c", program);

      assertEquals(exitCode, ended.exitCode(), signal);
      assertEquals(output, ended.output(), signal);
      fatal += output.isEmpty() ? 1 : 0;
    }
    // A build in the background of a script has been told to ignore INT and QUIT, and hands that
    // down.
    assertTrue(fatal >= 3, fatal + " signals ended the program");
  }

  @Test
  void the_program_has_the_callers_open_files_and_none_of_qvs()
      throws IOException, InterruptedException {
    put("A", "hunter2");
    file("A=secret(A)\n");
    Files.writeString(directory.resolve("data"), "handed down\n");

    QvProcess.Ended ended =
        qv().after("exec 8<data")
            .run(
                "run",
                "--env",
                ".env",
                "--",
                "sh",
                "-c",
                "for fd in 3 4 5 6 7 8 9; do"
                    + " if (true <&$fd) 2>/dev/null; then echo $fd; fi; done; cat <&8");

    assertEquals("8\nhanded down\n", ended.output());
  }

  @Test
  void no_secret_is_on_disk_or_in_the_arguments() throws IOException, InterruptedException {
    put("A", "hunter2");
    file("A=secret(A)\n");

    QvProcess.Ended ended =
        qv().with("TMPDIR", directory.toString())
            .run("run", "--env", ".env", "--", "sh", "-c", "ps -ww -o args= -p $$; ls -A; echo $A");

    assertEquals(0, ended.exitCode(), ended.messages());
    List<String> lines = ended.output().lines().toList();
    assertFalse(lines.getFirst().contains("hunter2"), lines.getFirst());
    assertEquals(".env", lines.get(1));
    assertEquals("hunter2", lines.get(2));
    assertEquals("A=secret(A)\n", Files.readString(directory.resolve(".env")));
  }

  // When it cannot be started.

  @Test
  void a_program_that_cannot_be_started_is_named() throws IOException, InterruptedException {
    file("");
    Files.writeString(directory.resolve("text"), "no program");

    QvProcess.Ended missing = qv().run("run", "--env", ".env", "--", "no-such-program");
    QvProcess.Ended denied = qv().run("run", "--env", ".env", "--", "./text");

    assertEquals(ExitCode.USAGE.number(), missing.exitCode());
    assertTrue(missing.messages().contains("no-such-program"), missing.messages());
    assertEquals(ExitCode.USAGE.number(), denied.exitCode());
    assertTrue(denied.messages().contains("may not be run"), denied.messages());
  }

  @Test
  void variables_larger_than_the_system_takes_are_refused()
      throws IOException, InterruptedException {
    put("A", "x".repeat(1 << 20));
    file("A=secret(A)\nB=secret(A)\nC=secret(A)\nD=secret(A)\nE=secret(A)\n");

    QvProcess.Ended ended = qv().run("run", "--env", ".env", "--", "true");

    assertEquals(ExitCode.USAGE.number(), ended.exitCode());
    assertTrue(ended.messages().contains("larger than this system"), ended.messages());
  }

  @Test
  void nothing_is_started_when_the_vault_refuses_and_the_place_is_the_files_own()
      throws IOException {
    put("THERE", "x");
    file("# a comment\nA=secret(THERE)\n\nexport B='x secret(NONE)'\n");

    Shell.Ended ended = shell().run("run", "--env", ".env", "--", NEVER);

    assertEquals(ExitCode.NOT_FOUND.number(), ended.exitCode());
    assertTrue(
        ended
            .messages()
            .startsWith(".env:4:13: B: There is no such secret: NONE (secret-not-found)"),
        ended.messages());
  }

  @Test
  void a_value_that_no_variable_can_hold_is_refused_where_it_is_meant() throws IOException {
    put("NUL", "a\0b");
    assertEquals(0, shell().input(new byte[] {(byte) 0xff}).run("put", "BINARY").exitCode());
    for (String name : List.of("NUL", "BINARY")) {
      file("X=1\nA=<secret(" + name + ")>\n");

      Shell.Ended ended = shell().run("run", "--env", ".env", "--", NEVER);

      assertEquals(ExitCode.REFUSED.number(), ended.exitCode());
      assertTrue(ended.messages().startsWith(".env:2:4: A: a variable"), ended.messages());
      assertTrue(ended.messages().contains("NUL"), ended.messages());
    }
  }

  @Test
  void only_references_are_sent() throws IOException {
    put("A", "x");
    file("PRIVATE=hunter9\nA='hunter9 secret(A)'\nB=secret(NONE)\n");

    shell().run("run", "--env", ".env", "--", NEVER);

    assertFalse(vault.requests().getLast().body().contains("hunter9"));
  }

  @Test
  void a_file_that_cannot_be_understood_is_refused_before_anything_is_sent() throws IOException {
    file("A=\"open\n");
    Shell.Ended syntax = shell().run("run", "--env", ".env", "--", NEVER);
    file("A=enc(X)\n");
    Shell.Ended unsealed = shell().run("run", "--env", ".env", "--", NEVER);
    file("A=b\nB=secret(X)$HOME\n");
    Shell.Ended dollar = shell().run("run", "--env", ".env", "--", NEVER);

    assertTrue(syntax.messages().startsWith(".env:1:3: A: the quote"), syntax.messages());
    assertTrue(unsealed.messages().startsWith(".env:1:3: A: a file with enc()"));
    assertTrue(dollar.messages().startsWith(".env:2:1: B: readers disagree"), dollar.messages());
    for (Shell.Ended ended : List.of(syntax, unsealed, dollar)) {
      assertEquals(ExitCode.USAGE.number(), ended.exitCode());
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_line_that_sets_nothing_is_told_with_its_number() throws IOException {
    file("\uFEFF# c\nA='x\ny'\n\nexport B\nA=secret(NONE)\n oops: 1");

    Shell.Ended ended = shell().run("run", "--env", ".env", "--", NEVER);

    List<String> warnings =
        ended.messages().lines().filter(line -> line.contains("warning")).toList();
    assertTrue(warnings.get(0).startsWith(".env:5: "), ended.messages());
    assertTrue(warnings.get(1).startsWith(".env:7: "), ended.messages());
    assertEquals(2, warnings.size());
  }

  @Test
  void an_answer_to_something_else_is_not_taken_for_variables() throws IOException {
    file("A=secret(A)\nB=secret(B)\n");
    for (String content :
        List.of("", "V1=x\\n", "V1=x\\nV2=y", "V1='x\\nV2=y\\n", "V1=x\\nV2=y\\nV3=z\\n")) {
      String body = "{\"content\":\"" + content + "\"}";
      vault.thenFails(new FakeVault.Failure.Says(200, "application/json", body, Map.of()));

      Shell.Ended ended = shell().run("run", "--env", ".env", "--", NEVER);

      assertEquals(ExitCode.SERVER.number(), ended.exitCode(), body);
    }
  }

  @Test
  void a_command_line_without_program_or_file_is_explained() throws IOException {
    file("");
    assertEquals(ExitCode.USAGE.number(), shell().run("run", "--env", ".env").exitCode());
    assertEquals(ExitCode.USAGE.number(), shell().run("run", "--", NEVER).exitCode());
    assertEquals(
        ExitCode.USAGE.number(), shell().run("run", "--env", "none", "--", NEVER).exitCode());
  }

  // How the file's own text is read.

  @Test
  void the_authors_text_means_what_most_readers_agree_on() {
    Map<String, String> table =
        Map.ofEntries(
            Map.entry("A=b c", "b c"),
            Map.entry("A= b  # c", "b"),
            Map.entry("A=b#c", "b#c"),
            Map.entry("A=C:\\dir\\new", "C:\\dir\\new"),
            Map.entry("A=it's", "it's"),
            Map.entry("A='a\\nb \"$X\" `'", "a\\nb \"$X\" `"),
            Map.entry("A=`a'b\"`", "a'b\""),
            Map.entry("A=\"a\\nb\\tc\\rd\\\\e\\\"f\\$g\\`h\\xi\"", "a\nb\tc\rd\\e\"f$g`h\\xi"),
            Map.entry("A=\"\\\\n\"", "\\n"),
            Map.entry("A='a\r\nb'\r", "a\nb"),
            Map.entry("A=see \\secret(X)", "see secret(X)"),
            Map.entry("A=\"\\enc(X)\"", "enc(X)"),
            Map.entry("A=", ""),
            Map.entry("A=\"\"", ""));
    table.forEach((line, value) -> {
      ProgramVariables variables = read(line + "\n");
      assertEquals(List.of(), variables.problems(), line);
      byte[] actual = variables.resolve(new byte[0]).orElseThrow().get("A");
      assertEquals(value, new String(actual == null ? new byte[0] : actual, UTF_8), line);
    });
  }

  @Test
  void what_readers_disagree_about_is_refused() {
    for (String line :
        List.of("A=$X", "A=a$", "A=\"${X}\"", "A=`$(id)`", "A=a\rb", "A='a\rb'", "A=\"a\\\nb\"")) {
      assertEquals(1, read(line + "\n").problems().size(), line);
    }
  }

  private static ProgramVariables read(String content) {
    return ProgramVariables.of(io.quorumvault.dotenv.DotenvParser.parse(content));
  }
}
