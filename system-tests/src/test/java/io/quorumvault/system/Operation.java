package io.quorumvault.system;

import java.util.OptionalLong;

/// One thing that one client asked of one secret, and what it was told.
///
/// Tries of one write under one Idempotency-Key are one operation, from the first try to the last
/// answer.
///
/// @param client who asked; for messages
/// @param invoked not later than the moment at which the request left, in nanoseconds of a clock
///   that all clients share
/// @param returned not earlier than the moment at which the answer was there; `NEVER` if and only
///   if it is not known what became of it
record Operation(int client, String name, Call call, Outcome outcome, long invoked, long returned) {
  static final long NEVER = Long.MAX_VALUE;

  /// What was asked. A value is written once in a whole history: it says which write it is from.
  sealed interface Call {
    record Create(String value) implements Call {}

    record Update(String value, OptionalLong ifMatch) implements Call {}

    record Delete(OptionalLong ifMatch) implements Call {}

    /// Of the newest version.
    record Read() implements Call {}
  }

  /// What was answered.
  sealed interface Outcome {
    record Found(long version, String value) implements Outcome {}

    /// A write was applied.
    ///
    /// @param version the one it made; of a delete 0
    record Applied(long version) implements Outcome {}

    /// Nothing was found, or nothing was applied, or that is not known.
    enum Without implements Outcome {
      NOT_FOUND,
      EXISTS,
      MISMATCH,
      /// Refused for reasons that say nothing about the secret.
      NOT_APPLIED,
      /// A write may be applied at any moment from its beginning on, once, or never.
      UNKNOWN
    }
  }

  Operation {
    boolean fits =
        switch (outcome) {
          case Outcome.Found _ -> call instanceof Call.Read;
          case Outcome.Applied applied ->
              switch (call) {
                case Call.Create _, Call.Update _ -> applied.version() > 0;
                case Call.Delete _ -> applied.version() == 0;
                case Call.Read _ -> false;
              };
          case Outcome.Without.NOT_FOUND -> !(call instanceof Call.Create);
          case Outcome.Without.EXISTS -> call instanceof Call.Create;
          case Outcome.Without.MISMATCH -> expected(call).isPresent();
          case Outcome.Without.NOT_APPLIED -> !(call instanceof Call.Read);
          case Outcome.Without.UNKNOWN -> true;
        };
    if (!fits) {
      throw new IllegalArgumentException(call + " cannot be answered " + outcome);
    }
    if (invoked > returned || (outcome == Outcome.Without.UNKNOWN) != (returned == NEVER)) {
      throw new IllegalArgumentException(
          outcome + " cannot have lasted from " + invoked + " to " + returned);
    }
  }

  /// The version that a call insists on.
  static OptionalLong expected(Call call) {
    return switch (call) {
      case Call.Update update -> update.ifMatch();
      case Call.Delete delete -> delete.ifMatch();
      case Call.Create _, Call.Read _ -> OptionalLong.empty();
    };
  }

  boolean isOpen() {
    return returned == NEVER;
  }

  /// For people.
  ///
  /// @param origin the moment that counts as 0
  String describe(long origin) {
    String asked =
        switch (call) {
          case Call.Create create -> "create " + create.value();
          case Call.Update update -> "update " + update.value();
          case Call.Delete _ -> "delete";
          case Call.Read _ -> "read";
        };
    OptionalLong expected = expected(call);
    String told =
        switch (outcome) {
          case Outcome.Found found -> "version " + found.version() + " = " + found.value();
          case Outcome.Applied applied ->
              applied.version() == 0 ? "deleted" : "made version " + applied.version();
          case Outcome.Without.NOT_FOUND -> "not found";
          case Outcome.Without.EXISTS -> "exists";
          case Outcome.Without.MISMATCH -> "version mismatch";
          case Outcome.Without.NOT_APPLIED -> "not applied";
          case Outcome.Without.UNKNOWN -> "unknown";
        };
    return "%12s .. %12s ms  client %2d  %s: %s%s -> %s"
        .formatted(
            millis(invoked - origin),
            isOpen() ? "" : millis(returned - origin),
            client,
            name,
            asked,
            expected.isPresent() ? " if version " + expected.getAsLong() : "",
            told);
  }

  static String millis(long nanos) {
    return "%d.%03d".formatted(nanos / 1_000_000, Math.abs(nanos / 1_000 % 1_000));
  }
}
