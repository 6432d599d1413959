package io.quorumvault.system;

import static io.quorumvault.system.ServedContract.quoted;

import io.quorumvault.system.ServedContract.Content;
import io.quorumvault.system.ServedContract.Operation;
import io.quorumvault.system.ServedContract.Parameter;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Makes requests of what the contract says of them: such as it takes, and such as it takes but for
/// one or two parts. Whether a part is right is not known from how it was made, but asked of the
/// contract's schema. One number, one request.
final class RequestGenerator {
  /// Looked up once: to look it up takes longer than most of what it does.
  private static final JsonProvider JSON = JsonProvider.provider();

  static final String NAMESPACE = "fuzz";

  /// In what is sent as a value, and never in an answer that refuses it.
  static final String MARK = "mark-of-a-value";

  /// So few that most are there, and some are not.
  private static final int NAMES = 20;

  /// Of `maxLength`: longer texts would only be more of the same.
  private static final int LONG_TEXT = 5000;

  /// More than any request may have, in bytes; see `Limits.REQUEST_BYTES_MAX`.
  private static final int TOO_LARGE = 7 << 20;

  /// Texts that break a pattern, or one of the things that texts go through.
  private static final List<String> ODD =
      List.of(
          "",
          " ",
          ".",
          "..",
          "../..",
          "%",
          "%2F",
          "a/b",
          "a\\b",
          "-",
          "a b",
          "\u0000",
          "a\u0000b",
          "a\n",
          "\r\nX: y",
          "\t",
          "ä",
          "Ａ",
          "\u202e",
          "😀",
          "\ud800",
          "null",
          "true",
          "0",
          "-1",
          "01",
          "+1",
          "1.0",
          "1e3",
          "99999999999999999999",
          "NaN",
          "0x1",
          "\"",
          "\"\"",
          "'",
          "{}",
          "[]",
          "*",
          "W/\"1\"",
          "\"1\", \"2\"",
          "<x>",
          "$(id)",
          "${jndi:x}",
          "' OR 1=1 --",
          "~",
          "2026-02-30T00:00:00Z",
          "2026-11-01",
          "2026-11-01T12:00:00",
          "0000-00-00T00:00:00Z",
          "+999999999-12-31T23:59:59Z",
          "-999999999-01-01T00:00:00Z",
          "2026-11-01T12:00:00+25:00",
          "9999-12-31T23:59:59.999999999999Z",
          "2026-06-30T23:59:60Z");

  private static final List<String> MEDIA_TYPES =
      List.of(
          "text/plain",
          "application/json",
          "application/json; charset=utf-8",
          "application/json;charset=UTF-16",
          "text/plain; charset=iso-8859-1",
          "image/png",
          "text/*",
          "*/*",
          "application/*",
          "application/problem+json",
          "application/json;q=0",
          "application/json;q=2",
          "text/html, application/json;q=0.1",
          "json",
          "/",
          ";",
          "a/b/c",
          "application/json;",
          "multipart/form-data; boundary=x",
          "application/x-www-form-urlencoded");

  private final ServedContract contract;
  private final List<String> tokens;
  private final List<String> otherTokens;
  private final long seed;

  /// @param tokens of callers who may do everything in the namespace
  /// @param otherTokens of callers who may not, of which some are no tokens
  RequestGenerator(
      ServedContract contract, List<String> tokens, List<String> otherTokens, long seed) {
    this.contract = contract;
    this.tokens = tokens;
    this.otherTokens = otherTokens;
    this.seed = seed;
  }

  FuzzedRequest request(int number) {
    List<Operation> operations = contract.operations();
    return new Draft(
            operations.get(number % operations.size()),
            new SplittableRandom(seed * 1_000_003 + number))
        .request();
  }

  /// A request that is being made.
  private final class Draft {
    private final Operation operation;
    private final SplittableRandom random;
    private final List<String> broken = new ArrayList<>();
    private final Map<String, String> headers = new TreeMap<>();
    private boolean mayMissOperation;
    private boolean orderly = true;

    /// How many parts are still to be spoilt.
    private int spoils;

    Draft(Operation operation, SplittableRandom random) {
      this.operation = operation;
      this.random = random;
      this.spoils = one(List.of(0, 0, 0, 1, 1, 2));
    }

    private <T> T one(List<T> many) {
      return many.get(random.nextInt(many.size()));
    }

    /// True once in so many times.
    private boolean once(int times) {
      return random.nextInt(times) == 0;
    }

    /// Whether it is this part's turn, of about three.
    private boolean spoil() {
      if (spoils > 0 && once(3)) {
        spoils--;
        return true;
      }
      return false;
    }

