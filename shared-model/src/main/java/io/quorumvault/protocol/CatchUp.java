package io.quorumvault.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a node missed while it was away: before it serves anything it learns every outcome that
/// others still remember.
///
/// Outcomes are forgotten only once all nodes hold them, so what this node has missed is among the
/// settled transactions of its peers. While it is away they gather in any number: so they are
/// learned in parts, each a page from every peer, and each applied before the next is asked for.
/// The result is what the node has to tell itself, oldest first per coordinator; telling it twice
/// changes nothing. Deletes among them destroy shares that this node still has.
public final class CatchUp implements Conversation<CatchUp.Result> {
  /// Outcomes of a page: about 100 KiB between nodes.
  private static final int PAGE = 200;

  /// @param settles outcomes to apply to the own node
  /// @param more whether somebody knows more: to be asked for by `next`, once these are applied
  /// @param sources how many other nodes have told everything they know
  public record Result(List<Request.Settle> settles, boolean more, int sources) {
    public Result {
      settles = List.copyOf(settles);
    }
  }

  private final Home home;
  private final long deadlineMillis;
  private final RoundNumbers numbers = new RoundNumbers();

  /// What was learned in earlier parts, from whomever.
  private final Set<TxId> known;

  private final Map<TxId, TransactionRecord> found = new TreeMap<>();

  /// Pages to ask for.
  private final List<Call> calls = new ArrayList<>();

  /// Nodes that have not answered yet, each with the round of the page it is asked for.
  private final Map<NodeId, Integer> asked = new TreeMap<>();

  /// Where to go on at those that know more.
  private final Map<NodeId, TxId> next = new TreeMap<>();

  private int sources;
  private boolean over;

  /// The first part.
  public CatchUp(Home home, long deadlineMillis) {
    this(home, new HashSet<>(), 0, deadlineMillis);
    for (NodeId node : home.membership().everyNode()) {
      if (!node.equals(home.self())) {
        ask(node, null);
      }
    }
  }

  private CatchUp(Home home, Set<TxId> known, int sources, long deadlineMillis) {
    this.home = home;
    this.known = known;
    this.sources = sources;
    this.deadlineMillis = deadlineMillis;
  }

  /// The part that follows this one, which is over and has `more`.
  public CatchUp next(long newDeadlineMillis) {
    CatchUp following = new CatchUp(home, known, sources, newDeadlineMillis);
    next.forEach(following::ask);
    return following;
  }

  private void ask(NodeId node, @Nullable TxId after) {
    Call call = new Call(node, numbers.next(), new Request.ReadSettled(after, PAGE));
    calls.add(call);
    asked.put(node, call.round());
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    return Turn.sending(calls, deadlineMillis);
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    Integer expected = asked.get(call.to());
    if (over || expected == null || expected != call.round()) {
      return Turn.waiting(over ? Turn.NEVER : deadlineMillis);
    }
    asked.remove(call.to());
    if (reply instanceof Reply.SettledPage page) {
      for (TransactionRecord record : page.transactions()) {
        if (known.add(record.id())) {
          found.put(record.id(), record);
        }
      }
      if (page.complete() || page.transactions().isEmpty()) {
        sources++;
      } else {
        next.put(call.to(), page.transactions().getLast().id());
      }
    }
    return asked.isEmpty() ? conclude() : Turn.waiting(deadlineMillis);
  }

  @Override
  public Turn<Result> woken(long nowMillis) {
    return over || nowMillis < deadlineMillis
        ? Turn.waiting(over ? Turn.NEVER : deadlineMillis)
        : conclude();
  }

  private Turn<Result> conclude() {
    over = true;
    List<Request.Settle> settles = new ArrayList<>();
    for (TransactionRecord record : found.values()) {
      Verdict verdict = record.outcome();
      if (verdict != null) {
        settles.add(new Request.Settle(record.id(), verdict, record.parts()));
      }
    }
    return Turn.done(new Result(settles, !next.isEmpty(), sources));
  }
}
