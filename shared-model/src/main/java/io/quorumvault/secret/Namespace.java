package io.quorumvault.secret;

import java.util.regex.Pattern;

/// A room for secrets with its own names and its own permissions.
///
/// @param text 1 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen (the
///   form of an RFC 1123 label, so that a namespace can carry the name of a Kubernetes one);
///   anything else is an `IllegalArgumentException` that does not repeat the text
public record Namespace(String text) implements Comparable<Namespace> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public Namespace {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("namespace (expected: " + FORM + ")");
    }
  }

  @Override
  public int compareTo(Namespace other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
