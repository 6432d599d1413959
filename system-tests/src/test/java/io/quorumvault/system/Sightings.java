package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Judges old versions, histories and listings by what was written.
///
/// It looks only at writes that were over before, or began after, and so finds less than a search
/// for one order would; what it finds is wrong for certain:
///
/// - a secret is not there although it was written, and no delete began to be possible since;
/// - it is there although its delete was over, and nothing that may have created it came since, or
///   nothing ever did;
/// - the newest version is older than one that was written before, without a delete in between;
/// - a version has a value that nobody wrote to this name, or that was written for another version,
///   or under a secret whose delete was over.
final class Sightings {
  /// Enough to see what went wrong.
  private static final int LINES_MAX = 20;

  private final Map<String, List<Operation>> writes = new HashMap<>();

  /// @param operations of single names
  Sightings(List<Operation> operations, List<Import> imports) {
    List<Operation> all = new ArrayList<>(operations);
    for (Import one : imports) {
      one.values().keySet().forEach(name -> all.add(one.on(name, one.invoked(), one.returned())));
    }
    for (Operation one : all) {
      boolean mayWrite = one.outcome() instanceof Outcome.Applied || one.isOpen();
      if (mayWrite && !(one.call() instanceof Call.Read)) {
        writes.computeIfAbsent(one.name(), _ -> new ArrayList<>()).add(one);
      }
    }
  }

  Verdict judge(List<Sighting> sightings) {
    for (Sighting sighting : sightings) {
      List<Operation> known = writes.getOrDefault(sighting.name(), List.of());
      Optional<String> wrong = wrong(sighting, known);
      if (wrong.isPresent()) {
        return new Verdict.Impossible(excerpt(sighting, known, wrong.get()));
      }
    }
    return new Verdict.Possible(sightings.size());
  }

  private static Optional<String> wrong(Sighting seen, List<Operation> known) {
    for (Operation write : known) {
      boolean surelyThere =
          made(write) > 0
              && write.returned() < seen.invoked()
              && known.stream()
                  .noneMatch(other ->
                      other.call() instanceof Call.Delete
                          && other.returned() > write.invoked()
                          && other.invoked() < seen.returned());
      if (surelyThere && !seen.isThere()) {
        return Optional.of("it was written, and nothing can have deleted it");
      }
      if (surelyThere && seen.newest() && seen.version() < made(write)) {
        return Optional.of("version " + made(write) + " was written before");
      }
    }
    return seen.isThere() ? wronglyThere(seen, known) : Optional.empty();
  }

  private static Optional<String> wronglyThere(Sighting seen, List<Operation> known) {
    List<Operation> creates =
        known.stream()
            .filter(one -> one.call() instanceof Call.Create && one.invoked() < seen.returned())
            .toList();
    if (creates.isEmpty()) {
      return Optional.of("nobody had created it");
    }
    for (Operation delete : deletes(known, seen)) {
      if (creates.stream().noneMatch(create -> create.returned() > delete.invoked())) {
        return Optional.of("it was deleted, and nothing can have created it since");
      }
    }
    return seen.value().flatMap(value -> wrongValue(seen, value, known));
  }

  private static Optional<String> wrongValue(Sighting seen, String value, List<Operation> known) {
    Optional<Operation> writer =
        known.stream()
            .filter(one -> value.equals(valueOf(one.call())) && one.invoked() < seen.returned())
            .findAny();
    if (writer.isEmpty()) {
      return Optional.of("nobody wrote this value");
    }
    Operation write = writer.get();
    if (made(write) > 0 && made(write) != seen.version()) {
      return Optional.of("this value was written as version " + made(write));
    }
    return deletes(known, seen).stream().anyMatch(delete -> write.returned() < delete.invoked())
        ? Optional.of("the secret that had this value was deleted")
        : Optional.empty();
  }

  /// Those that were over before.
  private static List<Operation> deletes(List<Operation> known, Sighting seen) {
    return known.stream()
        .filter(one ->
            one.call() instanceof Call.Delete
                && one.outcome() instanceof Outcome.Applied
                && one.returned() < seen.invoked())
        .toList();
  }

  /// The version that a write made for certain, otherwise 0.
  private static long made(Operation write) {
    return write.outcome() instanceof Outcome.Applied applied ? applied.version() : 0;
  }

  private static String valueOf(Call call) {
    return switch (call) {
      case Call.Create create -> create.value();
      case Call.Update update -> update.value();
      case Call.Delete _, Call.Read _ -> "";
    };
  }

  private static String excerpt(Sighting seen, List<Operation> known, String wrong) {
    long origin = known.stream().mapToLong(Operation::invoked).min().orElse(seen.invoked());
    List<Operation> before =
        known.stream()
            .filter(one -> one.invoked() < seen.returned())
            .sorted(Comparator.comparingLong(Operation::invoked))
            .toList();
    StringBuilder text =
        new StringBuilder("What is marked * cannot be: ").append(wrong).append(".\n");
    before.stream()
        .skip(Math.max(0, before.size() - LINES_MAX))
        .forEach(one -> text.append("  ").append(one.describe(origin)).append('\n'));
    return text.append("* ").append(seen.describe(origin)).append('\n').toString();
  }
}
