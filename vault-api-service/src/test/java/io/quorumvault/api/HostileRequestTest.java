package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.Limits;
import io.quorumvault.api.ApiClient.Reply;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests that are wrong by mistake or on purpose: each gets one problem document that repeats
/// nothing of it, and none reaches a node.
@HelidonTest
class HostileRequestTest extends ApiTest {
  /// Stands in for what must never come back.
  private static final String MARK = "hunter2";

  private boolean nodesMayBeAsked;

  @AfterEach
  void no_node_was_asked() {
    if (!nodesMayBeAsked) {
      assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
    }
  }

  @Test
  void a_body_that_is_not_one_json_object_in_utf_8_is_malformed() {
    List<byte[]> bodies =
        Stream.of(
                "",
                " ",
                "{",
                "}",
                "{\"name\":\"A\",\"value\":\"hunter2\"",
                "{\"name\":\"A\",\"value\":\"hunter2\"}}",
                "{\"name\":\"A\",\"value\":\"hunter2\"} x",
                "{\"name\":\"A\",\"value\":\"hunter2\"}{\"name\":\"B\",\"value\":\"v\"}",
                "{\"name\":\"A\",\"value\":\"hunter2\",}",
                "{'name':'A','value':'hunter2'}",
                "{name:\"A\",value:\"hunter2\"}",
                "{\"name\":\"A\" \"value\":\"hunter2\"}",
                "{\"name\":\"A\",\"value\":\"hunt\ner2\"}",
                "{\"name\":\"A\",\"value\":\"hunter2\\x\"}",
                "{\"name\":\"A\",\"value\":\"hunter2\\u12\"}",
                "\ufeff{\"name\":\"A\",\"value\":\"hunter2\"}",
                "name=A&value=hunter2",
                "/* c */{\"name\":\"A\",\"value\":\"hunter2\"}")
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toList();
    for (byte[] body : bodies) {
      assertRefused(
          "malformed-json", 400, postBytes(body), new String(body, StandardCharsets.UTF_8));
    }
    String json = "{\"name\":\"A\",\"value\":\"hunter2\"}";
    assertRefused(
        "malformed-json", 400, postBytes(json.getBytes(StandardCharsets.UTF_16)), "UTF-16");
    assertRefused(
        "malformed-json", 400, postBytes(json.getBytes(StandardCharsets.UTF_16LE)), "UTF-16LE");
    byte[] broken = json.getBytes(StandardCharsets.UTF_8);
    for (int bad : new int[] {0xff, 0xc0, 0x80, 0xed}) {
      broken[25] = (byte) bad;
      assertRefused("malformed-json", 400, postBytes(broken), "byte " + bad);
    }
  }

