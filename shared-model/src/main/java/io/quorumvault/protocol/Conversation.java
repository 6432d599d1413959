package io.quorumvault.protocol;

/// Something a node does by talking to the others: a pure state machine that the host feeds with
/// what happens.
///
/// The host calls `begin` once, then `heard` for each reply (or `Unreachable`) and `woken` once the
/// time of the last turn's `wakeAtMillis` has come, one call at a time. It sends what each turn
/// asks for. Times are milliseconds of any steady clock. Not safe for use by several threads at
/// once.
///
/// @param <R> what it comes to
public interface Conversation<R> {
  Turn<R> begin(long nowMillis);

  /// A reply to a call of this conversation. Replies may be late, repeated or missing.
  Turn<R> heard(long nowMillis, Call call, Reply reply);

  Turn<R> woken(long nowMillis);
}
