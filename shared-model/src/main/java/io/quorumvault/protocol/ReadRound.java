package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds out how names stand: what is read was true at some moment between begin and result.
///
/// Goes on at r answers. The newest final head among them is the head, unless a commit that
/// somebody accepted is pending above it. Such a commit counts if w answers carry it at the same
/// ballot; otherwise the round asks again for a moment (its coordinator is probably at work) and
/// then settles it itself. Fewer than r answers say nothing.
///
/// It waits for late answers as long again as the first r took: a node that has just died is not
/// known to be down for the time of a call, and the others must not wait for it.
///
/// With shares, it is over once k shares of every live head are there that the head's seal vouches
/// for. After that, answers may still be fed in: `census` then tells which nodes lack a good share.
///
/// That what is stored is damaged it says only after it has asked twice: what a delete has just
/// destroyed looks the same for a moment.
public final class ReadRound implements Conversation<ReadRound.Result> {
  /// How many times to ask again before settling somebody else's transaction.
  private static final int PATIENCE = 3;

  /// How long a transaction is left to a coordinator that does not answer and is not yet known to
  /// be down. If it only paused, to settle for it costs it a ballot.
  private static final long SILENCE_MILLIS = 500;

  /// What came of it.
  public sealed interface Result {
    /// How every name stands.
    record Found(Map<SecretId, Reading> readings) implements Result {}

    /// Too few nodes answered, or what is pending could not be settled in time.
    record NoQuorum(Shortfall why) implements Result {}

    /// The names exist, but fewer than k good shares of at least one of them could be had.
    ///
    /// @param held good shares found for one such name
    record TooFewShares(SecretId id, int held, Shortfall why) implements Result {}
  }

  /// How one name stands.
  ///
  /// @param head the newest committed entry, empty if the name was never used
  /// @param shares good shares of the head by node; empty if not asked for
  public record Reading(Optional<Head> head, Map<NodeId, Share> shares) {}

  /// Who holds a good share of the head, and who answered without one.
  public record Census(Map<NodeId, Share> holders, Set<NodeId> lacking) {}

  private final Home home;
  private final List<SecretId> ids;
  private final boolean withShares;
  private final long deadlineMillis;
  private final RoundNumbers numbers;
  private Round round;
  private @Nullable Finish finish;
  private long beganMillis;
  private long askAgainAtMillis = Turn.NEVER;
  private @Nullable TxId inTheWay;
  private long inTheWaySinceMillis;
  private Result.@Nullable TooFewShares scarce;
  private boolean foundDamaged;
  private int asked;
  private int tries;
  private boolean tried;
  private boolean over;
  private final Map<SecretId, Head> found = new HashMap<>();

  public ReadRound(Home home, List<SecretId> ids, boolean withShares, long deadlineMillis) {
    this(home, ids, withShares, deadlineMillis, new RoundNumbers());
  }

  ReadRound(
      Home home,
      List<SecretId> ids,
      boolean withShares,
      long deadlineMillis,
      RoundNumbers numbers) {
    this.home = home;
    this.ids = List.copyOf(ids);
    this.withShares = withShares;
    this.deadlineMillis = deadlineMillis;
    this.numbers = numbers;
    this.round = Round.ask(0, List.of(), node -> new Request.ReadHeads(ids, withShares));
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    beganMillis = nowMillis;
    askAgainAtMillis = Turn.NEVER;
    asked++;
    tried = false;
    round =
        Round.ask(
            numbers.next(),
            home.membership().everyNode(),
            node -> new Request.ReadHeads(ids, withShares));
    return Turn.sending(round.calls(), deadlineMillis);
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    if (finish != null && !over) {
      return afterFinish(nowMillis, finish.heard(nowMillis, call, reply));
    }
    return round.take(call, reply) && !over ? assess(nowMillis) : waitOn();
  }

  @Override
  public Turn<Result> woken(long nowMillis) {
    if (over) {
      return Turn.waiting(Turn.NEVER);
    }
    if (nowMillis >= deadlineMillis) {
      // Of those that are known to be down no answer was waited for.
      boolean late = round.complete() || !round.completeBut(home::suspects);
      return conclude(new Result.NoQuorum(Shortfall.ofAnswers(late)));
    }
    if (finish != null) {
      return afterFinish(nowMillis, finish.woken(nowMillis));
    }
    if (nowMillis < askAgainAtMillis) {
      return waitOn();
    }
    return inTheWay != null && isOrphan(nowMillis, inTheWay)
        ? settle(nowMillis, inTheWay)
        : begin(nowMillis);
  }

