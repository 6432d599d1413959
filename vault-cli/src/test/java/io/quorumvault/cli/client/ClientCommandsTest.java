package io.quorumvault.cli.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClientCommandsTest {
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

  private void put(String name, String value) {
    assertEnded(ExitCode.OK, shell().input(value).run("put", name));
  }

  // What goes in comes out.

  @Test
  void text_comes_back_as_the_bytes_that_were_put() {
    String text = "line 1\n\ttab \"quoted\" \\ \u0000 \u0007 é 漢 \ud83d\udd11 </script>\r\n";
    put("key", text);

    Shell.Ended got = shell().run("get", "key");

    assertEnded(ExitCode.OK, got);
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), got.outputBytes());
    assertTrue(vault.requests().getFirst().body().contains("\"encoding\":\"utf-8\""));
  }

  @Test
  void bytes_that_are_no_text_travel_as_base64_and_come_back_as_bytes() {
    byte[] binary = new byte[256];
    for (int value = 0; value < binary.length; value++) {
      binary[value] = (byte) value;
    }
    assertEnded(ExitCode.OK, shell().input(binary).run("put", "key"));

    Shell.Ended got = shell().run("get", "key");

    assertArrayEquals(binary, got.outputBytes());
    assertTrue(vault.requests().getFirst().body().contains("\"encoding\":\"base64\""));
  }

  @Test
  void any_bytes_come_back_unchanged() {
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      byte[] value = new byte[1 + random.nextInt(300)];
      random.nextBytes(value);
      if (random.nextBoolean()) {
        // Close to text, so that some are and some are not.
        for (int index = 0; index < value.length; index++) {
          value[index] = random.nextInt(40) == 0 ? value[index] : (byte) random.nextInt(128);
        }
      }
      assertEnded(ExitCode.OK, shell().input(value).run("put", "key-" + seed));
      assertArrayEquals(value, shell().run("get", "key-" + seed).outputBytes(), "seed " + seed);
    }
  }

  @Test
  void the_largest_value_fits_and_one_byte_more_is_refused_here() {
    byte[] largest = new byte[Limits.VALUE_BYTES_MAX];
    new Random(1).nextBytes(largest);
    assertEnded(ExitCode.OK, shell().input(largest).run("put", "largest"));
    assertArrayEquals(largest, shell().run("get", "largest").outputBytes());
    int before = vault.requests().size();

    assertEnded(
        ExitCode.USAGE,
        shell().input(new byte[Limits.VALUE_BYTES_MAX + 1]).run("put", "too-large"));
    assertEquals(before, vault.requests().size());
  }

  @Test
  void an_empty_value_is_refused_before_anything_is_sent() {
    Shell.Ended ended = shell().input("").run("put", "key");

    assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("empty"), ended.messages());
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_file_is_taken_byte_for_byte_from_the_callers_directory() throws IOException {
    Files.writeString(directory.resolve("pass"), "hunter2\n");
    assertEnded(ExitCode.OK, shell().run("put", "key", "--file", "pass"));

    assertEquals("hunter2\n", shell().run("get", "key").output());
  }

  @Test
  void a_file_that_is_not_there_ends_the_command_before_anything_is_sent() {
    assertEnded(ExitCode.USAGE, shell().run("put", "key", "--file", "none"));
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void one_line_end_is_left_out_when_asked_and_no_more_than_one() {
    assertEnded(ExitCode.OK, shell().input("a\n\n").run("put", "lf", "--trim-newline"));
    assertEnded(ExitCode.OK, shell().input("a\r\n").run("put", "crlf", "--trim-newline"));
    assertEnded(ExitCode.OK, shell().input("a").run("put", "none", "--trim-newline"));
    assertEnded(ExitCode.USAGE, shell().input("\n").run("put", "all", "--trim-newline"));

    assertEquals("a\n", shell().run("get", "lf").output());
    assertEquals("a", shell().run("get", "crlf").output());
    assertEquals("a", shell().run("get", "none").output());
  }

  @Test
  void a_value_typed_twice_alike_is_put_without_a_line_end_and_without_being_shown() {
    Shell.Ended ended = shell().typing("pässword", "pässword").run("put", "key");

    assertEnded(ExitCode.OK, ended);
    assertFalse(ended.everything().contains("pässword"));
    assertEquals("pässword", shell().run("get", "key").output());
  }

  @Test
  void a_value_typed_differently_the_second_time_is_not_sent() {
    Shell.Ended ended = shell().typing("password", "pasword").run("put", "key");

    assertEnded(ExitCode.USAGE, ended);
    assertFalse(ended.everything().contains("pas"), ended::everything);
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_keyboard_that_would_show_the_value_is_not_read() {
    assertEnded(ExitCode.USAGE, shell().input("shown").withoutHiding().run("put", "key"));
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_value_on_the_command_line_is_refused_and_not_repeated() {
    for (String command : List.of("put", "update")) {
      Shell.Ended ended = shell().run(command, "key", "hunter2");

      assertEnded(ExitCode.USAGE, ended);
      assertFalse(ended.everything().contains("hunter2"), ended::everything);
      assertTrue(ended.messages().contains("--file"), ended.messages());
    }
    assertEquals(List.of(), vault.requests());
  }

  // What a terminal shows.

  @Test
  void a_line_end_is_added_only_for_a_terminal_and_only_when_there_is_none() {
    put("bare", "value");
    put("line", "value\n");

    assertEquals("value", shell().run("get", "bare").output());
    assertEquals("value\n", shell().showing().run("get", "bare").output());
    assertEquals("value\n", shell().showing().run("get", "line").output());
  }

  @Test
  void a_value_that_would_steer_the_terminal_is_not_shown_there() {
    put("steering", "before\u001b[2Jafter");
    assertEnded(ExitCode.OK, shell().input(new byte[] {(byte) 0xff}).run("put", "binary"));

    for (String name : List.of("steering", "binary")) {
      Shell.Ended ended = shell().showing().run("get", name);
      assertEnded(ExitCode.USAGE, ended);
      assertEquals("", ended.output());
    }
    assertEquals("before\u001b[2Jafter", shell().run("get", "steering").output());
  }

  @Test
  void what_a_server_says_cannot_steer_the_terminal() {
    vault.thenFails(
        new FakeVault.Failure.Says(
            403,
            "application/problem+json",
            "{\"title\":\"No\\u001b[31m\",\"detail\":\"\\u009b2J\",\"code\":\"forbidden\"}",
            Map.of()));

    Shell.Ended ended = shell().run("get", "key");

    assertEnded(ExitCode.REFUSED, ended);
    assertTrue(
        ended.messages().chars().allMatch(one -> one == '\n' || !Character.isISOControl(one)));
  }

  @Test
  void a_result_that_cannot_be_written_is_not_a_success() {
    put("key", "value");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("no space left");
          }
        };

    assertEquals(ExitCode.USAGE.number(), shell().runInto(full, "get", "key").exitCode());
  }

  // Versions.

  @Test
  void versions_are_read_by_number_and_by_instant_and_listed_newest_first() {
    put("key", "one");
    assertEnded(ExitCode.OK, shell().input("two").run("update", "key"));
    assertEnded(ExitCode.OK, shell().input("three").run("update", "key", "--if-match", "2"));

    assertEquals("three", shell().run("get", "key").output());
    assertEquals("one", shell().run("get", "key", "--version", "1").output());
    assertEquals("two", shell().run("get", "key", "--at", "2026-11-20T19:00:01+01:00").output());
    assertEquals(
        """
        VERSION  VALID FROM            VALID TO              CURRENT
        3        2026-11-20T18:00:02Z  -                     yes
        2        2026-11-20T18:00:01Z  2026-11-20T18:00:02Z
        1        2026-11-20T18:00:00Z  2026-11-20T18:00:01Z
        """,
        shell().run("history", "key").output());
    assertEnded(ExitCode.NOT_FOUND, shell().run("get", "key", "--version", "4"));
    assertEnded(ExitCode.NOT_FOUND, shell().run("get", "key", "--at", "2026-11-20T17:00:00Z"));
  }

  @Test
  void a_version_and_an_instant_exclude_each_other_and_an_instant_has_one_form() {
    assertEnded(
        ExitCode.USAGE,
        shell().run("get", "key", "--version", "1", "--at", "2026-11-20T19:00:01Z"));
    assertEnded(ExitCode.USAGE, shell().run("get", "key", "--at", "yesterday"));
    assertEnded(ExitCode.USAGE, shell().run("get", "key", "--version", "first"));
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void an_update_of_another_version_is_refused() {
    put("key", "one");

    Shell.Ended ended = shell().input("two").run("update", "key", "--if-match", "7");

    assertEnded(ExitCode.REFUSED, ended);
    assertEquals("one", shell().run("get", "key").output());
  }

  @Test
  void a_deleted_secret_is_not_found() {
    put("key", "one");
    assertEnded(ExitCode.REFUSED, shell().run("delete", "key", "--if-match", "7"));
    assertEnded(ExitCode.OK, shell().run("delete", "key"));
    assertEnded(ExitCode.NOT_FOUND, shell().run("get", "key"));
    assertEnded(ExitCode.NOT_FOUND, shell().run("delete", "key"));
  }

  @Test
  void a_receipt_is_written_as_it_came_and_asked_for_only_then() throws IOException {
    put("key", "one");
    shell().run("delete", "key");
    assertEquals(null, vault.requests().getLast().prefer());
    String receipt = "{\"complete\": true, \"signatures\": []}";
    vault.thenFails(new FakeVault.Failure.Says(200, "application/json", receipt, Map.of()));

    Shell.Ended ended = shell().run("delete", "key", "--receipt", "receipt.json");

    assertEnded(ExitCode.OK, ended);
    assertEquals("return=representation", vault.requests().getLast().prefer());
    assertEquals(receipt, Files.readString(directory.resolve("receipt.json")));
    assertTrue(ended.output().contains("receipt.json"), ended.output());
  }

  @Test
  void without_a_whole_receipt_it_is_said_that_the_secret_is_gone_and_how_to_ask_again()
      throws IOException {
    for (FakeVault.Failure.Says answer :
        List.of(
            new FakeVault.Failure.Says(200, "application/json", "{\"complete\": false}", Map.of()),
            new FakeVault.Failure.Says(204, "", "", Map.of()))) {
      vault.thenFails(answer);

      Shell.Ended ended = shell().run("delete", "key", "--receipt", "receipt.json");

      assertEnded(ExitCode.UNKNOWN, ended);
      assertTrue(ended.messages().contains("The secret is deleted"), ended.messages());
      String key = vault.requests().getLast().idempotencyKey();
      assertTrue(ended.messages().contains("--idempotency-key " + key), ended.messages());
      assertFalse(Files.exists(directory.resolve("receipt.json")));
    }
  }

  @Test
  void a_receipt_that_cannot_be_written_is_found_out_before_anything_is_deleted() {
    put("key", "one");
    int before = vault.requests().size();

    Shell.Ended ended = shell().run("delete", "key", "--receipt", "no/such/directory");

    assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("Nothing was deleted"), ended.messages());
    assertEquals(before, vault.requests().size());
  }

  @Test
  void lists_are_followed_over_all_their_pages() {
    vault.pagesOf(2);
    for (String name : List.of("a-1", "b-1", "b-2", "b-3", "b-4", "b-5")) {
      put(name, "value");
    }

    Shell.Ended all = shell().run("list", "--prefix", "b-");

    assertEquals(
        """
        NAME  VERSION  VALID FROM
        b-1   1        2026-11-20T18:00:00Z
        b-2   1        2026-11-20T18:00:00Z
        b-3   1        2026-11-20T18:00:00Z
        b-4   1        2026-11-20T18:00:00Z
        b-5   1        2026-11-20T18:00:00Z
        """,
        all.output());
    assertEnded(ExitCode.OK, shell().input("more").run("update", "a-1"));
    assertEnded(ExitCode.OK, shell().input("more").run("update", "a-1"));
    assertEquals(4, shell().run("history", "a-1").output().lines().count());
  }

  @Test
  void audit_entries_are_listed_up_to_a_limit_over_all_their_pages() {
    String entry =
        "{\"seq\":1,\"ts\":\"2026-11-20T18:00:00.000Z\",\"requestId\":\"r-1\",\"subject\":\"ann\","
            + "\"action\":\"read\",\"namespace\":\"demo\",\"name\":\"db\",\"version\":%s,"
            + "\"decision\":\"allow\",\"reason\":\"permitted\",\"outcome\":\"revealed\",\"node\":1}";
    String page = "{\"entries\":[%s],\"complete\":true,\"nextCursor\":\"%s\"}";
    for (String body :
        List.of(
            page.formatted(entry.formatted("2") + "," + entry.formatted("null"), "one"),
            page.formatted("", "two"),
            page.formatted(entry.formatted("1") + "," + entry.formatted("0"), "three"))) {
      FakeVault _ =
          vault.thenFails(new FakeVault.Failure.Says(200, "application/json", body, Map.of()));
    }

    Shell.Ended listed = shell().run("audit", "list", "--limit", "3");

    assertEquals(
        """
        TIME                      SUBJECT  ACTION  NAME  VERSION  DECISION  OUTCOME   REQUEST
        2026-11-20T18:00:00.000Z  ann      read    db    2        allow     revealed  r-1
        2026-11-20T18:00:00.000Z  ann      read    db             allow     revealed  r-1
        2026-11-20T18:00:00.000Z  ann      read    db    1        allow     revealed  r-1
        """,
        listed.output());
    assertEnded(ExitCode.USAGE, shell().run("audit", "list", "--limit", "0"));
  }

  @Test
  void a_list_that_leads_back_to_itself_ends() {
    String page = "{\"secrets\":[],\"nextCursor\":\"same\"}";
    for (int times = 0; times < 3; times++) {
      vault.thenFails(new FakeVault.Failure.Says(200, "application/json", page, Map.of()));
    }

    assertEnded(ExitCode.SERVER, shell().run("list"));
    assertEquals(2, vault.requests().size());
  }

  // Output for programs.

  @Test
  void json_is_what_the_contract_says() throws IOException {
    JsonObject created = json(shell().input("one").run("put", "key", "--output", "json"));
    JsonObject updated = json(shell().input("two").run("update", "key", "-o", "json"));
    JsonObject got = json(shell().run("get", "key", "-o", "json"));
    JsonObject history = json(shell().run("history", "key", "-o", "json"));
    JsonObject list = json(shell().run("list", "-o", "json"));
    JsonObject deleted = json(shell().run("delete", "key", "-o", "json"));

    assertEquals(1, created.requiredInt("version"));
    assertEquals(2, updated.requiredInt("version"));
    assertTrue(updated.isTrue("current"));
    assertEquals("two", got.requiredText("value"));
    assertEquals(2, history.objects("versions").size());
    assertEquals("key", list.objects("secrets").getFirst().requiredText("name"));
    assertTrue(deleted.isTrue("deleted"));
  }

  private static JsonObject json(Shell.Ended ended) throws IOException {
    assertEnded(ExitCode.OK, ended);
    return JsonObject.parse(ended.outputBytes());
  }

  // How commands fail.

  @Test
  void every_failure_ends_with_its_exit_code_and_says_what_the_vault_said() {
    for (FailureCode code : FailureCode.values()) {
      ExitCode expected =
          switch (code.status()) {
            case 404 ->
                code == FailureCode.RESOURCE_NOT_FOUND ? ExitCode.REFUSED : ExitCode.NOT_FOUND;
            case 429, 500, 503, 504 -> ExitCode.SERVER;
            default -> ExitCode.REFUSED;
          };
      Map<String, String> tooLongToWait = Map.of("Retry-After", "3600");
      vault.thenAnswers(code, "not-applied", tooLongToWait);

      Shell.Ended ended = shell().run("get", "key");

      assertEnded(expected, ended);
      assertTrue(ended.messages().contains(code.title()), ended.messages());
      assertTrue(ended.messages().contains("The detail of " + code.text()), ended.messages());
      assertTrue(ended.messages().contains("request request-17"), ended.messages());
      assertEquals("", ended.output());
    }
  }

  @Test
  void the_rules_a_request_broke_are_listed() {
    vault.thenFails(
        new FakeVault.Failure.Says(
            400,
            "application/problem+json",
            """
            {"title":"The request is not valid","code":"invalid-request",
             "errors":[{"field":"name","code":"name-form","message":"a name has letters"},
                       {"field":"A","code":"x","message":"not so","line":3,"column":1}]}
            """,
            Map.of()));

    Shell.Ended ended = shell().input("x").run("put", "key");

    assertTrue(ended.messages().contains("name: a name has letters"), ended.messages());
    assertTrue(ended.messages().contains("line 3, A: not so"), ended.messages());
  }

  @Test
  void a_name_that_cannot_be_one_is_refused_here() {
    for (String name : List.of("../x", "a/b", ".x", "-x", "", "a%2Fb", "ä", "x".repeat(129))) {
      assertEnded(ExitCode.USAGE, shell().input("v").run("put", "--", name));
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void an_answer_of_somebody_else_is_named_as_such() {
    vault.thenFails(new FakeVault.Failure.Says(418, "text/html", "<h1>Teapot</h1>", Map.of()));
    Shell.Ended refused = shell().run("get", "key");
    vault.thenFails(new FakeVault.Failure.Says(200, "text/html", "<h1>Hello</h1>", Map.of()));
    Shell.Ended strange = shell().run("get", "key");

    assertEnded(ExitCode.REFUSED, refused);
    assertTrue(refused.messages().contains("418"), refused.messages());
    assertEnded(ExitCode.SERVER, strange);
    assertFalse(strange.everything().contains("Hello"));
  }

  @Test
  void a_redirect_is_not_followed() {
    try (FakeVault elsewhere = FakeVault.start()) {
      vault.thenFails(
          new FakeVault.Failure.Says(
              307, "text/plain", "", Map.of("Location", elsewhere.url() + "/v1/x")));

      assertEnded(ExitCode.REFUSED, shell().run("get", "key"));
      assertEquals(List.of(), elsewhere.requests());
    }
  }

  // Trying again.

  @Test
  void a_write_is_repeated_once_with_the_same_key_and_body_when_the_vault_was_busy() {
    vault.thenAnswers(FailureCode.WRITE_NOT_ACCEPTED, "not-applied", Map.of());

    assertEnded(ExitCode.OK, shell().input("value").run("put", "key"));

    List<FakeVault.Request> requests = vault.requests();
    assertEquals(2, requests.size());
    assertNotNull(requests.getFirst().idempotencyKey());
    assertEquals(requests.getFirst(), requests.getLast());
  }

  @Test
  void every_write_has_a_key_of_its_own_and_reads_have_none() {
    put("a", "value");
    put("b", "value");
    shell().input("value").run("update", "a");
    shell().run("delete", "b");
    shell().run("get", "a");

    List<FakeVault.Request> requests = vault.requests();
    assertEquals(
        4,
        requests.stream()
            .limit(4)
            .map(FakeVault.Request::idempotencyKey)
            .peek(key -> assertNotNull(key))
            .distinct()
            .count());
    assertEquals(null, requests.getLast().idempotencyKey());
  }

  @Test
  void a_call_is_repeated_only_once() {
    for (int times = 0; times < 3; times++) {
      vault.thenAnswers(FailureCode.INSUFFICIENT_SHARES);
    }

    assertEnded(ExitCode.SERVER, shell().run("get", "key"));
    assertEquals(2, vault.requests().size());
  }

  @Test
  void what_cannot_help_is_not_repeated() {
    for (FailureCode code :
        List.of(
            FailureCode.FORBIDDEN, FailureCode.CONCURRENT_WRITE, FailureCode.INTEGRITY_FAILURE)) {
      int before = vault.requests().size();
      vault.thenAnswers(code);
      assertNotEquals(ExitCode.OK.number(), shell().input("v").run("put", "key").exitCode());
      assertEquals(before + 1, vault.requests().size());
    }
  }

  @Test
  void a_lost_answer_to_a_write_is_asked_for_again_and_nothing_is_written_twice() {
    put("key", "one");
    vault.thenFails(new FakeVault.Failure.LosesAnswer());

    Shell.Ended ended = shell().input("two").run("update", "key", "-o", "json");

    assertEnded(ExitCode.OK, ended);
    assertTrue(ended.output().contains("\"version\" : 2"), ended.output());
    assertEquals(3, shell().run("history", "key").output().lines().count());
  }

  @Test
  void a_write_without_any_answer_is_unknown_and_its_key_tells_later() {
    vault.thenFails(new FakeVault.Failure.LosesAnswer());
    vault.thenFails(new FakeVault.Failure.LosesRequest());

    Shell.Ended lost = shell().input("value").run("put", "key");

    assertEnded(ExitCode.UNKNOWN, lost);
    String key = String.valueOf(vault.requests().getFirst().idempotencyKey());
    assertTrue(lost.messages().contains("--idempotency-key " + key), lost.messages());
    assertFalse(lost.everything().contains("value\""));
    Shell.Ended asked = shell().input("value").run("put", "key", "--idempotency-key", key);
    assertEnded(ExitCode.OK, asked);
  }

  @Test
  void a_vault_that_does_not_know_the_outcome_makes_it_unknown() {
    vault.thenAnswers(FailureCode.WRITE_OUTCOME_UNKNOWN, "unknown", Map.of());
    vault.thenAnswers(FailureCode.WRITE_OUTCOME_UNKNOWN, "unknown", Map.of());

    assertEnded(ExitCode.UNKNOWN, shell().input("value").run("put", "key"));
  }

  @Test
  void a_second_try_that_was_not_applied_says_nothing_about_the_first() {
    vault.thenFails(new FakeVault.Failure.LosesAnswer());
    vault.thenAnswers(FailureCode.WRITE_NOT_ACCEPTED, "not-applied", Map.of());

    assertEnded(ExitCode.UNKNOWN, shell().input("value").run("put", "key"));
  }

  @Test
  void a_refusal_after_a_lost_try_is_a_refusal() {
    put("key", "one");
    vault.thenFails(new FakeVault.Failure.LosesRequest());

    assertEnded(ExitCode.REFUSED, shell().input("two").run("put", "key"));
  }

  @Test
  void a_read_without_any_answer_is_a_failure_of_the_server() {
    vault.thenFails(new FakeVault.Failure.LosesRequest());
    vault.thenFails(new FakeVault.Failure.LosesRequest());
    vault.thenFails(new FakeVault.Failure.LosesRequest());
    vault.thenFails(new FakeVault.Failure.LosesRequest());

    assertEnded(ExitCode.SERVER, shell().run("get", "key"));
  }

  @Test
  void a_write_that_nobody_received_is_not_unknown() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      nobody = socket.getLocalPort();
    }

    Shell.Ended ended =
        shell().input("value").run("put", "key", "--api", "http://127.0.0.1:" + nobody);

    assertEnded(ExitCode.SERVER, ended);
    assertTrue(ended.messages().contains("refused"), ended.messages());
  }
}
