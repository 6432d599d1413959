package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How the contract is handed out: to anybody, in two forms, and under the rules of every other
/// request.
@HelidonTest
class ContractServingTest extends ApiTest {
  @SuppressWarnings("NullAway.Init") // CDI sets it.
  @Inject
  private Admission admission;

  @AfterEach
  void no_node_was_asked() {
    assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
  }

  @Test
  void it_comes_as_yaml_unless_json_is_asked_for() {
    Map.ofEntries(
            Map.entry("", "application/yaml"),
            Map.entry("*/*", "application/yaml"),
            Map.entry("application/*", "application/yaml"),
            Map.entry("application/yaml", "application/yaml"),
            Map.entry("application/openapi+yaml", "application/openapi+yaml"),
            Map.entry("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
            Map.entry("application/x-yaml", "application/x-yaml"),
            Map.entry("text/html, text/*;q=0.5", "text/yaml"),
            Map.entry("application/json", "application/json"),
            Map.entry("application/openapi+json", "application/openapi+json"),
            Map.entry("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
            Map.entry("application/yaml;q=0.5, application/json", "application/json"))
        .forEach((accept, type) -> {
          ApiClient client = accept.isEmpty() ? nobody() : nobody().with("Accept", accept);
          Reply reply = client.get("/openapi");
          assertEquals(200, reply.status(), accept + reply);
          assertEquals(Optional.of(type), reply.header("Content-Type"), accept);
          assertEquals(type.contains("json") ? "{" : "o", reply.text().substring(0, 1), accept);
        });
  }

  @Test
  void the_format_parameter_outweighs_the_accept_header() {
    ApiClient json = nobody().with("Accept", "application/json");
    assertEquals(
        Optional.of("application/yaml"), json.get("/openapi?format=yaml").header("Content-Type"));
    assertEquals(
        Optional.of("application/json"),
        nobody().with("Accept", "image/png").get("/openapi?format=json").header("Content-Type"));
  }

  @Test
  void it_carries_the_request_id_and_the_headers_of_every_answer() {
    Reply reply = nobody().with("X-Request-Id", "mine.1").get("/openapi");
    assertEquals(Optional.of("mine.1"), reply.header("X-Request-Id"));
    assertEquals(Optional.of("no-store"), reply.header("Cache-Control"));
    assertEquals(Optional.of("nosniff"), reply.header("X-Content-Type-Options"));
    assertFalse(
        nobody().with("X-Request-Id", "<x>").get("/openapi").header("X-Request-Id").isEmpty());
  }

  @Test
  void a_token_is_neither_needed_nor_looked_at() {
    assertEquals(200, nobody().with("Authorization", "Bearer nonsense").get("/openapi").status());
  }

  @Test
  void what_it_does_not_understand_it_refuses() {
    Map.of(
            "/openapi?format=exe", "format:format-known",
            "/openapi?format=", "format:format-known",
            "/openapi?format=JSON", "format:format-known",
            "/openapi?format=json&format=yaml", "format:parameter-once",
            "/openapi?x=1", "query:parameter-known",
            "/openapi;v=1", "path:path-form")
        .forEach((path, violation) ->
            assertEquals(List.of(violation), nobody().rawRequest("GET " + path, "").violations()));
    assertEquals("not-acceptable", nobody().with("Accept", "image/png").get("/openapi").problem());
    assertEquals(
        "not-acceptable",
        nobody().with("Accept", "application/json;q=0").get("/openapi").problem());
    assertEquals("invalid-request", nobody().with("Accept", "/").get("/openapi").problem());
  }

  @Test
  void it_has_one_path_and_one_method() {
    for (String path :
        List.of(
            "/openapi/",
            "/openapi//",
            "/openapi/x",
            "/openapi.yaml",
            "/OpenAPI",
            "/v1/openapi",
            "//openapi",
            "/x/../openapi",
            "/./openapi",
            "/openapi/ui")) {
      Reply reply = nobody().rawRequest("GET " + path, "");
      assertTrue(List.of(400, 404).contains(reply.status()), path + reply);
      assertFalse(reply.problem().isEmpty());
    }
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE")) {
      Reply reply = nobody().rawRequest(method + " /openapi", "");
      assertEquals(405, reply.status(), method);
      assertEquals(Optional.of("GET"), reply.header("Allow"), method);
    }
  }

  @Test
  void a_request_whose_end_is_doubtful_gets_no_contract() {
    String smuggled = "GET /v1/status HTTP/1.1\r\nHost: test\r\n\r\n";
    String framing = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    String answers = nobody().raw("GET /openapi HTTP/1.1\r\nHost: test\r\n" + framing + smuggled);
    assertEquals(1, answers.split("HTTP/1\\.1 ", -1).length - 1, answers);
    assertEquals("invalid-request", Reply.parse(answers).problem());
  }

  @Test
  void when_too_much_is_under_way_it_waits_like_everything_but_health() {
    try (var _ = new Crowd(admission)) {
      assertEquals("rate-limited", nobody().get("/openapi").problem());
      assertEquals(200, nobody().get("/health/live").status());
    }
  }
}
