package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.Phase;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.api.ContractDocument.Operation;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Walks the contract against the running server: every status and every code that it says an
/// operation has is provoked, and each answer must be what the contract says of it.
@HelidonTest
class ContractWalkTest extends ApiTest {
  /// A bug by definition: nothing a test can ask for makes this operation fail so.
  static final Set<String> NOT_PROVOKED = Set.of("getStatus 500 internal-error");

  /// Headers of messages and connections, which no description of an API lists.
  private static final Set<String> OF_HTTP =
      Set.of("Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding");

  @SuppressWarnings("NullAway.Init") // CDI sets it.
  @Inject
  private Admission admission;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ContractDocument contract;

  @BeforeEach
  void read() {
    contract =
        ContractDocument.servedTo(new ApiClient(target.getUri(), "").without("Authorization"));
  }

  @Test
  void every_success_comes_as_described() {
    for (Operation operation : contract.operations()) {
      contract
          .responses(operation)
          .forEach((status, response) -> {
            if (status.startsWith("2")) {
              boolean receipt = operation.id().equals("deleteSecret") && status.equals("200");
              Reply reply =
                  send(receipt ? preferring(dev()) : dev(), operation, subject(operation));
              assertDescribed(operation.id() + " " + status, status, response, reply);
            }
          });
    }
  }

  @Test
  void every_failure_comes_as_described() {
    Set<String> left = new TreeSet<>();
    for (Operation operation : contract.operations()) {
      contract
          .responses(operation)
          .forEach((status, response) -> {
            if (!status.startsWith("2")) {
              for (String code : codes(response)) {
                String what = operation.id() + " " + status + " " + code;
                if (notProvoked().contains(what)) {
                  left.add(what);
                  continue;
                }
                settle();
                Reply reply = provoke(operation, code);
                assertDescribed(what, status, response, reply);
                assertEquals(code, reply.problem(), what);
              }
            }
          });
    }
    assertEquals(notProvoked(), left);
  }

  @Test
  void the_examples_work_as_they_are() {
    for (Operation operation : contract.operations()) {
      fresh(operation);
      assertSucceeds(operation, sendExamples(operation, Optional.empty()), "required only");
      for (JsonObject parameter : contract.parameters(operation)) {
        if (!parameter.getBoolean("required")) {
          fresh(operation);
          Reply reply = sendExamples(operation, Optional.of(parameter));
          if (parameter.getString("name").equals("at") && reply.status() == 404) {
            // The secret is younger than the example.
            assertEquals("version-not-found", reply.problem());
          } else {
            assertSucceeds(operation, reply, parameter.getString("name"));
          }
        }
      }
    }
  }

