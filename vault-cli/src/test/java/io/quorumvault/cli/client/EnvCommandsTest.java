package io.quorumvault.cli.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvCommandsTest {
  private static final String UNSEALED =
      """
      # db
      DB_PW=hunter2
      URL="postgres://u:enc(DB_PW)@h/db"   # keep
      export KEY='enc(API_KEY)'
      DOC=see \\secret(X)
      """;
  private static final String SEALED =
      """
      # db
      DB_PW=secret(DB_PW)
      URL="postgres://u:secret(DB_PW)@h/db"   # keep
      export KEY='secret(API_KEY)'
      DOC=see \\secret(X)
      """;
  private static final String OPENED =
      """
      # db
      DB_PW=hunter2
      URL="postgres://u:hunter2@h/db"   # keep
      export KEY='k 1'
      DOC=see secret(X)
      """;
  private static final String VALUES = "{\"API_KEY\":\"k 1\"}";

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

  private static void assertEnded(ExitCode expected, Shell.Ended ended) {
    assertEquals(expected.number(), ended.exitCode(), ended::everything);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private Path file(String content) throws IOException {
    return file(".env", content);
  }

  private void put(String name, String value) {
    assertEnded(ExitCode.OK, shell().input(value).run("put", name));
  }

  private void update(String name, String value) {
    assertEnded(ExitCode.OK, shell().input(value).run("update", name));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private FakeVault.Request lastRequest() {
    return vault.requests().getLast();
  }

  // Seal.

  @Test
  void a_sealed_file_has_references_where_its_values_were_and_opens_to_them() throws IOException {
    Path file = file(UNSEALED);

    Shell.Ended sealed = shell().input(VALUES).run("env", "seal", ".env", "--values", "-");

    assertEnded(ExitCode.OK, sealed);
    assertEquals(SEALED, Files.readString(file));
    assertEquals("hunter2", shell().run("get", "DB_PW").output());
    assertEquals("k 1", shell().run("get", "API_KEY").output());
    Shell.Ended opened = shell().run("env", "open", ".env", "--stdout");
    assertEnded(ExitCode.OK, opened);
    assertEquals(OPENED, opened.output());
  }

  @Test
  void what_was_created_is_told_by_name_and_version_and_never_by_value() throws IOException {
    file(UNSEALED);

    Shell.Ended ended = shell().input(VALUES).run("env", "seal", ".env", "--values", "-");

    assertEquals("", ended.output());
    assertTrue(ended.messages().contains("Created demo/API_KEY, version 1."), ended.messages());
    assertTrue(ended.messages().contains("Created demo/DB_PW, version 1."), ended.messages());
    assertFalse(ended.messages().contains("hunter2"));
    assertFalse(ended.messages().contains("k 1"));
  }

  @Test
  void values_come_from_a_file_too() throws IOException {
    file("A=enc(API_KEY)\n");
    file("values.json", VALUES);

    assertEnded(ExitCode.OK, shell().run("env", "seal", ".env", "--values", "values.json"));
    assertEquals("k 1", shell().run("get", "API_KEY").output());
  }

  @Test
  void values_on_the_command_line_are_refused_and_not_repeated() throws IOException {
    file(UNSEALED);
    for (List<String> wrong :
        List.of(List.of("--values", VALUES), List.of("--values=" + VALUES), List.of("k 1"))) {
      String[] arguments =
          Stream.concat(Stream.of("env", "seal", ".env"), wrong.stream()).toArray(String[]::new);
      Shell.Ended ended = shell().run(arguments);

      assertEnded(ExitCode.USAGE, ended);
      assertFalse(ended.everything().contains("k 1"), ended::everything);
      assertTrue(ended.messages().contains("--values"), ended.messages());
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void values_that_would_be_shown_while_typed_are_not_read() throws IOException {
    file(UNSEALED);

    assertEnded(
        ExitCode.USAGE, shell().withoutHiding().run("env", "seal", ".env", "--values", "-"));
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void values_that_are_no_object_of_names_and_texts_are_refused_and_not_repeated()
      throws IOException {
    Path file = file(UNSEALED);
    for (String values :
        List.of(
            "",
            "hunter3",
            "[\"hunter3\"]",
            "{\"API_KEY\":17}",
            "{\"API_KEY\":{\"x\":\"hunter3\"}}",
            "{\"../x\":\"hunter3\"}",
            "{\"API_KEY\":\"hunter3\",\"API_KEY\":\"hunter3\"}",
            "{\"API_KEY\":\"hunter3\"",
            "{\"API_KEY\":\"hunter3\"} x")) {
      Shell.Ended ended = shell().input(values).run("env", "seal", ".env", "--values", "-");

      assertEnded(ExitCode.USAGE, ended);
      assertFalse(ended.everything().contains("hunter3"), ended::everything);
    }
    assertEquals(List.of(), vault.requests());
    assertEquals(UNSEALED, Files.readString(file));
    assertEquals(List.of(".env"), names());
  }

  @Test
  void a_sealed_file_is_for_its_owner_only_and_nothing_is_left_beside_it() throws IOException {
    Path file = file(UNSEALED);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    assertEnded(ExitCode.OK, shell().input(VALUES).run("env", "seal", ".env", "--values", "-"));

    assertEquals("rw-------", permissions(file));
    assertEquals(List.of(".env"), names());
  }

  @Test
  void a_link_stays_a_link_and_its_target_is_sealed() throws IOException {
    Path target = Files.createDirectory(directory.resolve("elsewhere")).resolve("real");
    Files.writeString(target, "A=hunter2\nB=enc(A)\n");
    Path link = Files.createSymbolicLink(directory.resolve(".env"), Path.of("elsewhere/real"));

    assertEnded(ExitCode.OK, shell().run("env", "seal", ".env"));

    assertTrue(Files.isSymbolicLink(link));
    assertEquals("A=secret(A)\nB=secret(A)\n", Files.readString(target));
    assertEquals("rw-------", permissions(target));
    assertEquals(List.of(".env", "elsewhere"), names());
  }

  @Test
  void a_file_with_nothing_to_seal_is_not_touched() throws IOException {
    Path file = file("A=b\r\nC");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Object identity = Files.readAttributes(file, "unix:ino").get("ino");

    Shell.Ended ended = shell().run("env", "seal", ".env");

    assertEnded(ExitCode.OK, ended);
    assertTrue(ended.messages().contains("nothing to seal"), ended.messages());
    assertEquals(identity, Files.readAttributes(file, "unix:ino").get("ino"));
    assertEquals("rw-r--r--", permissions(file));
    assertEquals(List.of(".env"), names());
  }

  @Test
  void a_refused_file_stays_as_it_is_byte_for_byte() throws IOException {
    byte[] bytes =
        "\uFEFFA=enc(A)\r\nB=\"open\nC=secret(NONE)"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Path file = directory.resolve(".env");
    Files.write(file, bytes);

    Shell.Ended ended = shell().run("env", "seal", ".env");

    assertEnded(ExitCode.REFUSED, ended);
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertEquals(List.of(".env"), names());
  }

  @Test
  void every_problem_is_told_with_its_place_as_editors_know_it() throws IOException {
    file("A=\"x\" y\nB=enc(NONE)\n  C='enc(NONE)'\n");

    Shell.Ended ended = shell().run("env", "seal", ".env");

    assertEnded(ExitCode.REFUSED, ended);
    List<String> lines = ended.messages().lines().toList();
    assertTrue(lines.get(0).startsWith(".env:1:7: A: behind the closing quote"), lines.get(0));
    assertTrue(lines.get(0).endsWith(" (env-syntax)"), lines.get(0));
    assertTrue(lines.get(1).startsWith(".env:2:3: B: "), lines.get(1));
    assertTrue(lines.get(1).endsWith(" (env-value-missing)"), lines.get(1));
    assertTrue(lines.get(2).startsWith(".env:3:6: C: "), lines.get(2));
    assertTrue(lines.get(3).startsWith("qv: "), lines.get(3));
    assertTrue(ended.messages().contains("3 problems in .env"), ended.messages());
    assertFalse(ended.messages().contains("--api"), ended.messages());
  }

  @Test
  void a_secret_that_is_there_already_is_a_refusal_that_names_it() throws IOException {
    put("A", "old");
    Path file = file("A=new\nB=enc(A)\n");

    Shell.Ended ended = shell().run("env", "seal", ".env");

    assertEnded(ExitCode.REFUSED, ended);
    assertTrue(
        ended
            .messages()
            .contains(".env:2:3: B: A secret with this name exists: A (secret-already-exists)"),
        ended.messages());
    assertEquals("A=new\nB=enc(A)\n", Files.readString(file));
  }

  @Test
  void a_seal_has_a_key_of_its_own_and_a_lost_answer_is_asked_for_again() throws IOException {
    Path file = file("A=hunter2\nB=enc(A)\n");
    vault.thenFails(new FakeVault.Failure.LosesAnswer());

    assertEnded(ExitCode.OK, shell().run("env", "seal", ".env"));

    assertEquals("A=secret(A)\nB=secret(A)\n", Files.readString(file));
    assertNotNull(lastRequest().idempotencyKey());
    assertEquals(vault.requests().getFirst(), vault.requests().getLast());
  }

  @Test
  void a_seal_without_any_answer_is_unknown_and_its_key_seals_later() throws IOException {
    Path file = file("A=hunter2\nB=enc(A)\n");
    vault.thenFails(new FakeVault.Failure.LosesAnswer());
    vault.thenFails(new FakeVault.Failure.LosesRequest());

    Shell.Ended lost = shell().run("env", "seal", ".env");

    assertEnded(ExitCode.UNKNOWN, lost);
    assertEquals("A=hunter2\nB=enc(A)\n", Files.readString(file));
    assertEquals(List.of(".env"), names());
    String key = String.valueOf(vault.requests().getFirst().idempotencyKey());
    assertTrue(lost.messages().contains("--idempotency-key " + key), lost.messages());
    assertEnded(ExitCode.OK, shell().run("env", "seal", ".env", "--idempotency-key", key));
    assertEquals("A=secret(A)\nB=secret(A)\n", Files.readString(file));
  }

  @Test
  void a_sealed_file_that_cannot_be_written_is_printed_and_the_key_gets_it_again()
      throws IOException, InterruptedException {
    Path file = file("A=hunter2\nB=enc(A)\n");

    QvProcess.Ended full =
        QvProcess.in(directory, vault).after("ulimit -f 0").run("env", "seal", ".env");

    assertEquals(ExitCode.USAGE.number(), full.exitCode(), full.messages());
    assertEquals("A=secret(A)\nB=secret(A)\n", full.output());
    assertTrue(full.messages().contains("could not be written"), full.messages());
    assertEquals("A=hunter2\nB=enc(A)\n", Files.readString(file));
    assertEquals(List.of(".env"), names());
    String key = String.valueOf(lastRequest().idempotencyKey());
    assertTrue(full.messages().contains("--idempotency-key " + key), full.messages());
    assertEnded(ExitCode.OK, shell().run("env", "seal", ".env", "--idempotency-key", key));
    assertEquals("A=secret(A)\nB=secret(A)\n", Files.readString(file));
  }

  @Test
  void a_file_that_changes_while_it_is_sealed_is_not_overwritten() throws IOException {
    Path file = file("A=hunter2\nB=enc(A)\n");
    vault.meanwhile(() -> write(file, "C=d\n"));

    Shell.Ended ended = shell().run("env", "seal", ".env");

    assertEnded(ExitCode.USAGE, ended);
    assertEquals("A=secret(A)\nB=secret(A)\n", ended.output());
    assertTrue(ended.messages().contains("changed in the meantime"), ended.messages());
    assertTrue(ended.messages().contains("Created demo/A, version 1."), ended.messages());
    assertEquals("C=d\n", Files.readString(file));
    assertEquals(List.of(".env"), names());
  }

  @Test
  void a_command_that_is_told_to_end_leaves_the_file_as_it_is_and_nothing_beside_it()
      throws IOException, InterruptedException {
    Path file = file("A=hunter2\nB=enc(A)\n");
    vault.meanwhile(() -> {
      ProcessHandle told = ProcessHandle.current().children().findFirst().orElseThrow();
      told.destroy();
      told.onExit().join();
    });

    QvProcess.Ended ended = QvProcess.in(directory, vault).run("env", "seal", ".env");

    assertEquals(143, ended.exitCode(), ended.messages());
    assertEquals("A=hunter2\nB=enc(A)\n", Files.readString(file));
    assertEquals(List.of(".env"), names());
  }

  private static void write(Path file, String content) {
    try {
      Files.writeString(file, content);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Test
  void what_is_no_file_is_refused_before_anything_is_sent() throws IOException {
    Files.createDirectory(directory.resolve("folder"));
    for (String name : List.of("none", "folder", "folder/none", "/dev/null")) {
      assertEnded(ExitCode.USAGE, shell().run("env", "seal", name));
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_file_that_is_no_text_or_too_large_is_refused_here_with_its_place() throws IOException {
    Files.write(directory.resolve(".env"), new byte[] {'A', '=', 'b', '\n', 'C', '=', (byte) 0xff});
    Shell.Ended binary = shell().run("env", "check", ".env");
    Files.write(directory.resolve(".env"), new byte[Limits.ENV_BYTES_MAX + 1]);
    Shell.Ended large = shell().run("env", "check", ".env");

    assertEnded(ExitCode.USAGE, binary);
    assertTrue(binary.messages().startsWith(".env:2:3: "), binary.messages());
    assertEnded(ExitCode.USAGE, large);
    assertTrue(large.messages().contains("env-limit"), large.messages());
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_rule_that_is_a_whole_sentence_reads_as_well_in_front_of_its_name() throws IOException {
    file("A=secret(NONE)\n");
    vault.thenFails(
        new FakeVault.Failure.Says(
            404,
            "application/problem+json",
            """
            {"title":"No","code":"unresolved-reference","errors":[{"field":"A","code":"none",
             "message":"There is no such secret.","line":1,"column":3,"name":"NONE"},
             {"field":"content","code":"whole","message":"All of it"}]}
            """,
            Map.of()));

    Shell.Ended ended = shell().run("env", "check", ".env");

    assertTrue(
        ended
            .messages()
            .startsWith(
                ".env:1:3: A: There is no such secret: NONE (none)\n.env: All of it (whole)\n"),
        ended.messages());
  }

  // Open.

  @Test
  void an_opened_file_is_for_its_owner_only_and_the_sealed_one_stays() throws IOException {
    put("DB_PW", "hunter2");
    put("API_KEY", "k 1");
    Path sealed = file(SEALED);
    Path old = file("old", "longer than what comes, so that nothing of it may be left\n".repeat(9));
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r--r--"));

    for (String out : List.of("new", "old")) {
      Shell.Ended ended = shell().run("env", "open", ".env", "--out", out);

      assertEnded(ExitCode.OK, ended);
      assertEquals(OPENED, Files.readString(directory.resolve(out)));
      assertEquals("rw-------", permissions(directory.resolve(out)));
      assertEquals("", ended.output());
      assertFalse(ended.messages().contains("hunter2"));
    }
    assertEquals(SEALED, Files.readString(sealed));
    assertEquals(List.of(".env", "new", "old"), names());
  }

  @Test
  void where_an_opened_file_goes_must_be_said_and_is_never_the_sealed_one() throws IOException {
    put("A", "hunter2");
    Path sealed = file("A=secret(A)\n");
    Files.createSymbolicLink(directory.resolve("link"), Path.of(".env"));

    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("--stdout", "--out", "x"),
            List.of("--out", ".env"),
            List.of("--out", "./link"))) {
      String[] arguments =
          Stream.concat(Stream.of("env", "open", ".env"), wrong.stream()).toArray(String[]::new);
      Shell.Ended ended = shell().showing().run(arguments);
      assertEnded(ExitCode.USAGE, ended);
      assertEquals("", ended.output());
    }
    assertEquals("A=secret(A)\n", Files.readString(sealed));
    assertEnded(ExitCode.OK, shell().showing().run("env", "open", ".env", "--stdout"));
  }

  @Test
  void a_value_that_would_steer_the_terminal_is_not_shown_there() throws IOException {
    put("A", "x\u001b[2Jy");
    file("A=secret(A)\n");

    Shell.Ended shown = shell().showing().run("env", "open", ".env", "--stdout");

    assertEnded(ExitCode.USAGE, shown);
    assertEquals("", shown.output());
    assertTrue(shell().run("env", "open", ".env", "--stdout").output().contains("\u001b"));
  }

  @Test
  void the_dialect_is_passed_on_and_a_value_it_cannot_hold_is_refused_with_those_that_can()
      throws IOException {
    put("A", "it's $5");
    file("A=secret(A)\n");

    Shell.Ended portable = shell().run("env", "open", ".env", "--out", "opened");
    Shell.Ended posix = shell().run("env", "open", ".env", "--stdout", "--dialect", "posix");

    assertEnded(ExitCode.REFUSED, portable);
    assertTrue(portable.messages().startsWith(".env:1:3: A: "), portable.messages());
    assertTrue(portable.messages().contains("posix"), portable.messages());
    assertFalse(portable.everything().contains("it's"));
    assertEquals(List.of(".env"), names());
    assertEquals("A='it'\\''s $5'\n", posix.output());
    assertEnded(
        ExitCode.USAGE, shell().run("env", "open", ".env", "--stdout", "--dialect", "yaml"));
  }

  @Test
  void what_is_unsafe_goes_out_only_when_it_is_allowed() throws IOException {
    put("A", "$(id)");
    file("A=secret(A)\n");

    assertEnded(
        ExitCode.REFUSED, shell().run("env", "open", ".env", "--stdout", "--dialect", "raw"));
    assertEquals(
        "A=$(id)\n",
        shell()
            .run("env", "open", ".env", "--stdout", "--dialect", "raw", "--allow-unsafe")
            .output());
  }

  @Test
  void opening_asks_and_is_not_a_write() throws IOException {
    put("A", "hunter2");
    file("A=secret(A)\n");
    vault.thenFails(new FakeVault.Failure.LosesAnswer());
    assertEnded(ExitCode.OK, shell().run("env", "open", ".env", "--stdout"));
    assertNull(lastRequest().idempotencyKey());
    for (int times = 0; times < 4; times++) {
      vault.thenFails(new FakeVault.Failure.LosesRequest());
    }

    assertEnded(ExitCode.SERVER, shell().run("env", "open", ".env", "--out", "opened"));
    assertEquals(List.of(".env"), names());
  }

  @Test
  void a_missing_secret_is_not_found_and_leaves_no_file() throws IOException {
    file("A=secret(NONE)\n");

    Shell.Ended ended = shell().run("env", "open", ".env", "--out", "opened");

    assertEnded(ExitCode.NOT_FOUND, ended);
    assertTrue(ended.messages().contains(".env:1:3: A: "), ended.messages());
    assertTrue(ended.messages().contains("NONE"), ended.messages());
    assertEquals(List.of(".env"), names());
  }

  @Test
  void an_opened_file_that_cannot_be_written_leaves_nothing_on_disk()
      throws IOException, InterruptedException {
    put("A", "hunter2");
    file("A=secret(A)\n");

    QvProcess.Ended full =
        QvProcess.in(directory, vault)
            .after("ulimit -f 0")
            .run("env", "open", ".env", "--out", "opened");

    assertEquals(ExitCode.USAGE.number(), full.exitCode(), full.messages());
    assertEquals("", full.output());
    assertEquals(List.of(".env"), names());
  }

  @Test
  void the_largest_opened_file_arrives_whole() throws IOException {
    put("A", "\u0001".repeat(Limits.VALUE_BYTES_MAX));
    file("A=secret(A)\nB=secret(A)\nC=secret(A)\nD=secret(A)\nE=secret(A)\n");

    Shell.Ended ended = shell().run("env", "open", ".env", "--stdout");

    assertEnded(ExitCode.OK, ended);
    assertTrue(ended.outputBytes().length > 5 * Limits.VALUE_BYTES_MAX);
  }

  // Check.

  @Test
  void a_check_lists_what_would_happen_and_nothing_happens() throws IOException {
    put("OLD", "1");
    update("OLD", "2");
    Path file = file("A=hunter2\nB=enc(A)\nC=enc(API_KEY)\nD=secret(OLD)\n");

    Shell.Ended ended = shell().input(VALUES).run("env", "check", ".env", "--values", "-");

    assertEnded(ExitCode.OK, ended);
    assertEquals(
        """
        NAME     WOULD BE  VERSION
        A        created   -
        API_KEY  created   -
        OLD      read      2
        """,
        ended.output());
    assertEnded(ExitCode.NOT_FOUND, shell().run("get", "A"));
    assertTrue(Files.readString(file).contains("hunter2"));
    assertTrue(vault.requests().stream().anyMatch(it -> it.body().contains("\"dryRun\":true")));
  }

  @Test
  void a_check_of_a_bad_file_tells_every_problem() throws IOException {
    file("A=secret()\nB=enc(NONE)\n");

    Shell.Ended ended = shell().run("env", "check", ".env");

    assertEnded(ExitCode.REFUSED, ended);
    assertTrue(ended.messages().contains(".env:1:3: A: "), ended.messages());
    assertTrue(ended.messages().contains(".env:2:3: B: "), ended.messages());
    assertEquals("", ended.output());
  }

  @Test
  void warnings_are_told_with_their_place() throws IOException {
    put("PW", "x");
    file("URL=postgres://u:secret(PW)@h/db\n");

    Shell.Ended ended = shell().run("env", "check", ".env");

    assertEnded(ExitCode.OK, ended);
    assertTrue(ended.messages().startsWith(".env:1:18: URL: warning: in a URL"), ended.messages());
    assertTrue(ended.messages().contains("(env-url-unencoded)"), ended.messages());
  }

  @Test
  void a_check_for_programs_is_the_vaults_own_answer() throws IOException {
    put("PW", "x");
    file("A=secret(PW)\n");

    Shell.Ended ended = shell().run("env", "check", ".env", "-o", "json");

    assertEnded(ExitCode.OK, ended);
    JsonObject document = JsonObject.parse(ended.outputBytes());
    assertEquals("PW", document.objects("expanded").getFirst().requiredText("name"));
  }

  // Diff.

  private static final String FIRST = "2026-11-20T18:00:00Z";

  @Test
  void a_diff_shows_what_changed_by_version_and_never_by_value() throws IOException {
    put("DB_PW", "hunter1");
    update("DB_PW", "hunter2");
    update("DB_PW", "hunter3");
    put("API_KEY", "hunter4");
    put("SAME", "hunter5");
    put("PINNED", "hunter6");
    update("PINNED", "hunter7");
    file(
        """
        A=secret(DB_PW)
        B="x secret(API_KEY|base64) secret(DB_PW)"
        C=secret(SAME)
        D=secret(PINNED@1)
        E=secret(NONE)
        F=enc(hunter8)
        """);

    Shell.Ended all =
        shell().run("env", "diff", ".env", "--at", "2026-11-20T17:00:00Z", "--at", "now");
    Shell.Ended later =
        shell().run("env", "diff", ".env", "--at", "2026-11-20T19:00:01+01:00", "--at", "now");

    assertEnded(ExitCode.OK, all);
    assertEquals(
        """
        API_KEY  (absent) -> 1
        DB_PW    (absent) -> 3
        SAME     (absent) -> 1
        """,
        all.output());
    assertEquals("DB_PW  2 -> 3\n", later.output());
    assertTrue(later.messages().contains("1 of 4 secrets in .env changed"), later.messages());
    assertFalse((all.everything() + later.everything()).contains("hunter"));
    assertTrue(vault.requests().stream().noneMatch(request -> request.path().contains("hunter8")));
  }

  @Test
  void a_diff_reads_every_page_of_a_history() throws IOException {
    vault.pagesOf(1);
    put("A", "1");
    update("A", "2");
    update("A", "3");
    file("A=secret(A)\n");

    Shell.Ended ended = shell().run("env", "diff", ".env", "--at", "now", "--at", FIRST);

    assertEquals("A  3 -> 1\n", ended.output());
  }

  @Test
  void a_version_that_is_no_longer_kept_is_not_called_absent() throws IOException {
    file("A=secret(A)\n");
    vault.thenFails(
        new FakeVault.Failure.Says(
            200,
            "application/json",
            "{\"name\":\"A\",\"versions\":[{\"version\":7,\"validFrom\":\"" + FIRST + "\"}]}",
            Map.of()));

    Shell.Ended ended =
        shell().run("env", "diff", ".env", "--at", "2026-11-20T17:00:00Z", "--at", "now");

    assertEquals("A  (retired) -> 7\n", ended.output());
  }

  @Test
  void a_diff_for_programs_has_null_for_what_was_not_there() throws IOException {
    put("A", "1");
    file("A=secret(A)\n");

    Shell.Ended ended =
        shell()
            .run(
                "env", "diff", ".env", "--at", "2026-11-20T17:00:00Z", "--at", FIRST, "-o", "json");

    JsonObject change = JsonObject.parse(ended.outputBytes()).objects("changes").getFirst();
    assertEquals("A", change.requiredText("name"));
    assertEquals(1, change.requiredInt("to"));
    assertTrue(change.number("from").isEmpty());
  }

  @Test
  void a_diff_is_between_two_instants() throws IOException {
    file("A=secret(A)\n");
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("--at", "now"),
            List.of("--at", "now", "--at", "yesterday"),
            List.of("--at", FIRST, "--at", FIRST, "--at", "now"))) {
      String[] arguments =
          Stream.concat(Stream.of("env", "diff", ".env"), wrong.stream()).toArray(String[]::new);
      assertEnded(ExitCode.USAGE, shell().run(arguments));
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_diff_that_is_not_permitted_is_refused() throws IOException {
    file("A=secret(A)\n");
    vault.thenAnswers(FailureCode.FORBIDDEN);
    assertEnded(ExitCode.REFUSED, shell().run("env", "diff", ".env", "--at", "now", "--at", FIRST));
    vault.thenAnswers(FailureCode.NAMESPACE_NOT_FOUND);
    assertEnded(
        ExitCode.NOT_FOUND, shell().run("env", "diff", ".env", "--at", "now", "--at", FIRST));
  }

  @Test
  void a_diff_of_a_bad_file_tells_its_problems_and_asks_nothing() throws IOException {
    file("A=secret()\n");

    Shell.Ended ended = shell().run("env", "diff", ".env", "--at", "now", "--at", FIRST);

    assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().startsWith(".env:1:3: A: "), ended.messages());
    assertEquals(List.of(), vault.requests());
  }

  // Answers that are none.

  @Test
  void an_answer_without_the_file_changes_nothing() throws IOException {
    Path file = file("A=hunter2\nB=enc(A)\n");
    for (String body :
        List.of("{}", "{\"content\":17}", "[]", "{\"created\":[{}],\"content\":\"\"}")) {
      vault.thenFails(new FakeVault.Failure.Says(200, "application/json", body, Map.of()));

      assertEnded(ExitCode.SERVER, shell().run("env", "seal", ".env"));
      assertEquals("A=hunter2\nB=enc(A)\n", Files.readString(file));
    }
    assertEquals(List.of(".env"), names());
  }

  @Test
  void what_was_sealed_and_opened_is_told_to_programs() throws IOException {
    file(UNSEALED);
    Shell.Ended sealed =
        shell().input(VALUES).run("env", "seal", ".env", "--values", "-", "-o", "json");

    assertEnded(ExitCode.OK, sealed);
    JsonObject told = JsonObject.parse(sealed.outputBytes());
    assertEquals(".env", told.requiredText("file"));
    assertTrue(told.isTrue("changed"));
    assertEquals(
        List.of("API_KEY", "DB_PW"),
        told.objects("created").stream()
            .flatMap(created -> created.text("name").stream())
            .sorted()
            .toList());
    assertEquals(1, told.objects("created").getFirst().requiredInt("version"));
    assertFalse(sealed.everything().contains("hunter2"));
    JsonObject again =
        JsonObject.parse(shell().run("env", "seal", ".env", "-o", "json").outputBytes());
    assertFalse(again.isTrue("changed"));

    Shell.Ended opened = shell().run("env", "open", ".env", "--out", "opened", "-o", "json");

    assertEnded(ExitCode.OK, opened);
    JsonObject read = JsonObject.parse(opened.outputBytes());
    assertEquals("opened", read.requiredText("file"));
    assertEquals(2, read.objects("read").size());
    assertFalse(opened.everything().contains("hunter2"));
    assertEnded(ExitCode.USAGE, shell().run("env", "open", ".env", "--stdout", "-o", "json"));
  }
}
