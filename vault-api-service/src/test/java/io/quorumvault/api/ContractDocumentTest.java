package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.FailureCode;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.api.ContractDocument.Operation;
import io.quorumvault.api.http.ContractResource;
import io.quorumvault.api.http.PageResource;
import io.quorumvault.api.http.VaultApplication;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.StringReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the contract says, as the running server serves it. Whether it is true is for
/// `ContractWalkTest`.
@HelidonTest
class ContractDocumentTest extends ApiTest {
  private static final java.nio.file.Path GOLDEN =
      java.nio.file.Path.of("..", "openapi", "vault-api.yaml");

  /// The contract itself, and the page for people, which asks by it like everybody else.
  private static final Set<Class<?>> NOT_OF_THE_CONTRACT =
      Set.of(ContractResource.class, PageResource.class);

  private static final String REWRITE = "vault.openapi.rewrite";

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ContractDocument contract;

  @BeforeEach
  void read() {
    contract = ContractDocument.servedTo(nobody());
  }

  @Test
  void the_golden_file_is_what_the_server_serves() throws IOException {
    Reply served = nobody().with("Accept", "application/yaml").get("/openapi");
    assertEquals(200, served.status(), served.text());
    if (Boolean.getBoolean(REWRITE)) {
      Files.writeString(GOLDEN, served.text());
    }
    assertEquals(
        Files.readString(GOLDEN),
        served.text(),
        () ->
            "openapi/vault-api.yaml is not what the annotations say. If the change is meant, write"
                + " it anew and commit it: ./mvnw -pl vault-api-service -am test"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=ContractDocumentTest -D"
                + REWRITE
                + "=true");
  }

  @Test
  void yaml_and_json_say_the_same() throws IOException {
    assertEquals(
        new ObjectMapper().readTree(nobody().get("/openapi?format=json").text()),
        new YAMLMapper().readTree(nobody().get("/openapi?format=yaml").text()));
  }

  @Test
  void it_is_openapi_3_1_and_gives_the_guarantees() {
    assertEquals("3.1.0", contract.root().getString("openapi"));
    String description = contract.root().getJsonObject("info").getString("description");
    for (String guarantee :
        List.of(
            "A 2xx write is on disk at w nodes.",
            "Per secret all operations are linearizable.",
            "An .env import is atomic.",
            "A read never returns a stale, partial or unauthenticated value, it refuses.",
            "DELETE 204 means fewer than k shares exist anywhere the vault knows of.",
            "Read repair is best effort.")) {
      assertTrue(description.contains("- " + guarantee + "\n"), guarantee);
    }
  }

