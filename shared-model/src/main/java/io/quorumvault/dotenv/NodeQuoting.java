package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// motdotla/dotenv, both of its parsers: three kinds of quotes, nothing special within them but
/// `\n` and `\r` in `"…"`; a backslash before the closing quote may keep it from closing. Every
/// line end becomes LF. Variables are not put in.
enum NodeQuoting implements Quoting {
  INSTANCE;

  private static final List<Quote> QUOTES = List.of(Quote.SINGLE, Quote.DOUBLE, Quote.BACKTICK);

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
    String lines = Quoting.withLineFeeds(raw);
    if (lines == null || quote != Quote.DOUBLE) {
      return lines;
    }
    return lines.replace("\\n", "\n").replace("\\r", "\r");
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    if (quote == Quote.BARE && (raw.indexOf('#') >= 0 || Quoting.hasOddBlanks(raw))) {
      return null;
    }
    // The parser may read on behind this quote.
    return quote != Quote.BARE && raw.endsWith("\\") ? null : readOwn(quote, raw);
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.isBare(value)) {
      out.append(value);
      return true;
    }
    for (Quote quote : QUOTES) {
      if (fits(quote, value)) {
        Quoting.enclose(value, quote.mark(), out, "\r", "r");
        return true;
      }
    }
    return false;
  }

  /// CR fits `"…"` only, where it is written `\r`; and there the two characters `\n` and `\r` do
  /// not.
  private static boolean fits(Quote quote, byte[] value) {
    if (Scan.containsAny(value, String.valueOf(quote.mark())) || Scan.endsWith(value, '\\')) {
      return false;
    }
    return quote == Quote.DOUBLE
        ? !Scan.containsPair(value, '\\', 'n') && !Scan.containsPair(value, '\\', 'r')
        : !Scan.containsAny(value, "\r");
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    if (quote == Quote.BARE) {
      if (!Scan.isBare(value)) {
        return false;
      }
      out.append(value);
      return true;
    }
    if (Scan.endsWith(value, '\\') || Quoting.insertsAny(pieces, String.valueOf(quote.mark()))) {
      return false;
    }
    if (quote == Quote.DOUBLE ? pairsUp(pieces) : Quoting.insertsAny(pieces, "\r")) {
      return false;
    }
    Quoting.write(quote, pieces, out, "\r", "r");
    return true;
  }

  /// Whether a backslash that is inserted stands before an `n` or `r`, of its value or behind it.
  private static boolean pairsUp(List<Piece> pieces) {
    for (int i = 0; i < pieces.size(); i++) {
      if (!(pieces.get(i) instanceof Piece.Insert insert)) {
        continue;
      }
      byte[] value = insert.value().bytes();
      if (Scan.containsPair(value, '\\', 'n') || Scan.containsPair(value, '\\', 'r')) {
        return true;
      }
      if (Scan.endsWith(value, '\\') && i + 1 < pieces.size()) {
        char next =
            switch (pieces.get(i + 1)) {
              case Piece.Own own -> own.raw().charAt(0);
              case Piece.Mark mark -> mark.text().charAt(0);
              case Piece.Insert other -> (char) (other.value().bytes()[0] & 0xff);
            };
        if (next == 'n' || next == 'r') {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    return false;
  }
}