  @Test
  void a_body_of_another_shape_is_told_which_rule_it_breaks() {
    Map.ofEntries(
            Map.entry("[]", "body:body-object"),
            Map.entry("null", "body:body-object"),
            Map.entry("\"hunter2\"", "body:body-object"),
            Map.entry("[".repeat(100_000), "body:body-object"),
            Map.entry("{}", "name:member-present"),
            Map.entry("{\"name\":\"A\"}", "value:member-present"),
            Map.entry("{\"value\":\"hunter2\"}", "name:member-present"),
            Map.entry("{\"name\":1,\"value\":\"hunter2\"}", "name:member-string"),
            Map.entry("{\"name\":null,\"value\":\"hunter2\"}", "name:member-string"),
            Map.entry("{\"name\":\"A\",\"value\":null}", "value:member-string"),
            Map.entry("{\"name\":\"A\",\"value\":42}", "value:member-string"),
            Map.entry("{\"name\":\"A\",\"value\":true}", "value:member-string"),
            Map.entry("{\"name\":\"A\",\"value\":[\"hunter2\"]}", "value:member-string"),
            Map.entry("{\"name\":\"A\",\"value\":{\"a\":".repeat(1000), "value:member-string"),
            Map.entry(
                "{\"name\":\"A\",\"value\":\"v\",\"encoding\":null}", "encoding:member-string"),
            Map.entry(
                "{\"name\":\"A\",\"value\":\"v\",\"encoding\":\"hex\"}", "encoding:encoding-known"),
            Map.entry(
                "{\"name\":\"A\",\"value\":\"v\",\"encoding\":\"UTF-8\"}",
                "encoding:encoding-known"),
            Map.entry("{\"name\":\"A\",\"value\":\"v\",\"hunter2\":\"x\"}", "body:member-known"),
            Map.entry("{\"Name\":\"A\",\"value\":\"v\"}", "body:member-known"),
            Map.entry(
                "{\"name\":\"A\",\"value\":\"v\",\"value\":\"hunter2\"}", "value:member-once"),
            Map.entry(
                "{\"name\":\"A\",\"value\":\"v\",\"na\\u006de\":\"hunter2\"}", "name:member-once"),
            Map.entry("{\"name\":\"A\",\"value\":\"\"}", "value:value-empty"),
            Map.entry(
                "{\"name\":\"A\",\"value\":\"\",\"encoding\":\"base64\"}", "value:value-empty"),
            Map.entry("{\"name\":\"A\",\"value\":\"\\ud800\"}", "value:value-text"),
            Map.entry("{\"name\":\"A\",\"value\":\"x\\udc00x\"}", "value:value-text"),
            Map.entry("{\"name\":\"A\",\"value\":\"\\udc00\\ud800\"}", "value:value-text"))
        .forEach((json, violation) -> {
          Reply reply = postBytes(json.getBytes(StandardCharsets.UTF_8));
          assertRefused("invalid-request", 400, reply, violation);
          assertTrue(reply.violations().contains(violation), reply.text());
        });
  }

  @Test
  void base64_has_one_spelling() {
    for (String unfit :
        List.of(
            "aHVudGVyMg",
            "aHVudGVyMg=",
            "aHVudGVyMh==",
            "aHVu dGVyMg==",
            "aHVudGVyMg==\\n",
            "aHVudGVy-_==",
            "====",
            "=",
            "aHVudGVyMg==aHVu",
            "hunter2!",
            "\\ud83d\\udd11")) {
      Reply reply =
          dev()
              .post(
                  secrets(),
                  "{\"name\":\"A\",\"encoding\":\"base64\",\"value\":\"" + unfit + "\"}");
      assertRefused("invalid-request", 400, reply, unfit);
      assertEquals(List.of("value:value-base64"), reply.violations(), unfit);
    }
  }

  @Test
  void a_name_in_a_body_is_a_name() {
    for (String unfit :
        List.of(
            "",
            " ",
            ".",
            "..",
            "../hunter2",
            "-hunter2",
            ".hunter2",
            "a/hunter2",
            "a%2Fhunter2",
            "a\\u0000hunter2",
            "a hunter2",
            "hunter2\\n",
            "h\u00fcnter2",
            "\u0430hunter2",
            "hunter2\\u200b",
            "x".repeat(129),
            "a;b",
            "a?b",
            "a#b",
            "a\\\\b")) {
      Reply reply = dev().post(secrets(), body(unfit, "v"));
      assertRefused("invalid-request", 400, reply, unfit);
      assertEquals(List.of("name:name-form"), reply.violations(), unfit);
    }
  }

  @Test
  void a_name_in_a_path_is_a_name() {
    for (String unfit :
        List.of(
            "a%2Fhunter2",
            "a%2fhunter2",
            "%2e%2e",
            "%2E",
            ".",
            "-hunter2",
            "a%00hunter2",
            "a%0d%0aX:hunter2",
            "h%C3%BCnter2",
            "%D0%B0hunter2",
            "a%20hunter2",
            "a+hunter2",
            "a%25hunter2",
            "x".repeat(129),
            "hunter2%E2%80%8B",
            "a%5Chunter2",
            "%EF%BC%8E%EF%BC%8E",
            "~hunter2",
            "a:b",
            "a@b",
            "$x",
            "a%3Bb")) {
      for (String path :
          List.of(secret(unfit), secret(unfit) + "/versions", secret(unfit) + "/versions/1")) {
        Reply reply = dev().rawRequest("GET " + path, "");
        assertTrue(Set.of(400, 404).contains(reply.status()), path + reply);
        assertFalse(reply.text().contains(MARK), reply.text());
        assertTrue(Set.of("invalid-request", "resource-not-found").contains(reply.problem()), path);
      }
    }
    assertEquals(
        List.of("name:name-form"), dev().rawRequest("GET " + secret("a%2Fb"), "").violations());
  }

