package io.quorumvault.dotenv;

import java.util.function.Predicate;

/// From where on a file's own text may make a reader see lines otherwise than the grammar does.
///
/// The author's odd lines are copied as they are, and mostly that is his affair. But a quote that
/// such a line leaves open, for some reader, is closed by the next quote we write; what follows in
/// the value would then be read as lines of its own, or run. After `A="C:\\"`, dotenv reads a
/// second variable out of a value that contains a line end; after `A=it's`, a shell runs one that
/// contains `'`.
///
/// Each component is the offset from which that may be so, `Integer.MAX_VALUE` if nowhere.
///
/// @param shell for a shell, which knows quotes everywhere
/// @param openings for readers that know quotes at the beginning of a value, behind a line that is
///   an assignment to them and none to us
/// @param expressions for those of them that are one regular expression: a backslash may keep a
///   quote from closing, and they know other line ends
/// @param lines for readers with a longest line, of which kubectl leaves out all that follows and
///   does not say so; a line that is too long costs docker the whole file
record Spillover(int shell, int openings, int expressions, int lines) {
  private static final int NOWHERE = Integer.MAX_VALUE;

  /// @param rewritten bindings whose values are written anew, in quotes that are closed
  static Spillover of(DotenvFile file, Predicate<Binding> rewritten) {
    String text = file.content();
    int shell = NOWHERE;
    int openings = NOWHERE;
    int expressions = oddLineEnd(text);
    for (Entry entry : file.entries()) {
      boolean shellClosed;
      boolean openingClosed = true;
      boolean expressionClosed = true;
      switch (entry) {
        case Binding binding when rewritten.test(binding) ->
            shellClosed =
                binding.frame().comment() != Frame.Comment.ADJOINING
                    || isShellClosed(text, binding.quotedEnd(), binding.end());
        case Binding binding -> {
          shellClosed = isShellClosed(text, binding.start(), binding.end());
          expressionClosed =
              binding.quote() != Quote.DOUBLE
                  || binding.valueEnd() == binding.valueStart()
                  || text.charAt(binding.valueEnd() - 1) != '\\';
        }
        case OtherLine other -> {
          shellClosed = isShellClosed(text, other.start(), other.end());
          openingClosed = isOpeningClosed(text, other.start(), other.end());
          expressionClosed = !hasQuoteBehindBackslash(text, other.start(), other.end());
        }
      }
      if (!shellClosed) {
        shell = Math.min(shell, entry.end());
      }
      if (!openingClosed) {
        openings = Math.min(openings, entry.end());
      }
      if (!expressionClosed) {
        expressions = Math.min(expressions, entry.end());
      }
    }
    return new Spillover(shell, openings, expressions, longLine(text) ? 0 : NOWHERE);
  }

  /// Whether the lines before leave the dialect's reader, or one of its readers, in doubt.
  boolean reaches(Binding binding, Dialect dialect) {
    int from =
        switch (dialect) {
          case PORTABLE -> Math.min(shell, Math.min(openings, expressions));
          case POSIX -> shell;
          case NODE, PYTHON -> Math.min(openings, expressions);
          case COMPOSE -> openings;
          case DOCKER, KUBE -> lines;
          case JAVA, RAW -> NOWHERE;
        };
    return binding.start() >= from;
  }

  private static boolean longLine(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes =
          c == '\n' ? 0 : bytes + (c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3);
      if (bytes > LineQuoting.LINE_BYTES_MAX) {
        return true;
      }
    }
    return false;
  }

  /// What ends a line for some of these readers only: a CR alone, and for JavaScript's regular
  /// expressions U+2028 and U+2029.
  private static int oddLineEnd(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\u2028'
          || c == '\u2029'
          || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'))) {
        return i;
      }
    }
    return NOWHERE;
  }

  /// Whether no quote opens where the line could have a value or a quoted name, at its beginning,
  /// behind `export`, or behind its first `=` or `:`, without closing on it.
  private static boolean isOpeningClosed(String text, int from, int to) {
    int value = from;
    while (value < to && text.charAt(value) != '=' && text.charAt(value) != ':') {
      value++;
    }
    int name = from;
    while (name < to && Character.isWhitespace(text.charAt(name))) {
      name++;
    }
    return !opens(text, name, to)
        && !(text.startsWith("export", name) && opens(text, name + "export".length(), to))
        && (value == to || !opens(text, value + 1, to));
  }

  private static boolean hasQuoteBehindBackslash(String text, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (text.charAt(i - 1) == '\\' && Quote.openedBy(text.charAt(i)) != Quote.BARE) {
        return true;
      }
    }
    return false;
  }

  private static boolean opens(String text, int from, int to) {
    int p = from;
    while (p < to && Character.isWhitespace(text.charAt(p))) {
      p++;
    }
    if (p >= to || Quote.openedBy(text.charAt(p)) == Quote.BARE) {
      return false;
    }
    int close = text.indexOf(text.charAt(p), p + 1);
    return close < 0 || close >= to;
  }

  /// Whether a shell that starts here outside of all quotes is outside of them at the end. Says no
  /// where only a shell could tell.
  private static boolean isShellClosed(String text, int from, int to) {
    int depth = 0;
    int backticks = 0;
    boolean wordStart = true;
    int p = from;
    while (p < to) {
      char c = text.charAt(p);
      boolean nextWordStart = false;
      switch (c) {
        case '\\' -> {
          if (p + 1 == to) {
            return false;
          }
          p++;
        }
        case '\'' -> {
          p = text.indexOf('\'', p + 1);
          if (p < 0 || p >= to) {
            return false;
          }
        }
        case '"' -> {
          p++;
          while (p < to && text.charAt(p) != '"') {
            p += text.charAt(p) == '\\' ? 2 : 1;
          }
          if (p >= to) {
            return false;
          }
        }
        case '#' -> {
          if (wordStart) {
            while (p + 1 < to && text.charAt(p + 1) != '\n') {
              p++;
            }
          }
        }
        case '<' -> {
          if (p + 1 < to && text.charAt(p + 1) == '<') {
            return false;
          }
        }
        case '`' -> backticks++;
        case '(' -> {
          depth++;
          nextWordStart = true;
        }
        case ')' -> depth--;
        case ' ', '\t', '\n', ';', '&', '|' -> nextWordStart = true;
        default -> {}
      }
      wordStart = nextWordStart;
      p++;
    }
    return depth == 0 && backticks % 2 == 0;
  }
}
