package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The part of one name's history that shows why it is not linearizable.
///
/// A history without what began after some moment, and without some that only looked, is
/// linearizable if the whole is. So all of that is left out without which the contradiction stays.
/// Of the writes, those are shown that overlap with what is shown, that wrote what is seen, and the
/// last ones before; older ones of unknown outcome are counted.
final class Excerpt {
  /// Enough to see how the state came about.
  private static final int WRITES_BEFORE = 3;

  /// The last of longer ones are shown.
  private static final int LINES_MAX = 40;

  private static final int STATES_MAX = 8;

  private final Linearizability judge;
  private final List<Operation> history;
  private final List<Operation> needed;
  private Linearizability.Stuck stuck;

  /// @param history of one name
  /// @param stuck where it gets stuck
  Excerpt(Linearizability judge, List<Operation> history, Linearizability.Stuck stuck) {
    this.judge = judge;
    this.history = history;
    this.stuck = stuck;
    this.needed = new ArrayList<>(history);
    needed.sort(Comparator.comparingLong(Operation::invoked));
    long end = stuck.operation().returned();
    boolean _ = dropped(needed.stream().filter(one -> one.invoked() > end).toList());
    dropNeedlessLooks();
  }

  /// Whether the contradiction stays without these, which are left out then.
  private boolean dropped(List<Operation> some) {
    Set<Operation> out = new HashSet<>(some);
    List<Operation> rest = needed.stream().filter(one -> !out.contains(one)).toList();
    Linearizability.Stuck still = judge.stuck(rest);
    if (still == null) {
      return false;
    }
    needed.removeAll(out);
    stuck = still;
    return true;
  }

  /// Half of them, a quarter, one after the other.
  private void dropNeedlessLooks() {
    List<Operation> looks = needed.stream().filter(one -> !mayWrite(one)).toList();
    for (int size = looks.size(); size > 0; size /= 2) {
      List<Operation> left = new ArrayList<>();
      for (int from = 0; from < looks.size(); from += size) {
        List<Operation> part = looks.subList(from, Math.min(from + size, looks.size()));
        if (!dropped(part)) {
          left.addAll(part);
        }
      }
      looks = left;
    }
  }

  private static boolean mayWrite(Operation one) {
    return one.outcome() instanceof Outcome.Applied
        || (one.isOpen() && !(one.call() instanceof Call.Read));
  }

  private List<Operation> shown() {
    Set<Operation> core = new HashSet<>(Set.of(stuck.operation()));
    needed.stream().filter(one -> !mayWrite(one)).forEach(core::add);
    Set<String> seen = new HashSet<>();
    for (Operation one : core) {
      if (one.outcome() instanceof Outcome.Found found) {
        seen.add(found.value());
      }
    }
    long first = core.stream().mapToLong(Operation::invoked).min().orElseThrow();
    Set<Operation> before =
        new HashSet<>(
            needed.stream()
                .filter(one -> one.returned() < first)
                .sorted(Comparator.comparingLong(Operation::returned).reversed())
                .limit(WRITES_BEFORE)
                .toList());
    return needed.stream()
        .filter(one ->
            core.contains(one)
                || before.contains(one)
                || (one.returned() >= first && !isOldAndOpen(one, first))
                || wrote(one, seen))
        .toList();
  }

  private static boolean isOldAndOpen(Operation one, long first) {
    return one.isOpen() && one.invoked() < first;
  }

  private static boolean wrote(Operation one, Set<String> seen) {
    return switch (one.call()) {
      case Call.Create create -> seen.contains(create.value());
      case Call.Update update -> seen.contains(update.value());
      case Call.Delete _, Call.Read _ -> false;
    };
  }

  String text() {
    long origin = history.stream().mapToLong(Operation::invoked).min().orElseThrow();
    List<String> states = stuck.states();
    List<Operation> shown = shown();
    int left = Math.max(0, shown.size() - LINES_MAX);
    long open = needed.stream().filter(one -> one.isOpen() && !shown.contains(one)).count();
    StringBuilder text =
        new StringBuilder()
            .append("The history of ")
            .append(stuck.operation().name())
            .append(" (")
            .append(history.size())
            .append(" operations) is not linearizable: there is no moment for what is marked *.\n")
            .append("Until then it can only have been ")
            .append(String.join(", or ", states.subList(0, Math.min(STATES_MAX, states.size()))))
            .append(
                states.size() > STATES_MAX
                    ? ", or in " + (states.size() - STATES_MAX) + " other states.\n"
                    : ".\n");
    if (open > 0) {
      text.append("  (writes of unknown outcome from before these, which do not help: ")
          .append(open)
          .append(")\n");
    }
    if (left > 0) {
      text.append("  (").append(left).append(" before these are not shown)\n");
    }
    for (Operation one : shown.subList(left, shown.size())) {
      text.append(one.equals(stuck.operation()) ? "* " : "  ")
          .append(one.describe(origin))
          .append('\n');
    }
    return text.toString();
  }
}
