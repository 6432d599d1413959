package io.quorumvault.protocol;

import java.util.ArrayList;
import java.util.List;

/// Settles a transaction that its coordinator left open. Anybody may do it at any time; several may
/// at once.
///
/// | state | event | next |
/// |---|---|---|
/// | promise of self | own node promises | ask the others |
/// | promises | r promises, self included | propose the highest accepted verdict among them, else abort |
/// | | too few, or outranked | pause, then a higher ballot |
/// | acceptances | w acceptances **at this ballot** | the verdict is fixed: tell everybody |
/// | | too few, or outranked | pause, then a higher ballot |
/// | any | somebody knows the outcome | tell everybody |
/// | any | somebody else has forgotten it | the outcome stands in that node's chain: tell self |
///
/// This is single-decree Paxos (Lamport, "Paxos Made Simple", 2001) on the outcome, with the
/// coordinator's own decision as round 0. The own node promises first, durably: so a finisher that
/// restarts never uses a ballot twice.
public final class Finish implements Conversation<Finish.Result> {
  /// How it ended.
  public sealed interface Result {
    /// The verdict is fixed, now or before; everybody has been told.
    record Fixed(Verdict verdict, List<Part> parts) implements Result {}

    /// The transaction was finished everywhere long ago, and this node has forgotten it, too.
    record Forgotten() implements Result {}

    /// Too few nodes answered in time; nothing is decided by that.
    record GaveUp() implements Result {}
  }

  private enum State {
    PROMISE_OF_SELF,
    PROMISES,
    ACCEPTANCES,
    LOOKING_BACK,
    PAUSE,
    OVER
  }

  private final Home home;
  private final TxId txId;
  private final RoundNumbers numbers;
  private final long deadlineMillis;
  private State state = State.PAUSE;
  private Ballot highestSeen;
  private Ballot ballot;
  private Round round;
  private final List<Reply.Promise> promises = new ArrayList<>();
  private Verdict proposal = Verdict.ABORT;
  private List<Part> parts = List.of();

  /// What the own node was told the transaction does.
  private List<Part> ownParts = List.of();

  private long resumeAtMillis;
  private int tries;

  public Finish(Home home, TxId txId, long deadlineMillis) {
    this(home, txId, deadlineMillis, new RoundNumbers());
  }

  Finish(Home home, TxId txId, long deadlineMillis, RoundNumbers numbers) {
    this.home = home;
    this.txId = txId;
    this.deadlineMillis = deadlineMillis;
    this.numbers = numbers;
    this.highestSeen = Ballot.floor(home.epoch());
    this.ballot = highestSeen;
    this.round = Round.ask(0, List.of(), node -> new Request.Takeover(txId, highestSeen));
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    tries++;
    promises.clear();
    Ballot base = Ballot.max(highestSeen, Ballot.floor(home.epoch()));
    ballot = new Ballot(base.epoch(), base.round() + 1, home.self().index());
    highestSeen = ballot;
    state = State.PROMISE_OF_SELF;
    return ask(List.of(home.self()));
  }

  private Turn<Result> ask(List<NodeId> nodes) {
    round = Round.ask(numbers.next(), nodes, node -> new Request.Takeover(txId, ballot));
    return Turn.sending(round.calls(), deadlineMillis);
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    if (state == State.OVER) {
      return Turn.waiting(Turn.NEVER);
    }
    if (!round.take(call, reply)) {
      return waitOn();
    }
    return switch (reply) {
      case Reply.Settled settled -> over(settled.verdict(), settled.parts());
      case Reply.Obsolete obsolete -> lookBack(call.to());
      case Reply.Chain chain -> seenInChain(chain);
      case Reply.Outranked outranked -> {
        highestSeen = Ballot.max(highestSeen, outranked.floor());
        yield assess(nowMillis);
      }
      case Reply.Promise promise -> {
        if (state == State.PROMISE_OF_SELF) {
          ownParts = promise.parts();
        }
        if (state == State.PROMISE_OF_SELF || state == State.PROMISES) {
          promises.add(promise);
        }
        yield assess(nowMillis);
      }
      default -> assess(nowMillis);
    };
  }

