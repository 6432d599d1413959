package io.quorumvault.dotenv;

import io.quorumvault.Limits;
import io.quorumvault.dotenv.DotenvProblem.Kind;
import io.quorumvault.secret.SecretName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes a file again with its references replaced. What is no reference, and in no value that has
/// to be quoted anew, is copied byte for byte. Belongs to one thread.
final class DotenvWriter {
  /// Stands for a value that is not known yet: every dialect can write it wherever it can write
  /// anything.
  private static final byte[] ANY_VALUE = {'x'};

  private final DotenvFile file;
  private final EnvMode mode;
  private final Dialect dialect;
  private final boolean allowUnsafe;
  private final Map<Integer, SecretName> rewritten;
  private final boolean unescapes;
  private final Spillover spillover;
  private final Set<String> assignedTwice = new HashSet<>();

  /// @param rewritten the assignments that become `NAME=secret(NAME)`, by where they start
  DotenvWriter(DotenvFile file, EnvTask task, Map<Integer, SecretName> rewritten) {
    this.file = file;
    this.mode = task.mode();
    this.dialect = task.dialect();
    this.allowUnsafe = task.allowUnsafe();
    this.rewritten = Map.copyOf(rewritten);
    boolean seals = false;
    Set<String> assigned = new HashSet<>();
    for (Binding binding : file.bindings()) {
      if (!assigned.add(binding.variable())) {
        assignedTwice.add(binding.variable());
      }
      for (Reference reference : binding.references()) {
        seals |= reference instanceof Reference.Seal;
      }
    }
    // With an enc() in it, what comes out still has references and will be opened later: then text
    // that looks like a reference must go on looking escaped.
    this.unescapes = mode == EnvMode.OPEN || (mode == EnvMode.DEFAULT && !seals);
    this.spillover = Spillover.of(file, this::expands);
  }

  /// Whether values go into this assignment.
  private boolean expands(Binding binding) {
    if (mode != EnvMode.SEAL) {
      for (Reference reference : binding.references()) {
        if (reference instanceof Reference.Read) {
          return true;
        }
      }
    }
    return false;
  }

  private static java.util.stream.Stream<Reference.Read> reads(Binding binding) {
    return binding.references().stream()
        .filter(Reference.Read.class::isInstance)
        .map(Reference.Read.class::cast);
  }

  /// Finds the values that no secret whatever could be put into.
  void check(Problems problems) {
    Inserted any = new Inserted(ANY_VALUE.clone());
    try (ByteSink sink = new ByteSink(Limits.ENV_OUTPUT_BYTES_MAX)) {
      for (Binding binding : file.bindings()) {
        if (expands(binding)) {
          List<Piece> pieces = pieces(binding, reference -> any);
          if (!write(dialect, binding, pieces, sink)) {
            sink.reset(0);
            Reference.Read first = reads(binding).findFirst().orElseThrow();
            String hint = hint(binding);
            problems.add(
                DotenvProblem.notRepresentable(
                    binding,
                    first,
                    alternatives(binding, pieces, sink),
                    hint.isEmpty()
                        ? "the text around the reference has escapes or variables, or fits no quotes"
                        : hint));
          }
          sink.reset(0);
        }
      }
    }
  }

  /// @param resolved the value of each read; they stay the caller's
  Rendering render(Function<SecretRead, byte[]> resolved) {
    Problems problems = new Problems();
    try (Insertions insertions = new Insertions()) {
      if (!insertions.prepare(resolved, problems)) {
        return tooLarge();
      }
      if (!problems.isEmpty()) {
        return problems.refusal();
      }
      try (ByteSink out = new ByteSink(Limits.ENV_OUTPUT_BYTES_MAX)) {
        int copied = 0;
        for (Binding binding : file.bindings()) {
          if (!changes(binding)) {
            continue;
          }
          out.append(file.content(), copied, binding.quotedStart());
          writeValue(binding, insertions, out, problems);
          copied = binding.quotedEnd();
          if (out.overflown()) {
            return tooLarge();
          }
        }
        out.append(file.content(), copied, file.content().length());
        if (out.overflown()) {
          return tooLarge();
        }
        return problems.isEmpty() ? new RenderedFile(out.toArray()) : problems.refusal();
      }
    }
  }

