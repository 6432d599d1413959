package io.quorumvault.dotenv;

import io.quorumvault.Limits;
import io.quorumvault.dotenv.DotenvProblem.Kind;
import io.quorumvault.dotenv.Reference.Elsewhere;
import io.quorumvault.dotenv.Reference.Generated;
import io.quorumvault.dotenv.Reference.Inline;
import io.quorumvault.dotenv.Reference.Read;
import io.quorumvault.dotenv.Reference.Seal;
import io.quorumvault.dotenv.Reference.Supply;
import io.quorumvault.secret.SecretName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the references in a part of a text. Belongs to one thread, and to one text.
///
/// Every character is looked at a bounded number of times: after a reference that is not well
/// formed the search goes on behind its opening parenthesis, and the only look-ahead that could
/// repeat itself, for a closing parenthesis, is remembered.
final class ReferenceReader {
  /// The forms of RFC 3339, section 5.6, as fine as an `Instant`.
  private static final Pattern DATE_TIME =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}"
              + "([.][0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})");

  /// The longest text of that form.
  private static final int SELECTOR_CHARS_MAX = "2026-11-20T18:00:00.123456789+01:00".length();

  private static final String READ_VERB = "secret(";
  private static final String SEAL_VERB = "enc(";

  private final CharSequence text;
  private final Places places;

  // Where the parenthesis or line end is that ends a raw inline value begun between these offsets.
  private int rawEndKnownFrom;
  private int rawEnd = -1;

  ReferenceReader(CharSequence text, Places places) {
    this.text = text;
    this.places = places;
  }

  /// What is told about the parts that are found, in their order.
  interface Findings {
    void reference(Reference reference);

    /// A backslash that makes the `secret(` or `enc(` behind it plain text.
    void escape(int offset);

    void problem(Kind kind, int offset);
  }

  /// A reason why something is not a reference.
  private record Fault(Kind kind) {}

  /// @param from, to the part that is searched: a value without its quotes, or a line
  void read(int from, int to, Quote quote, Findings findings) {
    int i = from;
    while (i < to) {
      char c = text.charAt(i);
      String verb = c == 's' ? READ_VERB : c == 'e' ? SEAL_VERB : null;
      if (verb == null || !startsWith(verb, i, to)) {
        i++;
        continue;
      }
      int behindVerb = i + verb.length();
      if (i > from && text.charAt(i - 1) == '\\') {
        findings.escape(i - 1);
        i = behindVerb;
      } else if (i > from && joinsTheVerb(i)) {
        i = behindVerb;
      } else {
        Object found = reference(i, behindVerb, to, quote, verb.equals(READ_VERB));
        if (found instanceof Reference reference) {
          findings.reference(reference);
          i = reference.end();
        } else {
          findings.problem(((Fault) found).kind(), i);
          i = behindVerb;
        }
      }
    }
  }

  private boolean startsWith(String word, int at, int to) {
    if (to - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text.charAt(at + i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// `mysecret(`, `client_secret(`, `$secret(` are not ours.
  private boolean joinsTheVerb(int verb) {
    char before = text.charAt(verb - 1);
    if (before == '_' || before == '.' || before == '-' || before == '$') {
      return true;
    }
    int codePoint =
        Character.isLowSurrogate(before) && verb > 1
            ? Character.toCodePoint(text.charAt(verb - 2), before)
            : before;
    return Character.isValidCodePoint(codePoint) && Character.isLetterOrDigit(codePoint);
  }

  /// A `Reference` or a `Fault`.
  private Object reference(int start, int from, int to, Quote quote, boolean read) {
    int nameStart = skipSpaces(from, to);
    int p = nameStart;
    while (p < to && isNameChar(text.charAt(p))) {
      p++;
    }
    Fault malformed = new Fault(read ? Kind.MALFORMED_READ : Kind.MALFORMED_SEAL);
    if (p == nameStart || p == to) {
      return malformed;
    }
    Optional<SecretName> name = name(nameStart, p);
    if (name.isEmpty()) {
      return new Fault(Kind.BAD_NAME);
    }
    return read
        ? read(start, name.get(), p, to, malformed)
        : seal(start, name.get(), p, to, quote, malformed);
  }

  private Object read(int start, SecretName name, int from, int to, Fault malformed) {
    int p = from;
    Selector selector = Selector.LATEST;
    if (text.charAt(p) == '@') {
      int selectorStart = p + 1;
      p = selectorStart;
      while (p < to && !endsWord(text.charAt(p))) {
        p++;
      }
      Selector found = selector(selectorStart, p);
      if (found == null) {
        return new Fault(Kind.BAD_SELECTOR);
      }
      selector = found;
    }
    List<Filter> filters = new ArrayList<>();
    while (p < to && text.charAt(p) == '|') {
      int wordStart = p + 1;
      p = wordStart;
      while (p < to && !endsWord(text.charAt(p))) {
        p++;
      }
      Filter filter = filter(wordStart, p);
      if (filter == null || filters.size() == Limits.ENV_FILTERS_MAX) {
        return new Fault(Kind.BAD_FILTER);
      }
      filters.add(filter);
    }
    p = skipSpaces(p, to);
    if (p == to || text.charAt(p) != ')') {
      return malformed;
    }
    return new Read(name, selector, filters, places.of(start), start, p + 1);
  }

  private Object seal(int start, SecretName name, int from, int to, Quote quote, Fault malformed) {
    int p = from;
    Supply supply = new Elsewhere();
    if (text.charAt(p) == '|') {
      int wordStart = p + 1;
      p = wordStart;
      while (p < to && !endsWord(text.charAt(p))) {
        p++;
      }
      Supply generated = generated(wordStart, p);
      if (generated == null) {
        return new Fault(Kind.BAD_GENERATE);
      }
      supply = generated;
    } else if (text.charAt(p) == ':') {
      Object found = inline(p + 1, to, quote);
      if (!(found instanceof Inline inline)) {
        return found;
      }
      supply = inline;
      p = inline.end() + (inline.quoted() ? 1 : 0);
    }
    p = skipSpaces(p, to);
    if (p == to || text.charAt(p) != ')') {
      return malformed;
    }
    return new Seal(name, supply, places.of(start), start, p + 1);
  }

  /// An `Inline` or a `Fault`. What the author's own double quotes would make of a backslash or a
  /// quote in the value, readers see differently, so there is neither.
  private Object inline(int from, int to, Quote quote) {
    if (from < to && text.charAt(from) == '"') {
      return quotedInline(from + 1, to);
    }
    int end = rawInlineEnd(from);
    if (end >= to || text.charAt(end) != ')') {
      return new Fault(Kind.BAD_INLINE);
    }
    if (end == from || isBlank(text.charAt(from)) || isBlank(text.charAt(end - 1))) {
      return new Fault(Kind.BAD_INLINE);
    }
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      // With an opening parenthesis in it, the first closing one is hardly the end of the value.
      if (c == '\r' || c == '(') {
        return new Fault(Kind.BAD_INLINE);
      }
      if (c == '\\' && quote == Quote.DOUBLE) {
        return new Fault(Kind.INLINE_IN_DOUBLE_QUOTES);
      }
    }
    return new Inline(from, end, false);
  }

  private Object quotedInline(int from, int to) {
    int p = from;
    while (p < to && text.charAt(p) != '"') {
      if (text.charAt(p) == '\\') {
        if (p + 1 == to || "\\\"nrt".indexOf(text.charAt(p + 1)) < 0) {
          return new Fault(Kind.BAD_INLINE);
        }
        p++;
      }
      p++;
    }
    return p >= to || p == from ? new Fault(Kind.BAD_INLINE) : new Inline(from, p, true);
  }

  private int rawInlineEnd(int from) {
    if (from < rawEndKnownFrom || from > rawEnd) {
      int p = from;
      while (p < text.length() && text.charAt(p) != ')' && text.charAt(p) != '\n') {
        p++;
      }
      rawEndKnownFrom = from;
      rawEnd = p;
    }
    return rawEnd;
  }

  private Optional<SecretName> name(int from, int to) {
    if (to - from > Limits.NAME_CHARS_MAX) {
      return Optional.empty();
    }
    String name = text.subSequence(from, to).toString();
    char first = name.charAt(0);
    return first == '.' || first == '-' || name.indexOf('/') >= 0
        ? Optional.empty()
        : Optional.of(new SecretName(name));
  }

  private @Nullable Selector selector(int from, int to) {
    if (from == to || to - from > SELECTOR_CHARS_MAX) {
      return null;
    }
    String word = text.subSequence(from, to).toString();
    if (isNumber(word)) {
      try {
        long version = Long.parseLong(word);
        return version < 1 ? null : new Selector.Version(version);
      } catch (NumberFormatException beyondAnyVersion) {
        return null;
      }
    }
    if (!DATE_TIME.matcher(word).matches()) {
      return null;
    }
    try {
      String upper = word.toUpperCase(Locale.ROOT);
      Instant instant =
          OffsetDateTime.parse(upper.endsWith("-00:00") ? upper.replace("-00:00", "Z") : upper)
              .toInstant();
      return new Selector.At(instant);
    } catch (DateTimeException noSuchDay) {
      return null;
    }
  }

  private @Nullable Filter filter(int from, int to) {
    for (Filter filter : Filter.values()) {
      if (filter.text().length() == to - from && startsWith(filter.text(), from, to)) {
        return filter;
      }
    }
    return null;
  }

  private @Nullable Supply generated(int from, int to) {
    String verb = "generate";
    if (!startsWith(verb, from, to)) {
      return null;
    }
    int p = from + verb.length();
    if (p == to) {
      return new Generated(Limits.GENERATED_CHARS_DEFAULT);
    }
    String most = Integer.toString(Limits.GENERATED_CHARS_MAX);
    if (text.charAt(p) != '=' || p + 1 == to || to - p - 1 > most.length()) {
      return null;
    }
    String word = text.subSequence(p + 1, to).toString();
    if (!isNumber(word)) {
      return null;
    }
    int chars = Integer.parseInt(word);
    return chars < Limits.GENERATED_CHARS_MIN || chars > Limits.GENERATED_CHARS_MAX
        ? null
        : new Generated(chars);
  }

  private static boolean isNumber(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < '0' || word.charAt(i) > '9') {
        return false;
      }
    }
    return !word.isEmpty();
  }

  private int skipSpaces(int from, int to) {
    int p = from;
    while (p < to && text.charAt(p) == ' ') {
      p++;
    }
    return p;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /// The characters of a name, and the slash people expect to be one.
  private static boolean isNameChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.'
        || c == '-'
        || c == '/';
  }

  private static boolean endsWord(char c) {
    return c == '|' || c == ')' || c == '(' || c == ' ' || c == '\n' || c == '\r';
  }
}
