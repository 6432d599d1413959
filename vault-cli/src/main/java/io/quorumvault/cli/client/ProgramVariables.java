package io.quorumvault.cli.client;

import io.quorumvault.dotenv.Binding;
import io.quorumvault.dotenv.DotenvFile;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.Reference;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The variables a `.env` file gives to a program that `qv run` starts.
///
/// Here the reader of the file is `qv` itself, so no value is ever quoted for anybody: the vault is
/// asked for the references alone, one line each in the order of the file (`request`), in the
/// dialect of POSIX shells, which holds every value that can be a variable; and what it answers
/// goes between the author's own text, byte for byte (`resolve`). A value is not looked at again.
///
/// The author's text means what most readers agree on. Bare text and `'…'` are what they say. In
/// `"…"`, `\n`, `\r` and `\t` are a line feed, a carriage return and a tab, `\\`, `\"`, `\$` and ``
/// \` `` lose their backslash, and any other backslash stays. CRLF inside quotes is a line feed.
/// Where readers differ about whether to put something in, at a `$` outside of `'…'`, the file is
/// refused. Assigned twice, a variable has the last value.
final class ProgramVariables {
  private static final String KEY_PREFIX = "V";
  private static final String ESCAPED = "\\\"$`nrt";
  private static final String MEANT = "\\\"$`\n\r\t";

  private final DotenvFile file;
  private final List<Variable> variables = new ArrayList<>();
  private final List<Occurrence> occurrences = new ArrayList<>();
  private final List<Rule> problems = new ArrayList<>();

  /// A reference, and the variable it is in.
  private record Occurrence(String variable, Reference.Read reference) {}

  private record Variable(String name, List<Part> parts) {}

  /// A piece of the value of a variable.
  private sealed interface Part {
    /// What the author wrote, as it is meant.
    record Own(String text) implements Part {}

    /// The value of the next reference.
    record Inserted() implements Part {}
  }

  private ProgramVariables(DotenvFile file) {
    this.file = file;
  }

  /// @param file without problems
  static ProgramVariables of(DotenvFile file) {
    ProgramVariables variables = new ProgramVariables(file);
    file.bindings().forEach(variables::add);
    return variables;
  }

  /// What keeps the file from being understood; then nothing else may be asked for.
  List<Rule> problems() {
    return List.copyOf(problems);
  }

  /// Whether any value comes from the vault.
  boolean hasReferences() {
    return !occurrences.isEmpty();
  }

  private void add(Binding binding) {
    List<Part> parts = new ArrayList<>();
    int copied = binding.valueStart();
    for (Reference reference : binding.references()) {
      parts.add(own(binding, copied, reference.start()));
      copied = reference.end();
      switch (reference) {
        case Reference.Read read -> {
          occurrences.add(new Occurrence(binding.variable(), read));
          parts.add(new Part.Inserted());
        }
        case Reference.Seal seal ->
            problems.add(
                new Rule(
                    binding.variable(),
                    DotenvProblem.Kind.SEAL_WHILE_OPENING.code().text(),
                    DotenvProblem.Kind.SEAL_WHILE_OPENING.rule(),
                    (long) seal.place().line(),
                    (long) seal.place().column(),
                    null));
      }
    }
    parts.add(own(binding, copied, binding.valueEnd()));
    variables.add(new Variable(binding.variable(), parts));
  }

  private Part.Own own(Binding binding, int from, int to) {
    StringBuilder raw = new StringBuilder();
    int copied = from;
    for (int backslash : binding.escapes()) {
      if (backslash >= from && backslash < to) {
        raw.append(file.content(), copied, backslash);
        copied = backslash + 1;
      }
    }
    raw.append(file.content(), copied, to);
    String text = raw.toString().replace("\r\n", "\n");
    if (text.indexOf('\r') >= 0) {
      doubt(binding, "readers disagree about a carriage return that ends no line");
    }
    String meant =
        switch (binding.quote()) {
          case SINGLE -> text;
          case DOUBLE -> unescaped(binding, text);
          case BARE, BACKTICK -> {
            checkDollar(binding, text.indexOf('$') >= 0);
            yield text;
          }
        };
    return new Part.Own(meant);
  }

