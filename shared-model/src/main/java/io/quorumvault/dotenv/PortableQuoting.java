package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What dotenv, dotenvx, python-dotenv, Compose and bash read alike: forms without any escape.
///
/// The author's own text is judged by the first four, and bash is given the benefit of the doubt
/// where it would not read the line at all: a file with blanks around its `=` is not meant for it.
enum PortableQuoting implements Quoting {
  INSTANCE;

  private static final String NOT_IN_DOUBLE = "\"\\$`";
  private static final String NOT_IN_SINGLE = "'";

  @Override
  public String objection(Frame frame, String variable) {
    return "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return !Scan.containsAny(inserted, "\r\0");
  }

  /// A CRLF stays one: readers make different things of it, but in any of our forms it is the
  /// author's CRLF again.
  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    return switch (quote) {
      case BARE -> Quoting.hasAny(raw, "$\\`") ? null : raw;
      case DOUBLE -> Quoting.hasAny(raw, "\\$`") ? null : raw;
      case SINGLE -> raw.contains("\\\\") || raw.contains("${") || raw.endsWith("\\") ? null : raw;
      case BACKTICK -> Quoting.hasAny(raw, "\\$") ? null : raw;
    };
  }

  /// Of bare text the shell would cut (`b c`), it takes nothing; text in which it or dotenv would
  /// see something else without complaint is refused: `b#c`, `b"c"`, `~/c`.
  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    if (quote == Quote.BACKTICK || raw.indexOf('\r') >= 0) {
      return null;
    }
    if (quote == Quote.BARE
        && (Quoting.hasAny(raw, "'\"#")
            || Quoting.hasOddBlanks(raw)
            || raw.startsWith("~")
            || raw.contains(":~"))) {
      return null;
    }
    return readOwn(quote, raw);
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.isBare(value)) {
      out.append(value);
      return true;
    }
    // What is inserted is without CR; one that is here belongs to the author's CRLF.
    if (!Scan.containsAny(value, NOT_IN_DOUBLE)) {
      Quoting.enclose(value, '"', out, "", "");
      return true;
    }
    if (fitsSingle(value)) {
      Quoting.enclose(value, '\'', out, "", "");
      return true;
    }
    return false;
  }

  private static boolean fitsSingle(byte[] value) {
    return !Scan.containsAny(value, NOT_IN_SINGLE)
        && !Scan.containsPair(value, '\\', '\\')
        && !Scan.containsPair(value, '$', '{')
        && !Scan.endsWith(value, '\\');
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    boolean fits =
        switch (quote) {
          case BARE -> Scan.isBare(value);
          case DOUBLE -> !Quoting.insertsAny(pieces, NOT_IN_DOUBLE);
          case SINGLE -> !Quoting.insertsAny(pieces, NOT_IN_SINGLE) && fitsSingle(value);
          case BACKTICK -> false;
        };
    if (fits) {
      Quoting.copy(quote, pieces, out);
    }
    return fits;
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    return false;
  }
}