  private static Rendering tooLarge() {
    return new EnvRefusal(List.of(DotenvProblem.of(Kind.OUTPUT_TOO_LARGE, Place.START, null)), 0);
  }

  private boolean changes(Binding binding) {
    return rewritten.containsKey(binding.start())
        || (unescapes && !binding.escapes().isEmpty())
        || !binding.references().isEmpty();
  }

  private void writeValue(Binding binding, Insertions insertions, ByteSink out, Problems problems) {
    List<Piece> pieces = pieces(binding, insertions::of);
    if (!expands(binding)) {
      Quoting.copy(binding.quote(), pieces, out);
      return;
    }
    int mark = out.size();
    if (write(dialect, binding, pieces, out)) {
      return;
    }
    out.reset(mark);
    try (ByteSink sink = new ByteSink(Limits.ENV_OUTPUT_BYTES_MAX)) {
      List<Dialect> alternatives = alternatives(binding, pieces, sink);
      String hint = hint(binding);
      for (Reference.Read culprit : culprits(binding, insertions, sink)) {
        problems.add(DotenvProblem.notRepresentable(binding, culprit, alternatives, hint));
      }
    }
  }

  /// The references whose values the dialect cannot hold even alone; all of them if it is the
  /// combination. Each secret once.
  private List<Reference.Read> culprits(Binding binding, Insertions insertions, ByteSink sink) {
    Map<SecretName, Reference.Read> all = new HashMap<>();
    Map<SecretName, Reference.Read> alone = new HashMap<>();
    Quoting quoting = quoting(dialect);
    reads(binding)
        .forEach(reference -> {
          byte[] value = insertions.of(reference).bytes();
          all.putIfAbsent(reference.name(), reference);
          if (!quoting.admits(value) || !quoting.writeWhole(value, sink)) {
            alone.putIfAbsent(reference.name(), reference);
          }
          sink.reset(0);
        });
    return List.copyOf((alone.isEmpty() ? all : alone).values());
  }

  private List<Dialect> alternatives(Binding binding, List<Piece> pieces, ByteSink sink) {
    List<Dialect> alternatives = new ArrayList<>();
    for (Dialect other : Dialect.values()) {
      if (other != dialect && other != Dialect.RAW) {
        if (write(other, binding, pieces, sink) && !sink.overflown()) {
          alternatives.add(other);
        }
        sink.reset(0);
      }
    }
    return alternatives;
  }

  private Quoting quoting(Dialect of) {
    return of == Dialect.RAW && allowUnsafe ? RawQuoting.UNSAFE : Quoting.of(of);
  }

  /// What a person can do about it, apart from another dialect.
  private String hint(Binding binding) {
    String objection = quoting(dialect).objection(binding.frame(), binding.variable());
    if (!objection.isEmpty()) {
      return objection;
    }
    if (dialect == Dialect.KUBE && assignedTwice.contains(binding.variable())) {
      return "kubectl refuses a file that assigns a name twice";
    }
    if (spillover.reaches(binding, dialect)) {
      return dialect == Dialect.DOCKER || dialect == Dialect.KUBE
          ? "the file has a line that is too long for this reader"
          : "a line before it may leave a quote open for this reader";
    }
    if (joinsComment(dialect, binding) && binding.quote() == Quote.BACKTICK) {
      return "the '#' directly behind the quote would become a part of the value";
    }
    return "";
  }

