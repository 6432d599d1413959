package io.quorumvault.api;

import static io.quorumvault.api.PlantedChange.SCHEMAS;
import static io.quorumvault.api.PlantedChange.SECRET;
import static io.quorumvault.api.PlantedChange.SECRETS;
import static io.quorumvault.api.PlantedChange.STATUS;
import static io.quorumvault.api.PlantedChange.planted;
import static io.quorumvault.api.PlantedChange.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the linters of others have to say of the contract, with the rules in `openapi`.
class ContractLintTest {
  private static final String EMPTY_SCHEMA = "{\"type\":\"string\"}";

  /// Under the name of the rule that has to find it.
  private static final Map<String, PlantedChange> BROKEN_RULES =
      Map.ofEntries(
          rule(
              "one-request-media-type",
              planted(
                  "a second media type",
                  patch ->
                      patch.copy(
                          "/components/requestBodies/EnvText/content/text~1markdown",
                          "/components/requestBodies/EnvText/content/text~1plain"))),
          rule(
              "named-schemas",
              planted(
                  "an inline schema",
                  patch -> patch.replace("/components/headers/ETag/schema", json(EMPTY_SCHEMA)))),
          rule(
              "no-inline-objects",
              planted(
                  "an object in a member",
                  patch ->
                      patch.add(
                          SCHEMAS + "SecretPage/properties/more",
                          json("{\"type\":\"object\",\"properties\":{}}")))),
          rule("no-const", planted("a const", patch -> patch.add(SCHEMAS + "Line/const", 1))),
          rule(
              "secret-values-are-passwords",
              planted(
                  "a value to be shown", patch -> patch.remove(SCHEMAS + "SecretValue/format"))),
          rule(
              "operation-ids-are-names",
              planted(
                  "an id with a line",
                  patch -> patch.replace(STATUS + "/operationId", "get-status"))),
          rule(
              "operation-operationId",
              planted("no id", patch -> patch.remove(SECRET + "/put/operationId"))),
          rule(
              "operation-operationId-unique",
              planted(
                  "an id that is there twice",
                  patch -> patch.replace(SECRET + "/delete/operationId", "getSecret"))),
          rule(
              "failures-of-every-operation",
              planted("no 429", patch -> patch.remove(STATUS + "/responses/429"))),
          rule(
              "failures-of-operations-with-a-token",
              planted("no 401", patch -> patch.remove(SECRET + "/get/responses/401"))),
          rule(
              "failures-of-operations-with-a-body",
              planted("no 413", patch -> patch.remove(SECRETS + "/post/responses/413"))),
          rule(
              "failures-are-problems",
              planted(
                  "a failure in other JSON",
                  patch ->
                      patch.move(
                          "/components/responses/Forbidden/content/application~1json",
                          "/components/responses/Forbidden/content/application~1problem+json"))),
          rule(
              "oas3-unused-component",
              planted(
                  "a schema nobody uses",
                  patch -> patch.add(SCHEMAS + "Spare", json(EMPTY_SCHEMA)))),
          rule(
              "oas3-valid-media-example",
              planted(
                  "an example that is none",
                  patch -> patch.replace("/components/parameters/version/example", 0))),
          rule(
              "invalid-ref",
              planted(
                  "a reference to nothing",
                  patch -> patch.replace(STATUS + "/responses/400", ref("responses/Nothing")))));

  private static Map.Entry<String, PlantedChange> rule(String name, PlantedChange breaking) {
    return Map.entry(name, breaking);
  }

  private static JsonObject json(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }

  @Test
  void spectral_finds_nothing_and_each_rule_finds_what_breaks_it(@TempDir Path directory)
      throws IOException, InterruptedException {
    JsonObject broken = PlantedChange.contract(PlantedChange.GOLDEN);
    for (PlantedChange change : BROKEN_RULES.values()) {
      broken = change.into(broken);
    }
    Path file = directory.resolve("broken.json");
    Files.writeString(file, broken.toString());
    NodeTool.Output lint =
        NodeTool.run(
            directory,
            List.of(
                "spectral",
                "lint",
                "--ruleset",
                PlantedChange.OPENAPI.resolve("spectral.yaml").toString(),
                "--format",
                "json",
                "--quiet",
                PlantedChange.GOLDEN.toString(),
                file.toString()));
    Map<String, Set<String>> found = new HashMap<>();
    try (JsonReader reader = Json.createReader(new StringReader(lint.text()))) {
      for (JsonObject result : reader.readArray().getValuesAs(JsonObject.class)) {
        found
            .computeIfAbsent(result.getString("source"), _ -> new TreeSet<>())
            .add(result.getString("code"));
      }
    }
    assertEquals(Set.of(), found.getOrDefault(PlantedChange.GOLDEN.toString(), Set.of()));
    Set<String> silent = new TreeSet<>(BROKEN_RULES.keySet());
    silent.removeAll(found.getOrDefault(file.toString(), Set.of()));
    assertEquals(Set.of(), silent, "rules that did not find what breaks them");
  }

  @Test
  void redocly_finds_nothing_and_would(@TempDir Path directory)
      throws IOException, InterruptedException {
    NodeTool.Output clean = redocly(directory, PlantedChange.GOLDEN);
    assertEquals(0, clean.exit(), clean.text());
    JsonObject golden = PlantedChange.contract(PlantedChange.GOLDEN);
    Path broken = directory.resolve("broken.json");
    Files.writeString(
        broken,
        planted(
                "what no rule takes",
                patch ->
                    patch
                        .remove("/components/responses/Forbidden/headers")
                        .replace("/components/parameters/version/example", 0)
                        .replace(SECRET + "/get/operationId", "getStatus"))
            .into(golden)
            .toString());
    NodeTool.Output found = redocly(directory, broken);
    assertEquals(1, found.exit(), found.text());
    for (String rule :
        List.of(
            "response-contains-header",
            "no-invalid-parameter-examples",
            "operation-operationId-unique")) {
      assertTrue(found.text().contains(rule), () -> rule + " not in " + found.text());
    }
  }

  private static NodeTool.Output redocly(Path directory, Path contract)
      throws IOException, InterruptedException {
    return NodeTool.run(
        directory,
        List.of(
            "redocly",
            "lint",
            "--config",
            PlantedChange.OPENAPI.resolve("redocly.yaml").toString(),
            "--format",
            "stylish",
            contract.toString()));
  }
}
