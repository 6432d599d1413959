package io.quorumvault.protocol;

import io.quorumvault.Limits;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes one write through a quorum two-phase commit, trying again with a new transaction until the
/// deadline as long as nothing was decided.
///
/// | state | event | next |
/// |---|---|---|
/// | judging | the base allows it | voting |
/// | | the base forbids it | confirming; if confirmed already, rejected |
/// | | the base remembers the operation | applied before; a delete first recalls destruction |
/// | confirming | a read round says how the names stand | judging |
/// | voting | w YES | writing: from here on never abort |
/// | | no w YES possible any more | abort; then judging on a newer base, a pause, helping, or not accepted |
/// | helping | somebody's transaction is finished | judging |
/// | pausing | time | judging |
/// | writing | w acceptances at round 0 | settling |
/// | | no w acceptances possible, or outranked | finishing |
/// | recalling | the transaction of a head is finished, its notice confirmed | the next; then applied before |
/// | finishing | the own transaction is fixed as commit | settling; as abort: judging |
/// | settling | durable enough, or for a delete destroyed at enough nodes | applied |
///
/// The base is a head known to be final; it may be stale, since every voter refuses a base below
/// its own head. An acknowledged write is on disk at w nodes before `Applied` is returned.
public final class Coordinator implements Conversation<WriteResult> {
  private enum State {
    CONFIRMING,
    VOTING,
    HELPING,
    RECALLING,
    PAUSING,
    WRITING,
    FINISHING,
    SETTLING,
    OVER
  }

  /// Votes that may end for want of answers in time. After one it may have been a moment's
  /// slowness; after two this node is likely cut off from the others, and another had better
  /// coordinate while the caller still waits.
  private static final int SLOW_VOTES_MAX = 2;

  private final Home home;
  private final WriteOrder order;
  private final ShareSource source;
  private final long deadlineMillis;
  private final RoundNumbers numbers = new RoundNumbers();
  private final Map<SecretId, Head> bases = new HashMap<>();

  private State state = State.PAUSING;
  private boolean confirmed;
  private long epoch;
  private int tries;
  private long resumeAtMillis = Turn.NEVER;
  private @Nullable TxId txId;
  private List<Part> parts = List.of();
  private Round round;
  private Round votes;
  private final Set<NodeId> voters = new HashSet<>();
  private @Nullable ReadRound reading;
  private @Nullable Finish finish;
  private long votingSinceMillis;
  private boolean metRivals;
  private int slowVotes;

  /// Whether an attempt of this order was forgotten everywhere before its outcome was heard here.
  private boolean ownAttemptForgotten;

  /// What an earlier attempt did, for a delete whose destruction is being confirmed.
  private List<AppliedOperation> recalled = List.of();

  private final Deque<TxId> toRecall = new ArrayDeque<>();

  /// @param knownHeads heads known to be final, for as many of the names as the host knows; may be
  ///   stale
  /// @param deadlineMillis when to give up, on the clock the conversation is fed with
  public Coordinator(
      Home home,
      WriteOrder order,
      Map<SecretId, Head> knownHeads,
      ShareSource source,
      long deadlineMillis) {
    this.home = home;
    this.order = order;
    this.source = source;
    this.deadlineMillis = deadlineMillis;
    this.bases.putAll(knownHeads);
    this.epoch = home.epoch();
    this.round = Round.ask(0, List.of(), node -> new Request.ReadHeads(List.of(), false));
    this.votes = round;
  }

  @Override
  public Turn<WriteResult> begin(long nowMillis) {
    return judge(nowMillis);
  }

