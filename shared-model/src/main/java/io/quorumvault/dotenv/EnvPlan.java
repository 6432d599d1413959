package io.quorumvault.dotenv;

import io.quorumvault.dotenv.DotenvProblem.Kind;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What to do for one file: the secrets to create, the secrets to read, and the file that comes of
/// it. Holds values until it is closed. Not safe for use by several threads at once.
///
/// The order that keeps the promise: plan, authorise all names, read, **render**, and only then
/// create. A file that cannot be rendered is found out while nothing has happened.
///
/// ```java
/// switch (EnvPlan.of(task, secureRandom::nextBytes)) {
///   case EnvRefusal refusal -> refuse(refusal.problems());
///   case EnvPlan plan -> {
///     try (plan) {
///       switch (plan.render(valuesOf(plan.reads()))) {
///         case EnvRefusal refusal -> refuse(refusal.problems());
///         case RenderedFile file -> {
///           try (file) {
///             create(plan.creations());
///             answer(file.exposeCopy());
///           }
///         }
///       }
///     }
///   }
/// }
/// ```
public final class EnvPlan implements EnvPlanning, AutoCloseable {
  /// A reference and the variable in whose value it is.
  public record Occurrence(String variable, Reference reference) {
    public Place place() {
      return reference.place();
    }
  }

  private final EnvMode mode;
  private final DotenvWriter writer;
  private final SortedMap<SecretName, SecretValue> creations;
  private final SortedSet<SecretRead> reads;
  private final List<Occurrence> occurrences;
  private final List<DotenvWarning> warnings;

  private EnvPlan(
      EnvMode mode,
      DotenvWriter writer,
      SortedMap<SecretName, SecretValue> creations,
      SortedSet<SecretRead> reads,
      List<Occurrence> occurrences,
      List<DotenvWarning> warnings) {
    this.mode = mode;
    this.writer = writer;
    this.creations = creations;
    this.reads = reads;
    this.occurrences = List.copyOf(occurrences);
    this.warnings = List.copyOf(warnings);
  }

  /// Plans a task. The same task and the same chance give the same plan.
  ///
  /// @param random asked only for `enc(NAME|generate)`
  public static EnvPlanning of(EnvTask task, RandomSource random) {
    DotenvFile file = DotenvParser.parse(task.content());
    Problems problems = new Problems(file);
    List<Occurrence> occurrences = new ArrayList<>();
    for (Binding binding : file.bindings()) {
      for (Reference reference : binding.references()) {
        occurrences.add(new Occurrence(binding.variable(), reference));
      }
    }
    ValueSupply supply = new ValueSupply(file, task, random, problems);
    if (task.mode() == EnvMode.OPEN) {
      refuseSealing(occurrences, problems);
    } else {
      refuseReadingWhatIsCreated(occurrences, problems);
      supply.collect();
    }
    DotenvWriter writer = new DotenvWriter(file, task, supply.rewritten());
    writer.check(problems);
    if (!problems.isEmpty()) {
      supply.values().values().forEach(SecretValue::close);
      return problems.refusal();
    }
    SortedSet<SecretRead> reads = new TreeSet<>();
    for (Occurrence occurrence : occurrences) {
      if (occurrence.reference() instanceof Reference.Read read) {
        reads.add(read.read());
      }
    }
    return new EnvPlan(
        task.mode(),
        writer,
        supply.values(),
        reads,
        occurrences,
        warnings(file, task, supply.values().keySet()));
  }

  private static void refuseSealing(List<Occurrence> occurrences, Problems problems) {
    for (Occurrence occurrence : occurrences) {
      if (occurrence.reference() instanceof Reference.Seal) {
        problems.add(
            DotenvProblem.of(Kind.SEAL_WHILE_OPENING, occurrence.place(), occurrence.variable()));
      }
    }
  }

