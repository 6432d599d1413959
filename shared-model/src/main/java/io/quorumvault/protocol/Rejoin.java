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
/// | raising | j welcomes | copying, from each first what is settled, then the chains |
/// | copying | all pages of those j nodes | over: the change that makes it active |
/// | copying | a page that nobody answered for | copying: it is asked for again, a little later |
/// | any | too few answer | over: try again later |
///
/// What was settled at a node when it raised its epoch, and is on none of its pages, was forgotten
/// meanwhile: then all nodes held the outcome, the mark with the last page covers it, and the
/// chains, read after that, have what it wrote. So the order of the two matters.
///
/// Each try needs a start number that none before it used, so that transactions of this life are
/// never taken for those of another. Whoever became active is remembered by a join quorum, and any
/// two of those meet.
public final class Rejoin implements Conversation<Rejoin.Result> {
  /// Entries of a page of chains, or transactions: about 100 KiB between nodes.
  private static final int PAGE = 200;

  /// Before a page is asked for again: of hundreds some get lost, and one must not cost the others.
  private static final long PAGE_AGAIN_MILLIS = 200;

  /// Then its node is gone, and others have to be found.
  private static final int PAGE_ASKED_MAX = 10;

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

  /// Nodes that have not told everything yet, each with the page it is asked for.
  private final Map<NodeId, Call> copying = new TreeMap<>();

  /// Those of them that did not answer, and when to ask them again.
  private final Map<NodeId, Long> askAgainMillis = new TreeMap<>();

  /// How often each was asked for its page in vain.
  private final Map<NodeId, Integer> inVain = new TreeMap<>();

  private final Map<TxId, TransactionRecord> transactions = new TreeMap<>();
  private final Set<Reply.Mark> marks = new HashSet<>();
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
      return copied(nowMillis, call, reply);
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
          welcomes.forEach((node, welcome) -> {
            welcome.open().forEach(this::take);
            calls.add(askPage(node, new Request.ReadSettled(null, PAGE)));
          });
          yield Turn.sending(calls, deadlineMillis);
        }
        yield round.complete() ? tryLater() : Turn.waiting(deadlineMillis);
      }
      case COPYING, OVER -> Turn.waiting(deadlineMillis);
    };
  }

  private Turn<Result> copied(long nowMillis, Call call, Reply reply) {
    Call expected = copying.get(call.to());
    if (expected == null || expected.round() != call.round()) {
      return Turn.waiting(wakeAtMillis());
    }
    if (reply instanceof Reply.Unreachable
        && inVain.merge(call.to(), 1, Integer::sum) < PAGE_ASKED_MAX) {
      askAgainMillis.put(call.to(), nowMillis + PAGE_AGAIN_MILLIS);
      return Turn.waiting(wakeAtMillis());
    }
    inVain.remove(call.to());
    return switch (reply) {
      case Reply.SettledPage page -> settled(call.to(), page);
      case Reply.JoinedPage page -> joined(call.to(), page);
      default -> tryLater();
    };
  }

  private void take(TransactionRecord record) {
    transactions.merge(record.id(), record, TransactionRecord::combine);
  }

  private Turn<Result> settled(NodeId node, Reply.SettledPage page) {
    page.transactions().forEach(this::take);
    marks.addAll(page.marks());
    Request next =
        page.complete()
            ? new Request.JoinPage(null, 0, PAGE)
            : new Request.ReadSettled(page.transactions().getLast().id(), PAGE);
    return Turn.sending(List.of(askPage(node, next)), wakeAtMillis());
  }

  private Turn<Result> joined(NodeId node, Reply.JoinedPage joined) {
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
      return Turn.sending(List.of(askPage(node, next)), wakeAtMillis());
    }
    copying.remove(node);
    if (!copying.isEmpty()) {
      return Turn.waiting(wakeAtMillis());
    }
    state = State.OVER;
    return Turn.done(new Result.Learned(learned()));
  }

  private Call askPage(NodeId node, Request page) {
    Call call = new Call(node, numbers.next(), page);
    copying.put(node, call);
    askAgainMillis.remove(node);
    return call;
  }

  private long wakeAtMillis() {
    return askAgainMillis.values().stream()
        .mapToLong(Long::longValue)
        .reduce(deadlineMillis, Math::min);
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
    for (Reply.Welcome welcome : welcomes.values()) {
      highestEpoch = Math.max(highestEpoch, welcome.epoch());
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
    if (state == State.OVER) {
      return Turn.waiting(Turn.NEVER);
    }
    if (nowMillis >= deadlineMillis) {
      return tryLater();
    }
    List<Call> again = new ArrayList<>();
    for (Call lost : List.copyOf(copying.values())) {
      if (askAgainMillis.getOrDefault(lost.to(), Turn.NEVER) <= nowMillis) {
        again.add(askPage(lost.to(), lost.request()));
      }
    }
    return Turn.sending(again, wakeAtMillis());
  }

  private Turn<Result> tryLater() {
    state = State.OVER;
    return Turn.done(new Result.TryLater());
  }
}