  @Override
  public Turn<WriteResult> heard(long nowMillis, Call call, Reply reply) {
    return switch (state) {
      case CONFIRMING ->
          afterReading(nowMillis, running(reading).heard(nowMillis, call, reply), List.of());
      case HELPING, RECALLING, FINISHING ->
          afterFinish(nowMillis, running(finish).heard(nowMillis, call, reply));
      case VOTING -> round.take(call, reply) ? assessVotes(nowMillis) : waitOn();
      case WRITING -> {
        takeLateVote(call, reply);
        yield round.take(call, reply) ? assessAcceptances(nowMillis) : waitOn();
      }
      case SETTLING -> round.take(call, reply) ? assessApplied(nowMillis) : waitOn();
      case PAUSING, OVER -> waitOn();
    };
  }

  @Override
  public Turn<WriteResult> woken(long nowMillis) {
    boolean late = nowMillis >= deadlineMillis;
    return switch (state) {
      case CONFIRMING ->
          late
              ? over(unread())
              : afterReading(nowMillis, running(reading).woken(nowMillis), List.of());
      case HELPING ->
          late
              ? over(new WriteResult.Contended())
              : afterFinish(nowMillis, running(finish).woken(nowMillis));
      case PAUSING -> {
        if (late) {
          yield over(metRivals ? new WriteResult.Contended() : new WriteResult.NotAccepted());
        }
        yield nowMillis >= resumeAtMillis ? judge(nowMillis) : waitOn();
      }
      case VOTING -> late ? abort(nowMillis, Outlook.NOT_ACCEPTED, null) : waitOn();
      case RECALLING, FINISHING ->
          late ? over(unknown()) : afterFinish(nowMillis, running(finish).woken(nowMillis));
      case WRITING -> {
        if (fixed() && (late || nowMillis >= resumeAtMillis)) {
          yield settle();
        }
        yield late ? over(unknown()) : waitOn();
      }
      case SETTLING -> late ? over(unknown()) : waitOn();
      case OVER -> waitOn();
    };
  }

  /// What the known bases say to the order.
  private Turn<WriteResult> judge(long nowMillis) {
    List<AppliedOperation> before = new ArrayList<>();
    for (WriteOrder.Wish wish : order.wishes()) {
      Head base = bases.get(wish.id());
      if (base != null) {
        for (AppliedOperation operation : base.operations()) {
          if (operation.operationId().equals(order.operationId())) {
            boolean sameRequest =
                operation.kind() == order.kind()
                    && Objects.equals(operation.ifMatch(), wish.ifMatch());
            if (!sameRequest) {
              return over(
                  new WriteResult.Rejected(
                      List.of(wish.id()), WriteResult.Rejected.Cause.OPERATION_REUSED));
            }
            before.add(operation);
          }
        }
      }
    }
    if (before.size() == order.wishes().size()) {
      return appliedBefore(nowMillis, before);
    }
    if (!before.isEmpty()) {
      // All names or none: on a confirmed base, an operation id on only some of them belongs to
      // another request.
      return confirmed
          ? over(new WriteResult.Rejected(order.ids(), WriteResult.Rejected.Cause.OPERATION_REUSED))
          : confirm(nowMillis);
    }
    for (WriteOrder.Wish wish : order.wishes()) {
      WriteResult.Rejected.Cause cause = objection(wish, bases.get(wish.id()));
      if (cause != null) {
        return confirmed
            ? over(new WriteResult.Rejected(allWith(cause), cause))
            : confirm(nowMillis);
      }
    }
    return vote(nowMillis);
  }

  private List<SecretId> allWith(WriteResult.Rejected.Cause cause) {
    return order.wishes().stream()
        .filter(wish -> objection(wish, bases.get(wish.id())) == cause)
        .map(WriteOrder.Wish::id)
        .toList();
  }

  private WriteResult.Rejected.@Nullable Cause objection(
      WriteOrder.Wish wish, @Nullable Head base) {
    boolean live = base != null && base.entry().live();
    if (order.kind() == WriteKind.CREATE) {
      return live ? WriteResult.Rejected.Cause.EXISTS : tooMany(base);
    }
    if (base == null || !live) {
      return WriteResult.Rejected.Cause.NOT_FOUND;
    }
    if (wish.ifMatch() != null && wish.ifMatch() != base.entry().version()) {
      return WriteResult.Rejected.Cause.VERSION_MISMATCH;
    }
    return tooMany(base);
  }

