package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.wire.WriteCall;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What went wrong in HashiCorp Vault, OpenBao and CyberArk Conjur, tried here. `docs/incidents.md`
/// has them all, those that are tried elsewhere and those that cannot exist here included.
@HelidonTest
class PublishedIncidentsTest extends ApiTest {
  private static final String MARK = "hunter2";

  /// Large requests were taken into memory before anybody asked who sends them.
  @Test
  void cve_2023_6337_who_has_no_token_is_refused_before_a_body_is_read() throws IOException {
    String head =
        "POST "
            + secrets()
            + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            + "Content-Length: 6000000\r\n\r\n{";
    StringBuilder answer = new StringBuilder();
    try (Socket socket = new Socket(target.getUri().getHost(), target.getUri().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      while (!answer.toString().endsWith("}")) {
        int next = socket.getInputStream().read();
        assertTrue(next >= 0, answer::toString);
        answer.append((char) next);
      }
    }
    Reply reply = Reply.parse(answer.toString());
    assertEquals(401, reply.status());
    assertEquals("unauthenticated", reply.problem());
    assertNoNodeWasAsked();
  }

  /// JSON that takes far more memory than it is long was decoded before authentication, and after
  /// the first fix before the rate limit; see also `BusyCallerTest` and `RequestBodyCostTest`.
  @Test
  void cve_2025_6203_who_has_no_token_has_nothing_decoded() {
    for (String body : List.of("[".repeat(60_000), "{\"a\":{\"b\":", "{}", "not JSON")) {
      assertEquals("unauthenticated", nobody().post(secrets(), body).problem());
      assertEquals("namespace-not-found", as(FakeCell.STRANGER).post(secrets(), body).problem());
    }
    assertNoNodeWasAsked();
  }

  /// A claim for another audience was let in.
  @Test
  void cve_2024_5798_a_token_for_another_audience_is_no_token() {
    for (String audience : List.of("other", TestIssuer.AUDIENCE + "x", "", "*")) {
      ApiClient client =
          nobody()
              .with(
                  "Authorization",
                  "Bearer "
                      + CELL.issuer().token(FakeCell.DEV, claims -> claims.add("aud", audience)));
      assertEquals("unauthenticated", client.get(secrets()).problem(), audience);
    }
  }

  /// Messages about a value of the wrong type repeated it.
  @Test
  void cve_2025_4166_a_value_in_the_wrong_shape_is_not_repeated() {
    for (String body :
        List.of(
            "{\"name\":\"A\",\"value\":{\"password\":\"hunter2\"}}",
            "{\"name\":\"A\",\"value\":[\"hunter2\"]}",
            "{\"name\":\"A\",\"data\":\"hunter2\"}",
            "{\"name\":\"A\",\"hunter2\":\"x\"}",
            "{\"name\":{\"hunter2\":1},\"value\":\"x\"}",
            "{\"name\":\"A\",\"value\":hunter2}")) {
      Reply reply = dev().post(secrets(), body);
      assertEquals(400, reply.status());
      assertFalse((reply.text() + reply.headers()).contains(MARK), reply.text());
    }
  }

  /// What only root may be given was given under a name in other letters.
  @Test
  void cve_2025_5999_another_spelling_is_another_caller() {
    for (String subject :
        List.of("Dev", "DEV", "dev ", " dev", "d\u0435v", "\uff44ev", "de\u0301v")) {
      Reply reply = as(subject).get(secrets());
      assertEquals("namespace-not-found", reply.problem(), subject);
    }
    for (String namespace : List.of("Demo", "DEMO", "demo%20", "d%D0%B5mo", "demo%00", "demo.")) {
      Reply reply = dev().rawRequest("GET /v1/namespaces/" + namespace + "/secrets", "");
      assertEquals("invalid-request", reply.problem(), namespace);
    }
    String name = existing();
    assertEquals("secret-not-found", dev().get(secret(name.toLowerCase(Locale.ROOT))).problem());
  }

  /// Whether a user exists showed in how, and how fast, a login was refused.
  @Test
  void cve_2025_6011_what_exists_does_not_show_in_a_refusal() {
    String name = existing();
    Set<String> said =
        Set.copyOf(
            List.of(secret(name), secret("ABSENT"), "/v1/namespaces/nowhere/secrets/ABSENT")
                .stream()
                .map(path -> withoutId(as(FakeCell.STRANGER).get(path).json()))
                .toList());
    assertEquals(1, said.size(), said::toString);
    assertEquals(
        withoutId(as(FakeCell.READER).get(secret(name)).json()),
        withoutId(as(FakeCell.READER).get(secret("ABSENT")).json()));
  }

  private static String withoutId(JsonObject problem) {
    return Json.createObjectBuilder(problem).remove("requestId").build().toString();
  }

  /// Anybody could end what operators had begun, on paths that wanted no token.
  @Test
  void cve_2026_5807_nothing_without_a_token_changes_anything() {
    for (String path :
        List.of(
            "/v1/status",
            "/openapi",
            "/health/live",
            "/health/ready",
            "/v1/sys/rekey/init",
            "/v1/sys/generate-root/attempt",
            "/internal/v1/operations/write",
            "/metrics")) {
      for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
        Reply reply = nobody().rawRequest(method + " " + path, "");
        assertTrue(Set.of(401, 404, 405).contains(reply.status()), method + " " + path);
      }
    }
    assertNoNodeWasAsked();
  }

