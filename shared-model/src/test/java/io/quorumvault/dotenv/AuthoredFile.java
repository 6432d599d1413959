package io.quorumvault.dotenv;

import io.quorumvault.testing.Gen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A generated file as an author could have written it, who knows his reader or does not. It knows
/// which of its text is a reference: nothing that is tested here was asked.
final class AuthoredFile {
  /// A part of a value.
  sealed interface Part {}

  record Text(String raw) implements Part {}

  /// `secret(S3)`.
  record Use(int secret) implements Part {}

  /// A verb behind a backslash, which is text.
  record Escaped(String verb) implements Part {}

  sealed interface Line {
    String lineEnd();
  }

  record Assignment(
      String before, String name, String between, Quote quote, List<Part> parts, String lineEnd)
      implements Line {
    boolean hasUse() {
      return parts.stream().anyMatch(Use.class::isInstance);
    }
  }

  record Other(String text, String lineEnd) implements Line {}

  static final int SECRETS = 4;

  // What stands in a value and is plain text to every reader.
  private static final List<String> PLAIN =
      List.of(
          "b",
          "x=y",
          "/",
          ":",
          "@h/db",
          "postgres://u:",
          "a,b",
          "%20",
          "+",
          "\u00e9",
          "b c",
          "p;q",
          "(",
          ")",
          "{}",
          "&x",
          "a|b",
          "\ud83d\ude00",
          "?",
          "!",
          "*");

  // What is plain to the grammar, and to a reader perhaps not.
  private static final List<String> ANY =
      List.of(
          "$V1", "${V1}", "$5", "$$", "\\n", "\\t", "\\\\x", "\\$x", "C:\\x", "b#c", "~", "a:~x",
          "\u2028x", "\u00a0x", "<", ">", "$(x)");

  private static final List<String> ODD_LINES =
      List.of(
          "foo bar",
          "A: x",
          "A: 'x",
          "it's",
          "don't \"",
          "1A=b",
          "export Q",
          "export 'Q=",
          "=b",
          "x = $(date)",
          "a\\",
          "`",
          "O=it's",
          "O=b\\",
          "O=\"C:\\\\\"",
          "O='b'#c'",
          "O=<<E",
          "O=(",
          "O=b;c",
          "O=\u2028'x",
          "O=b\rP='c",
          "\u2028",
          "\r",
          "\"O=b",
          "'O'=c",
          "O\u00a0='x",
          "O=$V1\"x",
          "\\",
          "&",
          "A B='c",
          ".=x'",
          "[x]",
          "O=\"a\nb\"",
          "O=b\u2028Q=\"c",
          "O=x`y",
          "O: \"a",
          "# it's \"",
          "#'",
          "export\u00a0O='x",
          "O+='x",
          "ok=`a'b`");

  private final boolean byteOrderMark;
  private final List<Line> lines;

  private AuthoredFile(boolean byteOrderMark, List<Line> lines) {
    this.byteOrderMark = byteOrderMark;
    this.lines = lines;
  }

  /// @param clean only forms that every reader of the portable dialect takes
  static AuthoredFile next(Gen gen, boolean clean) {
    List<Line> lines = new ArrayList<>();
    for (int count = gen.between(1, 8); count > 0; count--) {
      String lineEnd = !clean && gen.oneIn(6) ? "\r\n" : "\n";
      lines.add(
          switch (gen.below(8)) {
            case 0 -> new Other(gen.pick("", "# db", "  # secret(S0) it's", "\t", "#"), lineEnd);
            case 1 ->
                new Other(
                    clean
                        ? "P" + gen.below(3) + "=" + gen.pick("b", "'b c'", "\"b c\"", "b # x")
                        : gen.pick(ODD_LINES),
                    lineEnd);
            default -> assignment(gen, clean, lineEnd);
          });
    }
    if (gen.oneIn(3)) {
      Line last = lines.removeLast();
      lines.add(
          switch (last) {
            case Assignment a ->
                new Assignment(a.before(), a.name(), a.between(), a.quote(), a.parts(), "");
            case Other other -> new Other(other.text(), "");
          });
    }
    return new AuthoredFile(!clean && gen.oneIn(10), lines);
  }

  private static Assignment assignment(Gen gen, boolean clean, String lineEnd) {
    Quote quote = gen.pick(Quote.BARE, Quote.BARE, Quote.SINGLE, Quote.DOUBLE);
    if (!clean && gen.oneIn(10)) {
      quote = Quote.BACKTICK;
    }
    List<Part> parts = new ArrayList<>();
    for (int count = gen.between(0, 3); count > 0; count--) {
      Part last = parts.isEmpty() ? new Text("") : parts.getLast();
      if (gen.oneIn(2)) {
        if (last instanceof Text text && joins(text.raw())) {
          parts.add(new Text("/"));
        }
        parts.add(
            gen.oneIn(12) && !(clean && quote == Quote.BARE)
                ? new Escaped(gen.pick("secret(", "enc(", "secret(S0)", "enc(S0)"))
                : new Use(gen.below(SECRETS)));
      } else {
        parts.add(new Text(text(gen, clean, quote)));
      }
    }
    if (clean && quote == Quote.BARE && parts.stream().allMatch(Text.class::isInstance)) {
      parts = List.of(new Text(gen.pick("", "b", "x=y", "/b:c", "b%20+c", "\u00e9")));
    }
    String name = (gen.oneIn(20) ? "W." : "V") + gen.below(6);
    if (clean) {
      name = "V" + gen.below(6);
    }
    String before = clean || gen.oneIn(2) ? "" : gen.pick("export ", "  ", "export\t ", "\t");
    String between = clean || gen.oneIn(2) ? "=" : gen.pick("=", " =", "= ", " = ", "=\t");
    String behind = gen.pick("", "", "", " # it's", "  ", " #secret(S1)");
    if (!clean && quote != Quote.BARE && gen.oneIn(10)) {
      behind = "# x";
    }
    return new Assignment(before, name, between, quote, parts, behind + lineEnd);
  }

