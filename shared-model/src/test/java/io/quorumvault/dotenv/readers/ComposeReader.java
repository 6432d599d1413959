package io.quorumvault.dotenv.readers;

import java.util.LinkedHashMap;
import java.util.Map;

/// Docker Compose's `dotenv` package of July 2026: keys, quotes, escapes, then variables.
public final class ComposeReader implements Reader {
  @Override
  public Map<String, String> read(String file) throws Unreadable {
    String src = file.startsWith("\uFEFF") ? file.substring(1) : file;
    Map<String, String> variables = new LinkedHashMap<>();
    int p = 0;
    while (true) {
      while (p < src.length() && (isSpace(src.charAt(p)) || src.charAt(p) == '\n')) {
        p++;
      }
      if (p == src.length()) {
        return variables;
      }
      if (src.charAt(p) == '#') {
        p = lineEnd(src, p);
        continue;
      }
      if (src.startsWith("export", p) && p + 6 < src.length() && isSpace(src.charAt(p + 6))) {
        p += 6;
        while (p < src.length() && isSpace(src.charAt(p))) {
          p++;
        }
      }
      int key = p;
      while (p < src.length() && "=:\n".indexOf(src.charAt(p)) < 0) {
        char c = src.charAt(p);
        if (!isSpace(c) && "_.-[]".indexOf(c) < 0 && !Character.isLetterOrDigit(c)) {
          throw new Unreadable("unexpected character in a name");
        }
        p++;
      }
      if (p == src.length()) {
        throw new Unreadable("a name without anything");
      }
      boolean inherited = src.charAt(p) == '\n';
      String name = src.substring(key, p).strip();
      p++;
      if (name.indexOf(' ') >= 0) {
        throw new Unreadable("a name with a space");
      }
      if (inherited) {
        continue;
      }
      while (p < src.length() && isSpace(src.charAt(p))) {
        p++;
      }
      p = value(src, p, name, variables);
    }
  }

  private static int value(String src, int start, String name, Map<String, String> variables)
      throws Unreadable {
    char quote = start < src.length() ? src.charAt(start) : '\0';
    if (quote != '"' && quote != '\'') {
      int end = lineEnd(src, start);
      String line = src.substring(start, end);
      int comment = line.indexOf(" #");
      variables.put(
          name,
          substitute((comment < 0 ? line : line.substring(0, comment)).stripTrailing(), variables));
      return Math.min(end + 1, src.length());
    }
    StringBuilder raw = new StringBuilder();
    boolean escaped = false;
    for (int p = start + 1; p < src.length(); p++) {
      char c = src.charAt(p);
      if (c != quote) {
        if (!escaped && c == '\\') {
          escaped = true;
          continue;
        }
        raw.append(escaped ? "\\" : "").append(c);
        escaped = false;
      } else if (escaped) {
        escaped = false;
        raw.append(c);
      } else {
        variables.put(
            name, quote == '"' ? substitute(unescape(raw.toString()), variables) : raw.toString());
        return p + 1;
      }
    }
    throw new Unreadable("never closed");
  }

  private static String unescape(String raw) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      char next = c == '\\' && i + 1 < raw.length() ? raw.charAt(i + 1) : '\0';
      int known = next == '\0' ? -1 : "abfnrtv\"\\".indexOf(next);
      if (next == '$') {
        text.append("$$");
        i++;
      } else if (next == '0') {
        int digits = i + 2;
        while (digits < raw.length() && digits < i + 5 && Character.isDigit(raw.charAt(digits))) {
          digits++;
        }
        String octal = raw.substring(i + 2, digits);
        // Fewer or other than three octal digits are no escape to Go, and stay.
        if (octal.matches("[0-3][0-7]{2}")) {
          text.append((char) Integer.parseInt(octal, 8));
        } else {
          text.append(raw, i, digits);
        }
        i = digits - 1;
      } else if (known >= 0) {
        text.append("\u0007\b\f\n\r\t\u000b\"\\".charAt(known));
        i++;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static String substitute(String text, Map<String, String> variables) throws Unreadable {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '$' || i + 1 == text.length()) {
        out.append(text.charAt(i));
        continue;
      }
      char next = text.charAt(i + 1);
      if (next == '$') {
        out.append('$');
        i++;
      } else if (next == '{') {
        int end = text.indexOf('}', i);
        if (end < 0 || !text.substring(i + 2, end).matches("[A-Za-z_][A-Za-z0-9_]*")) {
          throw new Unreadable("a template beyond this reader");
        }
        out.append(variables.getOrDefault(text.substring(i + 2, end), ""));
        i = end;
      } else if (Character.isLetter(next) || next == '_') {
        int end = i + 1;
        while (end < text.length()
            && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
          end++;
        }
        out.append(variables.getOrDefault(text.substring(i + 1, end), ""));
        i = end - 1;
      } else {
        out.append('$');
      }
    }
    return out.toString();
  }

  private static int lineEnd(String src, int from) {
    int end = src.indexOf('\n', from);
    return end < 0 ? src.length() : end;
  }

  private static boolean isSpace(char c) {
    return " \t\u000b\f\r\u0085\u00a0".indexOf(c) >= 0;
  }
}
