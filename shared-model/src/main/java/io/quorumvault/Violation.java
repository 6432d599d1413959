package io.quorumvault;

import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a request. Never carries what was sent.
///
/// @param field what it is about: a JSON member, a header, a query or path parameter, or a variable
///   of a file
/// @param code the rule that was broken, for example `name-form`
/// @param message the rule in words, with what was expected
/// @param line 1-based line of a file, null outside files
/// @param column 1-based column of a file, null outside files
/// @param name the secret it is about, where that is not plain from the field and is certainly a
///   name; null otherwise
public record Violation(
    String field,
    String code,
    String message,
    @Nullable Integer line,
    @Nullable Integer column,
    @Nullable String name) {
  public Violation(String field, String code, String message) {
    this(field, code, message, null, null, null);
  }
}
