package io.quorumvault.system;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Judges whether imports of several names happened as a whole, by what operations of single names
/// tell.
///
/// **What can be concluded.** An import that happened did so at one moment, the same for all its
/// names. Say it creates a and b. Once somebody read its value of a, or anything that can only come
/// after it, that moment is over. Whoever begins after that to read b must find the import's value
/// or something later: "not found" is allowed only if b may have been deleted since, and anything
/// older never. The same holds for what writes tell, for two readers as for one, and in both
/// directions: who found b absent when it must still have been absent has shown that the moment is
/// yet to come. Reads that overlap rule nothing out, since either may have come first.
///
/// **What is checked.** Exactly that: whether each import can be given one moment, so that the
/// history of every single name is linearizable when its create takes place at this moment. If so,
/// the moments of all operations make one order of everything, imports as a whole among them, that
/// agrees with real time: the history is strictly serializable. If not, there is no such order,
/// since in any order each import would have had such a moment. That one name's history depends on
/// others only through those moments makes it possible to judge name by name.
///
/// **How.** Only the order of moments matters, so it is enough to try each time at which something
/// begins or ends. Imports that share no name, directly or through others, are independent. Those
/// that do are tried together, in each order at each time.
///
/// **Bounds.** `TRIALS_MAX` for each group of imports that share names. Beyond it, and wherever the
/// judge of a single name gives up and that matters, the verdict is `Undecided`.
final class ImportAtomicity {
  /// Histories of single names judged for one group: a few hundred for one import, some thousands
  /// for three rivals.
  static final int TRIALS_MAX = 50_000;

  private static final int LINES_MAX = 40;

  private final Linearizability single;
  private final int trialsMax;

  ImportAtomicity() {
    this(new Linearizability(), TRIALS_MAX);
  }

  ImportAtomicity(Linearizability single, int trialsMax) {
    this.single = single;
    this.trialsMax = trialsMax;
  }

