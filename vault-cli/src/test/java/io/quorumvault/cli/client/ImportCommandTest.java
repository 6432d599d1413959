package io.quorumvault.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Imports into a vault that takes and gives what the contract says. Every value here has `hunter`
/// in it, which must be nowhere but in the vault.
final class ImportCommandTest {
  /// As `vault kv get -format=json secret/app/db` answers, of version 2 of the engine.
  private static final String ANSWER =
      """
      {
        "request_id": "2f9cbb1c-86a0-5a41-9c4d-0d6f2f3d3f0a",
        "lease_id": "",
        "lease_duration": 0,
        "renewable": false,
        "data": {
          "data": {
            "password": "hunter2 \\"quoted\\" \\u00e4\\n",
            "port": 5432,
            "tls": true,
            "options": {"hunter": [1, null]}
          },
          "metadata": {
            "created_time": "2026-03-09T09:12:31.904811Z",
            "custom_metadata": null,
            "deletion_time": "",
            "destroyed": false,
            "version": 7
          }
        },
        "warnings": null
      }
      """;

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

  private void file(String content) throws IOException {
    Files.writeString(directory.resolve("export"), content);
  }

  private Shell.Ended imports(String content, String... options) throws IOException {
    file(content);
    List<String> words = new ArrayList<>(List.of("import", "export"));
    words.addAll(List.of(options));
    Shell.Ended ended = shell().run(words.toArray(String[]::new));
    assertFalse(ended.everything().contains("hunter2"), ended::everything);
    return ended;
  }

  private static void assertEnded(ExitCode expected, Shell.Ended ended) {
    assertEquals(expected.number(), ended.exitCode(), ended::everything);
  }

  private List<String> names() throws IOException {
    return JsonObject.parse(shell().run("list", "-o", "json").outputBytes())
        .objects("secrets")
        .stream()
        .map(secret -> secret.text("name").orElse(""))
        .toList();
  }

  private String value(String name) {
    Shell.Ended ended = shell().run("get", name);
    assertEnded(ExitCode.OK, ended);
    return ended.output();
  }

  // What is read.

  @Test
  void an_answer_of_vault_becomes_a_secret_for_each_key() throws IOException {
    assertEnded(ExitCode.OK, imports(ANSWER, "--prefix", "app.db", "--apply"));

    assertEquals(
        List.of("app.db.options", "app.db.password", "app.db.port", "app.db.tls"), names());
    assertEquals("hunter2 \"quoted\" ä\n", value("app.db.password"));
    assertEquals("5432", value("app.db.port"));
    assertEquals("true", value("app.db.tls"));
    assertEquals("{\"hunter\":[1,null]}", value("app.db.options"));
  }

  @Test
  void answers_by_path_and_trees_take_their_names_from_the_path() throws IOException {
    String old =
        "{\"request_id\":\"x\",\"lease_duration\":2764800,\"data\":{\"key\":\"hunter2 old\"}}";
    assertEnded(
        ExitCode.OK,
        imports("{\"secret/app/db\":%s,\"kv/old\":%s}".formatted(ANSWER, old), "--apply"));
    assertEnded(
        ExitCode.OK,
        imports(
            """
            {"A": {"B": {"E": {"Ea": "hunter2 1", "Eb": 1.50}}, "F/G": {"Ga": ["hunter2"]}},
             "top": "hunter2 top"}
            """,
            "--apply"));

    assertEquals(
        List.of(
            "A.B.E.Ea",
            "A.B.E.Eb",
            "A.F.G.Ga",
            "kv.old.key",
            "secret.app.db.options",
            "secret.app.db.password",
            "secret.app.db.port",
            "secret.app.db.tls",
            "top"),
        names());
    assertEquals("1.50", value("A.B.E.Eb"));
    assertEquals("[\"hunter2\"]", value("A.F.G.Ga"));
  }

  @Test
  void variables_become_secrets_as_a_program_would_see_them() throws IOException {
    assertEnded(
        ExitCode.OK,
        imports(
            "# comment\nDB_PASSWORD='hunter2 $x'\nexport TOKEN=\"hunter2\\tb\"\nPORT=5432\n",
            "--apply"));

    assertEquals(List.of("DB_PASSWORD", "PORT", "TOKEN"), names());
    assertEquals("hunter2 $x", value("DB_PASSWORD"));
    assertEquals("hunter2\tb", value("TOKEN"));
  }

  @Test
  void an_export_can_be_piped_in_and_its_format_named() throws IOException {
    assertEnded(ExitCode.OK, shell().input(ANSWER).run("import", "-", "--prefix", "p", "--apply"));
    assertEnded(
        ExitCode.OK, shell().input("A=hunter2").run("import", "-", "--format", "env", "--apply"));
    assertEnded(ExitCode.USAGE, shell().typing("{}").run("import", "-"));
    assertEnded(ExitCode.USAGE, shell().run("import", "-", "--format", "yaml"));

    assertEquals(5, names().size());
  }

