package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.Limits;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.WriteCall;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// `.env` files over HTTP: what comes out, what is written, and what is said when nothing is.
@HelidonTest
class EnvContractTest extends ApiTest {
  private static final String ENV = "/v1/namespaces/demo/env";
  private static final String FILE = ENV + "/file";

  private static String json(String content, Map<String, String> values, Object... members) {
    JsonObjectBuilder body = Json.createObjectBuilder().add("content", content);
    if (!values.isEmpty()) {
      JsonObjectBuilder beside = Json.createObjectBuilder();
      values.forEach(beside::add);
      body.add("values", beside);
    }
    for (int i = 0; i < members.length; i += 2) {
      String name = (String) members[i];
      switch (members[i + 1]) {
        case Boolean flag -> body.add(name, flag);
        case String text -> body.add(name, text);
        default -> throw new IllegalArgumentException(name);
      }
    }
    return body.build().toString();
  }

  private Reply env(String content, Map<String, String> values, Object... members) {
    return dev().post(ENV, json(content, values, members));
  }

  private Reply file(String query, String content) {
    return dev()
        .with("Content-Type", "text/plain")
        .send("POST", FILE + query, BodyPublishers.ofString(content));
  }

  private static String content(Reply reply) {
    assertEquals(200, reply.status(), reply.text());
    return reply.json().getString("content");
  }

  private String existing(String value) {
    String name = name();
    assertEquals(201, dev().post(secrets(), body(name, value)).status());
    return name;
  }

  private String value(String name) {
    return dev().get(secret(name)).json().getString("value");
  }

  /// The errors of a problem as `code line:column field name`.
  private static List<String> errors(Reply reply) {
    return reply.json().getJsonArray("errors").getValuesAs(JsonObject.class).stream()
        .map(error ->
            error.getString("code")
                + " "
                + error.getInt("line")
                + ":"
                + error.getInt("column")
                + " "
                + error.getString("field")
                + " "
                + error.getString("name", "-"))
        .toList();
  }

  private static List<WriteCall> writes() {
    return CELL.nodes().stream()
        .flatMap(node -> node.heard().stream())
        .map(FakeNode.Heard::call)
        .filter(WriteCall.class::isInstance)
        .map(WriteCall.class::cast)
        .toList();
  }

  private static List<ReadCall> reads() {
    return CELL.nodes().stream()
        .flatMap(node -> node.heard().stream())
        .map(FakeNode.Heard::call)
        .filter(ReadCall.class::isInstance)
        .map(ReadCall.class::cast)
        .toList();
  }

  private static void forget() {
    CELL.nodes().forEach(FakeNode::forget);
  }

  @Test
  void sealing_puts_the_values_away_and_opening_brings_them_back() {
    String password = name();
    String key = name();
    String file =
        "# db\r\n%1$s=hunter2\r\nURL=\"postgres://u:enc(%1$s)@h/db\"   # keep\nexport KEY='enc(%2$s)'\nDOC=see \\secret(X)"
            .formatted(password, key);
    Reply sealed = env(file, Map.of(key, "k 1"), "mode", "seal");

    assertEquals(
        "# db\r\n%1$s=secret(%1$s)\r\nURL=\"postgres://u:secret(%1$s)@h/db\"   # keep\nexport KEY='secret(%2$s)'\nDOC=see \\secret(X)"
            .formatted(password, key),
        content(sealed));
    assertEquals(Optional.of("no-store"), sealed.header("Cache-Control"));
    List<JsonObject> created = sealed.json().getJsonArray("created").getValuesAs(JsonObject.class);
    assertEquals(
        List.of(password, key), created.stream().map(made -> made.getString("name")).toList());
    created.forEach(made -> {
      assertEquals(1, made.getInt("version"));
      Instant _ = Instant.parse(made.getString("validFrom"));
    });
    assertEquals(List.of(), sealed.json().getJsonArray("expanded"));
    assertEquals(List.of(), sealed.json().getJsonArray("warnings"));
    assertEquals("hunter2", value(password));
    assertEquals("k 1", value(key));
    assertEquals(1, writes().size());
    assertEquals(2, writes().getFirst().items().size());

    Reply opened = env(content(sealed), Map.of(), "mode", "open");
    assertEquals(
        "# db\r\n%1$s=hunter2\r\nURL=\"postgres://u:hunter2@h/db\"   # keep\nexport KEY='k 1'\nDOC=see secret(X)"
            .formatted(password),
        content(opened));
    assertEquals(Optional.of("no-store"), opened.header("Cache-Control"));
    assertEquals(
        List.of(
            "{\"name\":\"" + password + "\",\"version\":1}",
            "{\"name\":\"" + key + "\",\"version\":1}"),
        opened.json().getJsonArray("expanded").stream().map(Object::toString).toList());
    JsonObject warning = opened.json().getJsonArray("warnings").getJsonObject(0);
    assertEquals("env-url-unencoded", warning.getString("code"));
    assertEquals(password, warning.getString("name"));
    assertEquals("URL", warning.getString("variable"));
    assertEquals(3, warning.getInt("line"));
    assertTrue(warning.getInt("column") > 1 && !warning.getString("message").isEmpty());
  }