  private WriteResult.Rejected.@Nullable Cause tooMany(@Nullable Head base) {
    return base != null && remembered(base).size() >= Limits.OPERATIONS_PER_NAME_MAX
        ? WriteResult.Rejected.Cause.TOO_MANY_OPERATIONS
        : null;
  }

  /// A delete that was applied before is answered only once destruction is confirmed again: by the
  /// nodes that have applied the head of each name, be it the tombstone or what came after it.
  private Turn<WriteResult> appliedBefore(long nowMillis, List<AppliedOperation> before) {
    if (order.kind() != WriteKind.DELETE) {
      return over(new WriteResult.AppliedBefore(order.ids(), before));
    }
    recalled = before;
    Set<TxId> ofHeads = new LinkedHashSet<>();
    order.ids().forEach(id -> ofHeads.add(running(bases.get(id)).entry().txId()));
    toRecall.addAll(ofHeads);
    return recall(nowMillis);
  }

  private Turn<WriteResult> recall(long nowMillis) {
    if (toRecall.isEmpty()) {
      return over(new WriteResult.AppliedBefore(order.ids(), recalled));
    }
    TxId next = toRecall.removeFirst();
    txId = next;
    state = State.RECALLING;
    finish = new Finish(home, next, deadlineMillis, numbers);
    return afterFinish(nowMillis, finish.begin(nowMillis));
  }

  private Turn<WriteResult> confirm(long nowMillis) {
    state = State.CONFIRMING;
    reading = new ReadRound(home, order.ids(), false, deadlineMillis, numbers);
    return afterReading(nowMillis, reading.begin(nowMillis), List.of());
  }

  private Turn<WriteResult> afterReading(
      long nowMillis, Turn<ReadRound.Result> turn, List<Call> callsBefore) {
    if (turn.outcome() == null) {
      return new Turn<>(
          joined(callsBefore, turn.calls()), Math.min(turn.wakeAtMillis(), deadlineMillis), null);
    }
    reading = null;
    return switch (turn.outcome()) {
      case ReadRound.Result.Found found -> {
        bases.clear();
        found.readings().forEach((id, read) -> read.head().ifPresent(head -> bases.put(id, head)));
        confirmed = true;
        yield prefixed(joined(callsBefore, turn.calls()), judge(nowMillis));
      }
      case ReadRound.Result.NoQuorum none -> prefixed(turn.calls(), over(unread()));
      case ReadRound.Result.TooFewShares few ->
          throw new IllegalStateException("a read without shares missed shares");
    };
  }

  /// How the names stand could not be found out.
  private WriteResult unread() {
    return ownAttemptForgotten ? unknown() : new WriteResult.NotAccepted();
  }

  private Turn<WriteResult> vote(long nowMillis) {
    votingSinceMillis = nowMillis;
    TxId id = home.nextTxId();
    txId = id;
    epoch = Math.max(epoch, home.epoch());
    voters.clear();
    List<Part> newParts = new ArrayList<>();
    Map<SecretId, List<Share>> shares = new HashMap<>();
    for (WriteOrder.Wish wish : order.wishes()) {
      Seal seal = null;
      if (order.kind() != WriteKind.DELETE) {
        ShareSource.Dealt dealt = source.deal(id, wish.id());
        seal = dealt.seal();
        shares.put(wish.id(), dealt.shares());
      }
      newParts.add(follow(wish, bases.get(wish.id()), id, seal));
    }
    parts = List.copyOf(newParts);
    state = State.VOTING;
    round =
        Round.ask(
            numbers.next(),
            home.membership().everyNode(),
            node -> new Request.Prepare(id, epoch, stagings(node, shares)));
    return Turn.sending(round.calls(), deadlineMillis);
  }