  @Test
  void what_no_name_can_have_becomes_an_underscore() throws IOException {
    assertEnded(
        ExitCode.OK,
        imports(
            "{\"/my app//Prod/\":{\"pass word\":\"hunter2\",\"ключ\":\"hunter2\"},"
                + "\"-x\":\"hunter2\",\"..\":\"hunter2\"}",
            "--apply"));

    assertEquals(List.of("_-x", "_..", "my_app.Prod.____", "my_app.Prod.pass_word"), names());
  }

  // What it does, and does not.

  @Test
  void without_apply_nothing_is_created_and_what_would_be_is_told() throws IOException {
    Shell.Ended ended = imports(ANSWER, "--prefix", "app");

    assertEnded(ExitCode.OK, ended);
    assertTrue(ended.output().contains("password"), ended.output());
    assertTrue(ended.output().contains("app.password"), ended.output());
    assertTrue(ended.output().contains("would create"), ended.output());
    assertTrue(ended.messages().contains("Nothing was created. With --apply 4"), ended.messages());
    assertTrue(vault.requests().getLast().body().contains("\"dryRun\":true"));
    assertEquals(List.of(), names());
  }

  @Test
  void programs_are_told_names_and_versions_and_no_values() throws IOException {
    JsonObject dry =
        JsonObject.parse(imports("{\"a\":{\"k\":\"hunter2\"}}", "-o", "json").outputBytes());
    assertTrue(dry.isFalse("applied"));
    assertEquals(0, dry.requiredInt("created"));
    assertEquals("would-create", dry.objects("secrets").getFirst().requiredText("result"));

    Shell.Ended ended = imports("{\"a\":{\"k\":\"hunter2\"}}", "--apply", "-o", "json");

    JsonObject told = JsonObject.parse(ended.outputBytes());
    assertEquals("export", told.requiredText("file"));
    assertEquals("vault", told.requiredText("format"));
    assertEquals("demo", told.requiredText("namespace"));
    assertTrue(told.isTrue("applied"));
    assertEquals(1, told.requiredInt("created"));
    assertEquals(0, told.requiredInt("existing"));
    JsonObject secret = told.objects("secrets").getFirst();
    assertEquals("a k", secret.requiredText("from"));
    assertEquals("a.k", secret.requiredText("name"));
    assertEquals("created", secret.requiredText("result"));
    assertEquals(1, secret.requiredInt("version"));
  }

  @Test
  void a_name_that_is_taken_creates_nothing_unless_it_is_left_out() throws IOException {
    shell().input("mine").run("put", "port");

    for (List<String> options : List.of(List.<String>of(), List.of("--apply"))) {
      Shell.Ended refused = imports(ANSWER, options.toArray(String[]::new));
      assertEnded(ExitCode.REFUSED, refused);
      assertTrue(refused.messages().contains("export: port: "), refused.messages());
      assertTrue(refused.messages().contains("secret-already-exists"), refused.messages());
    }
    assertEquals(List.of("port"), names());

    Shell.Ended ended = imports(ANSWER, "--apply", "--skip-existing", "-o", "json");
    assertEnded(ExitCode.OK, ended);
    JsonObject told = JsonObject.parse(ended.outputBytes());
    assertEquals(3, told.requiredInt("created"));
    assertEquals(1, told.requiredInt("existing"));
    assertEquals("mine", value("port"));
    assertEquals(4, names().size());
    assertEnded(ExitCode.OK, imports(ANSWER, "--apply", "--skip-existing"));
  }

  @Test
  void a_variable_that_is_made_for_a_request_is_never_taken_for_a_secret() throws IOException {
    assertEnded(
        ExitCode.OK,
        imports("{\"V1\":\"hunter2 a\",\"V2\":\"hunter2 b\",\"V_1\":\"hunter2 c\"}", "--apply"));

    assertEquals("hunter2 a", value("V1"));
    assertEquals("hunter2 b", value("V2"));
    assertEquals("hunter2 c", value("V_1"));
  }

