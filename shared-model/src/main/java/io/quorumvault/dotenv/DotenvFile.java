package io.quorumvault.dotenv;

import java.util.List;

/// A file as it was understood: bindings, and problems where it was not. Immutable. Its `toString`
/// tells sizes only.
public final class DotenvFile {
  private final String content;
  private final List<Entry> entries;
  private final List<Binding> bindings;
  private final List<DotenvProblem> problems;
  private final int problemsOmitted;

  DotenvFile(
      String content, List<Entry> entries, List<DotenvProblem> problems, int problemsOmitted) {
    this.content = content;
    this.entries = List.copyOf(entries);
    this.bindings =
        this.entries.stream().filter(Binding.class::isInstance).map(Binding.class::cast).toList();
    this.problems = List.copyOf(problems);
    this.problemsOmitted = problemsOmitted;
  }

  /// The text as it came.
  public String content() {
    return content;
  }

  /// The assignments in their order.
  public List<Binding> bindings() {
    return bindings;
  }

  /// Bindings and other lines in their order.
  List<Entry> entries() {
    return entries;
  }

  /// What is wrong with the text, in its order, at most `Limits.ENV_PROBLEMS_MAX`. Nothing may be
  /// done with a file that has one.
  public List<DotenvProblem> problems() {
    return problems;
  }

  /// Problems beyond those listed.
  public int problemsOmitted() {
    return problemsOmitted;
  }

  boolean startsWithByteOrderMark() {
    return !content.isEmpty() && content.charAt(0) == '\uFEFF';
  }

  @Override
  public String toString() {
    return "DotenvFile["
        + content.length()
        + " chars, "
        + entries.size()
        + " entries, "
        + problems.size()
        + " problems]";
  }
}
