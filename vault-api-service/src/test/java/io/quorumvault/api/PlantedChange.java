package io.quorumvault.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatchBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A change to a contract, to see who notices.
record PlantedChange(String what, Consumer<JsonPatchBuilder> change) {
  static final Path OPENAPI = Path.of("..", "openapi").toAbsolutePath().normalize();
  static final Path GOLDEN = OPENAPI.resolve("vault-api.yaml");

  // Places of the contract, as JSON pointers.
  static final String SECRET = "/paths/~1v1~1namespaces~1{namespace}~1secrets~1{name}";
  static final String SECRETS = "/paths/~1v1~1namespaces~1{namespace}~1secrets";
  static final String STATUS = "/paths/~1v1~1status/get";
  static final String SCHEMAS = "/components/schemas/";

  JsonObject into(JsonObject contract) {
    JsonPatchBuilder patch = Json.createPatchBuilder();
    change.accept(patch);
    return patch.build().apply(contract);
  }

  static PlantedChange planted(String what, Consumer<JsonPatchBuilder> change) {
    return new PlantedChange(what, change);
  }

  static JsonObject ref(String part) {
    return Json.createObjectBuilder().add("$ref", "#/components/" + part).build();
  }

  /// A contract of a file.
  static JsonObject contract(Path yaml) {
    try {
      String json =
          new ObjectMapper().writeValueAsString(new YAMLMapper().readTree(Files.readString(yaml)));
      try (JsonReader reader = Json.createReader(new StringReader(json))) {
        return reader.readObject();
      }
    } catch (IOException unreadable) {
      throw new AssertionError("cannot read " + yaml, unreadable);
    }
  }
}