  private Turn<Result> assess(long nowMillis) {
    Map<NodeId, Reply.Heads> answers = round.answers(Reply.Heads.class);
    if (answers.size() < home.membership().readQuorum()) {
      return round.complete() ? conclude(new Result.NoQuorum(Shortfall.AWAY)) : waitOn();
    }
    Map<SecretId, Map<NodeId, Reply.Standing>> byName = standings(answers);
    Map<SecretId, Reading> readings = new TreeMap<>();
    TxId obstacle = null;
    scarce = null;
    for (SecretId id : ids) {
      Map<NodeId, Reply.Standing> said = byName.getOrDefault(id, Map.of());
      Collection<Reply.Standing> standings = said.values();
      Judgement judgement = judge(standings);
      Head head = judgement.head();
      if (judgement.unsettled() != null) {
        obstacle = judgement.unsettled();
        continue;
      }
      Map<NodeId, Share> shares = Map.of();
      if (head != null && withShares && head.entry().live()) {
        shares = goodShares(said, head.entry());
        if (shares.size() < home.membership().threshold()) {
          boolean someLag =
              standings.stream().anyMatch(standing -> seq(standing) < head.entry().seq());
          if (someLag) {
            obstacle = head.entry().txId();
          } else {
            scarce = tooFewShares(id, shares.size(), answers.size());
          }
          continue;
        }
      }
      if (head != null) {
        found.put(id, head);
      }
      readings.put(id, new Reading(Optional.ofNullable(head), shares));
    }
    if (readings.size() == ids.size()) {
      return conclude(new Result.Found(readings));
    }
    if (obstacle == null) {
      // What is missing may still come from anybody.
      inTheWay = null;
      askAgainAtMillis = Turn.NEVER;
      boolean damaged = scarce != null && scarce.why() == Shortfall.DAMAGED;
      if (damaged && !foundDamaged) {
        foundDamaged = true;
        return begin(nowMillis);
      }
      return damaged || round.complete() ? conclude(insufficient()) : waitOn();
    }
    if (!obstacle.equals(inTheWay)) {
      inTheWay = obstacle;
      inTheWaySinceMillis = nowMillis;
    }
    if (!round.completeBut(home::suspects)) {
      if (askAgainAtMillis == Turn.NEVER) {
        long firstTook = nowMillis - beganMillis;
        askAgainAtMillis = nowMillis + Math.max(firstTook, Timing.backoffMillis(asked, home));
      }
      return waitOn();
    }
    if (tried) {
      return waitOn();
    }
    tried = true;
    tries++;
    if (tries <= PATIENCE && !home.suspects(obstacle.coordinator())) {
      askAgainAtMillis = nowMillis + Timing.backoffMillis(asked, home);
      return waitOn();
    }
    return settle(nowMillis, obstacle);
  }

  /// Whether its coordinator is down, or seems to be.
  private boolean isOrphan(long nowMillis, TxId transaction) {
    NodeId coordinator = transaction.coordinator();
    return home.suspects(coordinator)
        || (!round.replies().containsKey(coordinator)
            && nowMillis - inTheWaySinceMillis >= SILENCE_MILLIS);
  }

  private Turn<Result> settle(long nowMillis, TxId transaction) {
    if (tries > 2 * PATIENCE + home.membership().nodes()) {
      return conclude(insufficient());
    }
    finish = new Finish(home, transaction, deadlineMillis, numbers);
    return afterFinish(nowMillis, finish.begin(nowMillis));
  }

  private Result insufficient() {
    return scarce == null ? new Result.NoQuorum(Shortfall.AWAY) : scarce;
  }

  private Result.TooFewShares tooFewShares(SecretId id, int held, int answered) {
    Membership membership = home.membership();
    int silent = membership.nodes() - answered;
    return new Result.TooFewShares(id, held, Shortfall.ofShares(membership, held, silent, false));
  }

  /// What r or more answers say of one name: the head, or the transaction that must be settled
  /// before it is known.
  private record Judgement(@Nullable Head head, @Nullable TxId unsettled) {}