  @Test
  void a_namespace_in_a_path_is_a_namespace() {
    for (String unfit :
        List.of(
            "Demo",
            "demo_",
            "-demo",
            "demo-",
            "d%2Femo",
            "d%00emo",
            "de.mo",
            "x".repeat(64),
            "d%C3%A9mo",
            "%20")) {
      Reply reply = dev().rawRequest("GET /v1/namespaces/" + unfit + "/secrets", "");
      assertRefused("invalid-request", 400, reply, unfit);
      assertEquals(List.of("namespace:namespace-form"), reply.violations(), unfit);
    }
  }

  @Test
  void one_secret_has_one_path() {
    for (String path :
        List.of(
            secret("A") + "/",
            secrets() + "/",
            "/v1//namespaces/demo/secrets/A",
            "//v1/namespaces/demo/secrets",
            "/v1/namespaces/demo/x/../secrets/A",
            "/v1/namespaces/./demo/secrets/A",
            "/V1/namespaces/demo/secrets/A",
            secret("A") + ";v=1",
            "/v1;a=b/namespaces/demo/secrets/A",
            "/v1/namespaces/demo;x/secrets")) {
      Reply reply = dev().rawRequest("GET " + path, "");
      assertTrue(Set.of(400, 404).contains(reply.status()), path + reply);
      assertFalse(reply.problem().isEmpty());
    }
  }

  @Test
  void query_parameters_are_known_there_once_and_well_formed() {
    Map.ofEntries(
            Map.entry(secret("A") + "?ta=1", "query:parameter-known"),
            Map.entry(secret("A") + "?=1", "query:parameter-known"),
            Map.entry(secrets() + "?prefix=&=1", "query:parameter-known"),
            Map.entry(secret("A") + "?hunter2=1", "query:parameter-known"),
            Map.entry(secret("A") + "?at", "at:instant-form"),
            Map.entry(secret("A") + "?at=", "at:instant-form"),
            Map.entry(secret("A") + "?at=hunter2", "at:instant-form"),
            Map.entry(secret("A") + "?at=2026-01-01", "at:instant-form"),
            Map.entry(secret("A") + "?at=2026-01-01T00:00:00", "at:instant-form"),
            Map.entry(secret("A") + "?at=2026-01-01T00:00Z", "at:instant-form"),
            Map.entry(secret("A") + "?at=2026-13-01T00:00:00Z", "at:instant-form"),
            Map.entry(secret("A") + "?at=2026-02-30T00:00:00Z", "at:instant-form"),
            Map.entry(secret("A") + "?at=2026-01-01T00:00:00%2B99:00", "at:instant-form"),
            Map.entry(secret("A") + "?at=1767225600", "at:instant-form"),
            Map.entry(
                secret("A") + "?at=2026-01-01T00:00:00Z&at=2026-01-01T00:00:00Z",
                "at:parameter-once"),
            Map.entry(secret("A") + "/versions/1?at=2026-01-01T00:00:00Z", "query:parameter-known"),
            Map.entry(secret("A") + "/versions/0", "version:version-form"),
            Map.entry(secret("A") + "/versions/-1", "version:version-form"),
            Map.entry(secret("A") + "/versions/01", "version:version-form"),
            Map.entry(secret("A") + "/versions/1.0", "version:version-form"),
            Map.entry(secret("A") + "/versions/9999999999999999999", "version:version-form"),
            Map.entry(secret("A") + "/versions?limit=0", "limit:limit-range"),
            Map.entry(secret("A") + "/versions?limit=1001", "limit:limit-range"),
            Map.entry(secret("A") + "/versions?limit=-1", "limit:limit-range"),
            Map.entry(secret("A") + "/versions?limit=1e2", "limit:limit-range"),
            Map.entry(secret("A") + "/versions?limit=", "limit:limit-range"),
            Map.entry(secret("A") + "/versions?cursor=hunter2", "cursor:cursor-own"),
            Map.entry(secret("A") + "/versions?prefix=a", "query:parameter-known"),
            Map.entry(secrets() + "?limit=99999999999", "limit:limit-range"),
            Map.entry(secrets() + "?cursor=", "cursor:cursor-own"),
            Map.entry(secrets() + "?cursor=" + "A".repeat(300), "cursor:cursor-own"),
            Map.entry(secrets() + "?prefix=..", "prefix:prefix-form"),
            Map.entry(secrets() + "?prefix=a%2Fb", "prefix:prefix-form"),
            Map.entry(secrets() + "?prefix=%00", "prefix:prefix-form"),
            Map.entry(secrets() + "?at=2026-01-01T00:00:00Z", "query:parameter-known"))
        .forEach((path, violation) -> {
          Reply reply = dev().rawRequest("GET " + path, "");
          assertRefused("invalid-request", 400, reply, path);
          assertEquals(List.of(violation), reply.violations(), path);
        });
    for (String path : List.of(secrets() + "?x=1", secrets() + "?at=2026-01-01T00:00:00Z")) {
      assertEquals(List.of("query:parameter-known"), dev().post(path, body("A", "v")).violations());
    }
    assertEquals(
        List.of("query:parameter-known"), dev().put(secret("A") + "?x=1", body("v")).violations());
    assertEquals(List.of("query:parameter-known"), dev().delete(secret("A") + "?x=1").violations());
  }