    FuzzedRequest request() {
      authorize();
      String path = operation.path();
      StringBuilder query = new StringBuilder();
      for (Parameter parameter : operation.parameters()) {
        if (!parameter.required() && !once(3)) {
          continue;
        }
        boolean spoilt = spoil();
        String text = spoilt ? spoiltText(parameter.schema()) : text(parameter.schema());
        switch (parameter.in()) {
          case "path" -> {
            judge(parameter, text);
            mayMissOperation |= spoilt;
            path = path.replace("{" + parameter.name() + "}", encoded(text));
          }
          case "query" -> {
            judge(parameter, text);
            query(query, parameter.name(), text);
            if (spoilt && once(4)) {
              query(query, parameter.name(), text);
              broken.add(parameter.name() + " twice");
            }
            // Whether it belongs to this list is for the vault.
            orderly &= !parameter.name().equals("cursor");
          }
          case "header" -> header(parameter, text);
          default -> throw new AssertionError("a parameter in " + parameter.in());
        }
      }
      if (once(60)) {
        String unknown = one(List.of("nonsense", "Limit", "at ", "", "prefix[]"));
        query(query, unknown, "1");
        broken.add("unknown parameter");
      }
      if (spoil() && once(3)) {
        headers.put("Accept", one(MEDIA_TYPES));
        orderly = false;
      }
      Optional<byte[]> body = operation.body().map(this::body);
      if (once(400)) {
        headers.put("X-Padding", "x".repeat(one(List.of(9_000, 40_000))));
        mayMissOperation = true;
        orderly = false;
      }
      String target = path + query;
      // As long as the least that RFC 9110 asks servers to take.
      mayMissOperation |= target.length() > 8000;
      return new FuzzedRequest(
          operation, target, headers, body, broken, mayMissOperation, orderly && broken.isEmpty());
    }

    private void authorize() {
      if (once(12)) {
        orderly = false;
        if (once(3)) {
          return;
        }
        headers.put("Authorization", one(otherTokens));
      } else {
        headers.put("Authorization", "Bearer " + one(tokens));
      }
    }

    private void judge(Parameter parameter, String text) {
      if (!contract.fits(parameter.schema(), contract.typed(parameter.schema(), text))) {
        broken.add(parameter.in() + " " + parameter.name());
      }
    }

    private void header(Parameter parameter, String text) {
      // What no client can send is not sent: a header is a line of visible characters.
      String line = text.replaceAll("[^ -~]", "").strip();
      if (line.isEmpty()) {
        return;
      }
      headers.put(parameter.name(), line);
      // These two are taken or left, but never refused.
      if (!parameter.name().equals("X-Request-Id") && !parameter.name().equals("Prefer")) {
        judge(parameter, line);
      }
    }