  // Much of it.

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"k%04d\":\"hunter2 %d\"".formatted(i, i))
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Test
  void what_fits_goes_in_one_request_and_more_in_batches() throws IOException {
    assertEnded(ExitCode.OK, imports(many(1000), "--apply"));
    assertEquals(1, vault.requests().size());

    assertEnded(ExitCode.OK, imports(many(1001), "--prefix", "again", "--apply"));
    assertEquals(3, vault.requests().size());
    assertEnded(ExitCode.OK, imports(many(25), "--prefix", "small", "--batch", "10", "--apply"));
    assertEquals(6, vault.requests().size());
    assertEquals(
        3,
        vault.requests().subList(3, 6).stream()
            .map(FakeVault.Request::idempotencyKey)
            .distinct()
            .count());
    assertEnded(ExitCode.USAGE, imports(many(1), "--batch", "0"));
    assertEnded(ExitCode.USAGE, imports(many(1), "--batch", "1001"));
  }

  @Test
  void large_values_go_in_requests_of_the_size_that_is_allowed() throws IOException {
    String large = "x".repeat(Limits.VALUE_BYTES_MAX);
    String escaped = "\\u0001".repeat(400_000);
    StringBuilder all = new StringBuilder("{");
    for (int i = 0; i < 8; i++) {
      all.append("\"large").append(i).append("\":\"").append(large).append("\",");
    }
    all.append("\"a\":\"").append(escaped).append("\",\"b\":\"").append(escaped).append("\"}");

    assertEnded(ExitCode.OK, imports(all.toString(), "--apply"));

    assertEquals(10, names().size());
    assertTrue(vault.requests().size() > 2);
    vault
        .requests()
        .forEach(request -> assertTrue(request.body().length() <= Limits.REQUEST_BYTES_MAX));
    assertEquals(large, value("large7"));
    assertEquals("\u0001".repeat(400_000), value("b"));
  }

  @Test
  void an_import_that_was_interrupted_is_resumed_by_its_key() throws IOException {
    vault.meanwhile(() -> {});
    vault.meanwhile(() -> {
      vault.thenFails(new FakeVault.Failure.LosesAnswer());
      vault.thenFails(new FakeVault.Failure.LosesRequest());
    });

    Shell.Ended lost = imports(many(25), "--batch", "10", "--apply");

    assertEnded(ExitCode.UNKNOWN, lost);
    assertTrue(lost.messages().contains("10 of the 25 secrets are in the vault"), lost.messages());
    String key =
        lost.messages()
            .lines()
            .filter(line -> line.contains("--idempotency-key"))
            .map(line -> line.strip().split(" ", 2)[1])
            .findFirst()
            .orElseThrow();

    Shell.Ended resumed =
        imports(many(25), "--batch", "10", "--apply", "--idempotency-key", key, "-o", "json");

    assertEnded(ExitCode.OK, resumed);
    assertEquals(25, JsonObject.parse(resumed.outputBytes()).requiredInt("created"));
    assertEquals(25, names().size());
    assertEnded(ExitCode.USAGE, imports(many(1), "--idempotency-key", key));
    assertEnded(
        ExitCode.USAGE, imports(many(1), "--apply", "--skip-existing", "--idempotency-key", key));
  }

  @Test
  void a_vault_that_fails_in_the_middle_says_how_far_it_came() throws IOException {
    vault.meanwhile(() -> {});
    vault.meanwhile(() ->
        vault.thenAnswers(
            FailureCode.WRITE_NOT_ACCEPTED,
            "not-applied",
            java.util.Map.of("Retry-After", "3600")));

    Shell.Ended ended = imports(many(25), "--batch", "10", "--apply");

    assertEnded(ExitCode.SERVER, ended);
    assertTrue(ended.messages().contains("10 of the 25"), ended.messages());
    assertTrue(ended.messages().contains("--idempotency-key"), ended.messages());
    assertEquals(10, names().size());
  }

  // What cannot be imported.

  @Test
  void one_thing_that_cannot_be_a_secret_keeps_all_of_it_out() throws IOException {
    record Case(String file, String told) {}
    String tooLarge = "x".repeat(Limits.VALUE_BYTES_MAX + 1);
    String longKey = "k".repeat(Limits.NAME_CHARS_MAX);
    String deep = "{\"a\":".repeat(70) + "\"hunter2\"" + "}".repeat(70);
    String deleted =
        "{\"request_id\":\"x\",\"lease_duration\":0,\"data\":{\"data\":null,\"metadata\":"
            + "{\"created_time\":\"t\",\"deletion_time\":\"t\",\"version\":3}}}";
    String list = "{\"request_id\":\"x\",\"lease_duration\":0,\"data\":{\"keys\":[\"a\",\"b/\"]}}";
    for (Case one :
        List.of(
            new Case("{\"good\":\"hunter2\",\"a\":null}", "export: a: there is no value"),
            new Case("{\"good\":\"hunter2\",\"a\":\"\"}", "export: a: there is no value"),
            new Case("{\"good\":\"hunter2\",\"\":\"hunter2\"}", "the key is empty"),
            new Case(
                "{\"a b\":\"hunter2\",\"a_b\":\"hunter2\"}", "a_b: would be a_b, and so would a b"),
            new Case("{\"a/b\":{\"c\":\"hunter2\"},\"a\":{\"b.c\":\"hunter2\"}}", "would be a.b.c"),
            new Case("{\"p\":{\"" + longKey + "\":\"hunter2\"}}", "longer than 128"),
            new Case("{\"a\":\"" + tooLarge + "\"}", "larger than 1048576 bytes"),
            new Case("{\"a\":\"hunter2 \\ud800\"}", "no Unicode"),
            new Case("{\"a\":[\"hunter2 \\udc00\"]}", "no Unicode"),
            new Case(
                "{\"a\":\"hunter2\",\"a\":\"hunter2\"}",
                "line 1, column 19: a member is there twice"),
            new Case(deep, "nested deeper than 64"),
            new Case("{\"a\":".repeat(200_000), "nested deeper than 64"),
            new Case("{\"a\":\"hunter2\"", "it is not JSON"),
            new Case("{\"a\":\"hunter2\"} {}", "more than one document"),
            new Case("{\"a\":hunter2}", "it is not JSON"),
            new Case("[\"hunter2\"]", "no JSON object"),
            new Case("{}", "no secret in it"),
            new Case("{\"a\":{\"b\":{}}}", "no secret in it"),
            new Case(deleted, "deleted or destroyed"),
            new Case(list, "a list of names"),
            new Case("", "no secret in it"),
            new Case("A='hunter2\n", "export:1"),
            new Case("A=\"hunter2 $HOME\"\n", "A: "),
            new Case("A=\n", "export: A: there is no value"))) {
      Shell.Ended ended = imports(one.file(), "--apply");

      assertEnded(ExitCode.USAGE, ended);
      assertTrue(ended.messages().contains(one.told()), ended.messages());
      assertTrue(ended.messages().contains("Nothing was sent"), ended.messages());
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_file_with_references_is_no_export() throws IOException {
    Shell.Ended ended = imports("A=secret(A)\n", "--apply");

    assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("qv env seal"), ended.messages());
  }

  @Test
  void what_has_no_value_is_left_out_where_that_is_asked_for() throws IOException {
    assertEnded(
        ExitCode.OK,
        imports("{\"a\":null,\"b\":\"\",\"c\":\"hunter2\"}", "--skip-empty", "--apply"));

    assertEquals(List.of("c"), names());
  }

  @Test
  void files_that_are_not_there_or_beyond_the_bound_are_refused() throws IOException {
    assertEnded(ExitCode.USAGE, shell().run("import", "missing"));
    assertEnded(ExitCode.USAGE, shell().run("import", "."));
    byte[] huge = new byte[ImportCommand.FILE_BYTES_MAX + 1];
    java.util.Arrays.fill(huge, (byte) ' ');
    Files.write(directory.resolve("huge"), huge);

    Shell.Ended ended = shell().run("import", "huge");

    assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("in parts"), ended.messages());
  }

  @Test
  void names_in_the_file_cannot_steer_the_terminal() throws IOException {
    Shell.Ended ended = imports("{\"a\\u001b[31m\":\"hunter2\",\"b\\u001b]0;x\":null}");

    assertEnded(ExitCode.USAGE, ended);
    assertFalse(ended.everything().contains("\u001b"), ended::everything);
    assertFalse(imports("{\"a\\u001b[31m\":\"hunter2\"}").everything().contains("\u001b"));
  }

  @Test
  void halves_of_characters_in_a_name_are_no_trouble() throws IOException {
    Shell.Ended ended = imports("{\"a\\ud800\":\"hunter2\"}", "--apply", "-o", "json");

    assertEnded(ExitCode.OK, ended);
    assertEquals("hunter2", value("a_"));
  }

  @Test
  void a_value_as_long_as_the_longest_file_is_told_to_be_too_large() throws IOException {
    String huge = "x".repeat(ImportCommand.FILE_BYTES_MAX - 10);

    Shell.Ended ended = imports("{\"a\":\"" + huge + "\"}", "--apply");

    assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("larger than 1048576 bytes"), ended.messages());
  }

  @Test
  void bytes_that_are_no_text_are_refused_and_never_guessed_at() throws IOException {
    Files.write(directory.resolve("export"), "A=h\u00e4".getBytes(StandardCharsets.ISO_8859_1));

    assertEnded(ExitCode.USAGE, shell().run("import", "export", "--apply"));
    Files.write(
        directory.resolve("export"), "{\"a\":\"h\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertEnded(ExitCode.USAGE, shell().run("import", "export", "--apply"));
    assertEquals(List.of(), vault.requests());
  }
}
