package io.quorumvault.api;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.Place;
import io.quorumvault.dotenv.Reference;
import io.quorumvault.dotenv.RenderedFile;
import io.quorumvault.dotenv.SecretRead;
import io.quorumvault.dotenv.Selector;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Carries out what a `.env` file asks for: reads, renders, and only then creates. Whether the
/// caller may is settled before.
///
/// All reads are one call, all creations one transaction. A file that cannot be rendered is found
/// out while nothing has happened, and a file without references asks no node. What fails, fails as
/// a whole, with every reason there is:
///
/// | what is found | failure |
/// |---|---|
/// | a `secret()` is not there | `unresolved-reference`; `secret-already-exists` if an `enc()` is there as well |
/// | a value cannot be written | `env-not-representable`, `payload-too-large` |
/// | an `enc()` is there already | `secret-already-exists` |
///
/// With an Idempotency-Key a file that was carried out is carried out no second time: the answer is
/// what was created then, and the values that were current then.
public final class EnvService {
  private final Cell cell;

  public EnvService(Cell cell) {
    this.cell = cell;
  }

  /// What was done. Holds the file until it is closed.
  ///
  /// @param created in the order of names
  /// @param expanded the versions in the file, in the order of names
  public record Done(RenderedFile file, List<VersionView> created, List<VersionView> expanded)
      implements AutoCloseable {
    @Override
    public void close() {
      file.close();
    }

    /// Without the file.
    @Override
    public String toString() {
      return "Done[" + created.size() + " created, " + expanded.size() + " expanded]";
    }
  }

  /// Does all of it or nothing. Safe to retry with the same operation id.
  ///
  /// @param plan stays the caller's
  /// @throws VaultFailure which for a write says whether it may have been applied
  public Done carryOut(Errand errand, Namespace namespace, EnvPlan plan, OperationId id) {
    try (Values values = values(errand, namespace, plan, id.keyed())) {
      RenderedFile file = rendered(plan, values);
      boolean complete = false;
      try {
        WriteAnswer written = created(errand, namespace, plan, id);
        if (!written.repeated()) {
          complete = true;
          return new Done(file, written.versions(), values.versions());
        }
        values.turnBack(errand, namespace, plan, written.versions());
        return new Done(rendered(plan, values), written.versions(), values.versions());
      } finally {
        if (!complete) {
          file.close();
        }
      }
    }
  }

  /// Finds out what `carryOut` would do, or how it would fail, and does nothing.
  ///
  /// @return the versions that would be expanded, in the order of names
  public List<VersionView> rehearse(Errand errand, Namespace namespace, EnvPlan plan) {
    try (Values values = values(errand, namespace, plan, false)) {
      rendered(plan, values).close();
      Set<SecretName> existing = existing(errand, namespace, plan);
      if (!existing.isEmpty()) {
        throw EnvRefused.atOdds(plan, Map.of(), existing);
      }
      return values.versions();
    }
  }

  private static RenderedFile rendered(EnvPlan plan, Values values) {
    return switch (plan.render(values.resolved())) {
      case EnvRefusal refusal -> throw EnvRefused.failure(refusal);
      case RenderedFile file -> file;
    };
  }

  private Values values(Errand errand, Namespace namespace, EnvPlan plan, boolean keyed) {
    Values values = new Values();
    if (plan.reads().isEmpty()) {
      return values;
    }
    Map<SecretRead, FailureCode> missing = values.read(errand, namespace, plan, Map.of());
    if (!missing.isEmpty()) {
      // With a key it may be this very request that created them.
      Set<SecretName> existing = keyed ? Set.of() : existing(errand, namespace, plan);
      throw EnvRefused.atOdds(plan, missing, existing);
    }
    return values;
  }

  /// Which of the names that the plan creates are there.
  private Set<SecretName> existing(Errand errand, Namespace namespace, EnvPlan plan) {
    List<SecretName> names = List.copyOf(plan.creations().keySet());
    if (names.isEmpty()) {
      return Set.of();
    }
    List<ReadAnswer.Item> found =
        cell.read(
                errand,
                namespace,
                names.stream().map(name -> new ReadCall.Item(name, null, null)).toList(),
                false)
            .items();
    return found.stream()
        .filter(ReadAnswer.Present.class::isInstance)
        .map(ReadAnswer.Present.class::cast)
        .map(present -> present.version().name())
        .collect(Collectors.toUnmodifiableSet());
  }