  @Test
  void a_cursor_is_good_for_its_own_list_only() {
    nodesMayBeAsked = true;
    String prefix = name() + "_";
    for (String end : List.of("a", "b")) {
      dev().post(secrets(), body(prefix + end, "v"));
      dev().put(secret(prefix + end), body("v2"));
    }
    String cursor =
        dev().get(secrets() + "?limit=1&prefix=" + prefix).json().getString("nextCursor");
    String versions =
        dev().get(secret(prefix + "a") + "/versions?limit=1").json().getString("nextCursor");
    for (String foreign :
        List.of(
            secrets() + "?cursor=" + cursor,
            secrets() + "?prefix=" + prefix + "b&cursor=" + cursor,
            secrets() + "?prefix=" + prefix + "&cursor=" + versions,
            secrets() + "?prefix=" + prefix + "&cursor=" + cursor + "A",
            secrets() + "?prefix=" + prefix + "&cursor=" + cursor + "=",
            secrets() + "?prefix=" + prefix + "&cursor=" + cursor.substring(1),
            secret(prefix + "b") + "/versions?cursor=" + versions,
            secret(prefix + "a") + "/versions?cursor=" + cursor)) {
      assertEquals(List.of("cursor:cursor-own"), dev().get(foreign).violations(), foreign);
    }
    assertEquals(200, dev().get(secret(prefix + "a") + "/versions?cursor=" + versions).status());
  }

  @Test
  void conditions_have_one_form() {
    for (String unfit :
        List.of(
            "*",
            "W/\"1\"",
            "1",
            "\"\"",
            "\"0\"",
            "\"01\"",
            "\"x\"",
            "\"1\", \"2\"",
            "\"1\" ,",
            "\"-1\"",
            "\"99999999999999999999\"")) {
      Reply put = dev().with("If-Match", unfit).put(secret("A"), body("v"));
      assertEquals(List.of("If-Match:etag-form"), put.violations(), unfit);
      assertEquals(
          List.of("If-Match:etag-form"),
          dev().with("If-Match", unfit).delete(secret("A")).violations());
    }
    for (String unfit : List.of("", "a b", "x".repeat(256))) {
      Reply reply = dev().with("Idempotency-Key", unfit).post(secrets(), body("A", "v"));
      assertEquals(List.of("Idempotency-Key:key-form"), reply.violations(), unfit);
    }
    String twice =
        dev()
            .raw(
                "DELETE "
                    + secret("A")
                    + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer "
                    + CELL.issuer().token(FakeCell.DEV)
                    + "\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n");
    assertEquals(List.of("Idempotency-Key:header-once"), Reply.parse(twice).violations());
  }