  private List<Request.Staging> stagings(NodeId node, Map<SecretId, List<Share>> shares) {
    List<Request.Staging> stagings = new ArrayList<>();
    for (Part part : parts) {
      List<Share> dealt = shares.get(part.id());
      stagings.add(new Request.Staging(part, dealt == null ? null : dealt.get(node.index() - 1)));
    }
    return stagings;
  }

  /// The entry that directly follows the base.
  private Part follow(WriteOrder.Wish wish, @Nullable Head base, TxId id, @Nullable Seal seal) {
    long baseSeq = base == null ? 0 : base.entry().seq();
    long baseIncarnation = base == null ? 0 : base.entry().incarnation();
    long baseVersion = base == null ? 0 : base.entry().version();
    Instant validFrom = order.requestTime();
    if (base != null && !base.entry().validFrom().isBefore(validFrom)) {
      validFrom = base.entry().validFrom().plusMillis(1);
    }
    // The chain's time is the one that later writers compare with: a caller whose clock is behind
    // must not be forgotten sooner.
    Instant forgetAfter =
        order.forgetAfter().plus(Duration.between(order.requestTime(), validFrom));
    Entry entry =
        switch (order.kind()) {
          case CREATE ->
              new Entry(
                  baseSeq + 1, id, Entry.Kind.VERSION, baseIncarnation + 1, 1, validFrom, seal);
          case UPDATE ->
              new Entry(
                  baseSeq + 1,
                  id,
                  Entry.Kind.VERSION,
                  baseIncarnation,
                  baseVersion + 1,
                  validFrom,
                  seal);
          case DELETE ->
              new Entry(
                  baseSeq + 1,
                  id,
                  Entry.Kind.TOMBSTONE,
                  baseIncarnation,
                  baseVersion,
                  validFrom,
                  null);
        };
    List<AppliedOperation> operations =
        new ArrayList<>(base == null ? List.of() : remembered(base));
    operations.add(
        new AppliedOperation(
            order.operationId(),
            order.kind(),
            wish.ifMatch(),
            entry.seq(),
            entry.incarnation(),
            entry.version(),
            validFrom,
            forgetAfter));
    return new Part(wish.id(), baseSeq, entry, operations);
  }

  private List<AppliedOperation> remembered(Head base) {
    return base.operations().stream()
        .filter(operation -> operation.forgetAfter().isAfter(order.forgetBefore()))
        .toList();
  }

  private enum Outlook {
    NEWER_BASE,
    RIVAL,
    NOT_ALLOWED,
    NOT_ACCEPTED
  }

  private Turn<WriteResult> assessVotes(long nowMillis) {
    Membership membership = home.membership();
    int yes = round.count(Reply.Yes.class);
    if (yes >= membership.commitQuorum()) {
      voters.addAll(round.answers(Reply.Yes.class).keySet());
      state = State.WRITING;
      resumeAtMillis = Turn.NEVER;
      TxId id = running(txId);
      Ballot ballot = Ballot.ofCoordinator(epoch, id);
      votes = round;
      round =
          Round.ask(
              numbers.next(),
              membership.everyNode(),
              node -> new Request.Decide(id, ballot, Verdict.COMMIT, parts));
      return Turn.sending(round.calls(), deadlineMillis);
    }
    boolean hopeless = yes + round.outstanding() < membership.commitQuorum();
    Map<NodeId, Reply.Stale> stale = round.answers(Reply.Stale.class);
    if (!stale.isEmpty()) {
      for (Reply.Stale news : stale.values()) {
        for (Reply.Standing standing : news.heads()) {
          learn(standing);
        }
      }
      return abort(nowMillis, Outlook.NEWER_BASE, null);
    }
    for (Reply.EpochOver over : round.answers(Reply.EpochOver.class).values()) {
      epoch = Math.max(epoch, over.epoch());
      hopeless = true;
    }
    if (!hopeless) {
      return waitOn();
    }
    if (round.count(Reply.EpochOver.class) > 0) {
      return abort(nowMillis, Outlook.NEWER_BASE, null);
    }
    Map<NodeId, Reply.Locked> locked = round.answers(Reply.Locked.class);
    if (!locked.isEmpty()) {
      Reply.Locked oldest = null;
      for (Reply.Locked lock : locked.values()) {
        if (oldest == null || lock.ageMillis() > oldest.ageMillis()) {
          oldest = lock;
        }
      }
      return abort(nowMillis, Outlook.RIVAL, oldest);
    }
    boolean outranked =
        round.count(Reply.Outranked.class) > 0
            || round.count(Reply.Settled.class) > 0
            || round.count(Reply.Obsolete.class) > 0;
    if (outranked) {
      // Somebody finished this attempt already; it was never decided, so it can only be an abort.
      return abort(nowMillis, Outlook.RIVAL, null);
    }
    long notAllowed =
        round.answers(Reply.Refused.class).values().stream()
            .filter(refused -> refused.reason() == Reply.Refused.Reason.NOT_ALLOWED)
            .count();
    return abort(
        nowMillis,
        notAllowed > membership.nodes() - membership.commitQuorum()
            ? Outlook.NOT_ALLOWED
            : Outlook.NOT_ACCEPTED,
        null);
  }

