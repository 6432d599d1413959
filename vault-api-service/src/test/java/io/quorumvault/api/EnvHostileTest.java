package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests about files that are wrong by mistake or on purpose: each gets one problem document
/// that repeats nothing of it, and none reaches a node.
@HelidonTest
class EnvHostileTest extends ApiTest {
  private static final String ENV = "/v1/namespaces/demo/env";
  private static final String FILE = ENV + "/file";

  /// Stands in for what must never come back.
  private static final String MARK = "hunter2";

  @AfterEach
  void no_node_was_asked() {
    assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
  }

  private static Reply refused(String code, int status, Reply reply, String what) {
    assertEquals(status, reply.status(), what + reply);
    assertEquals(code, reply.problem(), what + reply);
    assertFalse(reply.text().contains(MARK), what + reply);
    return reply;
  }

  private Reply text(byte[] file) {
    return dev()
        .with("Content-Type", "text/plain")
        .send("POST", FILE, BodyPublishers.ofByteArray(file));
  }

  private Reply text(String query, String file, String contentType) {
    return dev()
        .with("Content-Type", contentType)
        .send("POST", FILE + query, BodyPublishers.ofString(file));
  }

  @Test
  void a_body_of_another_shape_is_told_which_rule_it_breaks() {
    Map.ofEntries(
            Map.entry("[]", "body:body-object"),
            Map.entry("{}", "content:member-present"),
            Map.entry("{\"content\":1}", "content:member-string"),
            Map.entry("{\"content\":null}", "content:member-string"),
            Map.entry("{\"content\":[\"hunter2\"]}", "content:member-string"),
            Map.entry("{\"content\":{\"a\":".repeat(1000), "content:member-string"),
            Map.entry("{\"content\":\"\",\"hunter2\":\"x\"}", "body:member-known"),
            Map.entry("{\"content\":\"\",\"Values\":{}}", "body:member-known"),
            Map.entry("{\"content\":\"A=hunter2\",\"content\":\"\"}", "content:member-once"),
            Map.entry("{\"content\":\"\",\"mode\":\"hunter2\"}", "mode:mode-known"),
            Map.entry("{\"content\":\"\",\"mode\":\"SEAL\"}", "mode:mode-known"),
            Map.entry("{\"content\":\"\",\"mode\":true}", "mode:member-string"),
            Map.entry("{\"content\":\"\",\"dialect\":\"hunter2\"}", "dialect:dialect-known"),
            Map.entry("{\"content\":\"\",\"dryRun\":\"true\"}", "dryRun:member-boolean"),
            Map.entry("{\"content\":\"\",\"dryRun\":1}", "dryRun:member-boolean"),
            Map.entry("{\"content\":\"\",\"dryRun\":null}", "dryRun:member-boolean"),
            Map.entry("{\"content\":\"\",\"dryRun\":true,\"dryRun\":true}", "dryRun:member-once"),
            Map.entry("{\"content\":\"\",\"allowUnsafe\":{}}", "allowUnsafe:member-boolean"),
            Map.entry("{\"content\":\"\",\"values\":[]}", "values:member-object"),
            Map.entry("{\"content\":\"\",\"values\":null}", "values:member-object"),
            Map.entry("{\"content\":\"\",\"values\":\"hunter2\"}", "values:member-object"),
            Map.entry("{\"content\":\"\",\"values\":{\"A\":1}}", "values:member-string"),
            Map.entry("{\"content\":\"\",\"values\":{\"A\":null}}", "values:member-string"),
            Map.entry(
                "{\"content\":\"\",\"values\":{\"A\":{\"hunter2\":\"x\"}}}",
                "values:member-string"),
            Map.entry(
                "{\"content\":\"\",\"values\":{\"A\":\"x\",\"\\u0041\":\"hunter2\"}}",
                "values:member-once"),
            Map.entry("{\"content\":\"\",\"values\":{\"hunter2/\":\"v\"}}", "values:name-form"),
            Map.entry("{\"content\":\"\",\"values\":{\"\":\"hunter2\"}}", "values:name-form"),
            Map.entry(
                "{\"content\":\"\",\"values\":{\"a\\u0000b\":\"hunter2\"}}", "values:name-form"),
            Map.entry("{\"content\":\"\",\"values\":{\"..\":\"hunter2\"}}", "values:name-form"),
            Map.entry("{\"content\":\"\",\"values\":{\"A\":\"\"}}", "values:value-empty"),
            Map.entry(
                "{\"content\":\"\",\"values\":{\"A\":\"hunter2\\ud800\"}}", "values:value-text"))
        .forEach((json, violation) -> {
          Reply reply = refused("invalid-request", 400, dev().post(ENV, json), violation);
          assertTrue(reply.violations().contains(violation), reply.text());
        });
    for (String json :
        List.of(
            "",
            "{\"content\":\"hunter2\"",
            "{\"content\":\"hunter2\"}{}",
            "{\"content\":\"\",\"values\":{\"A\":\"hunter2\"}",
            "{\"content\":\"\",\"values\":{\"A\" \"hunter2\"}}")) {
      refused("malformed-json", 400, dev().post(ENV, json), json);
    }
  }

  @Test
  void values_for_more_names_than_a_file_can_have_are_too_many() {
    String values =
        IntStream.range(0, 1001)
            .mapToObj(i -> "\"A" + i + "\":\"hunter2\"")
            .collect(Collectors.joining(","));
    Reply reply = dev().post(ENV, "{\"content\":\"\",\"values\":{" + values + "}}");
    refused("payload-too-large", 413, reply, "1001 values");
    assertEquals(List.of("values:member-count"), reply.violations());
  }