  private static boolean joins(String text) {
    if (text.isEmpty()) {
      return false;
    }
    char last = text.charAt(text.length() - 1);
    return Character.isLetterOrDigit(last) || "_.-$\\".indexOf(last) >= 0;
  }

  private static String text(Gen gen, boolean clean, Quote quote) {
    if (quote != Quote.BARE && gen.oneIn(6)) {
      return gen.pick(
          " ", "b\nc", " #c", clean ? "\n" : "b\r\nc", "#", quote == Quote.SINGLE ? "\"" : "'");
    }
    if (!clean && gen.oneIn(3)) {
      return gen.pick(ANY);
    }
    return gen.pick(PLAIN);
  }

  /// The file with its references.
  String source() {
    return written(a -> quoted(a, raw(a, use -> "secret(S" + use + ")", "\\")));
  }

  /// The file with values where its references were, and nothing else done.
  String plain(List<String> secrets) {
    return written(a -> quoted(a, raw(a, secrets::get, "")));
  }

  /// What the variables of the file are to the reader, as `filled` gives it: the file with a word
  /// of letters in the place of each reference, which no reader takes for anything else. Where the
  /// author's text around a reference means itself and nothing else, the word stands for all of it.
  String model(Dialect dialect) {
    int[] count = {0};
    return written(a -> {
      String raw = raw(a, AuthoredFile::secretWord, "");
      String word = valueWord(count[0]++);
      if (a.quote() != Quote.BARE && dialect != Dialect.DOCKER && dialect != Dialect.KUBE) {
        boolean kept = a.quote() == Quote.SINGLE && dialect != Dialect.JAVA;
        word = kept ? "'" + word + "'" : '"' + word + '"';
      }
      return a.hasUse() && isPlain(dialect, a.quote(), raw) ? word : quoted(a, raw);
    });
  }

  /// The file with a word in the place of each reference and all else as it is: what there is to
  /// change for a reader to whom an odd line before means more than to the grammar.
  String literalModel() {
    return written(a -> quoted(a, raw(a, AuthoredFile::secretWord, "")));
  }

  private static boolean isPlain(Dialect dialect, Quote quote, String raw) {
    String meansMore =
        switch (dialect) {
          case COMPOSE -> "$";
          case PYTHON -> raw.contains("${") ? "$" : "";
          case POSIX -> "$`\\\"'";
          case PORTABLE, DOCKER, KUBE, NODE, JAVA, RAW -> "";
        };
    return switch (dialect) {
      case PORTABLE, DOCKER, KUBE, JAVA -> true;
      case NODE -> quote == Quote.BARE;
      // These know no such quotes, and the values get others.
      case POSIX, COMPOSE, PYTHON, RAW ->
          quote == Quote.BACKTICK
              || (quote == Quote.BARE && raw.chars().noneMatch(c -> meansMore.indexOf(c) >= 0));
    };
  }

  /// A value of the model with the values in it.
  String filled(String value, List<String> secrets) {
    Map<String, String> words = new HashMap<>();
    int count = 0;
    for (Line line : lines) {
      if (line instanceof Assignment a) {
        words.put(valueWord(count++), raw(a, secrets::get, ""));
      }
    }
    for (int secret = 0; secret < SECRETS; secret++) {
      words.put(secretWord(secret), secrets.get(secret));
    }
    // One pass: a secret may look like a word.
    return WORD.matcher(value)
        .replaceAll(found -> Matcher.quoteReplacement(words.getOrDefault(found.group(), "?")));
  }

  private static final Pattern WORD = Pattern.compile("Zq[a-z]qZ|Zv[a-z]vZ");

  private static String secretWord(int secret) {
    return "Zq" + (char) ('a' + secret) + "qZ";
  }

  private static String valueWord(int assignment) {
    return "Zv" + (char) ('a' + assignment) + "vZ";
  }

  private String written(Function<Assignment, String> values) {
    StringBuilder file = new StringBuilder(byteOrderMark ? "\uFEFF" : "");
    for (Line line : lines) {
      file.append(
          switch (line) {
            case Other other -> other.text();
            case Assignment a -> a.before() + a.name() + a.between() + values.apply(a);
          });
      file.append(line.lineEnd());
    }
    return file.toString();
  }

  private static String quoted(Assignment a, String raw) {
    return a.quote() == Quote.BARE ? raw : a.quote().mark() + raw + a.quote().mark();
  }

  private static String raw(Assignment assignment, IntFunction<String> uses, String escape) {
    StringBuilder raw = new StringBuilder();
    for (Part part : assignment.parts()) {
      switch (part) {
        case Text text -> raw.append(text.raw());
        case Use use -> raw.append(uses.apply(use.secret()));
        case Escaped escaped -> raw.append(escape).append(escaped.verb());
      }
    }
    return raw.toString();
  }

  /// The same lines with other words where the references were.
  String withoutReferences() {
    return source().replace("secret(", "Secret(").replace("enc(", "Enc(");
  }
}