  private void takeLateVote(Call call, Reply reply) {
    if (votes.take(call, reply) && reply instanceof Reply.Yes) {
      voters.add(call.to());
    }
  }

  private void learn(Reply.Standing standing) {
    Head head = standing.head();
    Head known = bases.get(standing.id());
    if (head != null && (known == null || known.entry().seq() < head.entry().seq())) {
      bases.put(standing.id(), head);
      confirmed = false;
    }
  }

  /// Nobody but this coordinator can propose a commit at round 0, and it has not: so it may abort
  /// alone.
  private Turn<WriteResult> abort(long nowMillis, Outlook outlook, Reply.@Nullable Locked rival) {
    TxId id = running(txId);
    List<Call> notices =
        Round.ask(
                numbers.next(),
                home.membership().everyNode(),
                node -> new Request.Settle(id, Verdict.ABORT, List.of()))
            .calls();
    tries++;
    return prefixed(
        notices,
        switch (outlook) {
          case NEWER_BASE -> judge(nowMillis);
          case NOT_ALLOWED -> over(new WriteResult.NotAllowed());
          case NOT_ACCEPTED -> {
            // Nodes that are down refuse at once, and waiting for them is in vain. Answers that did
            // not come in time are another matter: who is slow now may not be in a moment.
            boolean tooSlow =
                nowMillis - votingSinceMillis >= home.timing().rpc().toMillis() / 2
                    && nowMillis < deadlineMillis;
            if (!tooSlow || ++slowVotes >= SLOW_VOTES_MAX) {
              yield over(new WriteResult.NotAccepted());
            }
            state = State.PAUSING;
            resumeAtMillis = nowMillis + Timing.backoffMillis(tries, home);
            yield waitOn();
          }
          case RIVAL -> {
            metRivals = true;
            if (rival != null
                && (rival.ageMillis() >= home.timing().lease().toMillis()
                    || home.suspects(rival.holder().coordinator()))) {
              state = State.HELPING;
              finish = new Finish(home, rival.holder(), deadlineMillis, numbers);
              yield afterFinish(nowMillis, finish.begin(nowMillis));
            }
            state = State.PAUSING;
            resumeAtMillis = nowMillis + Timing.backoffMillis(tries, home);
            yield waitOn();
          }
        });
  }

  private boolean fixed() {
    return round.count(Reply.Accepted.class) >= home.membership().commitQuorum();
  }