  /// Writes the value of a binding with its quotes. Returns whether the dialect could; then the
  /// sink may have overflown.
  private boolean write(Dialect to, Binding binding, List<Piece> pieces, ByteSink out) {
    Quoting quoting = quoting(to);
    if (!quoting.objection(binding.frame(), binding.variable()).isEmpty()
        || (to == Dialect.KUBE && assignedTwice.contains(binding.variable()))) {
      return false;
    }
    boolean doubtful = spillover.reaches(binding, to);
    // A shell within quotes would not see this assignment at all; nor would kubectl behind a line
    // that is too long for it.
    if (doubtful && (to == Dialect.POSIX || to == Dialect.DOCKER || to == Dialect.KUBE)) {
      return false;
    }
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Insert insert) {
        byte[] value = insert.value().bytes();
        // Where quotes are in doubt, only a value that needs none, and for which the author's are
        // left as they are, cannot do harm.
        if (!quoting.admits(value) || (doubtful && !Scan.isBare(value))) {
          return false;
        }
      }
    }
    int start = out.size();
    if (!writeAdmitted(quoting, binding.quote(), pieces, out)) {
      return false;
    }
    Quote written = Quote.openedBy((char) out.at(start));
    return (!doubtful || written == binding.quote())
        && (written != Quote.BARE || !joinsComment(to, binding))
        && ((to != Dialect.DOCKER && to != Dialect.KUBE) || fitsLine(binding, out.size() - start));
  }

  /// Whether a comment stands directly behind the author's quote and becomes a part of the value if
  /// that is written without quotes.
  private static boolean joinsComment(Dialect dialect, Binding binding) {
    return binding.frame().comment() == Frame.Comment.ADJOINING
        && dialect != Dialect.JAVA
        && dialect != Dialect.RAW;
  }

  private static boolean writeAdmitted(
      Quoting quoting, Quote quote, List<Piece> pieces, ByteSink out) {
    if (quote == Quote.BARE && pieces.size() == 1 && pieces.get(0) instanceof Piece.Insert insert) {
      return quoting.writeWhole(insert.value().bytes(), out);
    }
    byte[] value = join(quoting, quote, pieces);
    if (value == null) {
      return quoting.writeInterpolated(quote, pieces, out);
    }
    try {
      int mark = out.size();
      if (quoting.writeWithin(quote, pieces, value, out)) {
        return true;
      }
      out.reset(mark);
      return quoting.writeWhole(value, out);
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }

  /// The value the reader is to get, or null if a part of it is more than plain text to the reader.
  private static byte @Nullable [] join(Quoting quoting, Quote quote, List<Piece> pieces) {
    try (ByteSink joined = new ByteSink(Limits.ENV_OUTPUT_BYTES_MAX + Limits.ENV_BYTES_MAX)) {
      for (Piece piece : pieces) {
        switch (piece) {
          case Piece.Own own -> {
            String text = quoting.readOwn(quote, own.raw());
            if (text == null) {
              return null;
            }
            joined.append(text);
          }
          case Piece.Mark mark -> joined.append(mark.text());
          case Piece.Insert insert -> joined.append(insert.value().bytes());
        }
      }
      return joined.toArray();
    }
  }

  private boolean fitsLine(Binding binding, int valueBytes) {
    int before =
        file.content()
            .substring(binding.start(), binding.quotedStart())
            .getBytes(StandardCharsets.UTF_8)
            .length;
    int byteOrderMark = binding.frame().afterByteOrderMark() ? 3 : 0;
    int carriageReturn = binding.frame().crlf() ? 1 : 0;
    return byteOrderMark + before + valueBytes + carriageReturn <= LineQuoting.LINE_BYTES_MAX;
  }

  /// The value of a binding in its parts: never an empty one, never two of the author's in a row.
  private List<Piece> pieces(Binding binding, Function<Reference.Read, Inserted> inserted) {
    SecretName sealed = rewritten.get(binding.start());
    if (sealed != null) {
      return List.of(new Piece.Mark("secret(" + sealed + ")"));
    }
    List<Piece> pieces = new ArrayList<>();
    StringBuilder own = new StringBuilder();
    int copied = binding.valueStart();
    int nextEscape = 0;
    for (Reference reference : binding.references()) {
      nextEscape = copyOwn(binding, copied, reference.start(), nextEscape, own);
      copied = reference.end();
      switch (reference) {
        case Reference.Seal seal -> {
          flush(own, pieces);
          pieces.add(new Piece.Mark("secret(" + seal.name() + ")"));
        }
        case Reference.Read read -> {
          if (mode == EnvMode.SEAL) {
            own.append(file.content(), read.start(), read.end());
          } else {
            flush(own, pieces);
            pieces.add(new Piece.Insert(inserted.apply(read)));
          }
        }
      }
    }
    copyOwn(binding, copied, binding.valueEnd(), nextEscape, own);
    flush(own, pieces);
    return pieces;
  }

  /// Copies the author's text, without the backslashes of escapes if they go. Returns which escape
  /// comes next.
  private int copyOwn(Binding binding, int from, int to, int firstEscape, StringBuilder own) {
    int copied = from;
    int escape = firstEscape;
    for (; escape < binding.escapes().size(); escape++) {
      int backslash = binding.escapes().get(escape);
      if (backslash >= to) {
        break;
      }
      own.append(file.content(), copied, unescapes ? backslash : backslash + 1);
      copied = backslash + 1;
    }
    own.append(file.content(), copied, to);
    return escape;
  }

  private static void flush(StringBuilder own, List<Piece> pieces) {
    if (!own.isEmpty()) {
      pieces.add(new Piece.Own(own.toString()));
      own.setLength(0);
    }
  }

  /// The values that go in, filtered, one for each way of reading and filtering. Wiped when closed.
  private final class Insertions implements AutoCloseable {
    private record Key(SecretRead read, List<Filter> filters) {}

    private final Map<Key, Inserted> made = new HashMap<>();
    private final Set<SecretRead> notUtf8 = new HashSet<>();

    Inserted of(Reference.Read reference) {
      Inserted inserted = made.get(new Key(reference.read(), reference.filters()));
      if (inserted == null) {
        throw new IllegalStateException("no value was made for " + reference);
      }
      return inserted;
    }

    /// Makes all of them, and returns whether together they fit: counted for every place they go
    /// to, before the first goes there.
    boolean prepare(Function<SecretRead, byte[]> resolved, Problems problems) {
      long total = 0;
      for (Binding binding : file.bindings()) {
        if (!expands(binding)) {
          continue;
        }
        for (Reference.Read reference : reads(binding).toList()) {
          Key key = new Key(reference.read(), reference.filters());
          Inserted inserted = made.get(key);
          if (inserted == null) {
            inserted = make(key, resolved);
            if (inserted == null) {
              return false;
            }
            made.put(key, inserted);
          }
          total += inserted.bytes().length;
          if (total > Limits.ENV_OUTPUT_BYTES_MAX) {
            return false;
          }
          if (notUtf8.contains(key.read()) && !startsWithBase64(key.filters())) {
            problems.add(
                DotenvProblem.notRepresentable(
                    binding,
                    reference,
                    List.of(),
                    "the value is not UTF-8; |base64 is the form for it"));
          }
        }
      }
      return true;
    }

    private @Nullable Inserted make(Key key, Function<SecretRead, byte[]> resolved) {
      byte[] value = resolved.apply(key.read());
      try {
        if (!Scan.isUtf8(value)) {
          notUtf8.add(key.read());
        }
        return Filters.apply(key.filters(), value, Limits.ENV_OUTPUT_BYTES_MAX);
      } finally {
        Arrays.fill(value, (byte) 0);
      }
    }

    private static boolean startsWithBase64(List<Filter> filters) {
      return !filters.isEmpty() && filters.get(0) == Filter.BASE64;
    }

    @Override
    public void close() {
      made.values().forEach(Inserted::close);
    }

    @Override
    public String toString() {
      return "Insertions[" + made.size() + "]";
    }
  }
}
