package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Docker Compose, as the `dotenv` and `template` packages of compose-go read: in `"…"` escapes are
/// undone first and variables put in afterwards, bare text has variables but no escapes, and `'…'`
/// has neither, save that `\'` is a quote.
enum ComposeQuoting implements Quoting {
  INSTANCE;

  private static final String ESCAPED = "\\\"$\n\r";
  private static final String LETTERS = "\\\"$nr";

  @Override
  public String objection(Frame frame, String variable) {
    return "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return !Scan.containsAny(inserted, "\0");
  }

  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    return switch (quote) {
      case BARE -> raw.indexOf('$') >= 0 ? null : raw;
      case SINGLE -> raw;
      case DOUBLE -> unescape(raw);
      case BACKTICK -> Quoting.hasAny(raw, "\\$") ? null : raw;
    };
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    return switch (quote) {
      case BARE -> Quoting.hasOddBlanks(raw) ? null : readOwn(quote, raw);
      case SINGLE, DOUBLE -> readOwn(quote, raw);
      case BACKTICK -> null;
    };
  }

  /// Null if there is a variable, or an escape that says a character by its number.
  private static @Nullable String unescape(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '$') {
        return null;
      }
      if (c != '\\' || i + 1 == raw.length()) {
        text.append(c);
        continue;
      }
      char next = raw.charAt(i + 1);
      int known = "\\\"$abfnrtv".indexOf(next);
      if (next == '0' || next == 'c') {
        return null;
      }
      if (known < 0) {
        text.append(c);
      } else {
        text.append("\\\"$\u0007\b\f\n\r\t\u000b".charAt(known));
        i++;
      }
    }
    return text.toString();
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.isBare(value)) {
      out.append(value);
    } else {
      Quoting.enclose(value, '"', out, ESCAPED, LETTERS);
    }
    return true;
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    boolean fits =
        switch (quote) {
          case BARE -> Scan.isBare(value);
          case SINGLE -> !Quoting.insertsAny(pieces, "'") && !Scan.endsWith(value, '\\');
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

  /// Bare text moves into `"…"`, where variables are put in as well and a value can be escaped.
  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    if (!Interpolation.isClosedBeforeInserts(pieces)) {
      return false;
    }
    return switch (quote) {
      case DOUBLE -> {
        Quoting.write(quote, pieces, out, ESCAPED, LETTERS);
        yield true;
      }
      case BARE -> {
        out.append('"');
        for (Piece piece : pieces) {
          switch (piece) {
            case Piece.Own own -> {
              // Bare, they may be trimmed.
              if (Quoting.hasOddBlanks(own.raw())) {
                yield false;
              }
              out.append(own.raw().replace("\\", "\\\\").replace("\"", "\\\""));
            }
            case Piece.Mark mark -> out.append(mark.text());
            case Piece.Insert insert ->
                Quoting.escape(insert.value().bytes(), out, ESCAPED, LETTERS);
          }
        }
        out.append('"');
        yield true;
      }
      case SINGLE, BACKTICK -> false;
    };
  }
}
