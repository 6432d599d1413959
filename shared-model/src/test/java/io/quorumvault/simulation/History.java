package io.quorumvault.simulation;

import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.secret.SecretId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What clients asked and were told, and whether a single vault that does one thing at a time could
/// have told them the same.
final class History {
  static final long NEVER = Long.MAX_VALUE;

  /// Of a read that told only which version there is.
  static final long VALUE_NOT_READ = -1;

  /// What a client saw of one name. Writes of several names count once for each name.
  ///
  /// @param value of a write, what it wrote; of a read, what it saw, 0 for nothing
  /// @param version as told to the client; 0 for none
  /// @param refusal why a write was refused, null if it was not
  /// @param returned `NEVER` when the client never learned what became of it
  /// @param seq where in the chain it stands, if that is known: for a read the entry it saw. -1 if
  ///   not
  record Event(
      SecretId id,
      @Nullable WriteKind write,
      long value,
      @Nullable Long ifMatch,
      long version,
      WriteResult.Rejected.@Nullable Cause refusal,
      long invoked,
      long returned,
      long seq) {
    boolean unknown() {
      return returned == NEVER;
    }
  }

  private final Map<SecretId, List<Event>> events = new TreeMap<>();
  private int searchesGivenUp;

  void add(Event event) {
    events.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(event);
  }

  int size() {
    return events.values().stream().mapToInt(List::size).sum();
  }

  int searchesGivenUp() {
    return searchesGivenUp;
  }

  void check(Invariants truth) {
    events.forEach((id, seen) -> {
      seen.sort(Comparator.comparingLong(Event::invoked));
      checkOrder(id, seen);
      checkPossible(id, seen);
    });
    checkTogether(truth);
  }

  /// Whoever begins after another has ended must not stand before it in the chain.
  private static void checkOrder(SecretId id, List<Event> seen) {
    List<Event> byReturn = new ArrayList<>(seen);
    byReturn.removeIf(event -> event.unknown() || event.seq() < 0);
    byReturn.sort(Comparator.comparingLong(Event::returned));
    int ended = 0;
    Event newest = null;
    for (Event event : seen) {
      while (ended < byReturn.size() && byReturn.get(ended).returned() < event.invoked()) {
        Event candidate = byReturn.get(ended);
        if (newest == null || candidate.seq() > newest.seq()) {
          newest = candidate;
        }
        ended++;
      }
      if (newest != null && event.seq() >= 0) {
        boolean behind =
            event.seq() < newest.seq() || (event.write() != null && event.seq() == newest.seq());
        Invariants.require(!behind, "P2: not linearizable,", id, event, "after", newest);
      }
    }
  }

  /// Once anybody has seen one name of a transaction, nobody may miss another.
  private void checkTogether(Invariants truth) {
    for (SecretId id : truth.names()) {
      for (Part part : truth.chain(id)) {
        List<Part> all = truth.parts(part.entry().txId());
        if (all.size() < 2) {
          continue;
        }
        long seenAt = NEVER;
        for (Part one : all) {
          for (Event event : events.getOrDefault(one.id(), List.of())) {
            if (event.seq() >= one.entry().seq()) {
              seenAt = Math.min(seenAt, event.returned());
            }
          }
        }
        for (Event event : events.getOrDefault(id, List.of())) {
          Invariants.require(
              event.seq() < 0 || event.invoked() <= seenAt || event.seq() >= part.entry().seq(),
              "P4: half of a transaction was seen,",
              part,
              event);
        }
      }
    }
  }

  private record Register(long version, long value) {
    static final Register ABSENT = new Register(0, 0);

    boolean live() {
      return version > 0;
    }
  }

  private static final int VISITS_MAX = 100_000;

  private record Visit(BitSet done, Register state) {}

  /// The search of Wing and Gong ("Testing and verifying concurrent objects", 1993) with Lowe's
  /// memory of what was tried before: knows nothing of chains, only what clients were told.
  private void checkPossible(SecretId id, List<Event> seen) {
    Search search = new Search(seen);
    boolean possible = search.from(new BitSet(), Register.ABSENT);
    if (search.visits >= VISITS_MAX) {
      searchesGivenUp++;
      return;
    }
    Invariants.require(possible, "P2: no single vault could have answered so,", id, seen);
  }

  private static final class Search {
    private final List<Event> seen;
    private final Set<Visit> visited = new HashSet<>();
    private int visits;

    Search(List<Event> seen) {
      this.seen = seen;
    }

    boolean from(BitSet done, Register state) {
      visits++;
      if (visits >= VISITS_MAX || !visited.add(new Visit((BitSet) done.clone(), state))) {
        return false;
      }
      long firstReturn = NEVER;
      for (int i = done.nextClearBit(0); i < seen.size(); i = done.nextClearBit(i + 1)) {
        firstReturn = Math.min(firstReturn, seen.get(i).returned());
      }
      if (firstReturn == NEVER) {
        return true;
      }
      for (int i = done.nextClearBit(0); i < seen.size(); i = done.nextClearBit(i + 1)) {
        Event event = seen.get(i);
        if (event.invoked() > firstReturn) {
          break;
        }
        Register next = next(event, state);
        if (next != null) {
          done.set(i);
          boolean possible = from(done, next);
          done.clear(i);
          if (possible) {
            return true;
          }
        }
      }
      return false;
    }

    /// The state after the event, or null if the client could not have been told this here.
    private static @Nullable Register next(Event event, Register state) {
      WriteKind write = event.write();
      if (event.refusal() != null) {
        return switch (event.refusal()) {
          case EXISTS -> state.live() ? state : null;
          case NOT_FOUND -> state.live() ? null : state;
          case VERSION_MISMATCH ->
              state.live() && event.ifMatch() != null && event.ifMatch() != state.version()
                  ? state
                  : null;
          case OPERATION_REUSED, TOO_MANY_OPERATIONS -> state;
        };
      }
      if (write == null) {
        return event.version() == state.version()
                && (event.value() == state.value() || event.value() == VALUE_NOT_READ)
            ? state
            : null;
      }
      return switch (write) {
        case CREATE ->
            !state.live() && (event.unknown() || event.version() == 1)
                ? new Register(1, event.value())
                : null;
        case UPDATE -> {
          boolean fits =
              state.live()
                  && (event.ifMatch() == null || event.ifMatch() == state.version())
                  && (event.unknown() || event.version() == state.version() + 1);
          yield fits ? new Register(state.version() + 1, event.value()) : null;
        }
        case DELETE ->
            state.live() && (event.ifMatch() == null || event.ifMatch() == state.version())
                ? Register.ABSENT
                : null;
      };
    }
  }
}
