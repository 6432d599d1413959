package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Judges whether a history is linearizable (Herlihy and Wing, "Linearizability: a correctness
/// condition for concurrent objects", TOPLAS 1990): whether each operation can be given a moment
/// between its beginning and its end so that one secret that does one thing at a time would have
/// answered the same.
///
/// **The secret.** It is there, with a version and a value, or it is not; whether it never was or
/// was deleted cannot be told apart. A create needs it absent and makes version 1. An update needs
/// it there, and its If-Match to be the version if it has one, and makes the next version. A delete
/// needs the same and makes it absent. "Exists", "not found" and "mismatch" must be true at the
/// operation's moment and change nothing; an If-Match on an absent secret is "not found". "Not
/// applied" says nothing. An unknown write happens once at any moment after its beginning, or
/// never. A retry under the same Idempotency-Key is the same operation.
///
/// **The search.** Linearizability is local (Herlihy and Wing), so each name is judged alone:
/// P-compositionality in Horn and Kroening, "Faster linearizability checking via
/// P-compositionality", FORTE 2015. For one name this is the search of Wing and Gong, "Testing and
/// verifying concurrent objects", JPDC 1993, as the breadth-first just-in-time linearization of
/// Lowe, "Testing for linearizability", CCPE 2017. It goes through the beginnings and ends of all
/// operations in the order of time and keeps every *configuration* that may have been reached: the
/// secret's state, and which operations under way have had their moment. An operation gets its
/// moment only when the end of one asks for it. Equal configurations are merged (the memoisation).
/// When an end leaves no configuration, there is no linearization. Six reductions keep what is
/// possible, so that the answer stays exact:
///
/// - *Looks at once.* What changes nothing gets its moment as soon as a state agrees with it.
/// - *Twins in order.* Of operations under way that do the same to the state, the one that ends
///   first goes first: two that went the other way round can change places. Values that no read saw
///   are all the same here. So unknown writes nobody saw cost their number, not its power set.
/// - *Seen versions.* An unknown update whose value some read saw made the version that it saw.
/// - *Values wait for their readers.* A value is not overwritten before every read that sees it has
///   begun: it could not be seen afterwards.
/// - *High versions are one.* No operation tells those apart that are above all that it mentions.
/// - *Less is more.* A configuration is dropped if another has the same state and the same known
///   writes behind it, no fewer looks, and for each unknown write that only the other has behind it
///   one ahead that can stand in for it: whatever follows for the one can follow for the other.
///
/// Once all configurations have an operation behind them, it is forgotten.
///
/// **Bounds.** Deciding this is NP-complete (Gibbons and Korach, "Testing shared memories", SIAM J.
/// Comput. 1997). Memory is bounded by `CONFIGURATIONS_MAX`, work by `STEPS_MAX`, for each name.
/// Beyond either the verdict is `Undecided`, which fails a test as loudly as a violation; no other
/// verdict is ever given without the search having been complete.
final class Linearizability {
  /// Configurations kept at a time: some hundred bytes each, so a test's heap bears them. Histories
  /// of a few dozen clients need some hundred.
  static final int CONFIGURATIONS_MAX = 100_000;

  /// Configurations made in all: minutes of work, where an ordinary history needs thousands.
  static final long STEPS_MAX = 50_000_000;

  /// Configurations for a search that only shows where it gets stuck: it may fail.
  private static final int SHOWN_CONFIGURATIONS_MAX = 1_000;

  private final int configurationsMax;
  private final long stepsMax;

  Linearizability() {
    this(CONFIGURATIONS_MAX, STEPS_MAX);
  }

  Linearizability(int configurationsMax, long stepsMax) {
    this.configurationsMax = configurationsMax;
    this.stepsMax = stepsMax;
  }

  /// The verdict on a history of any number of names.
  Verdict judge(List<Operation> history) {
    Map<String, List<Operation>> byName = new TreeMap<>();
    for (Operation operation : history) {
      byName.computeIfAbsent(operation.name(), _ -> new ArrayList<>()).add(operation);
    }
    return Verdict.gravest(
        byName.values().stream()
            .map(one -> judgeOne(one, stuck -> new Excerpt(this, one, stuck).text()))
            .toList());
  }

  /// The verdict on a history of one name, for those who do not want to know why: to show what is
  /// wrong takes much longer than to find it.
  Verdict judgeBriefly(List<Operation> operations) {
    return operations.isEmpty() ? new Verdict.Possible(0) : judgeOne(operations, _ -> "");
  }

  private Verdict judgeOne(List<Operation> operations, Function<Stuck, String> excerpt) {
    try {
      Stuck stuck = new Search(operations, true, configurationsMax).firstWithoutPlace();
      return stuck == null
          ? new Verdict.Possible(operations.size())
          : new Verdict.Impossible(excerpt.apply(stuck));
    } catch (GivenUp givenUp) {
      return new Verdict.Undecided(
          operations.getFirst().name() + ": " + operations.size() + " operations, " + givenUp.why);
    }
  }

  /// The end at which the search found no linearization left.
  ///
  /// @param states of the secret that were possible until then, for people
  record Stuck(Operation operation, List<String> states) {}

  /// Where a history of one name gets stuck; null if it does not, or if that was not decided. If it
  /// can be told cheaply, this is the first end for which there is no moment whatever comes later.
  @Nullable Stuck stuck(List<Operation> operations) {
    try {
      return new Search(operations, false, Math.min(configurationsMax, SHOWN_CONFIGURATIONS_MAX))
          .firstWithoutPlace();
    } catch (GivenUp _) {
      try {
        return new Search(operations, true, configurationsMax).firstWithoutPlace();
      } catch (GivenUp _) {
        return null;
      }
    }
  }

  /// A bound was reached.
  private static final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String why;

    GivenUp(String why) {
      super(why, null, false, false);
      this.why = why;
    }
  }

  /// The secret.
  ///
  /// @param version 0 if it is not there
  /// @param value the number of a value that some read saw, or `UNSEEN`
  private record State(long version, int value) {
    static final int UNSEEN = 0;

    static final State ABSENT = new State(0, UNSEEN);

    boolean present() {
      return version > 0;
    }
  }

  /// What a write does. Equal deeds are twins.
  ///
  /// @param made the version it made, if that is known
  private record Deed(Kind kind, OptionalLong ifMatch, OptionalLong made, int value) {
    enum Kind {
      CREATE,
      UPDATE,
      DELETE
    }

    /// The state after it, null if it cannot happen in this one.
    ///
    /// @param versionMax above which all versions are one
    @Nullable State after(State state, long versionMax) {
      if (state.present() == (kind == Kind.CREATE)
          || (ifMatch.isPresent() && ifMatch.getAsLong() != state.version())) {
        return null;
      }
      if (kind == Kind.DELETE) {
        return State.ABSENT;
      }
      long version = state.version() + 1;
      return made.isPresent() && made.getAsLong() != version
          ? null
          : new State(Math.min(version, versionMax), value);
    }
  }

  /// An operation that changes nothing.
  private sealed interface Look {
    record Sees(State state) implements Look {}

    record Absent() implements Look {}

    record Present() implements Look {}

    record PresentInOtherVersion(long version) implements Look {}

    default boolean agrees(State state) {
      return switch (this) {
        case Sees sees -> sees.state().equals(state);
        case Absent _ -> !state.present();
        case Present _ -> state.present();
        case PresentInOtherVersion other -> state.present() && state.version() != other.version();
      };
    }
  }

  /// An operation under way: it does something, or it looks.
  private static final class Pending {
    final Operation operation;
    final @Nullable Deed deed;
    final @Nullable Look look;

    /// Its bit while it is under way; used again afterwards.
    int slot = -1;

    Pending(Operation operation, @Nullable Deed deed, @Nullable Look look) {
      this.operation = operation;
      this.deed = deed;
      this.look = look;
    }
  }

  /// The state, and the slots of what is under way and has had its moment. Never changed.
  private record Configuration(State state, BitSet known, BitSet open, BitSet looks) {
    boolean has(Pending one) {
      return of(one).get(one.slot);
    }

    private BitSet of(Pending one) {
      if (one.look != null) {
        return looks;
      }
      return one.operation.isOpen() ? open : known;
    }

    Configuration with(Pending one) {
      return changed(one, true);
    }

    Configuration without(Pending one) {
      return has(one) ? changed(one, false) : this;
    }

    private Configuration changed(Pending one, boolean value) {
      BitSet changed = (BitSet) of(one).clone();
      changed.set(one.slot, value);
      if (one.look != null) {
        return new Configuration(state, known, open, changed);
      }
      return one.operation.isOpen()
          ? new Configuration(state, known, changed, looks)
          : new Configuration(state, changed, open, looks);
    }

    Configuration in(State next) {
      return new Configuration(next, known, open, looks);
    }

    /// Whether whatever can follow on the other can follow on this. Both have one key.
    boolean covers(Configuration other, Unseen unseen) {
      return holdsAll(looks, other.looks)
          && (holdsAll(other.open, open) || unseen.canReplace(open, other.open));
    }

    static boolean holdsAll(BitSet all, BitSet some) {
      for (int i = some.nextSetBit(0); i >= 0; i = some.nextSetBit(i + 1)) {
        if (!all.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Slots of unknown writes whose values no read saw. Those of one kind can stand in for each
  /// other as far as they insist on no version.
  private static final class Unseen {
    private final Map<Deed.Kind, BitSet> free = new EnumMap<>(Deed.Kind.class);
    private final Map<Deed.Kind, BitSet> insisting = new EnumMap<>(Deed.Kind.class);

    Unseen() {
      for (Deed.Kind kind : Deed.Kind.values()) {
        free.put(kind, new BitSet());
        insisting.put(kind, new BitSet());
      }
    }

    void set(Deed deed, int slot, boolean value) {
      Objects.requireNonNull((deed.ifMatch().isPresent() ? insisting : free).get(deed.kind()))
          .set(slot, value);
    }

    /// Whether there is, for each unknown write among the used that the others still have, one that
    /// can stand in for it and that is not among the used but among the others.
    boolean canReplace(BitSet used, BitSet others) {
      BitSet missing = (BitSet) used.clone();
      missing.andNot(others);
      BitSet left = (BitSet) others.clone();
      left.andNot(used);
      int replaced = 0;
      for (Deed.Kind kind : Deed.Kind.values()) {
        BitSet free = Objects.requireNonNull(this.free.get(kind));
        int wanted =
            inBoth(missing, free) + inBoth(missing, Objects.requireNonNull(insisting.get(kind)));
        if (wanted > inBoth(left, free)) {
          return false;
        }
        replaced += wanted;
      }
      return replaced == missing.cardinality();
    }

    private static int inBoth(BitSet some, BitSet others) {
      BitSet both = (BitSet) some.clone();
      both.and(others);
      return both.cardinality();
    }
  }

  /// Configurations of which none covers another.
  private static final class Frontier {
    private record Key(State state, BitSet known) {}

    private final Map<Key, List<Configuration>> byKey = new HashMap<>();
    private final Unseen unseen;
    private final int sizeMax;
    private int size;

    Frontier(Unseen unseen, int sizeMax) {
      this.unseen = unseen;
      this.sizeMax = sizeMax;
    }

    /// Whether it was not covered yet.
    boolean add(Configuration one) {
      List<Configuration> rivals =
          byKey.computeIfAbsent(new Key(one.state(), one.known()), _ -> new ArrayList<>(1));
      for (Configuration rival : rivals) {
        if (rival.covers(one, unseen)) {
          return false;
        }
      }
      int before = rivals.size();
      rivals.removeIf(rival -> one.covers(rival, unseen));
      rivals.add(one);
      size += rivals.size() - before;
      if (size > sizeMax) {
        throw new GivenUp("more than " + sizeMax + " configurations at a time");
      }
      return true;
    }

    boolean isEmpty() {
      return size == 0;
    }

    List<Configuration> all() {
      return byKey.values().stream().flatMap(List::stream).toList();
    }
  }

  /// One walk through one name's history.
  private final class Search {
    private final List<Pending> begins;
    private final List<Pending> ends;
    private final Map<Deed, List<Pending>> deeds = new HashMap<>();
    private final List<Pending> looks = new ArrayList<>();
    private final BitSet slots = new BitSet();
    private final Map<String, Integer> valueNumbers = new HashMap<>();

    /// Reads that have not begun, by the number of the value they see.
    private final Map<Integer, Integer> readersToCome = new HashMap<>();

    private final Unseen unseen = new Unseen();

    /// No operation tells a version above this from another.
    private final long versionMax;

    private final int sizeMax;
    private Frontier frontier;
    private long steps;

    /// @param foresight whether values wait for their readers
    Search(List<Operation> operations, boolean foresight, int sizeMax) {
      this.sizeMax = sizeMax;
      this.frontier = new Frontier(unseen, sizeMax);
      Map<String, Long> seen = new HashMap<>();
      Set<String> written = new HashSet<>();
      for (Operation operation : operations) {
        if (operation.outcome() instanceof Outcome.Found found) {
          seen.putIfAbsent(found.value(), found.version());
          valueNumbers.putIfAbsent(found.value(), valueNumbers.size() + 1);
        }
        String value = valueOf(operation.call());
        if (value != null && !written.add(value)) {
          throw new IllegalArgumentException(value + " is written twice, so it names no write");
        }
      }
      this.versionMax = operations.stream().mapToLong(Search::version).max().orElse(0) + 1;
      List<Pending> all = new ArrayList<>();
      for (Operation operation : operations) {
        Look look = look(operation);
        Deed deed = deed(operation, seen);
        if (foresight && look instanceof Look.Sees sees) {
          readersToCome.merge(sees.state().value(), 1, Integer::sum);
        }
        if (look != null || deed != null) {
          all.add(new Pending(operation, deed, look));
        }
      }
      begins = new ArrayList<>(all);
      begins.sort(Comparator.comparingLong(one -> one.operation.invoked()));
      ends = new ArrayList<>(all);
      ends.removeIf(one -> one.operation.isOpen());
      ends.sort(Comparator.comparingLong(one -> one.operation.returned()));
      boolean _ =
          frontier.add(new Configuration(State.ABSENT, new BitSet(), new BitSet(), new BitSet()));
    }

    /// The highest version that an operation mentions.
    private static long version(Operation operation) {
      long told =
          switch (operation.outcome()) {
            case Outcome.Found found -> found.version();
            case Outcome.Applied applied -> applied.version();
            case Outcome.Without _ -> 0;
          };
      return Math.max(told, Operation.expected(operation.call()).orElse(0));
    }

    private static @Nullable String valueOf(Call call) {
      return switch (call) {
        case Call.Create create -> create.value();
        case Call.Update update -> update.value();
        case Call.Delete _, Call.Read _ -> null;
      };
    }

    private @Nullable Look look(Operation operation) {
      return switch (operation.outcome()) {
        case Outcome.Found found ->
            new Look.Sees(new State(found.version(), valueNumber(found.value())));
        case Outcome.Without.NOT_FOUND -> new Look.Absent();
        case Outcome.Without.EXISTS -> new Look.Present();
        case Outcome.Without.MISMATCH ->
            new Look.PresentInOtherVersion(Operation.expected(operation.call()).orElseThrow());
        case Outcome.Applied _ -> null;
        case Outcome.Without.NOT_APPLIED, Outcome.Without.UNKNOWN -> null;
      };
    }

    private @Nullable Deed deed(Operation operation, Map<String, Long> seen) {
      OptionalLong made;
      if (operation.outcome() instanceof Outcome.Applied applied) {
        made = OptionalLong.of(applied.version());
      } else if (operation.isOpen()) {
        Long version = seen.get(String.valueOf(valueOf(operation.call())));
        made = version == null ? OptionalLong.empty() : OptionalLong.of(version);
      } else {
        return null;
      }
      return switch (operation.call()) {
        case Call.Create create ->
            // Whatever makes a first version is a twin of what is not known to have made one.
            new Deed(
                Deed.Kind.CREATE,
                OptionalLong.empty(),
                made.isPresent() && made.getAsLong() == 1 ? OptionalLong.empty() : made,
                valueNumber(create.value()));
        case Call.Update update ->
            new Deed(Deed.Kind.UPDATE, update.ifMatch(), made, valueNumber(update.value()));
        case Call.Delete delete ->
            new Deed(Deed.Kind.DELETE, delete.ifMatch(), OptionalLong.empty(), State.UNSEEN);
        case Call.Read _ -> null;
      };
    }

    private int valueNumber(String value) {
      return valueNumbers.getOrDefault(value, State.UNSEEN);
    }

    /// The first end at which no linearization is left, null if all have their place.
    @Nullable Stuck firstWithoutPlace() {
      int begun = 0;
      for (Pending ending : ends) {
        // What begins at the very moment at which something ends overlaps with it.
        while (begun < begins.size()
            && begins.get(begun).operation.invoked() <= ending.operation.returned()) {
          begin(begins.get(begun++));
        }
        Frontier after = reached(ending);
        if (after.isEmpty()) {
          return new Stuck(ending.operation, states());
        }
        frontier = after;
        forget(ending);
        forgetWhatAllHave();
      }
      return null;
    }

    private List<String> states() {
      Map<Integer, String> values = new HashMap<>();
      valueNumbers.forEach((value, number) -> values.put(number, value));
      return frontier.all().stream()
          .map(Configuration::state)
          .distinct()
          .sorted(Comparator.comparingLong(State::version))
          .map(state ->
              state.present()
                  ? "version "
                      + state.version()
                      + " = "
                      + values.getOrDefault(state.value(), "(a value no read saw)")
                  : "absent")
          .toList();
    }

    private void begin(Pending one) {
      one.slot = slots.nextClearBit(0);
      slots.set(one.slot);
      Deed deed = one.deed;
      Look look = one.look;
      if (deed != null) {
        List<Pending> twins = deeds.computeIfAbsent(deed, _ -> new ArrayList<>());
        // By their ends; the open ones, which have none, by their beginnings.
        int place = twins.size();
        while (place > 0 && twins.get(place - 1).operation.returned() > one.operation.returned()) {
          place--;
        }
        twins.add(place, one);
        if (one.operation.isOpen() && deed.value() == State.UNSEEN) {
          unseen.set(deed, one.slot, true);
        }
      } else if (look != null) {
        looks.add(one);
        if (look instanceof Look.Sees sees) {
          readersToCome.computeIfPresent(sees.state().value(), (_, count) -> count - 1);
        }
        Frontier looked = new Frontier(unseen, sizeMax);
        for (Configuration configuration : frontier.all()) {
          boolean _ =
              looked.add(
                  look.agrees(configuration.state()) ? configuration.with(one) : configuration);
        }
        frontier = looked;
      }
    }

    /// What can be reached so that the one that ends has had its moment.
    private Frontier reached(Pending ending) {
      Frontier done = new Frontier(unseen, sizeMax);
      Frontier visited = new Frontier(unseen, sizeMax);
      ArrayDeque<Configuration> queue = new ArrayDeque<>();
      for (Configuration configuration : frontier.all()) {
        take(configuration, ending, done, visited, queue);
      }
      while (!queue.isEmpty()) {
        Configuration from = queue.remove();
        if (readersToCome.getOrDefault(from.state().value(), 0) > 0) {
          continue;
        }
        for (Map.Entry<Deed, List<Pending>> twins : deeds.entrySet()) {
          State state = twins.getKey().after(from.state(), versionMax);
          Pending next = state == null ? null : firstLeft(twins.getValue(), from);
          if (next != null && state != null) {
            if (++steps > stepsMax) {
              throw new GivenUp("more than " + stepsMax + " steps");
            }
            take(looked(from.with(next).in(state)), ending, done, visited, queue);
          }
        }
      }
      return done;
    }

    private static void take(
        Configuration one,
        Pending ending,
        Frontier done,
        Frontier visited,
        ArrayDeque<Configuration> queue) {
      if (one.has(ending)) {
        boolean _ = done.add(one.without(ending));
      } else if (visited.add(one)) {
        queue.add(one);
      }
    }

    private static @Nullable Pending firstLeft(List<Pending> twins, Configuration from) {
      for (Pending twin : twins) {
        if (!from.has(twin)) {
          return twin;
        }
      }
      return null;
    }

    private Configuration looked(Configuration one) {
      Configuration looked = one;
      for (Pending pending : looks) {
        Look look = pending.look;
        if (look != null && !looked.has(pending) && look.agrees(one.state())) {
          looked = looked.with(pending);
        }
      }
      return looked;
    }

    private void forget(Pending one) {
      slots.clear(one.slot);
      looks.remove(one);
      if (one.deed != null) {
        unseen.set(one.deed, one.slot, false);
      }
      deeds.values().forEach(twins -> twins.remove(one));
      deeds.values().removeIf(List::isEmpty);
    }

    private void forgetWhatAllHave() {
      List<Configuration> all = frontier.all();
      List<Pending> had =
          deeds.values().stream()
              .flatMap(List::stream)
              .filter(one -> one.operation.isOpen())
              .filter(one -> all.stream().allMatch(configuration -> configuration.has(one)))
              .toList();
      if (had.isEmpty()) {
        return;
      }
      Frontier rest = new Frontier(unseen, sizeMax);
      for (Configuration configuration : all) {
        Configuration left = configuration;
        for (Pending one : had) {
          left = left.without(one);
        }
        boolean _ = rest.add(left);
      }
      frontier = rest;
      had.forEach(this::forget);
    }
  }
}
