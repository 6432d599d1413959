package io.quorumvault.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumvault.client.model.SecretVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is generated shows no secret that is in it. Which members are secrets, the contract says:
/// those with the format `password`.
class ModelsTest {
  private static final String SECRET = "hunter2-is-in-no-log";

  private static JsonNode schemas = new YAMLMapper().createObjectNode();

  private final ObjectMapper json = ApiClient.createDefaultObjectMapper();

  @BeforeAll
  static void read() throws IOException {
    schemas =
        new YAMLMapper()
            .readTree(Path.of("../openapi/vault-api.yaml").toFile())
            .at("/components/schemas");
  }

  @Test
  void no_model_shows_a_secret_in_its_text() throws Exception {
    Set<String> withSecrets = new TreeSet<>();
    for (Map.Entry<String, JsonNode> schema : schemas.properties()) {
      if (schema.getValue().has("properties")) {
        Class<?> model = Class.forName("io.quorumvault.client.model." + schema.getKey());
        String document = sample(schema.getValue()).toString();
        Object made = json.readValue(document, model);
        assertFalse(made.toString().contains(SECRET), made::toString);
        if (document.contains(SECRET)) {
          withSecrets.add(schema.getKey());
          // It was in there, everywhere it should be.
          assertEquals(count(document), count(json.writeValueAsString(made)), schema.getKey());
        }
      }
    }
    assertTrue(
        withSecrets.containsAll(
            List.of("NewSecret", "NewValue", "SecretVersion", "EnvFile", "EnvReport")),
        withSecrets::toString);
  }

  private static long count(String document) {
    return document.split(SECRET, -1).length - 1L;
  }

  /// A document of a schema with all its members, and the secret wherever one belongs.
  private JsonNode sample(JsonNode schema) {
    JsonNode reference = schema.path("$ref");
    if (reference.isTextual()) {
      String name = reference.textValue();
      return sample(schemas.required(name.substring(name.lastIndexOf('/') + 1)));
    }
    if (schema.has("properties")) {
      ObjectNode object = json.createObjectNode();
      schema
          .get("properties")
          .properties()
          .forEach(member -> object.set(member.getKey(), sample(member.getValue())));
      return object;
    }
    if (schema.path("format").asText().equals("password")) {
      return json.getNodeFactory().textNode(SECRET);
    }
    if (schema.has("additionalProperties")) {
      return json.createObjectNode().set("NAME", sample(schema.get("additionalProperties")));
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(0);
    }
    if (schema.has("items")) {
      return json.createArrayNode().add(sample(schema.get("items")));
    }
    if (schema.has("examples")) {
      return schema.get("examples").get(0);
    }
    return switch (schema.path("type").asText()) {
      case "integer" -> json.getNodeFactory().numberNode(schema.path("minimum").asInt(7));
      case "boolean" -> json.getNodeFactory().booleanNode(true);
      default -> json.getNodeFactory().textNode("text");
    };
  }

  @Test
  void an_answer_that_is_cut_short_is_not_quoted() {
    for (String damaged :
        List.of(
            "{\"value\":\"" + SECRET + "\"",
            "{\"value\":\"" + SECRET,
            "{\"value\":{\"" + SECRET + "\":1}}")) {
      JsonProcessingException failure =
          assertThrows(
              JsonProcessingException.class, () -> json.readValue(damaged, SecretVersion.class));
      List<String> told = new ArrayList<>();
      for (Throwable one = failure; one != null; one = one.getCause()) {
        told.add(one.toString());
      }
      assertFalse(told.toString().contains(SECRET), told::toString);
    }
  }
}