  private Judgement judge(Collection<Reply.Standing> standings) {
    Head newest = null;
    for (Reply.Standing standing : standings) {
      Head head = standing.head();
      if (head != null && (newest == null || newest.entry().seq() < head.entry().seq())) {
        newest = head;
      }
    }
    Map<Reply.Pending, Integer> carriers = new LinkedHashMap<>();
    for (Reply.Standing standing : standings) {
      for (Reply.Pending pending : standing.pending()) {
        carriers.merge(pending, 1, Integer::sum);
      }
    }
    // The same commit at different ballots does not count together: only one ballot carried by w
    // nodes fixes it.
    for (Map.Entry<Reply.Pending, Integer> carried : carriers.entrySet()) {
      Part part = carried.getKey().part();
      if (carried.getValue() >= home.membership().commitQuorum()
          && (newest == null || newest.entry().seq() < part.entry().seq())) {
        newest = part.head();
      }
    }
    for (Reply.Pending pending : carriers.keySet()) {
      if (newest == null || newest.entry().seq() < pending.part().entry().seq()) {
        return new Judgement(newest, pending.txId());
      }
    }
    return new Judgement(newest, null);
  }

  /// What each node said of each name. A node that says two things of one name is heard once.
  private static Map<SecretId, Map<NodeId, Reply.Standing>> standings(
      Map<NodeId, Reply.Heads> answers) {
    Map<SecretId, Map<NodeId, Reply.Standing>> standings = new HashMap<>();
    answers.forEach((node, heads) -> {
      for (Reply.Standing standing : heads.standings()) {
        standings.computeIfAbsent(standing.id(), id -> new TreeMap<>()).putIfAbsent(node, standing);
      }
    });
    return standings;
  }

  private Map<NodeId, Share> goodShares(Map<NodeId, Reply.Standing> standings, Entry entry) {
    Map<NodeId, Share> good = new TreeMap<>();
    standings.forEach((node, standing) -> {
      Share share = standing.share();
      Head head = standing.head();
      if (share != null
          && head != null
          && head.entry().equals(entry)
          && share.x() == node.index()
          && home.judge().vouches(standing.id(), entry, share)) {
        good.put(node, share);
      }
    });
    return good;
  }

  private static long seq(Reply.Standing standing) {
    Head head = standing.head();
    return head == null ? 0 : head.entry().seq();
  }

  private Turn<Result> afterFinish(long nowMillis, Turn<Finish.Result> turn) {
    if (turn.outcome() == null) {
      return new Turn<>(turn.calls(), turn.wakeAtMillis(), null);
    }
    finish = null;
    if (turn.outcome() instanceof Finish.Result.GaveUp) {
      return conclude(new Result.NoQuorum(Shortfall.ofAnswers(nowMillis >= deadlineMillis)));
    }
    List<Call> calls = new ArrayList<>(turn.calls());
    Turn<Result> again = begin(nowMillis);
    calls.addAll(again.calls());
    return new Turn<>(calls, again.wakeAtMillis(), null);
  }

  private Turn<Result> conclude(Result result) {
    over = true;
    return Turn.done(result);
  }

  private Turn<Result> waitOn() {
    return over
        ? Turn.waiting(Turn.NEVER)
        : Turn.waiting(Math.min(askAgainAtMillis, deadlineMillis));
  }

  /// Whether every node has answered or is known not to: the census is as good as it gets.
  public boolean allHeard() {
    return round.complete();
  }

  /// The head that was found, if the name has one.
  public Optional<Entry> head(SecretId id) {
    return Optional.ofNullable(found.get(id)).map(Head::entry);
  }

  /// Who holds a good share of the live head that was found. Empty if the name has none, or without
  /// shares.
  public Optional<Census> census(SecretId id) {
    Head head = found.get(id);
    if (head == null || !withShares || !head.entry().live()) {
      return Optional.empty();
    }
    Map<NodeId, Reply.Heads> answers = round.answers(Reply.Heads.class);
    Map<NodeId, Share> holders =
        goodShares(standings(answers).getOrDefault(id, Map.of()), head.entry());
    Set<NodeId> lacking = new HashSet<>(answers.keySet());
    lacking.removeAll(holders.keySet());
    return Optional.of(new Census(holders, lacking));
  }
}