  /// Names of proxies and networks in headers stood for who calls.
  @Test
  void cve_2025_49831_no_header_but_the_token_says_who_calls() {
    String name = existing();
    CELL.nodes().forEach(FakeNode::forget);
    for (List<String> header :
        List.of(
            List.of("X-HELIDON-CN", "dev"),
            List.of("X-Forwarded-For", "127.0.0.1"),
            List.of("X-Real-IP", "127.0.0.1"),
            List.of("Forwarded", "for=127.0.0.1;by=dev"),
            List.of("X-Forwarded-User", "dev"),
            List.of("X-Remote-User", "dev"),
            List.of("X-Forwarded-Client-Cert", "URI=urn:quorumvault:test:operator"),
            List.of("X-Forwarded-Host", "127.0.0.1"),
            List.of("X-Vault-Token", CELL.issuer().token(FakeCell.DEV)),
            List.of("X-Http-Method-Override", "DELETE"),
            List.of("Cookie", "token=" + CELL.issuer().token(FakeCell.DEV)))) {
      assertEquals(
          "unauthenticated",
          nobody().with(header.get(0), header.get(1)).get(secret(name)).problem(),
          header.get(0));
      assertEquals(
          "forbidden",
          as(FakeCell.READER).with(header.get(0), header.get(1)).get(secret(name)).problem(),
          header.get(0));
    }
    assertNoNodeWasAsked();
  }

  /// Dots in a path passed a rule for one place and were resolved to another.
  @Test
  void cve_2026_3605_dots_lead_nowhere() {
    String name = existing();
    CELL.nodes().forEach(FakeNode::forget);
    for (String path :
        List.of(
            secrets() + "/PUB_/../" + name,
            secrets() + "/PUB_A/../" + name,
            secrets() + "/PUB_%2f..%2f" + name,
            secrets() + "/PUB_/%2e%2e/" + name,
            secrets() + "/PUB_..%2f" + name,
            secrets() + "/./" + name,
            secrets() + "/%2e/" + name,
            secrets() + "/PUB_%5c..%5c" + name,
            secrets() + "/PUB_;/../" + name,
            "/v1/namespaces/demo/secrets/PUB_A/versions/../../" + name,
            "/v1/namespaces/nowhere/../demo/secrets/" + name)) {
      Reply reply = as(FakeCell.READER).rawRequest("GET " + path, "");
      assertTrue(Set.of(400, 403, 404).contains(reply.status()), path + reply);
    }
    assertNoNodeWasAsked();
  }