    private static void query(StringBuilder query, String name, String text) {
      query
          .append(query.isEmpty() ? '?' : '&')
          .append(encoded(name))
          .append('=')
          .append(encoded(text));
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    // --- Parts.

    /// A text that the schema takes.
    private String text(String schema) {
      return value(schema) instanceof JsonString text ? text.getString() : value(schema).toString();
    }

    private String spoiltText(String schema) {
      JsonObject rules = contract.schema(schema);
      return switch (random.nextInt(6)) {
        case 0 -> {
          int most = rules.getInt("maxLength", 255);
          yield "a".repeat(Math.min(most, LONG_TEXT) + 1);
        }
        case 1 -> {
          String text = text(schema);
          int at = random.nextInt(text.length() + 1);
          yield text.substring(0, at) + one(ODD) + text.substring(at);
        }
        case 2 ->
            rules.containsKey("minimum") || rules.containsKey("maximum")
                ? one(
                    List.of(
                        "" + (rules.getJsonNumber("minimum").longValueExact() - 1),
                        ""
                            + Optional.ofNullable(rules.getJsonNumber("maximum"))
                                .map(most -> most.longValueExact() + 1)
                                .orElse(Long.MAX_VALUE)))
                : text(schema).toUpperCase(java.util.Locale.ROOT);
        default -> one(ODD);
      };
    }

    /// A value that the schema takes.
    private JsonValue value(String schema) {
      return switch (schema) {
        case "Namespace" -> JSON.createValue(once(40) ? "elsewhere" : NAMESPACE);
        case "SecretName" -> name();
        case "EnvContent" -> JSON.createValue(envFile());
        case "SecretValue", "EnvValue" -> JSON.createValue(MARK + " " + random.nextInt());
        case "Version" -> JSON.createValue(random.nextInt(1, 6));
        case "VersionTag" -> JSON.createValue("\"" + random.nextInt(1, 6) + "\"");
        // The same one again now and then, for another request.
        case "IdempotencyKey" -> JSON.createValue("key-" + random.nextInt(once(2) ? 3 : 1 << 30));
        default -> value(contract.schema(schema));
      };
    }

    private JsonValue name() {
      return once(8)
          ? JSON.createValue(made(contract.schema("SecretName")))
          : JSON.createValue("NAME_" + random.nextInt(NAMES));
    }

    private JsonValue value(JsonObject rules) {
      if (rules.get("examples") instanceof JsonArray examples && once(3)) {
        return one(examples);
      }
      if (rules.get("enum") instanceof JsonArray words) {
        return one(words);
      }
      return switch (rules.getString("type")) {
        case "string" -> JSON.createValue(made(rules));
        case "integer" -> {
          long least = rules.getJsonNumber("minimum").longValueExact();
          long most = rules.getJsonNumber("maximum").longValueExact();
          yield JSON.createValue(
              switch (random.nextInt(4)) {
                case 0 -> least;
                case 1 -> most;
                default -> random.nextLong(least, most);
              });
        }
        case "boolean" -> once(2) ? JsonValue.TRUE : JsonValue.FALSE;
        case "object" -> object(rules);
        default -> throw new AssertionError("nothing is sent that is a " + rules.get("type"));
      };
    }

    private String made(JsonObject rules) {
      if (rules.getString("format", "").equals("date-time")) {
        return Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L)).toString();
      }
      if (rules.containsKey("pattern")) {
        String text = PatternText.of(rules.getString("pattern"), random);
        int most = rules.getInt("maxLength", LONG_TEXT);
        return once(10) && rules.getString("pattern").endsWith("*$") && !text.isEmpty()
            ? (text + "a".repeat(Math.min(most, LONG_TEXT))).substring(0, Math.min(most, LONG_TEXT))
            : text.substring(0, Math.min(most, text.length()));
      }
      return random
          .ints(random.nextInt(1, 30), ' ', 0x250)
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();
    }

    private JsonObject object(JsonObject rules) {
      JsonObjectBuilder made = JSON.createObjectBuilder();
      List<String> required =
          rules.get("required") instanceof JsonArray names
              ? names.getValuesAs(JsonString::getString)
              : List.of();
      if (rules.get("properties") instanceof JsonObject properties) {
        properties.forEach((name, property) -> {
          if (required.contains(name) || once(2)) {
            JsonObject schema = property.asJsonObject();
            made.add(
                name,
                schema.containsKey("$ref") ? value(ServedContract.name(schema)) : value(schema));
          }
        });
      }
      if (rules.get("additionalProperties") instanceof JsonObject others) {
        for (int i = random.nextInt(3); i > 0; i--) {
          made.add(((JsonString) name()).getString(), value(ServedContract.name(others)));
        }
      }
      return made.build();
    }

    /// Lines as people write them, and some that nobody should.
    private String envFile() {
      StringBuilder file = new StringBuilder();
      for (int i = random.nextInt(5); i >= 0; i--) {
        String name = ((JsonString) name()).getString();
        file.append(
                switch (random.nextInt(10)) {
                  case 0 -> "A" + i + "=enc(" + name + ")";
                  case 1 -> "B" + i + "=enc(" + name + ":" + MARK + ")";
                  case 2 -> "C" + i + "=enc(" + name + "|generate)";
                  case 3, 4 -> "D" + i + "=secret(" + name + ")";
                  case 5 -> "E" + i + "=\"x secret(" + name + "@" + random.nextInt(1, 4) + ") y\"";
                  case 6 -> "# a comment";
                  case 7 -> "F" + i + "='" + MARK + "'";
                  case 8 -> "G" + i + "=" + one(ODD).replace("\ud800", "");
                  default -> "";
                })
            .append(once(10) ? "\r\n" : "\n");
      }
      return file.toString().replace("\u0000", "");
    }

    // --- Bodies.

    private byte[] body(Content content) {
      headers.put("Content-Type", content.mediaType());
      if (spoil() && once(4)) {
        orderly = false;
        if (once(5)) {
          headers.remove("Content-Type");
        } else {
          headers.put("Content-Type", one(MEDIA_TYPES));
        }
      }
      boolean json = content.mediaType().equals("application/json");
      if (once(400)) {
        broken.add("too large");
        byte[] large = new byte[TOO_LARGE];
        java.util.Arrays.fill(large, (byte) ' ');
        return large;
      }
      if (spoil()) {
        return json ? spoiltJson(content) : spoiltFile(content);
      }
      if (!json) {
        return file(content, envFile());
      }
      JsonObject whole = value(content.schema()).asJsonObject();
      // Whether it is what it says is for the vault.
      orderly &= !whole.getString("encoding", "").equals("base64");
      String text = whole.toString();
      judgeBody(content, text);
      return text.getBytes(StandardCharsets.UTF_8);
    }