  private Turn<WriteResult> assessAcceptances(long nowMillis) {
    if (fixed()) {
      Set<NodeId> durable = new HashSet<>(round.answers(Reply.Accepted.class).keySet());
      durable.retainAll(voters);
      boolean enough = durable.size() >= home.membership().durabilityTarget();
      if (enough || round.complete() || nowMillis >= resumeAtMillis) {
        return settle();
      }
      if (resumeAtMillis == Turn.NEVER) {
        resumeAtMillis = nowMillis + home.timing().durability().toMillis();
      }
      return waitOn();
    }
    for (Reply.Settled settled : round.answers(Reply.Settled.class).values()) {
      if (settled.verdict() == Verdict.COMMIT) {
        return settle();
      }
    }
    boolean hopeless =
        round.count(Reply.Accepted.class) + round.outstanding() < home.membership().commitQuorum();
    if (hopeless) {
      // Others may have taken over, or nodes went away: from here the outcome is found as anybody
      // would find it.
      state = State.FINISHING;
      finish = new Finish(home, running(txId), deadlineMillis, numbers);
      return afterFinish(nowMillis, finish.begin(nowMillis));
    }
    return waitOn();
  }

  private Turn<WriteResult> settle() {
    state = State.SETTLING;
    TxId id = running(txId);
    round =
        Round.ask(
            numbers.next(),
            home.membership().everyNode(),
            node -> new Request.Settle(id, Verdict.COMMIT, parts));
    if (order.kind() == WriteKind.DELETE) {
      return Turn.sending(round.calls(), deadlineMillis);
    }
    return prefixed(round.calls(), over(applied()));
  }

  private Turn<WriteResult> assessApplied(long nowMillis) {
    int destroyed = round.count(Reply.Applied.class) + round.count(Reply.Obsolete.class);
    if (destroyed >= home.membership().destructionQuorum()) {
      return recalled.isEmpty() ? over(applied()) : recall(nowMillis);
    }
    return round.complete() ? over(unknown()) : waitOn();
  }

  private WriteResult applied() {
    return new WriteResult.Applied(running(txId), parts);
  }

  private WriteResult unknown() {
    return new WriteResult.Unknown(running(txId));
  }

  private Turn<WriteResult> afterFinish(long nowMillis, Turn<Finish.Result> turn) {
    if (turn.outcome() == null) {
      return new Turn<>(turn.calls(), Math.min(turn.wakeAtMillis(), deadlineMillis), null);
    }
    finish = null;
    boolean own = state == State.FINISHING;
    boolean recalling = state == State.RECALLING;
    return prefixed(
        turn.calls(),
        switch (turn.outcome()) {
          case Finish.Result.Fixed fixed -> {
            if ((own || recalling) && fixed.verdict() == Verdict.COMMIT) {
              parts = fixed.parts();
              yield settle();
            }
            yield judge(nowMillis);
          }
          case Finish.Result.Forgotten forgotten -> {
            // Every node has applied it, and with it destroyed what it had to.
            if (recalling) {
              yield recall(nowMillis);
            }
            // Every node knew the outcome: the own transaction is in the base if it was a commit.
            ownAttemptForgotten = own || ownAttemptForgotten;
            yield confirm(nowMillis);
          }
          case Finish.Result.GaveUp gaveUp ->
              over(own || recalling ? unknown() : new WriteResult.Contended());
        });
  }

  private Turn<WriteResult> over(WriteResult result) {
    state = State.OVER;
    return Turn.done(result);
  }

  private Turn<WriteResult> waitOn() {
    return switch (state) {
      case PAUSING, WRITING -> Turn.waiting(Math.min(resumeAtMillis, deadlineMillis));
      case OVER -> Turn.waiting(Turn.NEVER);
      default -> Turn.waiting(deadlineMillis);
    };
  }

  private static <T> T running(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the coordinator is in a state without its conversation");
    }
    return part;
  }

  private static List<Call> joined(List<Call> first, List<Call> second) {
    List<Call> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static <R> Turn<R> prefixed(List<Call> calls, Turn<R> turn) {
    return calls.isEmpty()
        ? turn
        : new Turn<>(joined(calls, turn.calls()), turn.wakeAtMillis(), turn.outcome());
  }
}
