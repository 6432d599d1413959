package io.quorumvault.cli.client;

import io.quorumvault.Violation;
import io.quorumvault.cli.JsonObject;
import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a request or a file, or probably not meant. Never carries what was
/// sent.
///
/// @param field what it is about: a member, a parameter, or a variable of a file
/// @param code the rule that was broken
/// @param line, column where in a file, from 1
/// @param name the secret it is about
record Rule(
    @Nullable String field,
    @Nullable String code,
    String message,
    @Nullable Long line,
    @Nullable Long column,
    @Nullable String name) {

  /// An entry of `errors` in a problem document.
  static Rule parse(JsonObject error) {
    return parse(error, "field");
  }

  /// An entry of `warnings` in the answer to a file.
  static Rule parseWarning(JsonObject warning) {
    Rule rule = parse(warning, "variable");
    return new Rule(
        rule.field(),
        rule.code(),
        "warning: " + rule.message(),
        rule.line(),
        rule.column(),
        rule.name());
  }

  private static Rule parse(JsonObject document, String field) {
    return new Rule(
        document.text(field).orElse(null),
        document.text("code").orElse(null),
        document.text("message").or(() -> document.text("code")).orElse("not valid"),
        document.number("line").orElse(null),
        document.number("column").orElse(null),
        document.text("name").orElse(null));
  }

  /// What this program found itself.
  static Rule of(Violation violation) {
    Integer line = violation.line();
    Integer column = violation.column();
    return new Rule(
        violation.field(),
        violation.code(),
        violation.message(),
        line == null ? null : line.longValue(),
        column == null ? null : column.longValue(),
        null);
  }

  /// For a person, without a file.
  String inWords() {
    return (line == null ? "" : "line " + line + ", ")
        + (field == null ? "" : field + ": ")
        + message;
  }
}
