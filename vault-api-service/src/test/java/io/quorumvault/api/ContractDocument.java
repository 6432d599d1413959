package io.quorumvault.api;

import io.quorumvault.api.ApiClient.Reply;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/// The contract as a client reads it: operations, and whether a value is what a schema says.
final class ContractDocument {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

  /// What a schema says about itself, not about values.
  private static final Set<String> ANNOTATIONS = Set.of("description", "examples", "default");

  /// Formats of which every value passes: they are for generators.
  private static final Set<String> HINTS = Set.of("password", "int32", "int64");

  private final JsonObject root;

  ContractDocument(JsonObject root) {
    this.root = root;
  }

  /// One operation.
  record Operation(String method, String path, JsonObject text) {
    String id() {
      return text.getString("operationId");
    }
  }

  static ContractDocument servedTo(ApiClient client) {
    Reply reply = client.with("Accept", "application/json").get("/openapi");
    if (reply.status() != 200) {
      throw new AssertionError("no contract: " + reply);
    }
    return new ContractDocument(reply.json());
  }

  JsonObject root() {
    return root;
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    root.getJsonObject("paths")
        .forEach((path, item) ->
            item.asJsonObject()
                .forEach((method, text) -> {
                  if (!METHODS.contains(method)) {
                    throw new AssertionError("not a method of the contract: " + method);
                  }
                  operations.add(
                      new Operation(method.toUpperCase(Locale.ROOT), path, text.asJsonObject()));
                }));
    return operations;
  }

  /// The parameters of an operation, references followed.
  List<JsonObject> parameters(Operation operation) {
    return operation.text().getJsonArray("parameters").stream().map(this::resolved).toList();
  }

  Optional<JsonObject> body(Operation operation) {
    return Optional.ofNullable(operation.text().get("requestBody")).map(this::resolved);
  }

  /// The responses of an operation by status, references followed.
  Map<String, JsonObject> responses(Operation operation) {
    Map<String, JsonObject> responses = new TreeMap<>();
    operation
        .text()
        .getJsonObject("responses")
        .forEach((status, response) -> responses.put(status, resolved(response)));
    return responses;
  }

  /// A schema by its name.
  JsonObject schema(String name) {
    return resolved(at("#/components/schemas/" + name));
  }

  /// What must be there.
  static JsonValue member(JsonObject object, String name) {
    JsonValue member = object.get(name);
    if (member == null) {
      throw new AssertionError("no " + name + " in " + object);
    }
    return member;
  }

  /// The object itself, or what it refers to.
  JsonObject resolved(JsonValue value) {
    JsonObject object = value.asJsonObject();
    return object.containsKey("$ref") ? resolved(at(object.getString("$ref"))) : object;
  }

  /// The first example of a schema.
  JsonValue example(JsonValue schema) {
    return resolved(schema).getJsonArray("examples").getFirst();
  }

  /// Every object of the document with the place where it stands.
  void walk(BiConsumer<String, JsonObject> visitor) {
    walk("#", root, visitor);
  }

  /// What keeps `value` from being what `schema` says; nothing if it is. Members of an object that
  /// its schema does not name count, although clients must bear them: we do not send any.
  List<String> violations(JsonValue schema, JsonValue value) {
    List<String> violations = new ArrayList<>();
    check("$", resolved(schema), value, violations);
    return violations;
  }

  private JsonValue at(String ref) {
    if (!ref.startsWith("#/components/")) {
      throw new AssertionError("not a part of this document: " + ref);
    }
    JsonValue value = root;
    for (String name : ref.substring(2).split("/", -1)) {
      value = member(value.asJsonObject(), name);
    }
    return value;
  }