    private void judgeBody(Content content, String json) {
      if (!contract.fits(content.schema(), json)) {
        broken.add("body");
      }
    }

    private byte[] file(Content content, String text) {
      judgeBody(content, quoted(text));
      return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] spoiltFile(Content content) {
      return switch (random.nextInt(3)) {
        case 0 -> {
          broken.add("not UTF-8");
          byte[] bytes = ("A=x" + envFile()).getBytes(StandardCharsets.UTF_8);
          bytes[random.nextInt(bytes.length)] = (byte) 0xff;
          yield bytes;
        }
        case 1 -> {
          broken.add("NUL");
          yield ("A=\u0000" + envFile()).getBytes(StandardCharsets.UTF_8);
        }
        default -> file(content, "A=\"" + MARK + "\n$(" + one(ODD).replace("\ud800", "") + "=(");
      };
    }

    private byte[] spoiltJson(Content content) {
      JsonObject whole = value(content.schema()).asJsonObject();
      String text = whole.toString();
      List<String> members = List.copyOf(whole.keySet());
      String member = one(members);
      String spoilt =
          switch (random.nextInt(9)) {
            case 0 -> JSON.createObjectBuilder(whole).remove(member).build().toString();
            case 1 -> JSON.createObjectBuilder(whole).add(member, oddValue()).build().toString();
            case 2 -> JSON.createObjectBuilder(whole).add(one(ODD), oddValue()).build().toString();
            case 3 -> text.substring(0, random.nextInt(text.length()));
            case 4 -> text.substring(0, text.length() - 1) + "," + text.substring(1);
            case 5 -> text + one(List.of("x", "{}", ",", "]", "\u0000"));
            case 6 ->
                one(
                    List.of(
                        "", "[]", "null", "1", "\"\"", "{}", "[".repeat(5000), "\ufeff" + text));
            case 7 -> text.replace("\":", "\": \u0007");
            default ->
                text.replace(quoted(member), quoted(member.toUpperCase(java.util.Locale.ROOT)));
          };
      byte[] bytes = spoilt.getBytes(StandardCharsets.UTF_8);
      if (once(20)) {
        bytes = spoilt.getBytes(StandardCharsets.UTF_16LE);
        broken.add("not UTF-8");
      } else if (isOnce(spoilt)) {
        judgeBody(content, spoilt);
      } else {
        broken.add("not JSON, or a member twice");
      }
      orderly = false;
      return bytes;
    }

    private JsonValue oddValue() {
      return switch (random.nextInt(8)) {
        case 0 -> JsonValue.NULL;
        case 1 -> JSON.createValue(random.nextInt());
        case 2 -> JsonValue.TRUE;
        case 3 -> JsonValue.EMPTY_JSON_ARRAY;
        case 4 -> JsonValue.EMPTY_JSON_OBJECT;
        case 5 -> JSON.createValue(0.5);
        case 6 -> {
          JsonArrayBuilder many = JSON.createArrayBuilder();
          for (int i = 0; i < 100; i++) {
            many.add(i);
          }
          yield many.build();
        }
        default -> JSON.createValue(one(ODD));
      };
    }
  }

  /// Whether a text is JSON in which no member is there twice.
  private static boolean isOnce(String text) {
    try (var parser = JSON.createParser(new java.io.StringReader(text))) {
      int depth = 0;
      Map<Integer, Map<String, Boolean>> seen = new HashMap<>();
      while (parser.hasNext()) {
        switch (parser.next()) {
          case START_OBJECT, START_ARRAY -> {
            depth++;
            seen.put(depth, new HashMap<>());
          }
          case END_OBJECT, END_ARRAY -> depth--;
          case KEY_NAME -> {
            if (seen.getOrDefault(depth, Map.of()).put(parser.getString(), true) != null) {
              return false;
            }
          }
          default -> {}
        }
      }
      return isText(text);
    } catch (RuntimeException notJson) {
      // Or nested deeper than the parser goes.
      return false;
    }
  }

  /// Whether it can be said in UTF-8.
  private static boolean isText(String text) {
    try {
      ByteBuffer _ = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException half) {
      return false;
    }
  }
}
