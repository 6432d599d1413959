package io.quorumvault.dotenv;

import io.quorumvault.dotenv.DotenvProblem.Kind;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the one value of every name that an `enc()` seals. Belongs to one thread.
///
/// A value comes from beside the file, from an assignment to the same name in it, from the `enc()`
/// itself, or from chance. Two sources may agree; they may not differ, and one there must be.
final class ValueSupply {
  private final DotenvFile file;
  private final EnvTask task;
  private final RandomSource random;
  private final Problems problems;
  private final SortedMap<SecretName, SecretValue> values = new TreeMap<>();
  private final Map<Integer, SecretName> rewritten = new HashMap<>();

  ValueSupply(DotenvFile file, EnvTask task, RandomSource random, Problems problems) {
    this.file = file;
    this.task = task;
    this.random = random;
    this.problems = problems;
  }

  /// The values by name; they belong to the caller.
  SortedMap<SecretName, SecretValue> values() {
    return values;
  }

  /// Assignments that gave a value and now become `NAME=secret(NAME)`, by where they start.
  Map<Integer, SecretName> rewritten() {
    return rewritten;
  }

  private record Use(Binding binding, Reference.Seal reference) {}

  void collect() {
    SortedMap<SecretName, List<Use>> uses = new TreeMap<>();
    for (Binding binding : file.bindings()) {
      for (Reference reference : binding.references()) {
        if (reference instanceof Reference.Seal seal) {
          uses.computeIfAbsent(seal.name(), name -> new ArrayList<>()).add(new Use(binding, seal));
        }
      }
    }
    Map<String, List<Binding>> assignments = new HashMap<>();
    for (SecretName name : uses.keySet()) {
      assignments.put(name.text(), new ArrayList<>());
    }
    for (Binding binding : file.bindings()) {
      List<Binding> ofName = assignments.get(binding.variable());
      if (ofName != null) {
        ofName.add(binding);
      }
    }
    uses.forEach(
        (name, ofName) -> supply(name, ofName, assignments.getOrDefault(name.text(), List.of())));
  }

  private void supply(SecretName name, List<Use> uses, List<Binding> assignments) {
    try (Candidate candidate = new Candidate()) {
      SecretValue beside = task.values().get(name);
      if (beside != null) {
        candidate.offer(beside.exposeCopy());
      }
      int generatedChars = 0;
      for (Use use : uses) {
        switch (use.reference().supply()) {
          case Reference.Elsewhere _ -> {}
          case Reference.Inline inline -> candidate.offer(inlineValue(inline));
          case Reference.Generated generated -> {
            if (generatedChars != 0 && generatedChars != generated.chars()) {
              candidate.conflict = true;
            }
            generatedChars = generated.chars();
          }
        }
      }
      if (assignments.size() == 1 && assignments.get(0).references().isEmpty()) {
        assigned(name, assignments.get(0), candidate);
      }
      if (generatedChars != 0) {
        candidate.conflict |= candidate.value != null;
        if (!candidate.conflict) {
          candidate.offer(GeneratedSecret.make(generatedChars, random));
        }
      }
      conclude(name, uses, assignments, candidate);
    }
  }

  private void assigned(SecretName name, Binding assignment, Candidate candidate) {
    if (assignment.valueEnd() == assignment.valueStart()) {
      candidate.emptyAssignment = true;
      return;
    }
    Quoting quoting = Quoting.of(task.dialect());
    String raw = textWithoutEscapes(assignment);
    String text =
        quoting.objection(assignment.frame(), assignment.variable()).isEmpty()
            ? quoting.readWhole(assignment.quote(), raw)
            : null;
    if (text == null || text.isEmpty()) {
      problems.add(
          DotenvProblem.of(Kind.AMBIGUOUS_ASSIGNMENT, assignment.place(), assignment.variable()));
      candidate.ambiguous = true;
      return;
    }
    candidate.offer(text.getBytes(StandardCharsets.UTF_8));
    rewritten.put(assignment.start(), name);
  }

  private void conclude(
      SecretName name, List<Use> uses, List<Binding> assignments, Candidate candidate) {
    Use first = uses.get(0);
    byte[] value = candidate.value;
    if (candidate.conflict) {
      problems.add(
          DotenvProblem.of(
              Kind.VALUE_CONFLICT, first.reference().place(), first.binding().variable()));
    } else if (value != null) {
      values.put(name, SecretValue.owning(value.clone()));
    } else if (candidate.emptyAssignment) {
      problems.add(
          DotenvProblem.of(
              Kind.VALUE_EMPTY, first.reference().place(), first.binding().variable()));
    } else if (!candidate.ambiguous) {
      String hint =
          assignments.size() > 1
              ? "the file assigns the name more than once, which gives it none"
              : "";
      for (Use use : uses) {
        problems.add(
            DotenvProblem.of(
                Kind.VALUE_MISSING, use.reference().place(), use.binding().variable(), hint));
      }
    }
  }

  /// The raw value as opening the file would leave it: without the backslashes before `secret(`.
  private String textWithoutEscapes(Binding binding) {
    StringBuilder text = new StringBuilder();
    int copied = binding.valueStart();
    for (int escape : binding.escapes()) {
      text.append(file.content(), copied, escape);
      copied = escape + 1;
    }
    return text.append(file.content(), copied, binding.valueEnd()).toString();
  }

  private byte[] inlineValue(Reference.Inline inline) {
    String raw = file.content().substring(inline.start(), inline.end());
    if (!inline.quoted()) {
      return raw.getBytes(StandardCharsets.UTF_8);
    }
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '\\') {
        i++;
        c = "\\\"\n\r\t".charAt("\\\"nrt".indexOf(raw.charAt(i)));
      }
      text.append(c);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The value of one name as far as the sources have told. Wiped when closed.
  private static final class Candidate implements AutoCloseable {
    byte @Nullable [] value;
    boolean conflict;
    boolean emptyAssignment;
    boolean ambiguous;

    /// Takes the array over.
    void offer(byte[] offered) {
      if (value == null) {
        value = offered;
      } else {
        conflict |= !MessageDigest.isEqual(value, offered);
        Arrays.fill(offered, (byte) 0);
      }
    }

    @Override
    public void close() {
      if (value != null) {
        Arrays.fill(value, (byte) 0);
      }
    }

    @Override
    public String toString() {
      return "Candidate[" + (value == null ? 0 : value.length) + " bytes]";
    }
  }
}