  @Test
  void without_a_mode_what_is_created_stays_a_reference_and_what_is_read_becomes_its_value() {
    String old = existing("old value");
    String created = name();
    Reply reply = env("A=enc(%s:new)\nB=secret(%s)\n".formatted(created, old), Map.of());

    assertEquals("A=secret(%s)\nB=\"old value\"\n".formatted(created), content(reply));
    assertEquals("new", value(created));
    assertEquals(
        "[{\"name\":\"" + old + "\",\"version\":1}]",
        reply.json().getJsonArray("expanded").toString());
  }

  @Test
  void a_file_comes_and_goes_as_it_is() {
    String old = existing("v");
    Reply opened = file("?mode=open&dialect=posix&allowUnsafe=false", "A=secret(" + old + ")");
    assertEquals(200, opened.status(), opened.text());
    assertEquals("A=v", opened.text());
    assertEquals(
        Optional.of("text/plain;charset=utf-8"),
        opened.header("Content-Type").map(type -> type.toLowerCase(java.util.Locale.ROOT)));
    assertEquals(Optional.of("no-store"), opened.header("Cache-Control"));
    String created = name();
    assertEquals("B=secret(" + created + ")", file("", "B=enc(" + created + ":v2)").text());
    assertEquals("v2", value(created));
  }

  @Test
  void a_file_without_references_comes_back_byte_for_byte_and_no_node_is_asked() {
    String odd =
        "\uFEFF\r\n# enc(X) secret(Y)\r\nA=b\r\n\n  export  B = 'c' # d\nODD LINE \"\nC=mysecret(X)\n"
            + "D=SECRET(X)\n\rE=\u00e4\ud83d\udd11 \nF='two\nlines' ";
    byte[] bytes = odd.getBytes(StandardCharsets.UTF_8);
    Reply reply =
        dev()
            .with("Content-Type", "text/plain; charset=UTF-8")
            .send("POST", FILE, BodyPublishers.ofByteArray(bytes));
    assertEquals(200, reply.status(), reply.text());
    assertArrayEquals(bytes, reply.text().getBytes(StandardCharsets.UTF_8));
    assertEquals(odd, content(env(odd, Map.of())));
    assertEquals("", content(env("", Map.of())));
    assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
  }

  @Test
  void all_reads_are_one_call_and_all_creations_another() {
    String first = existing("1");
    String second = existing("2");
    String created = name();
    forget();
    String at = Instant.now().plusSeconds(5).toString();
    Reply reply =
        env(
            ("A=secret(%1$s)\nB=secret(%1$s@1)\nC=secret(%2$s@"
                    + at
                    + ")\nD=secret(%1$s)\nE=enc(%3$s:v)")
                .formatted(first, second, created),
            Map.of());
    assertEquals("A=1\nB=1\nC=2\nD=1\nE=secret(" + created + ")", content(reply));
    assertEquals(1, reads().size());
    assertEquals(3, reads().getFirst().items().size());
    assertEquals(1, writes().size());
    assertEquals(3, reply.json().getJsonArray("expanded").size());
  }

