package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.CharArrayReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A body read strictly: one JSON object whose members are known, there once, and of their type.
///
/// JSON-B would take the last of two equal members, skip unknown ones and stop at the end of the
/// object; in a vault each of these hides a mistake. So the JSON events are read here. No failure
/// repeats anything of the body, not even the name of an unknown member: a mistaken caller may have
/// put a secret there.
final class JsonMembers {
  /// Members of one object within the body: each can be a name of the one transaction that the
  /// request becomes.
  private static final int MAP_MEMBERS_MAX = Limits.NAMES_PER_TRANSACTION_MAX;

  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Boolean> flags = new HashMap<>();
  private final Map<String, Map<String, String>> maps = new HashMap<>();

  private JsonMembers() {}

  /// @param texts members that are strings
  /// @param flags members that are true or false
  /// @param maps members that are objects of strings
  /// @throws VaultFailure 400, or 413 for an object with too many members
  static JsonMembers read(Body body, Set<String> texts, Set<String> flags, Set<String> maps) {
    char[] text = text(body);
    try (JsonParser parser = Json.createParser(new CharArrayReader(text))) {
      if (parser.next() != Event.START_OBJECT) {
        throw VaultFailure.invalid("body", "body-object", "A JSON object.");
      }
      JsonMembers members = new JsonMembers();
      while (parser.next() == Event.KEY_NAME) {
        String member = parser.getString();
        if (texts.contains(member)) {
          once(member, members.texts.put(member, string(member, parser)));
        } else if (flags.contains(member)) {
          once(member, members.flags.put(member, flag(member, parser)));
        } else if (maps.contains(member)) {
          once(member, members.maps.put(member, strings(member, parser)));
        } else {
          throw VaultFailure.invalid(
              "body", "member-known", "Only the members " + listed(texts, flags, maps) + ".");
        }
      }
      if (parser.hasNext()) {
        throw malformed();
      }
      return members;
    } catch (JsonException | NoSuchElementException notJson) {
      throw malformed();
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  @Nullable String text(String member) {
    return texts.get(member);
  }

  /// False if it is not there.
  boolean flag(String member) {
    return flags.getOrDefault(member, false);
  }

  /// In the order they were sent, empty if there is no such member.
  Map<String, String> map(String member) {
    return maps.getOrDefault(member, Map.of());
  }

  static Violation missing(String member) {
    return new Violation(member, "member-present", "Must be there.");
  }

  private static String string(String member, JsonParser parser) {
    if (parser.next() != Event.VALUE_STRING) {
      throw VaultFailure.invalid(member, "member-string", "A JSON string.");
    }
    return parser.getString();
  }

  private static Boolean flag(String member, JsonParser parser) {
    return switch (parser.next()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw VaultFailure.invalid(member, "member-boolean", "true or false.");
    };
  }

  private static Map<String, String> strings(String member, JsonParser parser) {
    if (parser.next() != Event.START_OBJECT) {
      throw VaultFailure.invalid(member, "member-object", "A JSON object of strings.");
    }
    Map<String, String> strings = new LinkedHashMap<>();
    while (parser.next() == Event.KEY_NAME) {
      if (strings.size() == MAP_MEMBERS_MAX) {
        throw VaultFailure.withViolations(
            FailureCode.PAYLOAD_TOO_LARGE,
            "The request has more than can be dealt with at once.",
            List.of(
                new Violation(member, "member-count", "At most " + MAP_MEMBERS_MAX + " members.")));
      }
      String key = parser.getString();
      once(member, strings.put(key, string(member, parser)));
    }
    return strings;
  }

  private static void once(String member, @Nullable Object before) {
    if (before != null) {
      throw VaultFailure.invalid(member, "member-once", "Each member at most once.");
    }
  }

  private static char[] text(Body body) {
    // At most one character a byte.
    CharBuffer text = CharBuffer.allocate(body.length());
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(body.bytes(), 0, body.length()), text, true);
    char[] chars = Arrays.copyOf(text.array(), text.position());
    Arrays.fill(text.array(), '\0');
    if (result.isError()) {
      Arrays.fill(chars, '\0');
      throw malformed();
    }
    return chars;
  }

  private static String listed(Set<String> texts, Set<String> flags, Set<String> maps) {
    Set<String> known = new TreeSet<>(texts);
    known.addAll(flags);
    known.addAll(maps);
    return String.join(", ", List.copyOf(known));
  }

  private static VaultFailure malformed() {
    return VaultFailure.of(
        FailureCode.MALFORMED_JSON, "Send one JSON object in UTF-8 and nothing after it.");
  }
}