  private WriteAnswer created(Errand errand, Namespace namespace, EnvPlan plan, OperationId id) {
    Map<SecretName, SecretValue> creations = plan.creations();
    if (creations.isEmpty()) {
      return new WriteAnswer(List.of(), false);
    }
    Set<SecretName> generated =
        plan.occurrences().stream()
            .map(EnvPlan.Occurrence::reference)
            .filter(reference ->
                reference instanceof Reference.Seal seal
                    && seal.supply() instanceof Reference.Generated)
            .map(Reference::name)
            .collect(Collectors.toUnmodifiableSet());
    List<WriteCall.Item> items =
        creations.entrySet().stream()
            .map(creation ->
                new WriteCall.Item(
                    creation.getKey(),
                    creation.getValue(),
                    ValueEncoding.UTF_8,
                    null,
                    generated.contains(creation.getKey())))
            .toList();
    try {
      return cell.write(errand, WriteKind.CREATE, namespace, items, id);
    } catch (VaultFailure failure) {
      if (failure.code() != FailureCode.SECRET_ALREADY_EXISTS) {
        throw failure;
      }
      Set<String> existing =
          failure.violations().stream()
              .map(Violation::name)
              .filter(Objects::nonNull)
              .collect(Collectors.toUnmodifiableSet());
      throw EnvRefused.atOdds(
          plan,
          Map.of(),
          creations.keySet().stream()
              .filter(name -> existing.contains(name.text()))
              .collect(Collectors.toUnmodifiableSet()));
    }
  }

  /// The values a file needs, and their versions. Wiped when closed; belongs to one thread.
  private final class Values implements AutoCloseable {
    private final Map<SecretRead, VersionView> versions = new TreeMap<>();
    private final Map<SecretRead, SecretValue> values = new TreeMap<>();

    Map<SecretRead, SecretValue> resolved() {
      return values;
    }

    /// Of the values that went into the file.
    List<VersionView> versions() {
      return values.keySet().stream().map(versions::get).filter(Objects::nonNull).toList();
    }

    /// Reads all, in the place of what was read before.
    ///
    /// @param at instants at which the latest version is meant that was current then
    /// @return what is not there
    Map<SecretRead, FailureCode> read(
        Errand errand, Namespace namespace, EnvPlan plan, Map<SecretRead, Instant> at) {
      List<SecretRead> reads = List.copyOf(plan.reads());
      List<ReadAnswer.Item> found =
          answered(
              errand,
              namespace,
              reads.stream().map(read -> item(read, at.get(read))).toList(),
              plan.needsValues());
      close();
      Map<SecretRead, FailureCode> missing = new LinkedHashMap<>();
      for (int i = 0; i < reads.size(); i++) {
        switch (found.get(i)) {
          case ReadAnswer.Revealed revealed -> {
            versions.put(reads.get(i), revealed.version());
            values.put(reads.get(i), revealed.value());
          }
          case ReadAnswer.Present present -> versions.put(reads.get(i), present.version());
          case ReadAnswer.Missing gone -> missing.put(reads.get(i), gone.code());
        }
      }
      return missing;
    }

    /// Reads anew what has changed since the file was first carried out.
    void turnBack(Errand errand, Namespace namespace, EnvPlan plan, List<VersionView> created) {
      Instant then =
          created.stream().map(VersionView::validFrom).min(Comparator.naturalOrder()).orElseThrow();
      Map<SecretRead, Instant> at = new TreeMap<>();
      values
          .keySet()
          .forEach(read -> {
            VersionView now = versions.get(read);
            if (read.selector() instanceof Selector.Latest
                && now != null
                && now.validFrom().isAfter(then)) {
              at.put(read, then);
            }
          });
      if (!at.isEmpty()) {
        Map<SecretRead, FailureCode> missing = read(errand, namespace, plan, at);
        if (!missing.isEmpty()) {
          throw EnvRefused.atOdds(plan, missing, Set.of());
        }
      }
    }

    @Override
    public void close() {
      values.values().forEach(SecretValue::close);
      values.clear();
      versions.clear();
    }
  }

  private List<ReadAnswer.Item> answered(
      Errand errand, Namespace namespace, List<ReadCall.Item> items, boolean values) {
    try {
      return cell.read(errand, namespace, items, values).items();
    } catch (VaultFailure failure) {
      if (failure.code() != FailureCode.PAYLOAD_TOO_LARGE) {
        throw failure;
      }
      // The values together are longer than any file that is given back, and each is in it.
      throw EnvRefused.failure(
          new EnvRefusal(
              List.of(
                  new DotenvProblem(
                      DotenvProblem.Kind.OUTPUT_TOO_LARGE, Place.START, null, null, List.of(), "")),
              0));
    }
  }

  private static ReadCall.Item item(SecretRead read, @Nullable Instant at) {
    return switch (read.selector()) {
      case Selector.Latest _ -> new ReadCall.Item(read.name(), null, at);
      case Selector.Version(long version) -> new ReadCall.Item(read.name(), version, null);
      // Versions begin at whole milliseconds: a finer instant sees what its millisecond sees.
      case Selector.At(Instant instant) ->
          new ReadCall.Item(read.name(), null, instant.truncatedTo(ChronoUnit.MILLIS));
    };
  }
}
