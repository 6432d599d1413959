package io.quorumvault.dotenv.readers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// python-dotenv 1.2.4, `dotenv_values` on a file opened as text, with nothing set outside.
public final class PythonReader implements Reader {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{(?<name>[^\\}:]*)(?::-(?<other>[^\\}]*))?\\}");

  private static final Pattern COMMENT =
      Pattern.compile("\\s+#.*", Pattern.UNICODE_CHARACTER_CLASS);

  private static final class Cursor {
    final String text;
    int p;

    Cursor(String text) {
      this.text = text;
    }

    boolean more() {
      return p < text.length();
    }

    char peek() {
      return more() ? text.charAt(p) : '\0';
    }

    String take(String regex) throws Unreadable {
      Matcher m =
          Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.DOTALL).matcher(text);
      m.region(p, text.length());
      if (!m.lookingAt()) {
        throw new Unreadable("no match");
      }
      p = m.end();
      return m.groupCount() > 0 && m.group(1) != null ? m.group(1) : m.group();
    }
  }

  @Override
  public Map<String, String> read(String file) throws Unreadable {
    // Universal newlines: what the file object gives has LF only.
    String text = file.replace("\r\n", "\n").replace('\r', '\n');
    Cursor in = new Cursor(text.startsWith("\uFEFF") ? text.substring(1) : text);
    Map<String, String> variables = new LinkedHashMap<>();
    while (in.more()) {
      try {
        binding(in, variables);
      } catch (Unreadable e) {
        in.take("[^\\n]*\\n?");
      }
    }
    return variables;
  }

  private static void binding(Cursor in, Map<String, String> variables) throws Unreadable {
    in.take("\\s*");
    if (!in.more()) {
      return;
    }
    in.take("(?:export[^\\S\\n]+)?");
    String key =
        in.peek() == '#' ? null : in.peek() == '\'' ? in.take("'([^']+)'") : in.take("([^=#\\s]+)");
    in.take("[^\\S\\n]*");
    String value = null;
    if (in.peek() == '=') {
      String equals = in.take("=[^\\S\\n]*");
      value = equals.length() > 1 && in.peek() == '#' ? "" : value(in);
    }
    in.take("(?:[^\\S\\n]*#[^\\n]*)?");
    in.take("[^\\S\\n]*(?:\\n|\\z)");
    if (key != null && value != null) {
      variables.put(key, interpolate(value, variables));
    }
  }

  private static String value(Cursor in) throws Unreadable {
    return switch (in.peek()) {
      case '\'' -> unescape(quoted(in, '\''), "\\'", "\\'");
      case '"' -> unescape(quoted(in, '"'), "\\'\"abfnrtv", "\\'\"\u0007\b\f\n\r\t\u000b");
      case '\0', '\n' -> "";
      default -> COMMENT.matcher(in.take("[^\\n]*")).replaceAll("").stripTrailing();
    };
  }

  private static String quoted(Cursor in, char mark) throws Unreadable {
    StringBuilder raw = new StringBuilder();
    for (int p = in.p + 1; p < in.text.length(); p++) {
      char c = in.text.charAt(p);
      if (c == mark) {
        in.p = p + 1;
        return raw.toString();
      }
      raw.append(c);
      if (c == '\\' && p + 1 < in.text.length()) {
        raw.append(in.text.charAt(++p));
      }
    }
    throw new Unreadable("never closed");
  }

  private static String unescape(String raw, String letters, String meanings) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < raw.length(); i++) {
      int known =
          raw.charAt(i) == '\\' && i + 1 < raw.length() ? letters.indexOf(raw.charAt(i + 1)) : -1;
      text.append(known < 0 ? raw.charAt(i) : meanings.charAt(known));
      i += known < 0 ? 0 : 1;
    }
    return text.toString();
  }

  private static String interpolate(String value, Map<String, String> variables) {
    Matcher m = VARIABLE.matcher(value);
    return m.replaceAll(found -> {
      String other = m.group("other") == null ? "" : m.group("other");
      return Matcher.quoteReplacement(variables.getOrDefault(m.group("name"), other));
    });
  }
}