  private Turn<Result> assess(long nowMillis) {
    Membership membership = home.membership();
    return switch (state) {
      case PROMISE_OF_SELF -> {
        if (promises.isEmpty()) {
          yield pause(nowMillis);
        }
        state = State.PROMISES;
        yield ask(
            membership.everyNode().stream().filter(node -> !node.equals(home.self())).toList());
      }
      case PROMISES -> {
        if (promises.size() >= membership.readQuorum()) {
          yield propose();
        }
        yield promises.size() + round.outstanding() < membership.readQuorum()
            ? pause(nowMillis)
            : waitOn();
      }
      case ACCEPTANCES -> {
        int accepted = round.count(Reply.Accepted.class);
        if (accepted >= membership.commitQuorum()) {
          yield over(proposal, parts);
        }
        yield accepted + round.outstanding() < membership.commitQuorum()
            ? pause(nowMillis)
            : waitOn();
      }
      case LOOKING_BACK -> round.complete() ? pause(nowMillis) : waitOn();
      case PAUSE, OVER -> waitOn();
    };
  }

  /// Another node has forgotten the transaction, so every node held its outcome. If this one does
  /// not, it lost its disk since, and learned of the transaction from nodes that knew no outcome
  /// yet. A commit left its entry in the chain of whoever forgot it. Without parts it was no
  /// commit: those are known to every join quorum.
  private Turn<Result> lookBack(NodeId witness) {
    if (witness.equals(home.self())) {
      state = State.OVER;
      return Turn.done(new Result.Forgotten());
    }
    if (ownParts.isEmpty()) {
      return tellSelf(Verdict.ABORT);
    }
    state = State.LOOKING_BACK;
    Part part = ownParts.getFirst();
    round =
        Round.ask(
            numbers.next(),
            List.of(witness),
            node -> new Request.ReadChain(part.id(), part.entry().seq(), 1));
    return Turn.sending(round.calls(), deadlineMillis);
  }

  private Turn<Result> seenInChain(Reply.Chain chain) {
    boolean committed = chain.entries().contains(ownParts.getFirst().entry());
    return tellSelf(committed ? Verdict.COMMIT : Verdict.ABORT);
  }

  private Turn<Result> tellSelf(Verdict verdict) {
    state = State.OVER;
    List<Part> settled = verdict == Verdict.COMMIT ? ownParts : List.of();
    Round notice =
        Round.ask(
            numbers.next(),
            List.of(home.self()),
            node -> new Request.Settle(txId, verdict, settled));
    return Turn.done(notice.calls(), new Result.Fixed(verdict, settled));
  }

  private Turn<Result> propose() {
    proposal = Verdict.ABORT;
    parts = List.of();
    Ballot highest = null;
    for (Reply.Promise promise : promises) {
      Acceptance accepted = promise.accepted();
      if (accepted != null && (highest == null || highest.below(accepted.ballot()))) {
        highest = accepted.ballot();
        proposal = accepted.verdict();
        parts = accepted.verdict() == Verdict.COMMIT ? promise.parts() : List.of();
      }
    }
    state = State.ACCEPTANCES;
    round =
        Round.ask(
            numbers.next(),
            home.membership().everyNode(),
            node -> new Request.Decide(txId, ballot, proposal, parts));
    return Turn.sending(round.calls(), deadlineMillis);
  }

  private Turn<Result> over(Verdict verdict, List<Part> settledParts) {
    state = State.OVER;
    List<Call> notices =
        Round.ask(
                numbers.next(),
                home.membership().everyNode(),
                node -> new Request.Settle(txId, verdict, settledParts))
            .calls();
    return Turn.done(notices, new Result.Fixed(verdict, settledParts));
  }

  private Turn<Result> pause(long nowMillis) {
    state = State.PAUSE;
    resumeAtMillis = nowMillis + Timing.backoffMillis(tries, home);
    return waitOn();
  }

  @Override
  public Turn<Result> woken(long nowMillis) {
    if (state == State.OVER) {
      return Turn.waiting(Turn.NEVER);
    }
    if (nowMillis >= deadlineMillis) {
      state = State.OVER;
      return Turn.done(new Result.GaveUp());
    }
    return state == State.PAUSE && nowMillis >= resumeAtMillis ? begin(nowMillis) : waitOn();
  }

  private Turn<Result> waitOn() {
    return Turn.waiting(
        state == State.PAUSE ? Math.min(resumeAtMillis, deadlineMillis) : deadlineMillis);
  }
}
