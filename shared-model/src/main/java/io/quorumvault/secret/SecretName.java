package io.quorumvault.secret;

import io.quorumvault.Limits;
import java.util.regex.Pattern;

/// The name of a secret within its namespace. Case matters.
///
/// @param text 1 to 128 letters, digits, `_`, `.` and `-`, the first neither `.` nor `-`; anything
///   else is an `IllegalArgumentException` that does not repeat the text
public record SecretName(String text) implements Comparable<SecretName> {
  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0," + (Limits.NAME_CHARS_MAX - 1) + "}");

  public SecretName {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("secret name (expected: " + FORM + ")");
    }
  }

  @Override
  public int compareTo(SecretName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
