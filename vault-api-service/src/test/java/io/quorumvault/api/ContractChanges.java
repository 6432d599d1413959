package io.quorumvault.api;

import io.quorumvault.api.ContractDocument.Operation;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a newer contract takes from clients that were made for an older one.
///
/// A request may be asked for less than before, an answer may hold more. Whatever is not known here
/// to be harmless is a break, a keyword that was never used before included.
final class ContractChanges {
  /// Words, which no program reads.
  private static final Set<String> WORDS = Set.of("description", "summary", "examples", "example");

  /// Keywords of a schema with a rule of their own below.
  private static final Set<String> STRUCTURE =
      Set.of("type", "enum", "required", "properties", "additionalProperties");

  /// Keywords whose values are schemas.
  private static final Set<String> PARTS = Set.of("items", "propertyNames");

  private static final Set<String> LEAST = Set.of("minLength", "minimum", "minItems");
  private static final Set<String> MOST =
      Set.of("maxLength", "maximum", "maxItems", "maxProperties");

  /// Which way a value goes.
  private enum Way {
    /// Clients send it: what they sent must go on being taken.
    REQUEST,
    /// Clients read it: what they relied on must go on being true.
    ANSWER
  }

  private final ContractDocument older;
  private final ContractDocument newer;
  private final List<String> breaks = new ArrayList<>();

  private ContractChanges(ContractDocument older, ContractDocument newer) {
    this.older = older;
    this.newer = newer;
  }

  /// Each with the place where it is; nothing if every client of the older lives with the newer.
  static List<String> breaks(JsonObject older, JsonObject newer) {
    ContractChanges changes =
        new ContractChanges(new ContractDocument(older), new ContractDocument(newer));
    changes.compare();
    return changes.breaks;
  }

  private void compare() {
    Map<String, Operation> now = new TreeMap<>();
    newer.operations().forEach(operation -> now.put(place(operation), operation));
    for (Operation before : older.operations()) {
      Operation after = now.get(place(before));
      if (after == null) {
        lost(place(before), "is gone");
      } else {
        compare(place(before), before, after);
      }
    }
  }

  private static String place(Operation operation) {
    return operation.method() + " " + operation.path();
  }

  private void compare(String place, Operation before, Operation after) {
    if (!before.id().equals(after.id())) {
      lost(place, "operationId " + before.id() + " is " + after.id());
    }
    JsonValue security = security(newer, after);
    if (!security.equals(security(older, before)) && !security.equals(JsonValue.EMPTY_JSON_ARRAY)) {
      lost(place, "security " + security);
    }
    compareParameters(place, before, after);
    compareBodies(place, older.body(before), newer.body(after));
    compareResponses(place, older.responses(before), newer.responses(after));
  }

  private static JsonValue security(ContractDocument document, Operation operation) {
    return Optional.ofNullable(operation.text().get("security"))
        .orElseGet(() -> ContractDocument.member(document.root(), "security"));
  }

  private void compareParameters(String place, Operation before, Operation after) {
    Map<String, JsonObject> now = parameters(newer, after);
    Map<String, JsonObject> then = parameters(older, before);
    then.forEach((name, parameter) -> {
      JsonObject still = now.get(name);
      if (still == null) {
        lost(place, name + " is gone");
      } else {
        compareSchemas(place + ": " + name, Way.REQUEST, schema(parameter), schema(still));
      }
    });
    now.forEach((name, parameter) -> {
      JsonObject known = then.get(name);
      if (parameter.getBoolean("required", false)
          && (known == null || !known.getBoolean("required", false))) {
        lost(place, name + " is required");
      }
    });
  }

  private static Map<String, JsonObject> parameters(
      ContractDocument document, Operation operation) {
    return document.parameters(operation).stream()
        .collect(
            Collectors.toMap(
                parameter -> parameter.getString("in") + " " + parameter.getString("name"),
                parameter -> parameter,
                (one, _) -> one,
                TreeMap::new));
  }

