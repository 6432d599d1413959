package io.quorumvault.cli.client;

import java.util.function.UnaryOperator;

/// The file that a request is about, as its sender calls it.
///
/// @param label how the command line named it
/// @param origin where in the file a rule belongs that the vault tells of what was sent
record FileInQuestion(String label, UnaryOperator<Rule> origin) {
  /// The members of the request that are no variables of a file.
  private static final String WHOLE_FILE = "content";

  /// A file that is sent as it is.
  static FileInQuestion sentWhole(String label) {
    return new FileInQuestion(label, UnaryOperator.identity());
  }

  /// `FILE:LINE:COLUMN: VARIABLE: message (code)`, without what is not known.
  String finding(Rule told) {
    Rule rule = origin.apply(told);
    StringBuilder text = new StringBuilder(label).append(':');
    if (rule.line() != null) {
      text.append(rule.line()).append(':');
      if (rule.column() != null) {
        text.append(rule.column()).append(':');
      }
    }
    if (rule.field() != null && !rule.field().equals(WHOLE_FILE)) {
      text.append(' ').append(rule.field()).append(':');
    }
    text.append(' ').append(rule.message().replaceFirst("[.]$", ""));
    if (rule.name() != null && !rule.message().contains(" " + rule.name())) {
      text.append(": ").append(rule.name());
    }
    if (rule.code() != null) {
      text.append(" (").append(rule.code()).append(')');
    }
    return text.toString();
  }
}
