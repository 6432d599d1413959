package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/// Histories of a secret that does one thing at a time, seen by clients whose operations overlap;
/// and the same with one thing wrong.
final class SimulatedHistory {
  /// Ticks from one operation's moment to the next.
  private static final int STRIDE = 10;

  private final Random dice;
  private final List<Operation> history = new ArrayList<>();
  private long version;
  private String value = "";
  private int values;

  private SimulatedHistory(Random dice) {
    this.dice = dice;
  }

  /// A history that is linearizable.
  ///
  /// @param overlap how many operations are under way at a time, about
  /// @param openPercent of the writes have an unknown outcome, half of them without effect
  static List<Operation> good(Random dice, int operations, int overlap, int openPercent) {
    SimulatedHistory simulated = new SimulatedHistory(dice);
    for (int i = 0; i < operations; i++) {
      simulated.step(i, (long) i * STRIDE + (long) overlap * STRIDE, overlap, openPercent);
    }
    return List.copyOf(simulated.history);
  }

  private void step(int number, long moment, int overlap, int openPercent) {
    long invoked = moment - dice.nextInt(overlap * STRIDE);
    long returned = moment + dice.nextInt(overlap * STRIDE);
    Call call = call();
    boolean open = !(call instanceof Call.Read) && dice.nextInt(100) < openPercent;
    boolean lost = open && dice.nextBoolean();
    boolean refused = !open && !(call instanceof Call.Read) && dice.nextInt(20) == 0;
    Outcome told = lost || refused ? Outcome.Without.NOT_APPLIED : applied(call);
    history.add(
        new Operation(
            number,
            "s",
            call,
            open ? Outcome.Without.UNKNOWN : told,
            invoked,
            open ? Operation.NEVER : returned));
  }

  private Call call() {
    OptionalLong expected =
        dice.nextInt(3) == 0
            ? OptionalLong.of(Math.max(1, version - dice.nextInt(2)))
            : OptionalLong.empty();
    return switch (dice.nextInt(10)) {
      case 0, 1 -> new Call.Create("v" + ++values);
      case 2, 3, 4 -> new Call.Update("v" + ++values, expected);
      case 5 -> new Call.Delete(expected);
      default -> new Call.Read();
    };
  }

  /// Does it now.
  private Outcome applied(Call call) {
    OptionalLong expected = Operation.expected(call);
    if (call instanceof Call.Create create) {
      if (version > 0) {
        return Outcome.Without.EXISTS;
      }
      version = 1;
      value = create.value();
      return new Outcome.Applied(1);
    }
    if (version == 0) {
      return Outcome.Without.NOT_FOUND;
    }
    if (expected.isPresent() && expected.getAsLong() != version) {
      return Outcome.Without.MISMATCH;
    }
    return switch (call) {
      case Call.Update update -> {
        value = update.value();
        yield new Outcome.Applied(++version);
      }
      case Call.Delete _ -> {
        version = 0;
        yield new Outcome.Applied(0);
      }
      case Call.Create _, Call.Read _ -> new Outcome.Found(version, value);
    };
  }

  /// The same with one operation told otherwise or at another time, which may make it impossible.
  static List<Operation> mutated(Random dice, List<Operation> history) {
    List<Operation> mutated = new ArrayList<>(history);
    int place = dice.nextInt(history.size());
    Operation one = history.get(place);
    Outcome outcome = one.outcome();
    long invoked = one.invoked();
    long returned = one.returned();
    switch (dice.nextInt(3)) {
      case 0 -> outcome = otherwise(dice, one, history);
      case 1 -> {
        if (!one.isOpen()) {
          returned -= dice.nextLong(returned - invoked + 1);
        }
      }
      default -> {
        long shift = (dice.nextInt(9) - 4L) * STRIDE;
        invoked += shift;
        returned = one.isOpen() ? returned : returned + shift;
      }
    }
    if (outcome == Outcome.Without.UNKNOWN) {
      returned = Operation.NEVER;
    } else if (one.isOpen()) {
      returned = invoked + STRIDE;
    }
    mutated.set(
        place, new Operation(one.client(), one.name(), one.call(), outcome, invoked, returned));
    return mutated;
  }

  private static Outcome otherwise(Random dice, Operation one, List<Operation> history) {
    List<Outcome> others = new ArrayList<>();
    switch (one.call()) {
      case Call.Create _ -> {
        others.add(new Outcome.Applied(1));
        others.add(new Outcome.Applied(2));
        others.add(Outcome.Without.EXISTS);
      }
      case Call.Update update -> {
        others.add(new Outcome.Applied(2 + dice.nextInt(3)));
        others.add(Outcome.Without.NOT_FOUND);
        if (update.ifMatch().isPresent()) {
          others.add(Outcome.Without.MISMATCH);
        }
      }
      case Call.Delete delete -> {
        others.add(new Outcome.Applied(0));
        others.add(Outcome.Without.NOT_FOUND);
        if (delete.ifMatch().isPresent()) {
          others.add(Outcome.Without.MISMATCH);
        }
      }
      case Call.Read _ -> {
        others.add(Outcome.Without.NOT_FOUND);
        others.add(new Outcome.Found(1 + dice.nextInt(3), "never-written"));
        for (Operation other : history) {
          if (other.call() instanceof Call.Create create) {
            others.add(new Outcome.Found(1, create.value()));
          } else if (other.call() instanceof Call.Update update) {
            others.add(new Outcome.Found(2 + dice.nextInt(2), update.value()));
          }
        }
      }
    }
    if (!(one.call() instanceof Call.Read)) {
      others.add(Outcome.Without.NOT_APPLIED);
    }
    return others.get(dice.nextInt(others.size()));
  }
}
