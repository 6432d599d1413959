package io.quorumvault.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The golden file, as far as a client's calls can be held against it.
final class Contract {
  /// What refuses a request before it reaches an operation, so no operation lists it.
  private static final Set<String> BEFORE_ANY_OPERATION =
      Set.of("resource-not-found", "method-not-allowed", "uri-too-long", "headers-too-large");

  private static final Pattern CODE_IN_WORDS = Pattern.compile("`([a-z0-9-]+)`");

  private final JsonNode document;

  private Contract(JsonNode document) {
    this.document = document;
  }

  static Contract golden() {
    try {
      return new Contract(
          new YAMLMapper()
              .readTree(VaultCluster.root().resolve("openapi/vault-api.yaml").toFile()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Every operation, with each status by which it succeeds, as `getSecret 200`.
  Set<String> successes() {
    Set<String> successes = new TreeSet<>();
    for (JsonNode path : document.required("paths")) {
      for (JsonNode operation : path) {
        if (operation.has("operationId")) {
          operation
              .required("responses")
              .fieldNames()
              .forEachRemaining(status -> {
                if (status.startsWith("2")) {
                  successes.add(operation.required("operationId").textValue() + " " + status);
                }
              });
        }
      }
    }
    return successes;
  }

  /// Every code there is: those that responses show, and those that the code's own description
  /// names.
  Set<String> codes() {
    Set<String> codes = new TreeSet<>();
    for (JsonNode path : document.required("paths")) {
      for (JsonNode operation : path) {
        for (JsonNode response : operation.path("responses")) {
          codes.addAll(codes(response));
        }
      }
    }
    CODE_IN_WORDS
        .matcher(document.at("/components/schemas/ProblemCode/description").textValue())
        .results()
        .forEach(word -> codes.add(word.group(1)));
    return codes;
  }

  /// Whether the contract says that this can happen.
  boolean describes(Encounter met) {
    if (BEFORE_ANY_OPERATION.contains(met.code())) {
      return true;
    }
    JsonNode response =
        operation(met.operation()).path("responses").path(Integer.toString(met.status()));
    return met.succeeded() ? response.isObject() : codes(response).contains(met.code());
  }

  private JsonNode operation(String id) {
    for (JsonNode path : document.required("paths")) {
      for (JsonNode operation : path) {
        if (operation.path("operationId").asText().equals(id)) {
          return operation;
        }
      }
    }
    throw new AssertionError("no operation " + id);
  }

  private Set<String> codes(JsonNode response) {
    Set<String> codes = new TreeSet<>();
    for (JsonNode content : resolved(response).path("content")) {
      for (Map.Entry<String, JsonNode> example : content.path("examples").properties()) {
        JsonNode code = resolved(example.getValue()).path("value").path("code");
        if (code.isTextual()) {
          codes.add(code.textValue());
        }
      }
    }
    return codes;
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode reference = node.path("$ref");
    return reference.isTextual() ? document.at(reference.textValue().substring(1)) : node;
  }
}
