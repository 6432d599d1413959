package io.quorumvault.system;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.InputFormat;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// The contract as a running API serves it, which is `openapi/vault-api.yaml`. Values are judged by
/// a validator that others wrote. Safe for use by several threads.
final class ServedContract {
  /// Looked up once: to look it up takes longer than most of what it does.
  private static final JsonProvider JSON = JsonProvider.provider();

  private static final String PLACE = "urn:quorumvault:contract";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

  /// One operation; references are followed up to schemas, which have names.
  record Operation(
      String id,
      String method,
      String path,
      List<Parameter> parameters,
      Optional<Content> body,
      Map<Integer, Response> responses,
      boolean secured) {}

  /// @param in `path`, `query` or `header`
  record Parameter(String in, String name, boolean required, String schema) {}

  /// @param schema a name
  record Content(String mediaType, String schema) {}

  /// @param headers names of schemas by names of headers, which are all required
  /// @param codes of problems
  record Response(Optional<Content> content, Map<String, String> headers, Set<String> codes) {}

  private final JsonObject root;
  private final SchemaRegistry registry;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
  private final List<Operation> operations;

  /// @param text JSON
  ServedContract(String text, JsonObject root) {
    this.root = root;
    this.registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, made -> made.schemas(Map.of(PLACE, text)));
    this.operations = read();
  }

  static ServedContract of(VaultClient client) {
    Answer served =
        client
            .asNobody()
            .send("GET", "/openapi", Optional.empty(), "Accept", "application/json")
            .expect(200);
    return new ServedContract(served.text(), served.json());
  }

  List<Operation> operations() {
    return operations;
  }

  /// A schema by its name.
  JsonObject schema(String name) {
    return resolved(member(components("schemas"), name));
  }

  /// The schema itself, or what it refers to.
  JsonObject resolved(JsonValue value) {
    JsonObject object = value.asJsonObject();
    if (!object.containsKey("$ref")) {
      return object;
    }
    JsonValue found = root;
    for (String part : object.getString("$ref").substring(2).split("/", -1)) {
      found = member(found.asJsonObject(), part);
    }
    return resolved(found);
  }

  /// Whether a JSON text is what a schema says.
  boolean fits(String schema, String json) {
    return compiled(schema)
        .validate(json, InputFormat.JSON, OutputFormat.BOOLEAN, ServedContract::withFormats);
  }

  /// What keeps a JSON text from being what a schema says; nothing if it is.
  List<String> violations(String schema, String json) {
    // To say what takes it a hundred times as long as to see that.
    return fits(schema, json)
        ? List.of()
        : compiled(schema).validate(json, InputFormat.JSON, ServedContract::withFormats).stream()
            // Without the value.
            .map(error -> error.getInstanceLocation() + " " + error.getEvaluationPath())
            .toList();
  }

  private Schema compiled(String schema) {
    return schemas.computeIfAbsent(
        schema,
        name -> registry.getSchema(SchemaLocation.of(PLACE + "#/components/schemas/" + name)));
  }

  private static void withFormats(ExecutionContext context) {
    context.executionConfig(config -> config.formatAssertionsEnabled(true));
  }

  static String name(JsonValue schema) {
    return schema.asJsonObject().getString("$ref").replaceFirst(".*/", "");
  }

  private JsonObject components(String kind) {
    return member(member(root, "components").asJsonObject(), kind).asJsonObject();
  }

  private static JsonValue member(JsonObject object, String name) {
    JsonValue member = object.get(name);
    if (member == null) {
      throw new AssertionError("the contract lacks " + name);
    }
    return member;
  }

  private static Map<String, JsonValue> members(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject found ? found : JsonValue.EMPTY_JSON_OBJECT;
  }

  private List<Operation> read() {
    List<Operation> found = new ArrayList<>();
    member(root, "paths")
        .asJsonObject()
        .forEach((path, item) ->
            item.asJsonObject()
                .forEach((method, text) -> {
                  if (!METHODS.contains(method)) {
                    throw new AssertionError("not a method: " + method);
                  }
                  found.add(operation(method, path, text.asJsonObject()));
                }));
    return List.copyOf(found);
  }

  private Operation operation(String method, String path, JsonObject text) {
    List<Parameter> parameters =
        text.getJsonArray("parameters").stream()
            .map(this::resolved)
            .map(parameter ->
                new Parameter(
                    parameter.getString("in"),
                    parameter.getString("name"),
                    parameter.getBoolean("required", false),
                    name(member(parameter, "schema"))))
            .toList();
    Map<Integer, Response> responses = new TreeMap<>();
    member(text, "responses")
        .asJsonObject()
        .forEach((status, response) ->
            responses.put(Integer.parseInt(status), response(resolved(response))));
    return new Operation(
        text.getString("operationId"),
        method.toUpperCase(Locale.ROOT),
        path,
        parameters,
        Optional.ofNullable(text.get("requestBody")).flatMap(body -> content(resolved(body))),
        responses,
        !(text.get("security") instanceof JsonArray none && none.isEmpty()));
  }

  private Response response(JsonObject response) {
    Map<String, String> headers = new TreeMap<>();
    members(response, "headers")
        .forEach((name, header) -> headers.put(name, name(member(resolved(header), "schema"))));
    Set<String> codes = new TreeSet<>();
    members(response, "content")
        .values()
        .forEach(content -> codes.addAll(members(content.asJsonObject(), "examples").keySet()));
    return new Response(content(response), headers, codes);
  }

  private static Optional<Content> content(JsonObject holder) {
    Map<String, JsonValue> content = members(holder, "content");
    if (content.size() > 1) {
      throw new AssertionError("two media types: " + content.keySet());
    }
    return content.entrySet().stream()
        .findFirst()
        .map(one ->
            new Content(one.getKey(), name(member(one.getValue().asJsonObject(), "schema"))));
  }

  /// Text as a JSON text.
  static String quoted(String text) {
    return JSON.createValue(text).toString();
  }

  /// A parameter or header of that schema as a JSON text.
  String typed(String schema, String text) {
    boolean bare =
        switch (((JsonString) member(schema(schema), "type")).getString()) {
          // RFC 8259, section 6.
          case "integer" -> text.matches("-?(0|[1-9][0-9]*)");
          case "boolean" -> text.equals("true") || text.equals("false");
          default -> false;
        };
    return bare ? text : quoted(text);
  }
}