  private void compareBodies(
      String place, Optional<JsonObject> before, Optional<JsonObject> after) {
    boolean neededBefore = before.isPresent() && before.get().getBoolean("required", false);
    if (after.isPresent() && after.get().getBoolean("required", false) && !neededBefore) {
      lost(place, "a body is required");
    }
    before.ifPresent(body ->
        compareContent(
            place + ": body", Way.REQUEST, body, after.orElse(JsonValue.EMPTY_JSON_OBJECT)));
  }

  private void compareContent(String place, Way way, JsonObject before, JsonObject after) {
    Map<String, JsonValue> now = members(after, "content");
    members(before, "content")
        .forEach((type, content) -> {
          JsonValue still = now.get(type);
          if (still == null) {
            lost(place, type + " is gone");
            return;
          }
          compareSchemas(place, way, schema(content.asJsonObject()), schema(still.asJsonObject()));
          // The codes of a problem; new ones may be added.
          Set<String> codes = new TreeSet<>(members(content.asJsonObject(), "examples").keySet());
          codes.removeAll(members(still.asJsonObject(), "examples").keySet());
          codes.forEach(code -> lost(place, "code " + code + " is gone"));
        });
  }

  private void compareResponses(
      String place, Map<String, JsonObject> before, Map<String, JsonObject> after) {
    before.forEach((status, response) -> {
      JsonObject still = after.get(status);
      String at = place + ": " + status;
      if (still == null) {
        lost(at, "is gone");
        return;
      }
      compareContent(at, Way.ANSWER, response, still);
      if (!response.containsKey("content") && still.containsKey("content")) {
        lost(at, "has a body");
      }
      Map<String, JsonValue> headers = members(still, "headers");
      members(response, "headers")
          .forEach((name, header) -> {
            JsonValue kept = headers.get(name);
            if (kept == null) {
              lost(at, "header " + name + " is gone");
              return;
            }
            JsonObject then = older.resolved(header);
            JsonObject now = newer.resolved(kept);
            if (then.getBoolean("required", false) && !now.getBoolean("required", false)) {
              lost(at, "header " + name + " may be missing");
            }
            compareSchemas(at + " " + name, Way.ANSWER, schema(then), schema(now));
          });
    });
    for (String status : after.keySet()) {
      // A failure that is new is handled like any other; a success is not.
      if (!before.containsKey(status) && status.compareTo("400") < 0) {
        lost(place, status + " is a new success");
      }
    }
  }

  private static JsonValue schema(JsonObject holder) {
    return ContractDocument.member(holder, "schema");
  }

  private static Map<String, JsonValue> members(JsonObject object, String name) {
    return Optional.ofNullable(object.getJsonObject(name)).orElse(JsonValue.EMPTY_JSON_OBJECT);
  }

  private void compareSchemas(String place, Way way, JsonValue before, JsonValue after) {
    Optional<String> name = name(before);
    // Classes of generated clients have the names of schemas.
    if (name.isPresent() && !name.equals(name(after))) {
      lost(place, "schema " + name.get() + " is " + name(after).orElse("without a name"));
    }
    JsonObject then = older.resolved(before);
    JsonObject now = newer.resolved(after);
    String at = place + name.map(known -> " " + known).orElse("");
    compareTypes(at, way, then, now);
    compareMembers(at, way, then, now);
    for (String part : PARTS) {
      JsonValue of = then.get(part);
      JsonValue still = now.get(part);
      if (of != null && still != null) {
        compareSchemas(at + "." + part, way, of, still);
      } else if (of != null || still != null) {
        lost(at, part + " " + of + " is " + still);
      }
    }
    Set<String> keywords = new HashSet<>(then.keySet());
    keywords.addAll(now.keySet());
    keywords.removeAll(WORDS);
    keywords.removeAll(STRUCTURE);
    keywords.removeAll(PARTS);
    for (String keyword : keywords) {
      if (!isHarmless(keyword, way, then.get(keyword), now.get(keyword))) {
        lost(at, keyword + " " + then.get(keyword) + " is " + now.get(keyword));
      }
    }
  }