  private String unescaped(Binding binding, String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    boolean dollar = false;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      char next = c == '\\' && i + 1 < raw.length() ? raw.charAt(i + 1) : '\0';
      int known = next == '\0' ? -1 : ESCAPED.indexOf(next);
      if (next == '\n') {
        doubt(binding, "readers disagree whether a backslash at the end of a line joins two");
      }
      dollar |= c == '$';
      if (known >= 0) {
        text.append(MEANT.charAt(known));
        i++;
      } else {
        text.append(c);
      }
    }
    checkDollar(binding, dollar);
    return text.toString();
  }

  private void checkDollar(Binding binding, boolean present) {
    if (present) {
      doubt(
          binding,
          "readers disagree whether '$' puts a variable in; put the value in single quotes, or"
              + " write \\$ in double quotes");
    }
  }

  private void doubt(Binding binding, String message) {
    problems.add(
        new Rule(
            binding.variable(),
            DotenvProblem.Code.ENV_SYNTAX.text(),
            message,
            (long) binding.place().line(),
            (long) binding.place().column(),
            null));
  }

  /// The lines that are no assignment, from 1: most likely a slip.
  List<Integer> strayLines() {
    String content = file.content();
    List<Integer> stray = new ArrayList<>();
    int from = content.startsWith("\uFEFF") ? 1 : 0;
    int line = 1;
    for (Binding binding : file.bindings()) {
      line = strayLines(from, binding.start(), line, stray);
      line +=
          (int)
              content
                  .substring(binding.start(), binding.end())
                  .chars()
                  .filter(c -> c == '\n')
                  .count();
      from = binding.end();
    }
    strayLines(from, content.length(), line, stray);
    return stray;
  }

  /// @return the line of the offset `to`
  private int strayLines(int from, int to, int firstLine, List<Integer> stray) {
    String[] between = file.content().substring(from, to).split("\n", -1);
    for (int i = 0; i < between.length; i++) {
      String text = between[i].strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        stray.add(firstLine + i);
      }
    }
    return firstLine + between.length - 1;
  }

  /// The references as a file of their own. Belongs to the caller.
  byte[] request() {
    StringBuilder request = new StringBuilder();
    for (int i = 0; i < occurrences.size(); i++) {
      Reference.Read reference = occurrences.get(i).reference();
      request
          .append(KEY_PREFIX)
          .append(i + 1)
          .append('=')
          .append(file.content(), reference.start(), reference.end())
          .append('\n');
    }
    return request.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// What the vault says about a line of the request, told of the file it comes from.
  Rule origin(Rule rule) {
    Long line = rule.line();
    if (line == null || line < 1 || line > occurrences.size()) {
      return rule;
    }
    Occurrence meant = occurrences.get(line.intValue() - 1);
    boolean unfit = DotenvProblem.Code.ENV_NOT_REPRESENTABLE.text().equals(rule.code());
    return new Rule(
        meant.variable(),
        rule.code(),
        unfit
            ? "a variable cannot hold this value, which has NUL or is no text; |base64 can"
            : rule.message(),
        (long) meant.reference().place().line(),
        (long) meant.reference().place().column(),
        rule.name());
  }

  /// The variables in their order.
  ///
  /// @param answer the request, opened for POSIX shells; stays the caller's
  /// @return values without NUL, which the caller wipes; empty when the answer is to another
  ///   request
  Optional<SequencedMap<String, byte[]>> resolve(byte[] answer) {
    List<byte[]> values = words(answer);
    if (values.size() != occurrences.size() || values.stream().anyMatch(ProgramVariables::hasNul)) {
      return Optional.empty();
    }
    SequencedMap<String, byte[]> resolved = new LinkedHashMap<>();
    int next = 0;
    for (Variable variable : variables) {
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      for (Part part : variable.parts()) {
        joined.writeBytes(
            switch (part) {
              case Part.Own own -> own.text().getBytes(StandardCharsets.UTF_8);
              case Part.Inserted inserted -> values.get(next++);
            });
      }
      resolved.put(variable.name(), joined.toByteArray());
    }
    return Optional.of(resolved);
  }

  private static boolean hasNul(byte[] value) {
    for (byte one : value) {
      if (one == 0) {
        return true;
      }
    }
    return false;
  }

  /// The value of each line `NAME=word`, as a shell reads it: plain text and `'…'` side by side,
  /// and `\` before a character that means itself.
  private static List<byte[]> words(byte[] text) {
    List<byte[]> words = new ArrayList<>();
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    boolean inValue = false;
    boolean quoted = false;
    for (int i = 0; i < text.length; i++) {
      byte b = text[i];
      if (!inValue) {
        inValue = b == '=';
      } else if (b == '\'') {
        quoted = !quoted;
      } else if (b == '\n' && !quoted) {
        words.add(word.toByteArray());
        word.reset();
        inValue = false;
      } else if (b == '\\' && !quoted && i + 1 < text.length) {
        word.write(text[++i]);
      } else {
        word.write(b);
      }
    }
    return words;
  }
}