  @Test
  void every_method_of_every_resource_is_described_and_nothing_else_is() {
    Set<String> served = new TreeSet<>();
    for (Class<?> resource : new VaultApplication().getClasses()) {
      Path path = resource.getAnnotation(Path.class);
      if (path == null || NOT_OF_THE_CONTRACT.contains(resource)) {
        continue;
      }
      for (Method method : resource.getDeclaredMethods()) {
        Optional<String> verb = verb(method);
        Path below = method.getAnnotation(Path.class);
        if (verb.isPresent()) {
          served.add(verb.get() + " " + path.value() + (below == null ? "" : "/" + below.value()));
        }
      }
    }
    assertEquals(
        served,
        contract.operations().stream()
            .map(operation -> operation.method() + " " + operation.path())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void operations_have_the_ids_that_clients_are_generated_from() {
    List<String> ids = contract.operations().stream().map(Operation::id).toList();
    assertEquals(new HashSet<>(ids).size(), ids.size(), "an id is there twice");
    assertTrue(
        ids.containsAll(
            List.of(
                "createSecret",
                "updateSecret",
                "getSecret",
                "getSecretVersion",
                "listSecretVersions",
                "deleteSecret",
                "listSecrets",
                "processEnv",
                "processEnvFile",
                "getStatus",
                "getCell")),
        ids.toString());
  }

  @Test
  void every_operation_says_what_it_does_and_only_the_status_needs_no_token() {
    assertEquals(json("[{\"bearer\":[]}]"), contract.root().getJsonArray("security"));
    for (Operation operation : contract.operations()) {
      for (String member : List.of("summary", "description")) {
        assertFalse(operation.text().getString(member).isBlank(), operation.id());
      }
      assertEquals(1, operation.text().getJsonArray("tags").size(), operation.id());
      JsonValue security = operation.text().get("security");
      assertEquals(
          operation.id().equals("getStatus") ? JsonArray.EMPTY_JSON_ARRAY : null, security);
    }
  }

  @Test
  void every_schema_has_a_name_and_every_body_one_media_type() {
    contract.walk((place, object) -> {
      JsonValue schema = object.get("schema");
      if (schema != null) {
        assertEquals(Set.of("$ref"), schema.asJsonObject().keySet(), place);
      }
      if (place.endsWith("/items")) {
        assertEquals(Set.of("$ref"), object.keySet(), place);
      }
      if (place.matches("#/components/schemas/[^/]+/properties/[^/]+")) {
        assertFalse(object.containsKey("properties"), place);
      }
      if (object.get("content") instanceof JsonObject content) {
        assertEquals(1, content.size(), place);
      }
      for (String word : List.of("const", "nullable", "oneOf", "anyOf", "allOf")) {
        assertFalse(object.containsKey(word), place + " " + word);
      }
    });
  }

  @Test
  void every_reference_leads_somewhere_and_every_part_is_used() {
    Set<String> used = new TreeSet<>();
    contract.walk((place, object) -> {
      if (object.get("$ref") instanceof JsonString ref) {
        assertFalse(contract.resolved(object).isEmpty(), place);
        used.add(ref.getString());
      }
    });
    Set<String> parts = new TreeSet<>();
    contract
        .root()
        .getJsonObject("components")
        .forEach((kind, named) -> {
          if (!kind.equals("securitySchemes")) {
            named
                .asJsonObject()
                .keySet()
                .forEach(name -> parts.add("#/components/" + kind + "/" + name));
          }
        });
    assertEquals(parts, used);
  }

  @Test
  void every_example_is_what_its_schema_says() {
    List<String> violations = new ArrayList<>();
    Set<String> checked = new HashSet<>();
    contract.walk((place, object) -> {
      if (object.containsKey("type") && object.get("examples") instanceof JsonArray examples) {
        checked.add("schema");
        examples.forEach(example -> check(place, object, example, violations::add));
      }
      JsonValue schema = object.get("schema");
      if (schema != null && object.containsKey("example")) {
        checked.add("part");
        check(place, schema, ContractDocument.member(object, "example"), violations::add);
      }
      if (schema != null && object.get("examples") instanceof JsonObject examples) {
        checked.add("named");
        examples
            .values()
            .forEach(example ->
                check(
                    place,
                    schema,
                    ContractDocument.member(contract.resolved(example), "value"),
                    violations::add));
      }
    });
    assertEquals(List.of(), violations);
    assertEquals(Set.of("schema", "part", "named"), checked);
  }

  @Test
  void a_value_that_breaks_its_schema_is_found_out() {
    for (String broken :
        List.of(
            "{}",
            "{\"name\":\"A\"}",
            "{\"name\":\"-A\",\"value\":\"v\"}",
            "{\"name\":\"A\",\"value\":\"\"}",
            "{\"name\":\"A\",\"value\":1}",
            "{\"name\":\"A\",\"value\":null}",
            "{\"name\":\"A\",\"value\":\"v\",\"encoding\":\"hex\"}",
            "{\"name\":\"A\",\"value\":\"v\",\"other\":\"x\"}",
            "[]")) {
      assertFalse(
          contract.violations(contract.schema("NewSecret"), json(broken)).isEmpty(), broken);
    }
    for (String broken :
        List.of(
            "{}",
            "{\"content\":1}",
            "{\"content\":\"\",\"mode\":\"SEAL\"}",
            "{\"content\":\"\",\"dialect\":\"fish\"}",
            "{\"content\":\"\",\"dryRun\":\"true\"}",
            "{\"content\":\"\",\"values\":[]}",
            "{\"content\":\"\",\"values\":{\"A\":1}}",
            "{\"content\":\"\",\"values\":{\"A\":\"\"}}",
            "{\"content\":\"\",\"values\":{\"-A\":\"v\"}}",
            "{\"content\":\"\",\"other\":\"x\"}")) {
      assertFalse(contract.violations(contract.schema("EnvFile"), json(broken)).isEmpty(), broken);
    }
  }

  @Test
  void a_problem_response_shows_each_of_its_codes_under_the_status_of_the_code() {
    for (Operation operation : contract.operations()) {
      contract
          .responses(operation)
          .forEach((status, response) -> {
            if (status.compareTo("400") >= 0) {
              JsonObject examples =
                  response
                      .getJsonObject("content")
                      .getJsonObject("application/problem+json")
                      .getJsonObject("examples");
              examples.forEach((code, example) -> {
                JsonObject problem = contract.resolved(example).getJsonObject("value");
                assertEquals(code, problem.getString("code"));
                assertEquals(status, Integer.toString(problem.getInt("status")), code);
                assertTrue(response.getString("description").contains("`" + code + "`"), code);
              });
            }
          });
    }
  }

  @Test
  void every_code_that_an_operation_can_answer_with_is_described() {
    Set<String> outsideOperations =
        Set.of("resource-not-found", "method-not-allowed", "uri-too-long", "headers-too-large");
    String document = contract.root().toString();
    for (FailureCode code : FailureCode.values()) {
      assertTrue(document.contains("`" + code.text() + "`"), code.text());
      if (outsideOperations.contains(code.text())) {
        assertFalse(examples().containsKey(code.text()), code.text());
      }
    }
  }

  @Test
  void names_and_namespaces_are_bounded_as_the_vault_bounds_them() {
    for (String text :
        List.of(
            "",
            "A",
            "a",
            "0",
            "_",
            "-",
            ".",
            "a.",
            "a-",
            "-a",
            "A_b.c-d",
            "a b",
            "a/b",
            "a\n",
            "\u00e4",
            "a".repeat(63),
            "a".repeat(64),
            "a".repeat(128),
            "a".repeat(129))) {
      assertEquals(fits(() -> new SecretName(text)), fits("SecretName", text), "name " + text);
      assertEquals(fits(() -> new Namespace(text)), fits("Namespace", text), "namespace " + text);
    }
  }

  @Test
  void nothing_of_the_sharding_shows() {
    Pattern inside =
        Pattern.compile(
            "(?i)node-?[0-9]|share ?-?(index|number)|coordinator|participant|\\b[nkw] ?(=|is) ?[0-9]"
                + "|[0-9]+ (of|out of) [0-9]+|[0-9]+ (nodes|shares)|/internal/");
    assertFalse(inside.matcher(contract.root().toString()).find());
  }

  private JsonObject examples() {
    return contract.root().getJsonObject("components").getJsonObject("examples");
  }

  private boolean fits(String schema, String text) {
    return contract.violations(contract.schema(schema), Json.createValue(text)).isEmpty();
  }

  private static boolean fits(Runnable made) {
    try {
      made.run();
      return true;
    } catch (IllegalArgumentException unfit) {
      return false;
    }
  }

  private static JsonValue json(String text) {
    try (var reader = Json.createReader(new StringReader(text))) {
      return reader.readValue();
    }
  }

  private void check(
      String place, JsonValue schema, JsonValue example, Consumer<String> violations) {
    contract.violations(schema, example).forEach(found -> violations.accept(place + " " + found));
  }

  private static Optional<String> verb(Method method) {
    return Arrays.stream(method.getAnnotations())
        .map(Annotation::annotationType)
        .map(type -> type.getAnnotation(HttpMethod.class))
        .filter(found -> found != null)
        .map(HttpMethod::value)
        .findFirst();
  }
}