  @Test
  void a_report_comes_as_described_whatever_is_in_it() {
    Operation operation =
        contract.operations().stream()
            .filter(one -> one.id().equals("processEnv"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no processEnv"));
    JsonObject response =
        Optional.ofNullable(contract.responses(operation).get("200"))
            .orElseThrow(() -> new AssertionError("no success of processEnv"));
    String content = "URL=postgres://u:secret(%s)@h\nA=enc(%s:v)".formatted(existing(), name());
    for (boolean dry : new boolean[] {true, false}) {
      String body =
          file(content)
              .add("values", Json.createObjectBuilder().add("UNUSED", "v"))
              .add("dryRun", dry)
              .build()
              .toString();
      Reply reply = call(dev(), operation, "", "", Optional.of(body));
      assertDescribed("processEnv", "200", response, reply);
      assertEquals(dry, !reply.json().containsKey("content"));
      for (String list : List.of("created", "expanded")) {
        assertEquals(1, reply.json().getJsonArray(list).size(), list);
      }
      assertEquals(2, reply.json().getJsonArray("warnings").size(), reply.text());
    }
  }

  /// For whoever has something else to look at.
  void look(String what, Reply reply) {}

  /// What is documented and not provoked.
  Set<String> notProvoked() {
    return NOT_PROVOKED;
  }

  /// Makes an operation fail with a code.
  private Reply provoke(Operation operation, String code) {
    FailureCode failure = FailureCode.valueOf(code.replace('-', '_').toUpperCase(Locale.ROOT));
    String name = subject(operation);
    return switch (failure) {
      case INVALID_REQUEST -> call(dev(), operation, name, "?nonsense=1", body(operation, name));
      case MALFORMED_JSON -> call(dev(), operation, name, "", Optional.of("{"));
      case UNSUPPORTED_MEDIA_TYPE -> send(dev().with("Content-Type", "image/png"), operation, name);
      case NOT_ACCEPTABLE -> send(preferring(dev()).with("Accept", "image/png"), operation, name);
      case UNAUTHENTICATED -> send(nobody(), operation, name);
      case FORBIDDEN -> send(as(FakeCell.READER), operation, name);
      case NAMESPACE_NOT_FOUND -> send(as(FakeCell.STRANGER), operation, name);
      case SECRET_NOT_FOUND -> send(dev(), operation, name());
      case VERSION_NOT_FOUND ->
          operation.path().endsWith("{version}")
              ? dev().get(secret(name) + "/versions/99")
              : call(dev(), operation, name, "?at=1970-01-01T00:00:00Z", Optional.empty());
      case SECRET_ALREADY_EXISTS -> send(dev(), operation, existing());
      case VERSION_MISMATCH -> send(dev().with("If-Match", "\"99\""), operation, name);
      case PAYLOAD_TOO_LARGE ->
          call(
              dev(),
              operation,
              name,
              "",
              Optional.of("{\"value\":\"" + "x".repeat(Limits.REQUEST_BYTES_MAX) + "\"}"));
      case IDEMPOTENCY_KEY_REUSED -> {
        ApiClient keyed = dev().with("Idempotency-Key", name);
        Reply _ = send(keyed, operation, name);
        yield operation.method().equals("DELETE")
            ? send(keyed.with("If-Match", "\"7\""), operation, name)
            : call(keyed, operation, name, "", Optional.of(otherBody(operation, name)));
      }
      case RATE_LIMITED -> sendWhileFull(operation, name);
      case INTEGRITY_FAILURE, INSUFFICIENT_SHARES ->
          whileNodesRefuse(
              failure,
              Phase.VOTING,
              () ->
                  isFile(operation)
                      ? sendFile(operation, "A=secret(" + name + ")")
                      : send(dev(), operation, name));
      case INTERNAL_ERROR,
          CONCURRENT_WRITE,
          WRITE_NOT_ACCEPTED,
          AUDIT_UNAVAILABLE,
          DEADLINE_EXCEEDED ->
          whileNodesRefuse(failure, Phase.VOTING, () -> send(dev(), operation, name));
      case UNRESOLVED_REFERENCE -> sendFile(operation, "A=secret(" + name + ")");
      case ENV_SYNTAX -> sendFile(operation, "A=secret(" + name);
      case ENV_MODE ->
          mediaType(operation).equals("text/plain")
              ? call(dev(), operation, name, "?mode=open", body(operation, name))
              : call(
                  dev(),
                  operation,
                  name,
                  "",
                  Optional.of(
                      file("A=enc(" + name + ":v)").add("mode", "open").build().toString()));
      case ENV_VALUE_MISSING -> sendFile(operation, "A=enc(" + name + ")");
      case ENV_VALUE_CONFLICT ->
          sendFile(operation, "A=enc(%1$s:one)\nB=enc(%1$s:two)".formatted(name));
      case ENV_SELF_REFERENCE ->
          sendFile(operation, "A=enc(%1$s:v)\nB=secret(%1$s)".formatted(name));
      case ENV_NOT_REPRESENTABLE -> {
        assertEquals(201, dev().post(secrets(), body(name, "it's $5")).status());
        yield sendFile(operation, "A=secret(" + name + ")");
      }
      case WRITE_OUTCOME_UNKNOWN ->
          whileNodesRefuse(failure, Phase.WRITING, () -> send(dev(), operation, name));
      case RESOURCE_NOT_FOUND, METHOD_NOT_ALLOWED, URI_TOO_LONG, HEADERS_TOO_LARGE ->
          throw new AssertionError(operation.id() + " does not fail with " + code);
    };
  }

  /// An answer with a body, where there is a choice.
  private static ApiClient preferring(ApiClient client) {
    return client.with("Prefer", "return=representation");
  }

  private Reply whileNodesRefuse(FailureCode code, Phase phase, Supplier<Reply> sending) {
    CELL.nodes().forEach(node -> node.is(new FakeNode.Mood.Refusing(code, phase)));
    Reply reply = sending.get();
    settle();
    return reply;
  }

  private Reply sendWhileFull(Operation operation, String name) {
    try (var _ = new Crowd(admission)) {
      return send(dev(), operation, name);
    }
  }

  /// A name on which the operation succeeds.
  private String subject(Operation operation) {
    return operation.path().contains("{name}") ? existing() : name();
  }

  private Reply send(ApiClient client, Operation operation, String name) {
    return call(client, operation, name, "", body(operation, name));
  }

  private Reply sendFile(Operation operation, String content) {
    return call(dev(), operation, "", "", Optional.of(fileBody(operation, content)));
  }

  private String fileBody(Operation operation, String content) {
    return mediaType(operation).equals("text/plain") ? content : file(content).build().toString();
  }

  private static JsonObjectBuilder file(String content) {
    return Json.createObjectBuilder().add("content", content);
  }

  private static boolean isFile(Operation operation) {
    return operation.id().startsWith("processEnv");
  }

  private Reply call(
      ApiClient client, Operation operation, String name, String query, Optional<String> body) {
    String path =
        operation
            .path()
            .replace("{namespace}", "demo")
            .replace("{name}", name)
            .replace("{version}", "1");
    return switch (operation.method()) {
      case "POST" -> client.post(path + query, mediaType(operation), body.orElse(""));
      case "PUT" -> client.put(path + query, body.orElse(""));
      default -> client.send(operation.method(), path + query, BodyPublishers.noBody());
    };
  }

  /// A body with which the operation does something to `name`.
  private Optional<String> body(Operation operation, String name) {
    if (isFile(operation)) {
      return Optional.of(fileBody(operation, "A=enc(" + name + ":v)"));
    }
    return example(operation)
        .map(JsonValue::asJsonObject)
        .map(example ->
            example.containsKey("name")
                ? Json.createObjectBuilder(example).add("name", name).build().toString()
                : example.toString());
  }

  private String otherBody(Operation operation, String name) {
    return switch (operation.id()) {
      case "createSecret" -> body(name, "another value");
      case "updateSecret" -> body("another value");
      case "processEnv", "processEnvFile" -> fileBody(operation, "A=enc(" + name + ":other)");
      default -> throw new AssertionError(operation.id() + " takes no body");
    };
  }

  private Optional<JsonValue> example(Operation operation) {
    return contract
        .body(operation)
        .map(body ->
            ContractDocument.member(
                body.getJsonObject("content").getJsonObject(mediaType(operation)), "schema"))
        .map(contract::example);
  }

  /// Of the operation's body.
  private String mediaType(Operation operation) {
    return contract
        .body(operation)
        .map(body -> body.getJsonObject("content").keySet().iterator().next())
        .orElse("application/json");
  }

  /// The secrets of the examples as they are when `operation` is next: there, in version 1, or
  /// absent if the operation makes it.
  private void fresh(Operation operation) {
    // The example of a key may have been used by another walk.
    CELL.store().forgetKeys();
    Reply _ = dev().delete(secret("DB_PASSWORD"));
    Reply _ = dev().delete(secret("API_KEY"));
    if (!operation.id().equals("createSecret")) {
      assertEquals(201, dev().post(secrets(), body("DB_PASSWORD", "v1")).status());
    }
  }

  /// Sends what the contract shows, and with it the example of one more parameter.
  private Reply sendExamples(Operation operation, Optional<JsonObject> more) {
    ApiClient client = dev();
    String path = operation.path();
    for (JsonObject parameter : contract.parameters(operation)) {
      if (parameter.getBoolean("required") || more.equals(Optional.of(parameter))) {
        String name = parameter.getString("name");
        String value = example(operation, parameter);
        switch (parameter.getString("in")) {
          case "path" -> path = path.replace("{" + name + "}", value);
          case "query" ->
              path += "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
          case "header" -> client = client.with(name, value);
          default -> throw new AssertionError("a parameter of no known kind: " + parameter);
        }
      }
    }
    String text = example(operation).map(ContractWalkTest::text).orElse("");
    return switch (operation.method()) {
      case "POST" -> client.post(path, mediaType(operation), text);
      case "PUT" -> client.put(path, text);
      default -> client.send(operation.method(), path, BodyPublishers.noBody());
    };
  }

  private static String example(Operation operation, JsonObject parameter) {
    JsonValue value =
        parameter.containsKey("example")
            ? ContractDocument.member(parameter, "example")
            : ContractDocument.member(
                parameter.getJsonObject("examples").getJsonObject(operation.id()), "value");
    return text(value);
  }

  /// As it is sent: text as it is, anything else as JSON.
  private static String text(JsonValue value) {
    return value instanceof JsonString text ? text.getString() : value.toString();
  }

  private void assertSucceeds(Operation operation, Reply reply, String with) {
    String what = operation.id() + " with " + with;
    String status = Integer.toString(reply.status());
    assertTrue(status.startsWith("2"), what + reply);
    JsonObject response =
        Optional.ofNullable(contract.responses(operation).get(status))
            .orElseThrow(() -> new AssertionError(what + reply));
    assertDescribed(what, status, response, reply);
  }

  /// Headers that something between the API and this test adds.
  Set<String> ofTheWay() {
    return Set.of();
  }

  /// That an answer has the status, the headers and the body that the contract says.
  private void assertDescribed(String what, String status, JsonObject response, Reply reply) {
    look(what, reply);
    assertEquals(status, Integer.toString(reply.status()), what + reply);
    response
        .getJsonObject("headers")
        .forEach((name, header) -> {
          String value = reply.header(name).orElseThrow(() -> new AssertionError(what + name));
          JsonObject schema =
              contract.resolved(ContractDocument.member(contract.resolved(header), "schema"));
          JsonValue typed =
              schema.getString("type").equals("integer")
                  ? Json.createValue(Integer.parseInt(value))
                  : Json.createValue(value);
          assertEquals(List.of(), contract.violations(schema, typed), what + " " + name);
        });
    Set<String> sent = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    sent.addAll(reply.headers().keySet());
    response.getJsonObject("headers").keySet().forEach(sent::remove);
    OF_HTTP.forEach(sent::remove);
    ofTheWay().forEach(sent::remove);
    assertEquals(Set.of(), sent, what + ": headers that are not described");
    JsonObject content = response.getJsonObject("content");
    if (content == null) {
      assertEquals("", reply.text(), what);
      return;
    }
    for (Map.Entry<String, JsonValue> described : content.entrySet()) {
      boolean plain = described.getKey().equals("text/plain");
      assertEquals(
          Optional.of(described.getKey() + (plain ? ";charset=utf-8" : "")),
          reply.header("Content-Type"),
          what);
      assertEquals(
          List.of(),
          contract.violations(
              ContractDocument.member(described.getValue().asJsonObject(), "schema"),
              plain ? Json.createValue(reply.text()) : reply.json()),
          what);
    }
  }

  private static List<String> codes(JsonObject response) {
    return new ArrayList<>(
        response
            .getJsonObject("content")
            .getJsonObject("application/problem+json")
            .getJsonObject("examples")
            .keySet());
  }
}