  @Test
  void whatever_is_missing_is_told_at_once_with_its_places_and_nothing_is_created() {
    String there = existing("v");
    String gone = name();
    String created = name();
    forget();
    Reply reply =
        env(
            "A=enc(%1$s:v)\nB=secret(%2$s)x\nC='p secret(%3$s@7) secret(%2$s)'\nD=secret(%3$s)"
                .formatted(created, gone, there),
            Map.of());
    assertEquals(404, reply.status(), reply.text());
    assertEquals("unresolved-reference", reply.problem());
    int second = ("C='p secret(" + there + "@7) ").length() + 1;
    assertEquals(
        List.of(
            "unresolved-reference 2:3 B " + gone,
            "unresolved-reference 3:6 C " + there,
            "unresolved-reference 3:" + second + " C " + gone),
        errors(reply));
    assertEquals(List.of(), writes());
    assertEquals(0, CELL.store().versions("demo", created));
  }

  @Test
  void every_name_that_exists_is_told_at_once_with_its_places_and_nothing_is_created() {
    String one = existing("v");
    String two = existing("v");
    String fresh = name();
    Reply reply =
        env(
            "A=enc(%1$s:new)\nB=enc(%3$s:new)\nC=\"enc(%2$s:new)\"\nD=enc(%1$s)"
                .formatted(one, two, fresh),
            Map.of());
    assertEquals(409, reply.status(), reply.text());
    assertEquals("secret-already-exists", reply.problem());
    List<String> errors = errors(reply);
    assertEquals(3, errors.size(), reply.text());
    assertEquals("secret-already-exists 1:3 A " + one, errors.get(0));
    assertEquals("secret-already-exists 4:3 D " + one, errors.get(2));
    assertEquals(0, CELL.store().versions("demo", fresh));
  }

  @Test
  void what_exists_comes_before_what_is_missing_and_both_are_told() {
    String there = existing("v");
    Reply reply = env("A=secret(%s)\nB=enc(%s:new)".formatted(name(), there), Map.of());
    assertEquals(409, reply.status());
    assertEquals(
        List.of("unresolved-reference", "secret-already-exists"),
        errors(reply).stream().map(error -> error.split(" ", 2)[0]).toList());
  }

  @Test
  void a_file_nothing_can_be_done_with_is_told_all_that_is_wrong_by_code() {
    String old = existing("it's $5");
    Map.ofEntries(
            Map.entry("A='x secret(X)", "env-syntax"),
            Map.entry("A=secret(X", "env-syntax"),
            Map.entry("A=secret(a b)", "env-syntax"),
            Map.entry("A=enc(hunter2)", "env-value-missing"),
            Map.entry("A=enc(X|generate=20)\nX=hunter2", "env-value-conflict"),
            Map.entry("A=enc(X:v)\nB=secret(X)", "env-self-reference"),
            Map.entry("A=secret(" + old + ")", "env-not-representable"))
        .forEach((content, code) -> {
          Reply reply = env(content, Map.of());
          assertEquals(422, reply.status(), reply.text());
          assertEquals(code, reply.problem(), reply.text());
          assertTrue(
              errors(reply).stream().anyMatch(error -> error.startsWith(code)), reply.text());
          assertFalse(reply.text().contains("hunter2"), reply.text());
          assertFalse(reply.text().contains("it's"), reply.text());
        });
    Reply mode = env("A=enc(X:v)", Map.of(), "mode", "open");
    assertEquals("env-mode", mode.problem());
    Reply many = env("A=secret(\nB='\nC=enc(X)", Map.of());
    assertEquals("env-syntax", many.problem());
    assertTrue(errors(many).size() >= 2, many.text());
    assertEquals(List.of(), writes().stream().filter(write -> write.items().size() != 1).toList());
    assertEquals(
        "A='it'\\''s $5'", content(env("A=secret(" + old + ")", Map.of(), "dialect", "posix")));
  }

