package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// How a node that lost its memory gets one it may speak from.
///
/// It forgot promises, acceptances, locks and tombstones. So it raises the epoch at enough active
/// nodes, durably: what was begun before can no longer be decided by those who counted on what this
/// node forgot. Then it takes over from them the newest chains, every outcome, the highest
/// acceptance and every lock; shares come later, by repair.
///
/// | state | event | next |
/// |---|---|---|
/// | asking for epochs | somebody remembers this start number or a higher one | over: raise it, try again |
/// | asking for epochs | j active nodes answered | raising, to one more than the highest |
/// | raising | j welcomes | copying |
/// | copying | all pages of those j nodes | over: the change that makes it active |
/// | any | too few answer | over: try again later |
///
/// Each try needs a start number that none before it used, so that transactions of this life are
/// never taken for those of another. Whoever became active is remembered by a join quorum, and any
/// two of those meet.
public final class Rejoin implements Conversation<Rejoin.Result> {
  /// Entries of a page: about 100 KiB between nodes.
  private static final int PAGE = 200;

  /// What came of it.
  public sealed interface Result {
    /// To be made durable at once and together; the node is active from then on.
    record Learned(List<Change> changes) implements Result {
      public Learned {
        changes = List.copyOf(changes);
      }
    }

    /// Too few active nodes answered.
    record TryLater() implements Result {}

    /// The start number was used before: the storage is older than it knows, though it was joining
    /// then, too. To be raised durably before the next try.
    record Outdated(long startAtLeast) implements Result {}
  }

  private enum State {
    ASKING,
    RAISING,
    COPYING,
    OVER
  }

  private final Home home;
  private final long life;
  private final long start;
  private final long deadlineMillis;
  private final RoundNumbers numbers = new RoundNumbers();
  private final List<NodeId> others;
  private State state = State.ASKING;
  private Round round;
  private long epoch;
  private final Map<NodeId, Reply.Welcome> welcomes = new TreeMap<>();

  /// Nodes that have not told everything yet, each with the round of the page it is asked for.
  private final Map<NodeId, Integer> copying = new TreeMap<>();

  private final Map<SecretId, Map<Long, Entry>> entries = new TreeMap<>();
  private final Map<SecretId, Head> heads = new HashMap<>();

  public Rejoin(Home home, long life, long start, long deadlineMillis) {
    this.home = home;
    this.life = life;
    this.start = start;
    this.deadlineMillis = deadlineMillis;
    this.others = new ArrayList<>(home.membership().everyNode());
    this.others.remove(home.self());
    this.epoch = home.epoch();
    this.round =
        Round.ask(numbers.next(), others, node -> new Request.Hello(home.self(), life, start));
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    return Turn.sending(round.calls(), deadlineMillis);
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    if (state == State.OVER) {
      return Turn.waiting(Turn.NEVER);
    }
    if (state == State.COPYING) {
      return copied(call, reply);
    }
    if (!round.take(call, reply)) {
      return Turn.waiting(deadlineMillis);
    }
    int enough = home.membership().joinQuorum();
    return switch (state) {
      case ASKING -> {
        List<Reply.Greeting> active =
            round.answers(Reply.Greeting.class).values().stream()
                .filter(Reply.Greeting::active)
                .toList();
        long used =
            round.answers(Reply.Greeting.class).values().stream()
                .map(Reply.Greeting::remembered)
                .filter(Objects::nonNull)
                .mapToLong(Reply.Remembered::start)
                .max()
                .orElse(0);
        if (used >= start) {
          state = State.OVER;
          yield Turn.done(new Result.Outdated(used + Introduction.START_MARGIN));
        }
        if (active.size() >= enough) {
          active.forEach(greeting -> epoch = Math.max(epoch, greeting.epoch()));
          epoch++;
          state = State.RAISING;
          round =
              Round.ask(
                  numbers.next(),
                  others,
                  node -> new Request.Join(home.self(), life, start, epoch));
          yield Turn.sending(round.calls(), deadlineMillis);
        }
        yield round.complete() ? tryLater() : Turn.waiting(deadlineMillis);
      }
      case RAISING -> {
        Map<NodeId, Reply.Welcome> answers = round.answers(Reply.Welcome.class);
        if (answers.size() >= enough) {
          welcomes.putAll(answers);
          state = State.COPYING;
          List<Call> calls = new ArrayList<>();
          for (NodeId node : welcomes.keySet()) {
            calls.add(askPage(node, new Request.JoinPage(null, 0, PAGE)));
          }
          yield Turn.sending(calls, deadlineMillis);
        }
        yield round.complete() ? tryLater() : Turn.waiting(deadlineMillis);
      }
      case COPYING, OVER -> Turn.waiting(deadlineMillis);
    };
  }

