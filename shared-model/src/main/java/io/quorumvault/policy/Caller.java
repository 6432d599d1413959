package io.quorumvault.policy;

import java.util.Set;

/// Who asks, as a verified token says.
///
/// @param subject 1 to 255 characters without control characters, anything else is an
///   `IllegalArgumentException`
/// @param groups at most `GROUPS_MAX`, each of the same form as the subject; may be empty
public record Caller(String subject, Set<String> groups) {
  /// Longest subject or group: a mail address or a URI of a workload fits, and an audit record
  /// stays bounded.
  public static final int NAME_CHARS_MAX = 255;

  /// Most groups of one caller; the length of a token bounds them at about the same.
  public static final int GROUPS_MAX = 512;

  public Caller {
    groups = Set.copyOf(groups);
    checkName("subject", subject);
    if (groups.size() > GROUPS_MAX) {
      throw new IllegalArgumentException(
          "groups: " + groups.size() + " (expected: at most " + GROUPS_MAX + ")");
    }
    groups.forEach(group -> checkName("groups", group));
  }

  /// Control characters would let a subject forge lines of a log.
  static void checkName(String field, String name) {
    if (name.isEmpty()
        || name.length() > NAME_CHARS_MAX
        || name.codePoints().anyMatch(Caller::isUnfit)) {
      throw new IllegalArgumentException(
          field
              + " (expected: 1 to "
              + NAME_CHARS_MAX
              + " characters, none of them a control character)");
    }
  }

  private static boolean isUnfit(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
