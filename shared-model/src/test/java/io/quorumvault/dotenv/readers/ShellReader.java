package io.quorumvault.dotenv.readers;

import java.util.LinkedHashMap;
import java.util.Map;

/// A POSIX shell that sources a file of assignments (`set -a; . ./file`). Anything that would be a
/// command, a substitution or a syntax error is unreadable.
public final class ShellReader implements Reader {
  @Override
  public Map<String, String> read(String file) throws Unreadable {
    Map<String, String> variables = new LinkedHashMap<>();
    int[] at = {0};
    while (at[0] < file.length()) {
      char c = file.charAt(at[0]);
      if (c == ' ' || c == '\t' || c == '\n') {
        at[0]++;
      } else if (c == '#') {
        while (at[0] < file.length() && file.charAt(at[0]) != '\n') {
          at[0]++;
        }
      } else {
        command(file, at, variables);
      }
    }
    return variables;
  }

  /// Words up to the line end: assignments, or `export` and assignments.
  private static void command(String file, int[] at, Map<String, String> variables)
      throws Unreadable {
    boolean first = true;
    while (at[0] < file.length() && file.charAt(at[0]) != '\n') {
      char c = file.charAt(at[0]);
      if (c == ' ' || c == '\t') {
        at[0]++;
        continue;
      }
      if (c == '#') {
        while (at[0] < file.length() && file.charAt(at[0]) != '\n') {
          at[0]++;
        }
        return;
      }
      int nameEnd = at[0];
      while (nameEnd < file.length()
          && String.valueOf(file.charAt(nameEnd)).matches("[A-Za-z0-9_]")) {
        nameEnd++;
      }
      String name = file.substring(at[0], nameEnd);
      if (first
          && name.equals("export")
          && nameEnd < file.length()
          && (file.charAt(nameEnd) == ' ' || file.charAt(nameEnd) == '\t')) {
        at[0] = nameEnd;
        first = false;
        continue;
      }
      first = false;
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")
          || nameEnd == file.length()
          || file.charAt(nameEnd) != '=') {
        throw new Unreadable("a command");
      }
      at[0] = nameEnd + 1;
      variables.put(name, word(file, at, variables));
    }
  }

  private static String word(String file, int[] at, Map<String, String> variables)
      throws Unreadable {
    StringBuilder word = new StringBuilder();
    while (at[0] < file.length()) {
      char c = file.charAt(at[0]);
      switch (c) {
        case ' ', '\t', '\n' -> {
          return word.toString();
        }
        case ';', '&', '|', '<', '>', '(', ')', '`' -> throw new Unreadable("a metacharacter");
        case '\'' -> {
          int close = file.indexOf('\'', at[0] + 1);
          if (close < 0) {
            throw new Unreadable("never closed");
          }
          word.append(file, at[0] + 1, close);
          at[0] = close + 1;
        }
        case '"' -> {
          at[0]++;
          doubled(file, at, word, variables);
        }
        case '\\' -> {
          if (at[0] + 1 < file.length() && file.charAt(at[0] + 1) != '\n') {
            word.append(file.charAt(at[0] + 1));
          }
          at[0] += 2;
        }
        case '$' -> variable(file, at, word, variables);
        case '~' -> {
          if (word.isEmpty() || word.charAt(word.length() - 1) == ':') {
            throw new Unreadable("a home directory");
          }
          word.append(c);
          at[0]++;
        }
        default -> {
          word.append(c);
          at[0]++;
        }
      }
    }
    return word.toString();
  }

  private static void doubled(
      String file, int[] at, StringBuilder word, Map<String, String> variables) throws Unreadable {
    while (at[0] < file.length()) {
      char c = file.charAt(at[0]);
      if (c == '"') {
        at[0]++;
        return;
      }
      if (c == '`') {
        throw new Unreadable("a command");
      }
      if (c == '$') {
        variable(file, at, word, variables);
      } else if (c == '\\' && at[0] + 1 < file.length()) {
        char next = file.charAt(at[0] + 1);
        if (next != '\n') {
          word.append("\\\"$`".indexOf(next) < 0 ? "\\" : "").append(next);
        }
        at[0] += 2;
      } else {
        word.append(c);
        at[0]++;
      }
    }
    throw new Unreadable("never closed");
  }

  private static void variable(
      String file, int[] at, StringBuilder word, Map<String, String> variables) throws Unreadable {
    int p = at[0] + 1;
    boolean braced = p < file.length() && file.charAt(p) == '{';
    int start = braced ? p + 1 : p;
    int end = start;
    while (end < file.length() && String.valueOf(file.charAt(end)).matches("[A-Za-z0-9_]")) {
      end++;
    }
    if (end == start && !braced) {
      if (p < file.length() && "(['\"$?!#*@-".indexOf(file.charAt(p)) >= 0) {
        throw new Unreadable("a parameter or a command");
      }
      word.append('$');
      at[0] = p;
      return;
    }
    if (braced && (end == start || end == file.length() || file.charAt(end) != '}')) {
      throw new Unreadable("a parameter beyond this reader");
    }
    word.append(variables.getOrDefault(file.substring(start, end), ""));
    at[0] = braced ? end + 1 : end;
  }
}