  @Test
  void bodies_are_json_and_answers_are_too() {
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/json;charset=latin1",
            "application/json; profile=x",
            // What Jersey fails on before anybody is asked.
            "application/json;q=2",
            "application/json; Q=x",
            "application/json;q=0.5",
            "application/cbor",
            "application/problem+json",
            "multipart/form-data; boundary=x",
            "json",
            "*/*",
            "application/*")) {
      assertRefused(
          "unsupported-media-type",
          415,
          dev().with("Content-Type", type).post(secrets(), body("A", "v")),
          type);
    }
    assertRefused(
        "unsupported-media-type",
        415,
        dev().send("POST", secrets(), BodyPublishers.ofString(body("A", "v"))),
        "no type");
    for (String accept :
        List.of("image/png", "text/html, text/plain", "application/json;q=0", "application/cbor")) {
      assertRefused("not-acceptable", 406, dev().with("Accept", accept).get(secrets()), accept);
    }
  }

  @Test
  void the_usual_ways_to_say_json_are_taken() {
    nodesMayBeAsked = true;
    for (String type :
        List.of(
            "application/json",
            "application/json;charset=utf-8",
            "Application/JSON; Charset=UTF-8")) {
      assertEquals(
          201, dev().with("Content-Type", type).post(secrets(), body(name(), "v")).status(), type);
    }
    for (String accept :
        List.of("*/*", "application/*", "application/json", "text/html, application/json;q=0.1")) {
      assertEquals(200, dev().with("Accept", accept).get(secrets()).status(), accept);
    }
  }

  @Test
  void a_body_is_bounded_whether_its_length_is_announced_or_not() {
    byte[] large = new byte[Limits.REQUEST_BYTES_MAX + 1];
    assertRefused("payload-too-large", 413, postBytes(large), "announced");
    Reply chunked =
        dev()
            .with("Content-Type", "application/json")
            .send(
                "POST",
                secrets(),
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)));
    assertRefused("payload-too-large", 413, chunked, "chunked");
    Reply announced =
        dev()
            .with("Content-Type", "application/json")
            .with("Content-Length", "99999999999")
            .rawRequest("POST " + secrets(), "");
    assertRefused("payload-too-large", 413, announced, "only announced");
  }

  @Test
  void a_request_whose_end_is_doubtful_is_the_last_of_its_connection() {
    String head =
        "POST "
            + secrets()
            + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer "
            + CELL.issuer().token(FakeCell.DEV)
            + "\r\nContent-Type: application/json\r\n";
    String smuggled = "GET /v1/status HTTP/1.1\r\nHost: test\r\n\r\n";
    for (String framing :
        List.of(
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "Content-Length: +5\r\n\r\nhello",
            "Content-Length: 0x5\r\n\r\nhello",
            "Content-Length: -5\r\n\r\nhello",
            "Content-Length: 5, 5\r\n\r\nhello",
            "Content-Length : 5\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n")) {
      String answers = dev().raw(head + framing + smuggled);
      assertEquals(1, answers.split("HTTP/1\\.1 ", -1).length - 1, framing + answers);
      Reply reply = Reply.parse(answers);
      assertEquals(400, reply.status(), framing + answers);
      assertFalse(reply.problem().isEmpty());
    }
  }

  @Test
  void the_server_closes_when_it_says_so() {
    String answers =
        dev().raw("GET /v1/status HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".repeat(2));
    assertEquals(1, answers.split("HTTP/1\\.1 ", -1).length - 1, answers);
  }

  @Test
  void what_is_not_http_gets_a_problem_document_too() {
    Map<String, String> requests =
        Map.ofEntries(
            Map.entry("GARBAGE\r\n\r\n", "invalid-request"),
            Map.entry("GET  HTTP/1.1\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/status HTTP/1.0\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/status HTTP/2.0\r\nHost: test\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/status HTTP/1.1\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/status HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/%zz HTTP/1.1\r\nHost: test\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/status?a=%zz HTTP/1.1\r\nHost: test\r\n\r\n", "invalid-request"),
            Map.entry("GET /v1/<hunter2> HTTP/1.1\r\nHost: test\r\n\r\n", "invalid-request"),
            Map.entry(
                "GET /v1/status HTTP/1.1\r\nHost: test\r\nX\u0001: y\r\n\r\n", "invalid-request"),
            Map.entry(
                "GET /v1/status HTTP/1.1\r\nHost: test\r\nX: a\u0000b\r\n\r\n", "invalid-request"),
            Map.entry(
                "GET /v1/status HTTP/1.1\r\nHost: test\r\n no colon\r\n\r\n", "invalid-request"),
            Map.entry(
                "GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: test\r\n\r\n", "uri-too-long"),
            Map.entry(
                "GET /v1/status HTTP/1.1\r\nHost: test\r\nConnection: close\r\nX: "
                    + "x".repeat(40_000)
                    + "\r\n\r\n",
                "headers-too-large"),
            Map.entry(
                "GET /v1/status HTTP/1.1\r\nHost: test\r\nX: " + "x".repeat(70_000) + "\r\n\r\n",
                "invalid-request"),
            Map.entry(
                "POST "
                    + secrets()
                    + " HTTP/1.1\r\n"
                    + "Host: test\r\n"
                    + "Content-Encoding: gzip\r\n"
                    + "Content-Length: 2\r\n\r\n"
                    + "xx",
                "invalid-request"));
    requests.forEach((request, code) -> {
      Reply reply = Reply.parse(dev().raw(request));
      assertEquals(code, reply.problem(), request.lines().findFirst().orElse(""));
      assertFalse(reply.text().contains(MARK));
    });
  }

  @Test
  void what_is_not_there_is_not_there() {
    for (String path :
        List.of(
            "/",
            "/nope",
            "/v1",
            "/v1/nope",
            "/v1/namespaces",
            "/v1/namespaces/demo",
            secret("A") + "/nope",
            secret("A") + "/versions/1/x",
            "/v1/namespaces/demo/envs",
            "/v1/namespaces/demo/env/files",
            "/favicon.ico",
            "/observe",
            "/metrics",
            "/admin")) {
      assertRefused("resource-not-found", 404, dev().get(path), path);
      assertRefused("resource-not-found", 404, nobody().get(path), path);
    }
  }

  @Test
  void other_methods_are_refused_with_those_that_are_taken() {
    for (String method : List.of("POST", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW")) {
      Reply reply = dev().rawRequest(method + " " + secret("A"), "");
      assertEquals(405, reply.status(), method);
      assertEquals(Optional.of("DELETE, GET, PUT"), reply.header("Allow"), method);
      if (!method.equals("HEAD")) {
        assertEquals("method-not-allowed", reply.problem(), method);
      }
    }
    assertEquals(
        Optional.of("GET, POST"), dev().rawRequest("DELETE " + secrets(), "").header("Allow"));
    assertEquals(Optional.of("GET"), dev().rawRequest("POST /v1/status", "").header("Allow"));
    assertEquals(
        Optional.of("GET"),
        dev().rawRequest("PUT " + secret("A") + "/versions", "").header("Allow"));
    assertEquals(405, nobody().rawRequest("OPTIONS " + secrets(), "").status());
  }

  private Reply postBytes(byte[] body) {
    return dev()
        .with("Content-Type", "application/json")
        .send("POST", secrets(), BodyPublishers.ofByteArray(body));
  }

  private static void assertRefused(String code, int status, Reply reply, String what) {
    assertEquals(status, reply.status(), what + reply);
    assertEquals(code, reply.problem(), what);
    assertFalse(reply.text().contains(MARK), what + reply.text());
    assertFalse(reply.headers().toString().contains(MARK), what + reply.headers());
  }
}
