package io.quorumvault.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a node missed while it was away: before it serves anything it learns every outcome that
/// others still remember.
///
/// Outcomes are forgotten only once all nodes hold them, so what this node has missed is among the
/// settled transactions of its peers. The result is what the node has to tell itself, oldest first
/// per coordinator; telling it twice changes nothing. Deletes among them destroy shares that this
/// node still has.
public final class CatchUp implements Conversation<CatchUp.Result> {
  private static final int PAGE = 200;

  /// @param settles outcomes to apply to the own node
  /// @param sources how many other nodes told everything they know
  public record Result(List<Request.Settle> settles, int sources) {}

  private final Home home;
  private final long deadlineMillis;
  private final RoundNumbers numbers = new RoundNumbers();
  private final Map<TxId, TransactionRecord> found = new TreeMap<>();

  /// Nodes that have not told everything yet, each with the round of the page it is asked for.
  private final Map<NodeId, Integer> asked = new TreeMap<>();

  private int sources;
  private boolean over;

  public CatchUp(Home home, long deadlineMillis) {
    this.home = home;
    this.deadlineMillis = deadlineMillis;
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    List<Call> calls = new ArrayList<>();
    for (NodeId node : home.membership().everyNode()) {
      if (!node.equals(home.self())) {
        calls.add(askPage(node, null));
      }
    }
    return Turn.sending(calls, deadlineMillis);
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    Integer expected = asked.get(call.to());
    if (over || expected == null || expected != call.round()) {
      return Turn.waiting(over ? Turn.NEVER : deadlineMillis);
    }
    if (reply instanceof Reply.SettledPage page) {
      page.transactions().forEach(record -> found.put(record.id(), record));
      if (!page.complete() && !page.transactions().isEmpty()) {
        TxId last = page.transactions().getLast().id();
        return Turn.sending(List.of(askPage(call.to(), last)), deadlineMillis);
      }
      sources++;
    }
    asked.remove(call.to());
    return asked.isEmpty() ? conclude() : Turn.waiting(deadlineMillis);
  }

  private Call askPage(NodeId node, @Nullable TxId after) {
    Call call = new Call(node, numbers.next(), new Request.ReadSettled(after, PAGE));
    asked.put(node, call.round());
    return call;
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
    return Turn.done(new Result(settles, sources));
  }
}
