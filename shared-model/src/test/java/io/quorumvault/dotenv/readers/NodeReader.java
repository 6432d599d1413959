package io.quorumvault.dotenv.readers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// motdotla/dotenv 18, classic: one regular expression. JavaScript's blanks and line ends are
/// written out.
public final class NodeReader implements Reader {
  private static final String S =
      "[ \\t\\n\\u000b\\f\\r\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]";
  private static final String START = "(?<![^\\n\\r\\u2028\\u2029])";
  private static final String END = "(?![^\\n\\r\\u2028\\u2029])";
  private static final Pattern LINE =
      Pattern.compile(
          START
              + S
              + "*(?:export"
              + S
              + "+)?([A-Za-z0-9_.-]+)(?:"
              + S
              + "*="
              + S
              + "*?|:"
              + S
              + "+?)("
              + S
              + "*'(?:\\\\'|[^'])*'|"
              + S
              + "*\"(?:\\\\\"|[^\"])*\"|"
              + S
              + "*`(?:\\\\`|[^`])*`|[^#\\r\\n]+)?"
              + S
              + "*(?:#[^\\n\\r\\u2028\\u2029]*)?"
              + END);
  private static final Pattern QUOTED = Pattern.compile(START + "(['\"`])([\\s\\S]*)\\1" + END);
  private static final Pattern ENDS = Pattern.compile("^" + S + "+|" + S + "+$");

  /// @param quote the first character of the value, NUL if it is empty
  record Assignment(String name, char quote, String value) {}

  @Override
  public Map<String, String> read(String file) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Assignment assignment : assignments(file)) {
      variables.put(assignment.name(), assignment.value());
    }
    return variables;
  }

  static List<Assignment> assignments(String file) {
    List<Assignment> assignments = new ArrayList<>();
    Matcher line = LINE.matcher(file.replaceAll("\r\n?", "\n"));
    while (line.find()) {
      String value = line.group(2) == null ? "" : line.group(2);
      value = ENDS.matcher(value).replaceAll("");
      char quote = value.isEmpty() ? '\0' : value.charAt(0);
      value = QUOTED.matcher(value).replaceAll("$2");
      if (quote == '"') {
        value = value.replace("\\n", "\n").replace("\\r", "\r");
      }
      assignments.add(new Assignment(line.group(1), quote, value));
    }
    return assignments;
  }
}