  /// The verdict on all operations of single names, and on imports beside them.
  Verdict judge(List<Import> imports, List<Operation> operations) {
    List<Operation> all = new ArrayList<>(operations);
    for (Import one : imports) {
      one.values().keySet().forEach(name -> all.add(one.on(name, one.invoked(), one.returned())));
    }
    Verdict alone = single.judge(all);
    if (!(alone instanceof Verdict.Possible)) {
      return alone;
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (List<Import> group : groups(imports)) {
      Verdict verdict = new Group(group, operations).verdict();
      if (!(verdict instanceof Verdict.Possible)) {
        verdicts.add(verdict);
      }
    }
    verdicts.add(alone);
    return Verdict.gravest(verdicts);
  }

  /// Imports that share names, directly or through others.
  private static List<List<Import>> groups(List<Import> imports) {
    List<List<Import>> groups = new ArrayList<>();
    for (Import one : imports) {
      List<Import> joined = new ArrayList<>(List.of(one));
      groups.removeIf(group -> {
        boolean shares =
            group.stream()
                .anyMatch(
                    other -> other.values().keySet().stream().anyMatch(one.values()::containsKey));
        if (shares) {
          joined.addAll(group);
        }
        return shares;
      });
      joined.sort(Comparator.comparingLong(Import::invoked));
      groups.add(joined);
    }
    return groups;
  }

  /// Imports that share names, and what was done with these names.
  ///
  /// Times are counted: what happens at the i-th time begins at i * n and ends at i * n + n - 1,
  /// which leaves n moments for n imports there, and keeps what happens at the same time
  /// overlapping.
  private final class Group {
    private final List<Import> imports;
    private final Map<String, List<Operation>> byName = new TreeMap<>();
    private final long[] times;
    private final int width;
    private int trials;
    private boolean undecided;

    Group(List<Import> imports, List<Operation> operations) {
      this.imports = imports;
      this.width = imports.size();
      imports.forEach(one ->
          one.values().keySet().forEach(name -> byName.putIfAbsent(name, new ArrayList<>())));
      List<Operation> own =
          operations.stream().filter(one -> byName.containsKey(one.name())).toList();
      this.times =
          LongStream.concat(
                  own.stream().flatMapToLong(one -> LongStream.of(one.invoked(), one.returned())),
                  imports.stream()
                      .flatMapToLong(one -> LongStream.of(one.invoked(), one.returned())))
              .filter(time -> time != Operation.NEVER)
              .sorted()
              .distinct()
              .toArray();
      for (Operation one : own) {
        byName
            .getOrDefault(one.name(), new ArrayList<>())
            .add(
                new Operation(
                    one.client(),
                    one.name(),
                    one.call(),
                    one.outcome(),
                    begin(one.invoked()),
                    end(one.returned())));
      }
    }

    private int index(long time) {
      return Arrays.binarySearch(times, time);
    }

    private long begin(long time) {
      return (long) index(time) * width;
    }

    private long end(long time) {
      return time == Operation.NEVER ? Operation.NEVER : begin(time) + width - 1;
    }

    Verdict verdict() {
      List<List<Long>> moments = new ArrayList<>();
      for (Import one : imports) {
        List<Long> possible = possible(one, one.values().keySet());
        if (possible.isEmpty()) {
          return none(one);
        }
        moments.add(possible);
      }
      // Alone, the first that is possible has been found to be: there is nothing else to agree
      // with.
      if (imports.size() == 1 || together(moments, new HashMap<>())) {
        return new Verdict.Possible(0);
      }
      return none(null);
    }

    /// The moments of an import at which it agrees with each of some of its names, whenever the
    /// other imports happened. `NEVER` if it may not have happened.
    private List<Long> possible(Import one, Set<String> names) {
      List<Long> moments = new ArrayList<>();
      int last = one.isOpen() ? times.length - 1 : index(one.returned());
      for (int i = index(one.invoked()); i <= last; i++) {
        // The others are free, so at the same time they are before it and after it.
        long moment = (long) i * width;
        if (agrees(names, Map.of(one, moment))) {
          for (int place = 0; place < width; place++) {
            moments.add(moment + place);
          }
        }
      }
      if (one.isOpen() && agrees(names, Map.of(one, Operation.NEVER))) {
        moments.add(Operation.NEVER);
      }
      return moments;
    }

    /// Whether those imports that have no moment yet can be given one.
    private boolean together(List<List<Long>> moments, Map<Import, Long> chosen) {
      if (chosen.size() == imports.size()) {
        return true;
      }
      Import next = imports.get(chosen.size());
      for (long moment : moments.get(chosen.size())) {
        if (moment == Operation.NEVER || !chosen.containsValue(moment)) {
          chosen.put(next, moment);
          if (agrees(next.values().keySet(), chosen) && together(moments, chosen)) {
            return true;
          }
          chosen.remove(next);
        }
      }
      return false;
    }

    /// Whether names have linearizable histories with some imports at given moments.
    private boolean agrees(Set<String> names, Map<Import, Long> chosen) {
      for (String name : names) {
        if (undecided || ++trials > trialsMax) {
          undecided = true;
          return false;
        }
        switch (single.judgeBriefly(history(name, chosen))) {
          case Verdict.Possible _ -> {}
          case Verdict.Impossible _ -> {
            return false;
          }
          case Verdict.Undecided _ -> {
            undecided = true;
            return false;
          }
        }
      }
      return true;
    }

    private List<Operation> history(String name, Map<Import, Long> chosen) {
      List<Operation> history = new ArrayList<>(byName.getOrDefault(name, List.of()));
      for (Import one : imports) {
        if (one.values().containsKey(name)) {
          Long moment = chosen.get(one);
          if (moment == null) {
            history.add(one.on(name, begin(one.invoked()), end(one.returned())));
          } else if (moment != Operation.NEVER) {
            history.add(one.on(name, moment, moment));
          }
        }
      }
      return history;
    }

    private Verdict none(@Nullable Import one) {
      if (undecided) {
        return new Verdict.Undecided(
            imports.size()
                + " imports of "
                + byName.keySet()
                + ": more than "
                + trialsMax
                + " trials, or one of them undecided");
      }
      return new Verdict.Impossible(
          one == null
              ? imports.size()
                  + " imports that share names can each have happened as a whole, but not all:\n"
                  + lines(byName.keySet())
              : "An import did not happen as a whole: there is no moment at which it agrees with all"
                  + " its names.\n"
                  + moments(one));
    }

    /// Two names that suffice to rule all moments out, if there are two.
    private String moments(Import one) {
      Map<String, List<Long>> possible = new TreeMap<>();
      one.values().keySet().forEach(name -> possible.put(name, possible(one, Set.of(name))));
      for (String name : possible.keySet()) {
        for (String other : possible.keySet()) {
          Set<Long> both = new HashSet<>(possible.getOrDefault(name, List.of()));
          both.retainAll(possible.getOrDefault(other, List.of()));
          if (both.isEmpty()) {
            Set<String> pair = new TreeSet<>(List.of(name, other));
            possible.keySet().retainAll(pair);
            return text(possible);
          }
        }
      }
      return text(possible);
    }

    private String text(Map<String, List<Long>> possible) {
      StringBuilder text = new StringBuilder();
      possible.forEach((name, moments) -> {
        text.append("  By ").append(name).append(" alone it may have happened ");
        long never = moments.stream().filter(moment -> moment == Operation.NEVER).count();
        if (never > 0) {
          text.append("never").append(moments.size() > never ? ", or " : "");
        }
        if (moments.isEmpty()) {
          text.append("at no moment");
        } else if (moments.size() > never) {
          text.append("from ")
              .append(shown(moments.getFirst()))
              .append(" to ")
              .append(shown(moments.get((int) (moments.size() - 1 - never))))
              .append(" ms");
        }
        text.append('\n');
      });
      return text.append(lines(possible.keySet())).toString();
    }

    private String shown(long moment) {
      return Operation.millis(times[(int) (moment / width)] - times[0]);
    }

    private String lines(Set<String> names) {
      List<Operation> all = new ArrayList<>();
      for (String name : names) {
        for (Operation one : history(name, Map.of())) {
          all.add(
              new Operation(
                  one.client(),
                  one.name(),
                  one.call(),
                  one.outcome(),
                  times[(int) (one.invoked() / width)],
                  one.isOpen() ? Operation.NEVER : times[(int) (one.returned() / width)]));
        }
      }
      all.sort(Comparator.comparingLong(Operation::invoked));
      StringBuilder text = new StringBuilder();
      for (Operation one : all.subList(0, Math.min(LINES_MAX, all.size()))) {
        text.append("  ").append(one.describe(times[0])).append('\n');
      }
      if (all.size() > LINES_MAX) {
        text.append("  (and ").append(all.size() - LINES_MAX).append(" later ones)\n");
      }
      return text.toString();
    }
  }
}