  /// Tokens and leases of one namespace could be renewed and revoked from another.
  @Test
  void cve_2026_40264_what_belongs_to_one_namespace_or_caller_is_of_no_use_elsewhere() {
    String prefix = name() + "_";
    String second = "/v1/namespaces/" + FakeCell.SECOND + "/secrets";
    for (String end : List.of("a", "b")) {
      assertEquals(201, dev().post(secrets(), body(prefix + end, "v")).status());
      assertEquals(201, dev().post(second, body(prefix + end, "v")).status());
      assertEquals(200, dev().put(secret(prefix + end), body("v2")).status());
    }
    String query = "?limit=1&prefix=" + prefix;
    String cursor = dev().get(secrets() + query).json().getString("nextCursor");
    String versions =
        dev().get(secret(prefix + "a") + "/versions?limit=1").json().getString("nextCursor");
    for (String foreign :
        List.of(
            second + query + "&cursor=" + cursor,
            second + "/" + prefix + "a/versions?limit=1&cursor=" + versions)) {
      assertEquals(List.of("cursor:cursor-own"), dev().get(foreign).violations(), foreign);
    }
    // Another caller learns by a cursor what that caller may see, and nothing else.
    assertEquals(
        "namespace-not-found",
        as(FakeCell.STRANGER).get(secrets() + query + "&cursor=" + cursor).problem());
    assertEquals(
        "forbidden", as(FakeCell.READER).get(secrets() + query + "&cursor=" + cursor).problem());
  }

  /// The same for an Idempotency-Key: who guesses another caller's is not told its outcome.
  @Test
  void cve_2026_40264_an_idempotency_key_is_its_callers_own() {
    String name = name();
    Reply first = dev().with("Idempotency-Key", "shared").post(secrets(), body(name, "v"));
    assertEquals(201, first.status());
    assertEquals(
        201, dev().with("Idempotency-Key", "shared").post(secrets(), body(name, "v")).status());
    Reply guessed =
        as(FakeCell.TWIN).with("Idempotency-Key", "shared").post(secrets(), body(name, "v"));
    assertEquals("secret-already-exists", guessed.problem());
    List<WriteCall> calls =
        CELL.nodes().stream()
            .flatMap(node -> node.heard().stream())
            .map(FakeNode.Heard::call)
            .filter(WriteCall.class::isInstance)
            .map(WriteCall.class::cast)
            .toList();
    assertEquals(3, calls.size());
    assertEquals(calls.get(0).operationId(), calls.get(1).operationId());
    assertNotEquals(calls.get(0).operationId(), calls.get(2).operationId());
  }

  /// Markup that came with a request stood in the answer.
  @Test
  void cve_2026_33758_an_answer_is_never_a_page() {
    for (String path :
        List.of(
            "/v1/namespaces/demo/secrets?%3Cscript%3Ealert(1)%3C/script%3E=1",
            "/v1/namespaces/demo/secrets?error_description=%3Cscript%3Ealert(1)%3C/script%3E",
            "/v1/namespaces/%3Cscript%3E/secrets",
            "/%3Cscript%3Ealert(1)%3C/script%3E")) {
      Reply reply = dev().with("X-Request-Id", "<script>").rawRequest("GET " + path, "");
      assertTrue(Set.of(400, 404).contains(reply.status()), path);
      assertFalse((reply.text() + reply.headers()).contains("<script"), path);
      assertEquals(Optional.of("application/problem+json"), reply.header("Content-Type"));
      assertEquals(Optional.of("nosniff"), reply.header("X-Content-Type-Options"));
    }
  }

  /// Policies could name files of the server, which were read; templates were evaluated.
  @Test
  void cve_2025_49830_what_looks_like_a_file_or_a_command_stays_text() {
    String content =
        """
        A=$(cat /etc/passwd)
        B=@/etc/passwd
        C=file:///etc/passwd
        D=`id`
        E={{7*7}}
        F=<%= 7*7 %>
        G=!include /etc/passwd
        H=${jndi:ldap://127.0.0.1/x}
        """;
    Reply reply =
        dev()
            .post(
                "/v1/namespaces/demo/env",
                Json.createObjectBuilder().add("content", content).build().toString());
    assertEquals(200, reply.status(), reply.text());
    assertEquals(content, reply.json().getString("content"));
  }

  /// A name went into a query as it was.
  @Test
  void cve_2026_39946_a_quote_is_no_part_of_a_name() {
    for (String prefix : List.of("A'%20OR%20'1'='1", "A%22;--", "A%25", "A_%27", "A%5C")) {
      Reply reply = dev().rawRequest("GET " + secrets() + "?prefix=" + prefix, "");
      assertEquals(List.of("prefix:prefix-form"), reply.violations(), prefix);
    }
    assertNoNodeWasAsked();
  }

  private void assertNoNodeWasAsked() {
    assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
  }
}