  private static void walk(String place, JsonValue value, BiConsumer<String, JsonObject> visitor) {
    if (value instanceof JsonObject object) {
      visitor.accept(place, object);
      object.forEach((name, member) -> walk(place + "/" + name, member, visitor));
    } else if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        walk(place + "/" + i, array.get(i), visitor);
      }
    }
  }

  private void check(String place, JsonObject schema, JsonValue value, List<String> violations) {
    for (Map.Entry<String, JsonValue> keyword : schema.entrySet()) {
      if (!ANNOTATIONS.contains(keyword.getKey())
          && !holds(place, schema, keyword.getKey(), keyword.getValue(), value, violations)) {
        violations.add(place + ": " + keyword.getKey() + " " + keyword.getValue());
      }
    }
  }

  /// Of a keyword for another type of value than this, nothing is asked; a keyword that is not
  /// known here fails the test rather than pass everything.
  private boolean holds(
      String place,
      JsonObject schema,
      String keyword,
      JsonValue rule,
      JsonValue value,
      List<String> violations) {
    return switch (keyword) {
      case "type" -> types(rule).contains(type(value));
      case "enum" -> rule.asJsonArray().contains(value);
      case "pattern" ->
          !(value instanceof JsonString text)
              || pattern(text(rule)).matcher(text.getString()).find();
      case "format" -> !(value instanceof JsonString text) || fits(text(rule), text.getString());
      case "minLength" ->
          !(value instanceof JsonString text)
              || text.getString().length() >= number(rule).intValue();
      case "maxLength" ->
          !(value instanceof JsonString text)
              || text.getString().length() <= number(rule).intValue();
      case "minimum" ->
          !(value instanceof JsonNumber) || number(value).compareTo(number(rule)) >= 0;
      case "maximum" ->
          !(value instanceof JsonNumber) || number(value).compareTo(number(rule)) <= 0;
      case "required" ->
          !(value instanceof JsonObject object)
              || rule.asJsonArray().getValuesAs(JsonString::getString).stream()
                  .allMatch(object::containsKey);
      case "maxItems" ->
          !(value instanceof JsonArray array) || array.size() <= number(rule).intValue();
      case "items" -> {
        if (value instanceof JsonArray array) {
          for (int i = 0; i < array.size(); i++) {
            check(place + "[" + i + "]", resolved(rule), array.get(i), violations);
          }
        }
        yield true;
      }
      case "maxProperties" ->
          !(value instanceof JsonObject object) || object.size() <= number(rule).intValue();
      case "propertyNames" -> {
        if (value instanceof JsonObject object) {
          object
              .keySet()
              .forEach(name ->
                  check(place + "." + name, resolved(rule), Json.createValue(name), violations));
        }
        yield true;
      }
      case "properties" -> {
        if (value instanceof JsonObject object) {
          object.forEach((name, member) -> {
            JsonValue property = rule.asJsonObject().get(name);
            if (property == null) {
              violations.add(place + ": unknown member " + name);
            } else {
              check(place + "." + name, resolved(property), member, violations);
            }
          });
        }
        yield true;
      }
      case "additionalProperties" -> {
        if (rule.equals(JsonValue.FALSE)) {
          yield schema.containsKey("properties");
        }
        if (value instanceof JsonObject object) {
          object.forEach(
              (name, member) -> check(place + "." + name, resolved(rule), member, violations));
        }
        yield !schema.containsKey("properties");
      }
      default -> throw new AssertionError("a keyword this test does not know: " + keyword);
    };
  }

  /// As in ECMA-262, where `$` is the end and not also what stands before a line break at the end.
  private static Pattern pattern(String rule) {
    return Pattern.compile(
        rule.endsWith("$") ? rule.substring(0, rule.length() - 1) + "\\z" : rule);
  }

  private static boolean fits(String format, String text) {
    return switch (format) {
      case "date-time" -> {
        try {
          yield OffsetDateTime.parse(text) != null;
        } catch (DateTimeParseException unfit) {
          yield false;
        }
      }
      case "uri" -> URI.create(text).isAbsolute();
      case "uri-reference" -> URI.create(text) != null;
      default -> HINTS.contains(format);
    };
  }

  private static List<String> types(JsonValue rule) {
    return rule instanceof JsonArray array
        ? array.getValuesAs(JsonString::getString)
        : List.of(text(rule));
  }

  private static String type(JsonValue value) {
    return switch (value.getValueType()) {
      case STRING -> "string";
      case NUMBER -> ((JsonNumber) value).isIntegral() ? "integer" : "number";
      case TRUE, FALSE -> "boolean";
      case ARRAY -> "array";
      case OBJECT -> "object";
      case NULL -> "null";
    };
  }

  private static String text(JsonValue rule) {
    return ((JsonString) rule).getString();
  }

  private static BigDecimal number(JsonValue value) {
    return ((JsonNumber) value).bigDecimalValue();
  }
}
