package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The shell's own quoting: nothing is special in `'…'` but `'`, and words that touch are one.
///
/// Source: POSIX.1-2017, Shell and Utilities, section 2.2.
enum PosixQuoting implements Quoting {
  INSTANCE;

  private static final String ESCAPED_IN_DOUBLE = "\\\"$`";

  // What ends a word, begins another kind of one, or is removed from it.
  private static final String NOT_BARE = " \t;&|<>()$`\\\"'~";

  @Override
  public String objection(Frame frame, String variable) {
    if (frame.blankBeforeEquals() || frame.blankAfterEquals()) {
      return "a shell allows no blanks around the '='";
    }
    if (variable.indexOf('.') >= 0 || variable.indexOf('-') >= 0) {
      return "a shell allows letters, digits and '_' in a name only";
    }
    if (frame.crlf()) {
      return "a shell takes the CR of the line end as part of the value";
    }
    if (frame.afterByteOrderMark()) {
      return "a shell takes the byte order mark as part of the name";
    }
    if (frame.comment() == Frame.Comment.ADJOINING) {
      return "a shell takes a '#' directly behind the quote as part of the value";
    }
    return "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return !Scan.containsAny(inserted, "\0");
  }

  /// Bare text with blanks or metacharacters is no word to a shell, but plain what it says: quoted
  /// it becomes one. Quotes in it are the shell's.
  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    return switch (quote) {
      case BARE ->
          Quoting.hasAny(raw, "$`\\\"'") || raw.startsWith("~") || raw.contains(":~") ? null : raw;
      case SINGLE -> raw;
      case DOUBLE -> unescape(raw);
      case BACKTICK -> Quoting.hasAny(raw, "\\$") ? null : raw;
    };
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    return switch (quote) {
      case BARE -> Quoting.hasAny(raw, NOT_BARE) || Quoting.hasOddBlanks(raw) ? null : raw;
      case SINGLE -> raw;
      case DOUBLE -> readOwn(quote, raw);
      case BACKTICK -> null;
    };
  }

  /// Null if there is a substitution, or a backslash that joins two lines: whoever wrote that wants
  /// to see it again.
  private static @Nullable String unescape(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '$' || c == '`') {
        return null;
      }
      if (c == '\\' && i + 1 < raw.length()) {
        char next = raw.charAt(i + 1);
        if (next == '\n') {
          return null;
        }
        if (ESCAPED_IN_DOUBLE.indexOf(next) >= 0) {
          c = next;
          i++;
        }
      }
      text.append(c);
    }
    return text.toString();
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.isBare(value)) {
      out.append(value);
    } else {
      out.append('\'');
      single(value, out);
      out.append('\'');
    }
    return true;
  }

  /// A quote is closed, written escaped, and opened again.
  private static void single(byte[] value, ByteSink out) {
    for (byte b : value) {
      if (b == '\'') {
        out.append("'\\''");
      } else {
        out.append(b);
      }
    }
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    return switch (quote) {
      case BARE -> {
        if (!Scan.isBare(value)) {
          yield false;
        }
        out.append(value);
        yield true;
      }
      case SINGLE -> {
        out.append('\'');
        for (Piece piece : pieces) {
          switch (piece) {
            case Piece.Own own -> out.append(own.raw());
            case Piece.Mark mark -> out.append(mark.text());
            case Piece.Insert insert -> single(insert.value().bytes(), out);
          }
        }
        out.append('\'');
        yield true;
      }
      case DOUBLE -> {
        Quoting.write(quote, pieces, out, ESCAPED_IN_DOUBLE, ESCAPED_IN_DOUBLE);
        yield true;
      }
      case BACKTICK -> false;
    };
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    if (!Interpolation.isClosedBeforeInserts(pieces)) {
      return false;
    }
    return switch (quote) {
      case DOUBLE -> {
        Quoting.write(quote, pieces, out, ESCAPED_IN_DOUBLE, ESCAPED_IN_DOUBLE);
        yield true;
      }
      case BARE -> writeWord(pieces, out);
      case SINGLE, BACKTICK -> false;
    };
  }

  /// A word of the author's bare parts and quoted parts of ours.
  private static boolean writeWord(List<Piece> pieces, ByteSink out) {
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Own own -> {
          if (Quoting.hasAny(own.raw(), " \t;&|<>()\"'`~")) {
            return false;
          }
          out.append(own.raw());
        }
        case Piece.Mark mark -> {
          out.append('\'');
          out.append(mark.text());
          out.append('\'');
        }
        case Piece.Insert insert -> {
          out.append('\'');
          single(insert.value().bytes(), out);
          out.append('\'');
        }
      }
    }
    return true;
  }
}
