package io.quorumvault.policy;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Permits some callers some capabilities on the names of a namespace that begin with a prefix, for
/// a time. A member that could only be a mistake is an `IllegalArgumentException` whose message
/// begins with the member's name.
///
/// @param subjects callers by the subject of their token
/// @param groups callers by any of their groups; together with `subjects` at least one
/// @param namespace a namespace, or `*` for all
/// @param prefix how the names begin; empty for all
/// @param capabilities at least one
/// @param notBefore when the rule begins to apply, inclusive, in whole milliseconds; null: always
///   did
/// @param notAfter when it ceases to apply, exclusive, in whole milliseconds; null: never
public record PolicyRule(
    Set<String> subjects,
    Set<String> groups,
    String namespace,
    String prefix,
    Set<Capability> capabilities,
    @Nullable Instant notBefore,
    @Nullable Instant notAfter) {
  public static final String EVERY_NAMESPACE = "*";

  /// Subjects and groups of one rule; beyond it a group is the better tool.
  public static final int NAMES_MAX = 1000;

  /// A caller's name is compared as it stands, so a star would match nobody: the writer meant
  /// something that does not exist.
  private static final Pattern PATTERN_LOOKALIKE = Pattern.compile(".*[*?].*");

  public PolicyRule {
    subjects = Set.copyOf(subjects);
    groups = Set.copyOf(groups);
    capabilities = Set.copyOf(capabilities);
    checkNames("subjects", subjects);
    checkNames("groups", groups);
    if (subjects.isEmpty() && groups.isEmpty()) {
      throw new IllegalArgumentException("subjects (expected: a subject or a group)");
    }
    if (!namespace.equals(EVERY_NAMESPACE)) {
      var _ = new Namespace(namespace);
    }
    if (!prefix.isEmpty()) {
      checkPrefix(prefix);
    }
    if (capabilities.isEmpty()) {
      throw new IllegalArgumentException("capabilities (expected: at least one)");
    }
    checkTime("notBefore", notBefore);
    checkTime("notAfter", notAfter);
    if (notBefore != null && notAfter != null && !notBefore.isBefore(notAfter)) {
      throw new IllegalArgumentException("notAfter (expected: later than notBefore)");
    }
  }

  boolean names(Caller caller) {
    return subjects.contains(caller.subject())
        || caller.groups().stream().anyMatch(groups::contains);
  }

  /// What keeps the rule from permitting this to a caller that it names; empty if it permits it.
  Optional<Finding.Mismatch> against(
      Capability capability, Namespace other, @Nullable SecretName name, Instant now) {
    if (!covers(other)) {
      return Optional.of(Finding.Mismatch.NAMESPACE);
    }
    if (!appliesAt(now)) {
      return Optional.of(
          notBefore != null && now.isBefore(notBefore)
              ? Finding.Mismatch.NOT_YET
              : Finding.Mismatch.NO_LONGER);
    }
    if (!capabilities.contains(capability)) {
      return Optional.of(Finding.Mismatch.CAPABILITY);
    }
    return name == null || covers(name) ? Optional.empty() : Optional.of(Finding.Mismatch.NAME);
  }

  boolean appliesAt(Instant now) {
    return (notBefore == null || !now.isBefore(notBefore))
        && (notAfter == null || now.isBefore(notAfter));
  }

  boolean covers(Namespace other) {
    return namespace.equals(EVERY_NAMESPACE) || namespace.equals(other.text());
  }

  boolean covers(SecretName name) {
    return name.text().startsWith(prefix);
  }

  private static void checkNames(String field, Set<String> names) {
    if (names.size() > NAMES_MAX) {
      throw new IllegalArgumentException(
          field + ": " + names.size() + " (expected: at most " + NAMES_MAX + ")");
    }
    for (String name : names) {
      Caller.checkName(field, name);
      if (PATTERN_LOOKALIKE.matcher(name).matches()) {
        throw new IllegalArgumentException(field + " (expected: whole names, no patterns)");
      }
    }
  }

  /// Every beginning of a name is a name.
  private static void checkPrefix(String prefix) {
    try {
      var _ = new SecretName(prefix);
    } catch (IllegalArgumentException notTheBeginningOfAName) {
      throw new IllegalArgumentException(
          "prefix (expected: the beginning of a secret name)", notTheBeginningOfAName);
    }
  }

  private static void checkTime(String field, @Nullable Instant time) {
    if (time != null && !time.equals(time.truncatedTo(ChronoUnit.MILLIS))) {
      throw new IllegalArgumentException(field + " (expected: whole milliseconds)");
    }
  }
}