  @Test
  void what_is_no_text_is_no_file() {
    List<String> contents = List.of("A=hunter2\\u0000", "A=hunter2\\ud800", "A=\\udc00hunter2");
    for (String content : contents) {
      Reply reply = dev().post(ENV, "{\"content\":\"" + content + "\"}");
      refused("env-syntax", 422, reply, content);
      assertEquals(1, reply.json().getJsonArray("errors").getJsonObject(0).getInt("line"));
    }
    for (int bad : new int[] {0x00, 0xff, 0xc0, 0x80, 0xed}) {
      byte[] file = "A=1\nB=hunter2 \n".getBytes(StandardCharsets.UTF_8);
      file[13] = (byte) bad;
      Reply reply = text(file);
      refused("env-syntax", 422, reply, "byte " + bad);
      var error = reply.json().getJsonArray("errors").getJsonObject(0);
      assertEquals(2, error.getInt("line"), reply.text());
      assertEquals(10, error.getInt("column"), reply.text());
    }
  }

  @Test
  void a_file_is_plain_text_in_utf_8_in_both_directions() {
    for (String type :
        List.of(
            "text/plain; charset=iso-8859-1",
            "text/plain; charset=utf-16",
            "text/plain; charset=utf-8; x=y",
            "text/html",
            "application/json",
            "application/octet-stream",
            "text",
            "*/*")) {
      refused("unsupported-media-type", 415, text("", "A=hunter2", type), type);
    }
    refused(
        "unsupported-media-type",
        415,
        dev().with("Content-Type", "text/plain").post(ENV, "{\"content\":\"hunter2\"}"),
        "text as JSON");
    ApiClient plain = dev().with("Content-Type", "text/plain");
    refused(
        "not-acceptable",
        406,
        plain.with("Accept", "application/json").send("POST", FILE, BodyPublishers.noBody()),
        "only JSON");
    refused(
        "not-acceptable",
        406,
        dev().with("Accept", "text/plain").post(ENV, "{\"content\":\"hunter2\"}"),
        "only text");
  }

  @Test
  void parameters_are_known_words_once() {
    Map.of(
            "?mode=hunter2", "mode:mode-known",
            "?dialect=hunter2", "dialect:dialect-known",
            "?allowUnsafe=yes", "allowUnsafe:parameter-boolean",
            "?dryRun=true", "query:parameter-known",
            "?hunter2=1", "query:parameter-known",
            "?mode=seal&mode=open", "mode:parameter-once")
        .forEach((query, violation) -> {
          Reply reply =
              refused("invalid-request", 400, text(query, "A=hunter2", "text/plain"), query);
          assertEquals(List.of(violation), reply.violations());
        });
    Reply reply = dev().post(ENV + "?mode=seal", "{\"content\":\"hunter2\"}");
    assertEquals(List.of("query:parameter-known"), reply.violations());
  }

  @Test
  void what_stands_in_an_enc_without_a_value_is_never_repeated() {
    for (String content :
        List.of(
            "A=enc(hunter2)",
            "A=enc(hunter2) secret(hunter3)",
            "hunter2=enc(hunter2)",
            "A=enc( hunter2 )",
            "A=enc(hunter2!)",
            "A=enc(A b hunter2)",
            "A='enc(hunter2",
            "hunter2 enc(X)")) {
      for (boolean dry : new boolean[] {true, false}) {
        Reply reply = dev().post(ENV, "{\"content\":\"%s\",\"dryRun\":%s}".formatted(content, dry));
        assertEquals(422, reply.status(), reply.text());
        assertFalse(reply.text().replace("\"field\":\"hunter2\"", "").contains(MARK), reply.text());
      }
    }
  }

  @Test
  void nobody_gets_further_than_the_policy_allows() {
    String body = "{\"content\":\"A=hunter2\"}";
    refused("unauthenticated", 401, nobody().post(ENV, body), "nobody");
    refused("namespace-not-found", 404, as(FakeCell.STRANGER).post(ENV, body), "stranger");
    refused("forbidden", 403, as(FakeCell.READER).post(ENV, body), "without env");
    refused("forbidden", 403, as(FakeCell.READER).post(ENV, "hunter2"), "before the body");
    refused(
        "forbidden",
        403,
        as(FakeCell.READER)
            .with("Content-Type", "text/plain")
            .send("POST", FILE, BodyPublishers.ofString("hunter2")),
        "file");
  }

  @Test
  void every_reference_that_is_not_allowed_is_told_but_no_name_that_may_be_a_password() {
    // May handle files with names that begin with ENV_, and read, but not create, some of them.
    ApiClient opener = as(FakeCell.OPENER);
    Reply reply =
        opener.post(
            ENV,
            "{\"content\":\"A=secret(ENV_1)\\nB=secret(OTHER)\\nC=enc(hunter2:v)\\nD=enc(ENV_2:v)\"}");
    refused("forbidden", 403, reply, "two of four");
    assertEquals(
        List.of("B:forbidden", "B:forbidden", "C:forbidden", "C:forbidden", "D:forbidden"),
        reply.violations());
    var errors = reply.json().getJsonArray("errors");
    assertEquals("OTHER", errors.getJsonObject(0).getString("name"));
    assertEquals(2, errors.getJsonObject(0).getInt("line"));
    assertEquals(Optional.empty(), Optional.ofNullable(errors.getJsonObject(2).get("name")));
    // Permission comes before what is wrong with the file.
    refused(
        "forbidden",
        403,
        opener.post(ENV, "{\"content\":\"A=secret(OTHER)\\nB=enc(ENV_3)\"}"),
        "and a syntax error");
    refused(
        "env-syntax",
        422,
        opener.post(ENV, "{\"content\":\"A=secret(ENV_1)\\nB='\"}"),
        "only a syntax error");
  }
}
