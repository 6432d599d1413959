package io.quorumvault.dotenv;

import java.util.List;

/// Where a value may stand beside variables and commands that its reader puts in.
final class Interpolation {
  private Interpolation() {}

  /// Whether every value stands outside of all substitutions. A value inside a command would be
  /// part of the command, and where a command ends only a shell can tell; so before a value there
  /// is none at all, and `${…}` only around a plain name.
  static boolean isClosedBeforeInserts(List<Piece> pieces) {
    boolean open = false;
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Own own -> open |= opensSomething(own.raw());
        case Piece.Mark mark -> open |= opensSomething(mark.text());
        case Piece.Insert insert -> {
          if (open) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean opensSomething(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '`') {
        return true;
      } else if (c == '$' && i + 1 < text.length()) {
        char next = text.charAt(i + 1);
        if (next == '(' || next == '[' || next == '\'' || next == '"') {
          return true;
        }
        if (next == '{') {
          int close = i + 2;
          while (close < text.length() && isNameChar(text.charAt(close))) {
            close++;
          }
          if (close == text.length() || text.charAt(close) != '}') {
            return true;
          }
          i = close;
        }
      }
    }
    return false;
  }

  private static boolean isNameChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
