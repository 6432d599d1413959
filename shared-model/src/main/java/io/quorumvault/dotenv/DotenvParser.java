package io.quorumvault.dotenv;

import io.quorumvault.Limits;
import io.quorumvault.dotenv.DotenvProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a `.env` file. Total: any text, well-formed or not, gives a `DotenvFile`, in time and
/// memory proportional to its length; nothing is thrown, and no problem repeats the text.
///
/// One parser reads one text, on one thread.
public final class DotenvParser {
  private final CharSequence text;
  private final int length;
  private final Places places;
  private final ReferenceReader referenceReader;
  private final List<Entry> entries = new ArrayList<>();
  private final List<DotenvProblem> problems = new ArrayList<>();
  private int problemsOmitted;
  private int references;

  private DotenvParser(CharSequence text) {
    this.text = text;
    this.length = text.length();
    this.places = new Places(text);
    this.referenceReader = new ReferenceReader(text, places);
  }

  /// @param content at most `Limits.ENV_BYTES_MAX` bytes of UTF-8; a larger one has that as its
  ///   only problem
  public static DotenvFile parse(String content) {
    return parse(content, content);
  }

  /// @param text the same as `content`; a test counts the characters that are looked at
  static DotenvFile parse(String content, CharSequence text) {
    // UTF-8 is never shorter than UTF-16, counted in units.
    if (text.length() > Limits.ENV_BYTES_MAX || utf8Length(text) > Limits.ENV_BYTES_MAX) {
      return new DotenvFile(
          content,
          List.of(),
          List.of(DotenvProblem.of(Kind.CONTENT_TOO_LARGE, Place.START, null)),
          0);
    }
    DotenvParser parser = new DotenvParser(text);
    parser.checkCharacters();
    parser.lines();
    parser.problems.sort(null);
    return new DotenvFile(content, parser.entries, parser.problems, parser.problemsOmitted);
  }

