package io.quorumvault.kit;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.quorumvault.Bytes;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Policy;
import io.quorumvault.policy.PolicyRule;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The policy as a JSON file, read again when it changes.
///
/// ```json
/// {"version": 1, "rules": [
///   {"subjects": ["dev"], "groups": [], "namespace": "demo", "prefix": "",
///    "capabilities": ["create", "read", "list"], "notBefore": null, "notAfter": "2027-01-01T00:00:00Z"}]}
/// ```
///
/// `subjects`, `groups`, `notBefore` and `notAfter` may be left out or null. Everything else must
/// be there, `prefix` too: leaving it out by mistake would permit every name. A member with another
/// name, or one that occurs twice, is refused for the same reason. Safe for use by several threads.
public final class PolicyFile {
  /// Longest policy file: ten thousand rules of a hundred characters.
  public static final int FILE_BYTES_MAX = 1 << 20;

  private static final Set<String> DOCUMENT_MEMBERS = Set.of("version", "rules");
  private static final Set<String> RULE_MEMBERS =
      Set.of("subjects", "groups", "namespace", "prefix", "capabilities", "notBefore", "notAfter");

  private final WatchedFiles<Policy> file;

  PolicyFile(Path path, InstantSource clock, LongSupplier nanoTime) {
    this.file =
        new WatchedFiles<>(
            "policy file",
            List.of(path),
            FILE_BYTES_MAX,
            contents -> parse(contents.getFirst()),
            clock,
            nanoTime);
  }

  /// Opens the file, which must hold a policy now: a service does not start without one.
  ///
  /// @throws IllegalStateException if it does not; the message says where and what was expected
  public static PolicyFile open(Path path) {
    return new PolicyFile(path, InstantSource.system(), System::nanoTime);
  }

  /// The policy in force: the newest content of the file, seen within a second, that is a policy.
  public Policy policy() {
    return file.current();
  }

  /// Since when it is in force in this process.
  public Instant since() {
    return file.since();
  }

  /// The digest of the policy in force.
  public Bytes digest() {
    return policy().digest();
  }

  /// The policy in a document.
  ///
  /// @throws IllegalArgumentException if the document is not a policy; the message names the member
  ///   and what was expected, and repeats nothing of the document
  public static Policy parse(byte[] document) {
    JsonObject json = object("policy", StrictJson.read(document));
    checkMembers("policy", json, DOCUMENT_MEMBERS);
    List<PolicyRule> rules = new ArrayList<>();
    for (JsonValue rule : array("rules", required("", json, "rules"))) {
      rules.add(rule("rules[" + rules.size() + "].", rule));
    }
    return Policy.of(integer("version", required("", json, "version")), rules);
  }

  private static PolicyRule rule(String where, JsonValue value) {
    JsonObject json = object(where, value);
    checkMembers(where, json, RULE_MEMBERS);
    Set<String> subjects = names(where + "subjects", json.get("subjects"));
    Set<String> groups = names(where + "groups", json.get("groups"));
    String namespace = text(where + "namespace", required(where, json, "namespace"));
    String prefix = text(where + "prefix", required(where, json, "prefix"));
    Set<Capability> capabilities =
        texts(where + "capabilities", required(where, json, "capabilities"))
            .map(word -> capability(where + "capabilities", word))
            .collect(toUnmodifiableSet());
    Instant notBefore = time(where + "notBefore", json.get("notBefore"));
    Instant notAfter = time(where + "notAfter", json.get("notAfter"));
    try {
      return new PolicyRule(subjects, groups, namespace, prefix, capabilities, notBefore, notAfter);
    } catch (IllegalArgumentException refusal) {
      throw new IllegalArgumentException(where + refusal.getMessage(), refusal);
    }
  }

  private static void checkMembers(String where, JsonObject json, Set<String> known) {
    Set<String> unknown = new HashSet<>(json.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw expected(where, "no members but " + known.stream().sorted().toList());
    }
  }

  private static JsonValue required(String where, JsonObject json, String member) {
    JsonValue value = json.get(member);
    if (value == null) {
      throw expected(where + member, "to be present");
    }
    return value;
  }

  private static JsonObject object(String where, JsonValue value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw expected(where, "an object");
  }

  private static JsonArray array(String where, JsonValue value) {
    if (value instanceof JsonArray array) {
      return array;
    }
    throw expected(where, "an array");
  }

  private static String text(String where, JsonValue value) {
    if (value instanceof JsonString text) {
      return text.getString();
    }
    throw expected(where, "a string");
  }

  private static int integer(String where, JsonValue value) {
    if (value instanceof JsonNumber number && number.isIntegral()) {
      try {
        return number.intValueExact();
      } catch (ArithmeticException _) {
        throw expected(where, "a small number");
      }
    }
    throw expected(where, "a whole number");
  }

  private static Stream<String> texts(String where, JsonValue value) {
    return array(where, value).stream().map(element -> text(where, element));
  }

  private static Set<String> names(String where, @Nullable JsonValue value) {
    if (value == null || value.getValueType() == JsonValue.ValueType.NULL) {
      return Set.of();
    }
    return texts(where, value).collect(toUnmodifiableSet());
  }

  private static @Nullable Instant time(String where, @Nullable JsonValue value) {
    if (value == null || value.getValueType() == JsonValue.ValueType.NULL) {
      return null;
    }
    try {
      return Instant.parse(text(where, value));
    } catch (DateTimeException _) {
      throw expected(where, "a time such as 2027-01-01T00:00:00Z");
    }
  }

  private static Capability capability(String where, String word) {
    return Capability.ofText(word)
        .orElseThrow(() ->
            expected(
                where, "only " + Stream.of(Capability.values()).map(Capability::text).toList()));
  }

  private static IllegalArgumentException expected(String where, String expected) {
    return new IllegalArgumentException(where + " (expected: " + expected + ")");
  }
}
