package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one reader takes values, and so how to write them for it. Stateless.
///
/// A method that writes returns whether it could; what it wrote before it found that it cannot is
/// the caller's to take back.
sealed interface Quoting
    permits ComposeQuoting,
        JavaQuoting,
        LineQuoting,
        NodeQuoting,
        PortableQuoting,
        PosixQuoting,
        PythonQuoting,
        RawQuoting {

  static Quoting of(Dialect dialect) {
    return switch (dialect) {
      case PORTABLE -> PortableQuoting.INSTANCE;
      case POSIX -> PosixQuoting.INSTANCE;
      case COMPOSE -> ComposeQuoting.INSTANCE;
      case DOCKER -> LineQuoting.DOCKER;
      case KUBE -> LineQuoting.KUBE;
      case NODE -> NodeQuoting.INSTANCE;
      case PYTHON -> PythonQuoting.INSTANCE;
      case JAVA -> JavaQuoting.INSTANCE;
      case RAW -> RawQuoting.SAFE;
    };
  }

  /// Why this reader takes what stands around the value otherwise than the grammar does, as a fixed
  /// sentence; empty if it does not.
  String objection(Frame frame, String variable);

  /// Whether a value can be inserted at all, in some form and some place.
  boolean admits(byte[] inserted);

  /// What the author means by text of his own beside a reference; null if the reader interpolates
  /// or unescapes there in a way that cannot be carried into other quotes.
  ///
  /// @param raw a part of the text between the quotes
  @Nullable String readOwn(Quote quote, String raw);

  /// What the reader gives for a whole value; null if readers the dialect stands for disagree, or
  /// if it is not plain text to them.
  ///
  /// @param raw all the text between the quotes
  @Nullable String readWhole(Quote quote, String raw);

  /// Writes a whole value, in the form for this value. What was inserted into it is admitted.
  boolean writeWhole(byte[] value, ByteSink out);

  /// Writes a value within the quotes its author chose, his own text unchanged.
  ///
  /// @param value what the reader is to get: the pieces read and joined
  boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out);

  /// Writes a value whose own text the reader interpolates, so that it still does.
  boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out);

  /// Writes the pieces between the quotes, what is inserted unchanged.
  static void copy(Quote quote, List<Piece> pieces, ByteSink out) {
    write(quote, pieces, out, "", "");
  }

  /// Writes the pieces between the quotes. What is inserted has each character of `escaped`
  /// replaced by `\` and its counterpart in `letters`.
  static void write(Quote quote, List<Piece> pieces, ByteSink out, String escaped, String letters) {
    if (quote != Quote.BARE) {
      out.append(quote.mark());
    }
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Own own -> out.append(own.raw());
        case Piece.Mark mark -> out.append(mark.text());
        case Piece.Insert insert -> escape(insert.value().bytes(), out, escaped, letters);
      }
    }
    if (quote != Quote.BARE) {
      out.append(quote.mark());
    }
  }

  static void escape(byte[] value, ByteSink out, String escaped, String letters) {
    for (byte b : value) {
      int at = b < 0 ? -1 : escaped.indexOf(b);
      if (at < 0) {
        out.append(b);
      } else {
        out.append('\\');
        out.append(letters.charAt(at));
      }
    }
  }

  static void enclose(byte[] value, char mark, ByteSink out, String escaped, String letters) {
    out.append(mark);
    escape(value, out, escaped, letters);
    out.append(mark);
  }

  /// Whether anything that is inserted has one of these characters.
  static boolean insertsAny(List<Piece> pieces, String characters) {
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Insert insert
          && Scan.containsAny(insert.value().bytes(), characters)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the text has any of these characters.
  static boolean hasAny(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether readers could trim a part of the text at its ends or take it for a line end: controls
  /// other than TAB, and white space beyond ASCII.
  static boolean hasOddBlanks(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((Character.isISOControl(c) && c != '\t')
          || (c > 0x7f && (Character.isWhitespace(c) || Character.isSpaceChar(c)))
          || c == '\uFEFF') {
        return true;
      }
    }
    return false;
  }

  /// The text with line ends as most readers give them: LF. Null if a CR stands alone.
  static @Nullable String withLineFeeds(String raw) {
    if (raw.indexOf('\r') < 0) {
      return raw;
    }
    String joined = raw.replace("\r\n", "\n");
    return joined.indexOf('\r') < 0 ? joined : null;
  }
}