  private static void refuseReadingWhatIsCreated(List<Occurrence> occurrences, Problems problems) {
    Set<SecretName> created = new HashSet<>();
    for (Occurrence occurrence : occurrences) {
      if (occurrence.reference() instanceof Reference.Seal seal) {
        created.add(seal.name());
      }
    }
    for (Occurrence occurrence : occurrences) {
      if (occurrence.reference() instanceof Reference.Read read && created.contains(read.name())) {
        problems.add(
            new DotenvProblem(
                Kind.SELF_REFERENCE,
                read.place(),
                occurrence.variable(),
                read.name(),
                List.of(),
                ""));
      }
    }
  }

  private static List<DotenvWarning> warnings(
      DotenvFile file, EnvTask task, Collection<SecretName> created) {
    List<DotenvWarning> warnings = new ArrayList<>();
    for (Binding binding : file.bindings()) {
      int copied = binding.valueStart();
      UrlPart part = UrlPart.ELSEWHERE;
      for (Reference reference : binding.references()) {
        part = part.behind(file.content(), copied, reference.start());
        copied = reference.end();
        if (part == UrlPart.PASSWORD
            && reference instanceof Reference.Read read
            && !read.filters().contains(Filter.URLENCODE)) {
          warnings.add(
              new DotenvWarning(
                  DotenvWarning.Kind.URL_WITHOUT_URLENCODE,
                  read.place(),
                  binding.variable(),
                  read.name()));
        }
      }
    }
    for (SecretName name : new TreeSet<>(task.values().keySet())) {
      if (!created.contains(name)) {
        warnings.add(new DotenvWarning(DotenvWarning.Kind.UNUSED_VALUE, null, null, name));
      }
    }
    return warnings;
  }

  /// Where in a URL a place is: a password stands behind `://` and a `:`, before the next `@`.
  private enum UrlPart {
    ELSEWHERE,
    USER,
    PASSWORD;

    /// Where the text between the offsets ends, if it begins here.
    UrlPart behind(String text, int from, int to) {
      UrlPart part = this;
      for (int i = from; i < to; i++) {
        char c = text.charAt(i);
        if (c == '/' && i - 2 >= from && text.charAt(i - 1) == '/' && text.charAt(i - 2) == ':') {
          part = USER;
        } else if (c == ':' && part == USER) {
          part = PASSWORD;
        } else if ("@/?# \t\n".indexOf(c) >= 0) {
          part = ELSEWHERE;
        }
      }
      return part;
    }
  }

  /// The secrets to create in one transaction, in the order of their names. The values belong to
  /// the plan, which wipes them.
  public SortedMap<SecretName, SecretValue> creations() {
    return new TreeMap<>(creations);
  }

  /// The secrets to read, each once, in the order of their names. When sealing, they need only
  /// exist.
  ///
  /// Every value read is in the file at least once, so a host may stop reading, and answer as for a
  /// file that is too large, when they are together longer than `Limits.ENV_OUTPUT_BYTES_MAX`.
  public SortedSet<SecretRead> reads() {
    return new TreeSet<>(reads);
  }

  /// Whether `render` needs the values of `reads`; sealing does not.
  public boolean needsValues() {
    return mode != EnvMode.SEAL;
  }

  /// All references in the order of the file: to say where a secret that is missing, forbidden or
  /// already there is meant.
  public List<Occurrence> occurrences() {
    return occurrences;
  }

  public List<DotenvWarning> warnings() {
    return warnings;
  }

  /// The file with its references replaced. May be called again.
  ///
  /// @param resolved the value of every one of `reads`, unless sealing; they stay the caller's. One
  ///   that is absent is a bug of the host, an `IllegalArgumentException`
  public Rendering render(Map<SecretRead, SecretValue> resolved) {
    return writer.render(read -> {
      @Nullable SecretValue value = resolved.get(read);
      if (value == null) {
        throw new IllegalArgumentException("no value for one of the reads of the plan");
      }
      return value.exposeCopy();
    });
  }

  @Override
  public void close() {
    creations.values().forEach(SecretValue::close);
  }

  @Override
  public String toString() {
    return "EnvPlan[" + mode + ", " + creations.size() + " creations, " + reads.size() + " reads]";
  }
}
