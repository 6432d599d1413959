package io.quorumvault.wire;

import io.quorumvault.Limits;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import org.jspecify.annotations.Nullable;

/// Which live secrets an API server asks for, in the order of names; only those the caller may list
/// are answered.
///
/// @param prefix of the names, empty for all
/// @param after only names after this one; null for the first page
/// @param limit 1 to `Limits.PAGE_MAX`
public record ListCall(
    Namespace namespace,
    String prefix,
    @Nullable SecretName after,
    int limit,
    long deadlineMillis) {
  public ListCall {
    if (limit < 1 || limit > Limits.PAGE_MAX) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + Limits.PAGE_MAX + ")");
    }
    if (prefix.length() > Limits.NAME_CHARS_MAX) {
      throw new IllegalArgumentException(
          "prefix (expected: at most " + Limits.NAME_CHARS_MAX + " characters)");
    }
  }
}
