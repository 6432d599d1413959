package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// python-dotenv, as `dotenv_values` reads: line ends become LF, `"…"` has escapes, `'…'` has `\\`
/// and `\'`, and `${…}` is put in everywhere, single quotes included.
///
/// Until 1.2.2, which is in use, a value in quotes cannot end in a backslash, however escaped: the
/// quote behind it does not close.
enum PythonQuoting implements Quoting {
  INSTANCE;

  private static final String ESCAPED = "\\\"\n\r";
  private static final String LETTERS = "\\\"nr";

  @Override
  public String objection(Frame frame, String variable) {
    return "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return !Scan.containsAny(inserted, "\0") && !Scan.containsBracedVariable(inserted);
  }

  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    String lines = Quoting.withLineFeeds(raw);
    if (lines == null) {
      return null;
    }
    String text =
        switch (quote) {
          case BARE -> lines;
          case SINGLE -> unescape(lines, "\\'", "\\'");
          case DOUBLE -> unescape(lines, "\\'\"abfnrtv", "\\'\"\u0007\b\f\n\r\t\u000b");
          case BACKTICK -> Quoting.hasAny(lines, "\\$") ? null : lines;
        };
    return text == null || text.contains("${") ? null : text;
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    return switch (quote) {
      case BARE -> Quoting.hasOddBlanks(raw) ? null : readOwn(quote, raw);
      case SINGLE, DOUBLE -> readOwn(quote, raw);
      case BACKTICK -> null;
    };
  }

  private static String unescape(String raw, String letters, String meanings) {
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      int known = c == '\\' && i + 1 < raw.length() ? letters.indexOf(raw.charAt(i + 1)) : -1;
      if (known < 0) {
        text.append(c);
      } else {
        text.append(meanings.charAt(known));
        i++;
      }
    }
    return text.toString();
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.isBare(value)) {
      out.append(value);
      return true;
    }
    if (Scan.containsBracedVariable(value)) {
      return false;
    }
    if (Scan.endsWith(value, '\\')) {
      if (standsBare(value)) {
        out.append(value);
        return true;
      }
      return false;
    }
    Quoting.enclose(value, '"', out, ESCAPED, LETTERS);
    return true;
  }

  /// Whether the text is taken as it stands: one line of visible ASCII, no quote in front, nothing
  /// that looks like a comment.
  private static boolean standsBare(byte[] value) {
    for (byte b : value) {
      if (b < ' ' || b == 0x7f) {
        return false;
      }
    }
    return value[0] != ' '
        && value[0] != '\''
        && value[0] != '"'
        && value[0] != '#'
        && !Scan.containsPair(value, ' ', '#');
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    if (Scan.containsBracedVariable(value) || Scan.endsWith(value, '\\')) {
      return false;
    }
    boolean fits =
        switch (quote) {
          case BARE -> Scan.isBare(value);
          case SINGLE -> !Quoting.insertsAny(pieces, "'\\\r");
          case DOUBLE -> true;
          case BACKTICK -> false;
        };
    if (!fits) {
      return false;
    }
    if (quote == Quote.DOUBLE) {
      Quoting.write(quote, pieces, out, ESCAPED, LETTERS);
    } else {
      Quoting.copy(quote, pieces, out);
    }
    return true;
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    return false;
  }
}
