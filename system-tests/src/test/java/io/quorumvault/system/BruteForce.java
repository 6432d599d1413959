package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The naive twin of the judge: tries every order of a small history of one secret, or of imports
/// and several secrets, and remembers nothing.
final class BruteForce {
  private BruteForce() {}

  /// What a secret that does one thing at a time holds.
  private record Held(long version, String value) {}

  static boolean linearizable(List<Operation> history) {
    return inSomeOrder(
        history.stream()
            .filter(one -> one.outcome() != Outcome.Without.NOT_APPLIED)
            .filter(one -> !(one.isOpen() && one.call() instanceof Call.Read))
            .toList(),
        Optional.empty());
  }

  private static boolean inSomeOrder(List<Operation> left, Optional<Held> held) {
    if (left.stream().allMatch(Operation::isOpen)) {
      return true;
    }
    for (Operation next : left) {
      if (left.stream().noneMatch(other -> other.returned() < next.invoked())
          && agrees(next, held)) {
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        if (inSomeOrder(rest, after(next, held))) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether that is what would be answered, or, if the answer is not known, whether it would be
  /// applied.
  private static boolean agrees(Operation one, Optional<Held> held) {
    long version = held.map(Held::version).orElse(0L);
    OptionalLong expected = Operation.expected(one.call());
    boolean matches = expected.isEmpty() || expected.getAsLong() == version;
    return switch (one.outcome()) {
      case Outcome.Found found ->
          held.equals(Optional.of(new Held(found.version(), found.value())));
      case Outcome.Without.NOT_FOUND -> held.isEmpty();
      case Outcome.Without.EXISTS -> held.isPresent();
      case Outcome.Without.MISMATCH -> held.isPresent() && !matches;
      case Outcome.Without.NOT_APPLIED -> true;
      case Outcome.Without.UNKNOWN -> applies(one, held, matches);
      case Outcome.Applied applied ->
          applies(one, held, matches)
              && after(one, held).map(Held::version).orElse(0L) == applied.version();
    };
  }

  private static boolean applies(Operation one, Optional<Held> held, boolean matches) {
    return one.call() instanceof Call.Create ? held.isEmpty() : held.isPresent() && matches;
  }

  private static Optional<Held> after(Operation one, Optional<Held> held) {
    if (!(one.isOpen() || one.outcome() instanceof Outcome.Applied)) {
      return held;
    }
    return switch (one.call()) {
      case Call.Create create -> Optional.of(new Held(1, create.value()));
      case Call.Update update -> held.map(before -> new Held(before.version() + 1, update.value()));
      case Call.Delete _ -> Optional.empty();
      case Call.Read _ -> held;
    };
  }

  /// Whether imports and operations of several names have one order, with each import as a whole.
  static boolean serializable(List<Import> imports, List<Operation> operations) {
    List<Step> steps = new ArrayList<>();
    for (Import one : imports) {
      steps.add(
          new Step(
              one.invoked(),
              one.returned(),
              one.values().keySet().stream()
                  .map(name -> one.on(name, one.invoked(), one.returned()))
                  .toList()));
    }
    for (Operation one : operations) {
      steps.add(new Step(one.invoked(), one.returned(), List.of(one)));
    }
    return stepsInSomeOrder(steps, Map.of());
  }

  /// What happens at one moment.
  private record Step(long invoked, long returned, List<Operation> parts) {}

  private static boolean stepsInSomeOrder(List<Step> left, Map<String, Held> held) {
    if (left.stream().allMatch(one -> one.returned() == Operation.NEVER)) {
      return true;
    }
    for (Step next : left) {
      boolean first = left.stream().noneMatch(other -> other.returned() < next.invoked());
      if (first
          && next.parts().stream()
              .allMatch(part -> agrees(part, Optional.ofNullable(held.get(part.name()))))) {
        Map<String, Held> now = new HashMap<>(held);
        for (Operation part : next.parts()) {
          Optional<Held> after = after(part, Optional.ofNullable(held.get(part.name())));
          now.remove(part.name());
          after.ifPresent(value -> now.put(part.name(), value));
        }
        List<Step> rest = new ArrayList<>(left);
        rest.remove(next);
        if (stepsInSomeOrder(rest, now)) {
          return true;
        }
      }
    }
    return false;
  }
}
