package io.quorumvault.protocol;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a conversation wants after one event.
///
/// @param calls to send, in this order per node
/// @param wakeAtMillis when to call `woken`, unless something is heard before; `NEVER` for not at
///   all
/// @param outcome present once the result is known. Later replies may still be fed in, but change
///   it no more
public record Turn<R>(List<Call> calls, long wakeAtMillis, @Nullable R outcome) {
  public static final long NEVER = Long.MAX_VALUE;

  public Turn {
    calls = List.copyOf(calls);
  }

  static <R> Turn<R> waiting(long wakeAtMillis) {
    return new Turn<>(List.of(), wakeAtMillis, null);
  }

  static <R> Turn<R> sending(List<Call> calls, long wakeAtMillis) {
    return new Turn<>(calls, wakeAtMillis, null);
  }

  static <R> Turn<R> done(R outcome) {
    return new Turn<>(List.of(), NEVER, outcome);
  }

  static <R> Turn<R> done(List<Call> lastCalls, R outcome) {
    return new Turn<>(lastCalls, NEVER, outcome);
  }

  public Optional<R> result() {
    return Optional.ofNullable(outcome);
  }
}