  @Test
  void an_unrepresentable_value_is_found_out_while_nothing_has_happened() {
    String old = existing("it's $5");
    String created = name();
    forget();
    Reply reply = env("A=secret(%s)\nB=enc(%s:v)".formatted(old, created), Map.of());
    assertEquals("env-not-representable", reply.problem());
    JsonObject error = reply.json().getJsonArray("errors").getJsonObject(0);
    assertEquals(old, error.getString("name"));
    assertEquals("A", error.getString("field"));
    assertTrue(error.getString("message").contains("posix"), reply.text());
    assertEquals(List.of(), writes());
  }

  @Test
  void a_dry_run_says_what_would_be_and_does_nothing() {
    String old = existing("v");
    String created = name();
    forget();
    Reply reply =
        env("A=enc(%s:new)\nB=secret(%s)".formatted(created, old), Map.of(), "dryRun", true);
    assertEquals(200, reply.status(), reply.text());
    assertEquals(
        "{\"created\":[{\"name\":\"%s\"}],\"expanded\":[{\"name\":\"%s\",\"version\":1}],\"warnings\":[]}"
            .formatted(created, old),
        reply.text());
    assertEquals(Optional.of("no-store"), reply.header("Cache-Control"));
    assertEquals(List.of(), writes());
    assertEquals(0, CELL.store().versions("demo", created));
  }

  @Test
  void a_dry_run_fails_as_the_real_thing_would() {
    String there = existing("v");
    String hard = existing("it's $5");
    for (String content :
        List.of(
            "A=enc(" + there + ":new)\nB=enc(" + name() + ":new)",
            "A=secret(" + name() + ")\nB=secret(" + name() + ")",
            "A=secret(" + name() + ")\nB=enc(" + there + ":new)",
            "A=secret(" + hard + ")\nB=enc(" + there + ":new)",
            "A=secret(" + hard + ")",
            "A=enc(X)")) {
      Reply dry = env(content, Map.of(), "dryRun", true);
      Reply real = env(content, Map.of());
      assertEquals(real.status(), dry.status(), content);
      assertEquals(real.problem(), dry.problem(), content);
      assertEquals(errors(real), errors(dry), content);
    }
  }

  @Test
  void sealing_only_checks_that_what_is_read_exists() {
    String old = existing("it's $5");
    String created = name();
    forget();
    Reply reply =
        env("A=secret(%s)\nB=enc(%s:v)".formatted(old, created), Map.of(), "mode", "seal");
    assertEquals("A=secret(%s)\nB=secret(%s)".formatted(old, created), content(reply));
    assertEquals(List.of(), reply.json().getJsonArray("expanded"));
    assertEquals(List.of(false), reads().stream().map(ReadCall::values).toList());
    Reply missing = env("A=secret(" + name() + ")", Map.of(), "mode", "seal");
    assertEquals("unresolved-reference", missing.problem());
  }

  @Test
  void the_same_key_gives_the_first_answer_again_from_any_api() {
    String created = name();
    String content = "A=enc(" + created + ":v)";
    ApiClient keyed = dev().with("Idempotency-Key", "env-" + created);
    Reply first = keyed.post(ENV, json(content, Map.of()));
    Reply again = keyed.post(ENV, json(content, Map.of()));
    assertEquals(200, first.status(), first.text());
    assertEquals(first.text(), again.text());
    assertEquals(409, dev().post(ENV, json(content, Map.of())).status());
    assertEquals(
        "idempotency-key-reused",
        keyed.post(ENV, json("A=enc(" + created + ":other)", Map.of())).problem());
    assertEquals(1, CELL.store().versions("demo", created));
  }

  @Test
  void a_retry_sees_the_values_that_were_current_at_first() {
    String created = name();
    String old = existing("first");
    String content = "A=enc(%s:v)\nB=secret(%s)".formatted(created, old);
    ApiClient keyed = dev().with("Idempotency-Key", "env-" + created);
    Reply first = keyed.post(ENV, json(content, Map.of()));
    assertEquals(200, first.status(), first.text());
    assertEquals(200, dev().put(secret(old), body("second")).status());
    assertEquals(first.text(), keyed.post(ENV, json(content, Map.of())).text());
    assertEquals("B=second", content(env("B=secret(" + old + ")", Map.of())));
  }