  private Turn<Result> copied(Call call, Reply reply) {
    Integer expected = copying.get(call.to());
    if (expected == null || expected != call.round()) {
      return Turn.waiting(deadlineMillis);
    }
    if (!(reply instanceof Reply.JoinedPage joined)) {
      return tryLater();
    }
    for (Reply.ChainLink link : joined.links()) {
      entries
          .computeIfAbsent(link.id(), id -> new TreeMap<>())
          .put(link.entry().seq(), link.entry());
      Head head = link.head();
      if (head != null) {
        heads.merge(
            link.id(),
            head,
            (known, other) -> known.entry().seq() < other.entry().seq() ? other : known);
      }
    }
    if (!joined.complete()) {
      Reply.ChainLink last = joined.links().getLast();
      Request.JoinPage next = new Request.JoinPage(last.id(), last.entry().seq(), PAGE);
      return Turn.sending(List.of(askPage(call.to(), next)), deadlineMillis);
    }
    copying.remove(call.to());
    if (!copying.isEmpty()) {
      return Turn.waiting(deadlineMillis);
    }
    state = State.OVER;
    return Turn.done(new Result.Learned(learned()));
  }

  private Call askPage(NodeId node, Request.JoinPage page) {
    Call call = new Call(node, numbers.next(), page);
    copying.put(node, call.round());
    return call;
  }

  private List<Change> learned() {
    List<Change> changes = new ArrayList<>();
    acquaintances().forEach((node, known) -> changes.add(new Change.Remember(node, known)));
    changes.add(become());
    return changes;
  }

  /// What the teachers remember of the others. Whoever joined after a loss began with a start
  /// number far above those before, so the highest one names the newest storage.
  private Map<NodeId, Reply.Remembered> acquaintances() {
    Map<NodeId, Reply.Remembered> newest = new TreeMap<>();
    for (Reply.Welcome welcome : welcomes.values()) {
      for (Reply.Acquaintance acquaintance : welcome.acquaintances()) {
        newest.merge(
            acquaintance.node(),
            acquaintance.remembered(),
            (one, other) -> one.start() < other.start() ? other : one);
      }
    }
    newest.remove(home.self());
    return newest;
  }

  private Change.Become become() {
    long highestEpoch = epoch;
    Map<TxId, TransactionRecord> transactions = new TreeMap<>();
    Set<Reply.Mark> marks = new HashSet<>();
    for (Reply.Welcome welcome : welcomes.values()) {
      highestEpoch = Math.max(highestEpoch, welcome.epoch());
      marks.addAll(welcome.marks());
      for (TransactionRecord record : welcome.transactions()) {
        transactions.merge(record.id(), record, TransactionRecord::combine);
      }
    }
    List<Reply.ChainLink> links = new ArrayList<>();
    entries.forEach((id, chain) -> {
      Head head = heads.get(id);
      for (Entry entry : chain.values()) {
        boolean isHead = head != null && head.entry().seq() == entry.seq();
        links.add(new Reply.ChainLink(id, entry, isHead ? head : null));
      }
    });
    return new Change.Become(
        highestEpoch, links, List.copyOf(transactions.values()), List.copyOf(marks));
  }

  @Override
  public Turn<Result> woken(long nowMillis) {
    if (state == State.OVER || nowMillis < deadlineMillis) {
      return Turn.waiting(state == State.OVER ? Turn.NEVER : deadlineMillis);
    }
    return tryLater();
  }

  private Turn<Result> tryLater() {
    state = State.OVER;
    return Turn.done(new Result.TryLater());
  }
}