  private static long utf8Length(CharSequence text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // A pair is four bytes, two for each half; half a pair is refused anyway.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /// Tells the first NUL and the first half of a pair: what follows is as bad, and may be binary.
  private void checkCharacters() {
    boolean nul = false;
    boolean half = false;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == '\0' && !nul) {
        nul = true;
        problem(Kind.NUL_CHARACTER, i, null);
      } else if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (!half) {
          half = true;
          problem(Kind.NOT_UTF8, i, null);
        }
      }
    }
  }

  private void lines() {
    int p = length > 0 && text.charAt(0) == '\uFEFF' ? 1 : 0;
    while (p < length) {
      p = line(p);
      if (entries.size() > Limits.ENV_LINES_MAX) {
        problem(Kind.TOO_MANY_LINES, entries.getLast().start(), null);
        return;
      }
    }
  }

  /// Reads what begins at `start`, usually a line, and returns where the next begins.
  private int line(int start) {
    int p = skipBlanks(start);
    if (p == length || text.charAt(p) == '#' || atLineEnd(p)) {
      return behindLineEnd(lineEnd(p));
    }
    int keyStart = p;
    boolean exported = false;
    if (exportAt(p)) {
      int behind = skipBlanks(p + EXPORT.length());
      if (equalsBehindKey(behind) >= 0) {
        exported = true;
        keyStart = behind;
      }
    }
    int equals = equalsBehindKey(keyStart);
    return equals < 0 ? otherLine(start) : assignment(start, keyStart, equals, exported);
  }

  private static final String EXPORT = "export";

  private boolean exportAt(int p) {
    int behind = p + EXPORT.length();
    if (behind >= length || !isBlank(text.charAt(behind))) {
      return false;
    }
    for (int i = 0; i < EXPORT.length(); i++) {
      if (text.charAt(p + i) != EXPORT.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Where the `=` of an assignment stands whose name begins at `keyStart`, or -1.
  private int equalsBehindKey(int keyStart) {
    int p = skipBlanks(keyEnd(keyStart));
    return p > keyStart && p < length && text.charAt(p) == '=' && keyEnd(keyStart) > keyStart
        ? p
        : -1;
  }

  private int keyEnd(int keyStart) {
    int p = keyStart;
    while (p < length && isKeyChar(text.charAt(p), p == keyStart)) {
      p++;
    }
    return p;
  }

  private int otherLine(int start) {
    int end = lineEnd(start);
    entries.add(new OtherLine(start, end));
    referenceReader.read(
        start,
        end,
        Quote.BARE,
        new Found(null) {
          @Override
          public void reference(Reference reference) {
            DotenvParser.this.problem(Kind.REFERENCE_OUTSIDE_VALUE, reference.start(), null);
          }

          @Override
          public void problem(Kind kind, int offset) {
            DotenvParser.this.problem(Kind.REFERENCE_OUTSIDE_VALUE, offset, null);
          }
        });
    return behindLineEnd(end);
  }

  private int assignment(int start, int keyStart, int equals, boolean exported) {
    int keyEnd = keyEnd(keyStart);
    String variable = text.subSequence(keyStart, keyEnd).toString();
    int valueStart = skipBlanks(equals + 1);
    Quote quote = valueStart < length ? Quote.openedBy(text.charAt(valueStart)) : Quote.BARE;
    boolean blankAfterEquals = valueStart > equals + 1;
    int valueEnd;
    int end;
    int behindValue;
    if (quote == Quote.BARE) {
      end = lineEnd(valueStart);
      valueEnd = bareEnd(valueStart, end, blankAfterEquals);
      behindValue = valueEnd;
    } else {
      int close = closingQuote(valueStart, quote);
      if (close < 0) {
        problem(Kind.UNTERMINATED_QUOTE, valueStart, variable);
        // The rest of the line is looked at no further: what is in the value cannot be known.
        return behindLineEnd(lineEnd(valueStart));
      }
      valueStart++;
      valueEnd = close;
      behindValue = close + 1;
      end = lineEnd(behindValue);
      if (quote != Quote.DOUBLE && valueEnd > valueStart && text.charAt(valueEnd - 1) == '\\') {
        problem(Kind.AMBIGUOUS_QUOTE, valueEnd - 1, variable);
        return behindLineEnd(end);
      }
    }
    Found found = new Found(variable);
    referenceReader.read(valueStart, valueEnd, quote, found);
    if (!found.references.isEmpty()) {
      int lone = loneCarriageReturn(valueStart, valueEnd);
      if (lone >= 0) {
        problem(Kind.CARRIAGE_RETURN, lone, variable);
      }
    }
    int rest = skipBlanks(behindValue);
    Frame.Comment comment = Frame.Comment.NONE;
    if (rest < end) {
      if (text.charAt(rest) == '#') {
        comment = rest > behindValue ? Frame.Comment.APART : Frame.Comment.ADJOINING;
      } else if (quote != Quote.BARE) {
        problem(Kind.TEXT_AFTER_QUOTE, rest, variable);
      }
    }
    Frame frame =
        new Frame(
            exported,
            equals > keyEnd,
            blankAfterEquals,
            rest > behindValue,
            comment,
            end < length && text.charAt(end) == '\r',
            start == 1 && text.charAt(0) == '\uFEFF');
    entries.add(
        new Binding(
            variable,
            places.of(keyStart),
            start,
            end,
            valueStart,
            valueEnd,
            quote,
            frame,
            found.references,
            found.escapes));
    return behindLineEnd(end);
  }

  /// A bare value ends before a blank and `#`, and before the blanks at the end of the line.
  private int bareEnd(int valueStart, int lineEnd, boolean blankBefore) {
    boolean blank = blankBefore;
    int end = valueStart;
    for (int p = valueStart; p < lineEnd; p++) {
      char c = text.charAt(p);
      if (c == '#' && blank) {
        return end;
      }
      blank = isBlank(c);
      if (!blank) {
        end = p + 1;
      }
    }
    return end;
  }

  /// Where the value's quote closes, or -1. A search that fails has seen all that follows, so there
  /// is at most one for each quote.
  private int closingQuote(int open, Quote quote) {
    for (int p = open + 1; p < length; p++) {
      char c = text.charAt(p);
      if (c == quote.mark()) {
        return p;
      }
      if (c == '\\' && quote == Quote.DOUBLE) {
        p++;
      }
    }
    return -1;
  }

  private int loneCarriageReturn(int from, int to) {
    for (int p = from; p < to; p++) {
      if (text.charAt(p) == '\r' && (p + 1 == length || text.charAt(p + 1) != '\n')) {
        return p;
      }
    }
    return -1;
  }

  private int skipBlanks(int from) {
    int p = from;
    while (p < length && isBlank(text.charAt(p))) {
      p++;
    }
    return p;
  }

  /// The next LF, or the CR of a CRLF, or the end of the text.
  private int lineEnd(int from) {
    int p = from;
    while (p < length && !atLineEnd(p)) {
      p++;
    }
    return p;
  }

  private boolean atLineEnd(int p) {
    char c = text.charAt(p);
    return c == '\n' || (c == '\r' && p + 1 < length && text.charAt(p + 1) == '\n');
  }

  private int behindLineEnd(int lineEnd) {
    if (lineEnd == length) {
      return length;
    }
    return text.charAt(lineEnd) == '\r' ? lineEnd + 2 : lineEnd + 1;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isKeyChar(char c, boolean first) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
  }

  private void problem(Kind kind, int offset, @Nullable String variable) {
    if (problems.size() == Limits.ENV_PROBLEMS_MAX) {
      problemsOmitted++;
      return;
    }
    problems.add(DotenvProblem.of(kind, places.of(offset), variable));
  }

  /// Collects what is in one value.
  private class Found implements ReferenceReader.Findings {
    private final @Nullable String variable;
    final List<Reference> references = new ArrayList<>();
    final List<Integer> escapes = new ArrayList<>();

    Found(@Nullable String variable) {
      this.variable = variable;
    }

    @Override
    public void reference(Reference reference) {
      DotenvParser.this.references++;
      if (DotenvParser.this.references > Limits.ENV_REFERENCES_MAX) {
        if (DotenvParser.this.references == Limits.ENV_REFERENCES_MAX + 1) {
          DotenvParser.this.problem(Kind.TOO_MANY_REFERENCES, reference.start(), variable);
        }
        return;
      }
      references.add(reference);
    }

    @Override
    public void escape(int offset) {
      escapes.add(offset);
    }

    @Override
    public void problem(Kind kind, int offset) {
      DotenvParser.this.problem(kind, offset, variable);
    }
  }
}
