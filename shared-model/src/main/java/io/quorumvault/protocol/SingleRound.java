package io.quorumvault.protocol;

import java.util.Optional;

/// A conversation of one question to every node, over as soon as the answers so far are enough.
abstract class SingleRound<R> implements Conversation<R> {
  private final Round round;
  private final Home home;
  private final long deadlineMillis;
  private boolean over;

  SingleRound(Home home, Request question, long deadlineMillis) {
    this.home = home;
    this.round = Round.ask(1, home.membership().everyNode(), node -> question);
    this.deadlineMillis = deadlineMillis;
  }

  /// A new answer is there: the result, if it can be told by now.
  abstract Optional<R> assess(Round answers, NodeId from, Reply reply);

  /// The result when no more answers will come in time.
  ///
  /// @param late whether some would come later, as far as is known
  abstract R giveUp(Round answers, boolean late);

  @Override
  public final Turn<R> begin(long nowMillis) {
    return Turn.sending(round.calls(), deadlineMillis);
  }

  @Override
  public final Turn<R> heard(long nowMillis, Call call, Reply reply) {
    if (over || !round.take(call, reply)) {
      return waitOn();
    }
    Optional<R> result = assess(round, call.to(), reply);
    if (result.isEmpty() && round.complete()) {
      result = Optional.of(giveUp(round, false));
    }
    if (result.isPresent()) {
      over = true;
      return Turn.done(result.get());
    }
    return waitOn();
  }

  @Override
  public final Turn<R> woken(long nowMillis) {
    if (over || nowMillis < deadlineMillis) {
      return waitOn();
    }
    over = true;
    return Turn.done(giveUp(round, !round.completeBut(home::suspects)));
  }

  private Turn<R> waitOn() {
    return Turn.waiting(over ? Turn.NEVER : deadlineMillis);
  }
}