  @Test
  void a_generated_secret_is_made_once_however_often_its_request_is_sent() {
    String created = name();
    String content = "A=enc(" + created + "|generate=40)";
    ApiClient keyed = dev().with("Idempotency-Key", "env-" + created);
    Reply first = keyed.post(ENV, json(content, Map.of()));
    assertEquals("A=secret(" + created + ")", content(first));
    String made = value(created);
    assertTrue(made.matches("[A-Za-z0-9]{40}"), "a generated secret");
    assertEquals(first.text(), keyed.post(ENV, json(content, Map.of())).text());
    assertEquals(made, value(created));
    assertEquals(1, CELL.store().versions("demo", created));
    assertEquals(
        "idempotency-key-reused",
        keyed.post(ENV, json("A=enc(" + created + "|generate=41)", Map.of())).problem());
    String other = name();
    assertEquals(200, env("A=enc(" + other + "|generate=40)", Map.of()).status());
    assertFalse(made.equals(value(other)));
  }

  @Test
  void a_thousand_references_are_taken_and_one_more_is_not() {
    String old = existing("v");
    String prefix = name();
    String most =
        IntStream.range(0, Limits.ENV_REFERENCES_MAX - 1)
            .mapToObj(i -> "A" + i + "=enc(" + prefix + "_" + i + ":v" + i + ")\n")
            .collect(Collectors.joining());
    Reply taken = env(most + "B=secret(" + old + ")\n", Map.of());
    assertEquals(200, taken.status(), taken.text());
    assertEquals(Limits.ENV_REFERENCES_MAX - 1, taken.json().getJsonArray("created").size());
    Reply refused =
        env(
            most.replace(prefix, name()) + "B=secret(" + old + ")\nC=secret(" + old + ")",
            Map.of());
    assertEquals(413, refused.status());
    assertEquals("payload-too-large", refused.problem());
    assertEquals(
        List.of("content:env-limit"),
        refused.violations().stream().map(v -> v.replace("C:", "content:")).toList());
  }

  @Test
  void a_file_of_more_than_a_mebibyte_is_too_large_either_way() {
    String largest = "A=" + "x".repeat(Limits.ENV_BYTES_MAX - 2);
    assertEquals(largest, content(env(largest, Map.of())));
    assertEquals(200, file("", largest).status());
    for (Reply reply : List.of(env(largest + "x", Map.of()), file("", largest + "x"))) {
      assertEquals(413, reply.status());
      assertEquals("payload-too-large", reply.problem());
      assertEquals(List.of("content:env-limit"), reply.violations());
    }
  }

  @Test
  void an_answer_that_would_be_too_large_is_refused_before_anything_happens() {
    String large = existing("x".repeat(64 << 10));
    String created = name();
    forget();
    String uses =
        IntStream.range(0, 999)
            .mapToObj(i -> "A" + i + "=secret(" + large + ")\n")
            .collect(Collectors.joining());
    Reply often = env(uses + "B=enc(" + created + ":v)", Map.of());
    assertEquals(
        413, often.status(), often.text().substring(0, Math.min(500, often.text().length())));
    assertEquals("payload-too-large", often.problem());
    assertTrue(often.violations().getFirst().endsWith(":env-output-too-large"));
    assertEquals(1, reads().getFirst().items().size());

    List<String> many = IntStream.range(0, 9).mapToObj(i -> existing("y".repeat(1 << 20))).toList();
    forget();
    Reply together =
        env(
            many.stream().map(name -> "A=secret(" + name + ")\n").collect(Collectors.joining())
                + "B=enc("
                + created
                + ":v)",
            Map.of());
    assertEquals(413, together.status());
    assertEquals(List.of("content:env-output-too-large"), together.violations());
    assertEquals(List.of(), writes());
  }
}
