package io.quorumvault.protocol;

import io.quorumvault.sealing.MaskSeed;
import java.util.Map;
import java.util.Objects;

/// What a helper does before it says that a circle is convened: hands each helper above it the seed
/// of their masks, and waits until all have it. The result is the reply to the target.
final class Convening implements Conversation<Reply> {
  private final Round round;
  private final long deadlineMillis;
  private boolean over;

  /// @param handed the seed for each helper above; they stay the caller's
  Convening(Circle circle, NodeId self, Map<NodeId, MaskSeed> handed, long deadlineMillis) {
    this.round =
        Round.ask(
            1,
            handed.keySet(),
            node -> new Request.HandSeed(circle, self, Objects.requireNonNull(handed.get(node))));
    this.deadlineMillis = deadlineMillis;
  }

  @Override
  public Turn<Reply> begin(long nowMillis) {
    return round.complete()
        ? over(new Reply.Convened())
        : Turn.sending(round.calls(), deadlineMillis);
  }

  @Override
  public Turn<Reply> heard(long nowMillis, Call call, Reply reply) {
    if (over || !round.take(call, reply)) {
      return Turn.waiting(over ? Turn.NEVER : deadlineMillis);
    }
    if (!(reply instanceof Reply.Noted)) {
      return over(new Reply.NotWanted());
    }
    return round.complete() ? over(new Reply.Convened()) : Turn.waiting(deadlineMillis);
  }

  @Override
  public Turn<Reply> woken(long nowMillis) {
    return over || nowMillis < deadlineMillis
        ? Turn.waiting(over ? Turn.NEVER : deadlineMillis)
        : over(new Reply.NotWanted());
  }

  private Turn<Reply> over(Reply reply) {
    over = true;
    return Turn.done(reply);
  }
}