  private static Optional<String> name(JsonValue schema) {
    return schema instanceof JsonObject object && object.get("$ref") instanceof JsonString ref
        ? Optional.of(ref.getString().replaceFirst(".*/", ""))
        : Optional.empty();
  }

  private void compareTypes(String at, Way way, JsonObject then, JsonObject now) {
    for (String keyword : List.of("type", "enum")) {
      Set<JsonValue> before = values(then.get(keyword));
      Set<JsonValue> after = values(now.get(keyword));
      // Without the keyword, everything goes.
      boolean every = after.isEmpty() || (!before.isEmpty() && after.containsAll(before));
      boolean only = before.isEmpty() || (!after.isEmpty() && before.containsAll(after));
      if (!(way == Way.REQUEST ? every : only)) {
        lost(at, keyword + " " + then.get(keyword) + " is " + now.get(keyword));
      }
    }
  }

  private void compareMembers(String at, Way way, JsonObject then, JsonObject now) {
    Map<String, JsonValue> after = members(now, "properties");
    members(then, "properties")
        .forEach((name, property) -> {
          JsonValue still = after.get(name);
          if (still == null) {
            lost(at, name + " is gone");
          } else {
            compareSchemas(at + "." + name, way, property, still);
          }
        });
    Set<JsonValue> needed = values(then.get("required"));
    Set<JsonValue> stillNeeded = values(now.get("required"));
    if (way == Way.REQUEST) {
      stillNeeded.stream()
          .filter(name -> !needed.contains(name))
          .forEach(name -> lost(at, name + " is required"));
    } else {
      needed.stream()
          .filter(name -> !stillNeeded.contains(name))
          .forEach(name -> lost(at, name + " may be missing"));
    }
    JsonValue others = then.get("additionalProperties");
    JsonValue othersNow = now.get("additionalProperties");
    if (others instanceof JsonObject && othersNow instanceof JsonObject) {
      compareSchemas(at + ".*", way, others, othersNow);
    } else if (way == Way.REQUEST && othersNow != null && !othersNow.equals(others)) {
      lost(at, "additionalProperties " + others + " is " + othersNow);
    } else if (way == Way.ANSWER && others instanceof JsonObject) {
      lost(at, "additionalProperties " + others + " is " + othersNow);
    }
  }

  private static Set<JsonValue> values(@Nullable JsonValue keyword) {
    if (keyword == null) {
      return Set.of();
    }
    return keyword instanceof JsonArray array ? new HashSet<>(array) : Set.of(keyword);
  }

  /// Of a keyword with one value: it went the way that asks less of a request, or leaves less to
  /// expect of an answer.
  private static boolean isHarmless(
      String keyword, Way way, @Nullable JsonValue then, @Nullable JsonValue now) {
    if (then == null || now == null) {
      // A rule fewer for requests, or one more for answers. Any other keyword than these, a default
      // for one, means something of its own.
      return (LEAST.contains(keyword)
              || MOST.contains(keyword)
              || Set.of("pattern", "format").contains(keyword))
          && (way == Way.REQUEST ? now == null : then == null);
    }
    if (then instanceof JsonNumber before && now instanceof JsonNumber after) {
      int order = after.bigDecimalValue().compareTo(before.bigDecimalValue());
      if (LEAST.contains(keyword)) {
        return way == Way.REQUEST ? order <= 0 : order >= 0;
      }
      if (MOST.contains(keyword)) {
        return way == Way.REQUEST ? order >= 0 : order <= 0;
      }
    }
    return then.equals(now);
  }

  private void lost(String place, String what) {
    breaks.add(place + ": " + what);
  }
}
