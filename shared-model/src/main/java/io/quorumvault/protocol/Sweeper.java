package io.quorumvault.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a node does by itself, again and again, so that nothing stays open and nobody stays behind.
///
/// - It finishes what others left open: transactions older than the lease, those of a coordinator
///   that is down, and its own that it has no record of: a crash or a busy disk took them from it.
/// - It tells outcomes to those who may not hold them. Of its own transactions, to everybody who
///   has not confirmed. Of a coordinator that is down, in its place, to everybody: a node that
///   never heard of a transaction has nothing open that it could finish. Of any other
///   coordinator's, if they are not forgotten after a while, to that coordinator: it may never have
///   written them down, and only it lets them be forgotten.
/// - It lets its own transactions be forgotten once all nodes hold their outcome.
///
/// Who is down is not told: it asks for what it missed when it starts again.
///
/// Keeps in memory only what it need not know: whom it would tell in vain. Not safe for use by
/// several threads at once.
public final class Sweeper {
  /// Outcomes told in one round: a node that comes back is not flooded.
  private static final int NOTICES_MAX = 200;

  /// Finished transactions looked through in one plan. There are hardly any, unless a node stays
  /// away.
  private static final int PAGE = 500;

  /// Transactions finished at the same time: each asks all nodes several times.
  private static final int FINISHING_MAX = 20;

  /// How long to leave a transaction alone that could not be finished: so many nodes are away, or
  /// so much is going on, that asking all of them again at once would only be more of it. Doubled
  /// with each try. Whoever wants to write a name it locks finishes it without waiting for this.
  private static final long RETRY_MILLIS = 2_000;

  private static final long RETRY_MILLIS_MAX = 16_000;

  /// How long the usual notices have before they are told again.
  private static final long NOTICE_MILLIS = 2_000;

  /// What is to be done now.
  ///
  /// @param unfinished to be finished, each reported to `finished` when that has ended, however
  /// @param notices to be sent; their replies go to `heard`
  /// @param open transactions that are not settled here
  /// @param inDoubt of these, how many are left by whoever began them
  public record Work(List<TxId> unfinished, List<Call> notices, int open, int inDoubt) {
    public Work {
      unfinished = List.copyOf(unfinished);
      notices = List.copyOf(notices);
    }
  }

  private final Home home;
  private final Forgetting forgetting;

  /// Who holds the outcomes of other coordinators' transactions, as far as this node told them.
  private final Map<TxId, Set<NodeId>> holders = new HashMap<>();

  /// Transactions of this node that it has no record of, and since when that is known.
  private Map<TxId, Long> unrecorded = new HashMap<>();

  private final Set<TxId> finishing = new HashSet<>();

  /// How often a transaction was tried to be finished, and when it may be again.
  private record Tries(int number, long againMillis) {}

  private final Map<TxId, Tries> tries = new HashMap<>();

  /// What this walk through the finished transactions has met.
  private final Set<TxId> met = new HashSet<>();

  private @Nullable TxId last;

  /// Of a node that has just begun to serve: takes up what its earlier lives left. A mark passes
  /// over every counter below it, so transactions that the node itself never recorded count, too.
  public Sweeper(Home home, NodeView view) {
    this.home = home;
    this.forgetting = new Forgetting(home.membership(), home.self());
    view.marks().forEach(forgetting::marked);
    view.openTransactions().forEach(record -> forgetting.opened(record.id()));
    List<NodeView.Settled> page = view.settled(null, PAGE);
    while (!page.isEmpty()) {
      page.forEach(settled -> forgetting.opened(settled.id()));
      page = view.settled(page.getLast().id(), PAGE);
    }
  }

  /// A transaction of this node begins. Told in the order of counters, before anything of it is
  /// sent.
  public void opened(TxId txId) {
    forgetting.opened(txId);
  }

  /// Whether a reply to this call matters here.
  public static boolean listensTo(Call call) {
    return call.request() instanceof Request.Settle || call.request() instanceof Request.Forget;
  }

  /// A node answered.
  public void heard(Call call, Reply reply) {
    switch (call.request()) {
      case Request.Settle settle -> heard(settle.txId(), call.to(), reply);
      case Request.Forget forget -> {
        if (reply instanceof Reply.Noted) {
          forgetting.noted(forget, call.to());
        }
      }
      default -> {}
    }
  }

  private void heard(TxId txId, NodeId node, Reply reply) {
    boolean holds =
        reply instanceof Reply.Applied
            || reply instanceof Reply.Settled
            || reply instanceof Reply.Obsolete;
    if (!holds) {
      return;
    }
    if (txId.coordinator().equals(home.self())) {
      forgetting.confirmed(txId, node);
    } else {
      holders.computeIfPresent(
          txId,
          (id, known) -> {
            known.add(node);
            return known;
          });
    }
  }

  /// An attempt to finish a transaction has ended.
  public void finished(TxId txId) {
    finishing.remove(txId);
  }

  /// What is to be done now.
  ///
  /// @param view what the node holds now
  /// @param start the number of its present life
  /// @param nowMillis on the clock that `TransactionRecord.openedMillis` is kept in
  public Work due(NodeView view, long start, long nowMillis) {
    Plan plan = new Plan(nowMillis);
    int open = 0;
    int inDoubt = 0;
    for (TransactionRecord record : view.openTransactions()) {
      open++;
      boolean old = plan.ageMillis(record.openedMillis()) >= home.timing().lease().toMillis();
      if (old || home.suspects(record.id().coordinator())) {
        inDoubt++;
        plan.finish(record.id());
      }
    }
    Map<TxId, Long> stillUnrecorded = new HashMap<>();
    for (Map.Entry<TxId, Set<NodeId>> own : forgetting.unconfirmed(present()).entrySet()) {
      TxId txId = own.getKey();
      TransactionRecord record = view.transaction(txId).orElse(null);
      if (record != null) {
        plan.tell(record, own.getValue());
      } else {
        long since = unrecorded.getOrDefault(txId, nowMillis);
        stillUnrecorded.put(txId, since);
        if (txId.start() < start || nowMillis - since >= patienceMillis()) {
          plan.finish(txId);
        }
      }
      if (plan.notices.size() >= NOTICES_MAX) {
        break;
      }
    }
    unrecorded = stillUnrecorded;
    tries.keySet().retainAll(plan.left);
    for (NodeView.Settled settled : nextPage(view)) {
      if (settled.id().coordinator().equals(home.self())) {
        // It may come from a life of which only others had kept it.
        forgetting.opened(settled.id());
      } else {
        tellOfAnothers(view, settled, plan);
      }
    }
    forgetting
        .due()
        .forEach(
            (forget, nodes) -> nodes.forEach(node -> plan.notices.add(new Call(node, 0, forget))));
    return new Work(plan.unfinished, plan.notices, open, inDoubt);
  }

  /// After which whoever coordinated a transaction has ended it, and others may have finished it.
  private long patienceMillis() {
    return 2 * home.timing().lease().toMillis();
  }

  /// Who is not known to be down.
  private Set<NodeId> present() {
    return home.membership().everyNode().stream()
        .filter(node -> !home.suspects(node))
        .collect(Collectors.toSet());
  }

  private List<NodeView.Settled> nextPage(NodeView view) {
    List<NodeView.Settled> page = view.settled(last, PAGE);
    page.forEach(settled -> met.add(settled.id()));
    if (page.size() < PAGE) {
      last = null;
      holders.keySet().retainAll(met);
      met.clear();
    } else {
      last = page.getLast().id();
    }
    return page;
  }

  private void tellOfAnothers(NodeView view, NodeView.Settled settled, Plan plan) {
    NodeId coordinator = settled.id().coordinator();
    Set<NodeId> audience = new HashSet<>();
    if (home.suspects(coordinator)) {
      audience.addAll(home.membership().everyNode());
    } else if (plan.ageMillis(settled.openedMillis()) >= patienceMillis()) {
      audience.add(coordinator);
    }
    if (!audience.isEmpty()) {
      audience.removeAll(
          holders.computeIfAbsent(settled.id(), txId -> new HashSet<>(Set.of(home.self()))));
    }
    if (plan.hasRoomFor(audience)) {
      view.transaction(settled.id()).ifPresent(record -> plan.tell(record, audience));
    }
  }

  /// The work of one round, as it grows.
  private final class Plan {
    private final long nowMillis;
    private final List<TxId> unfinished = new ArrayList<>();
    private final Set<TxId> left = new HashSet<>();
    private final List<Call> notices = new ArrayList<>();

    Plan(long nowMillis) {
      this.nowMillis = nowMillis;
    }

    long ageMillis(long openedMillis) {
      return nowMillis - openedMillis;
    }

    void finish(TxId txId) {
      left.add(txId);
      Tries before = tries.getOrDefault(txId, new Tries(0, nowMillis));
      if (before.againMillis() <= nowMillis
          && finishing.size() < FINISHING_MAX
          && finishing.add(txId)) {
        unfinished.add(txId);
        tries.put(txId, new Tries(before.number() + 1, nowMillis + pauseMillis(before.number())));
      }
    }

    private long pauseMillis(int number) {
      long pause = Timing.doubled(RETRY_MILLIS, RETRY_MILLIS_MAX, number);
      return pause + home.jitterMillis(pause);
    }

    void tell(TransactionRecord record, Set<NodeId> nodes) {
      Verdict verdict = record.outcome();
      if (verdict == null || ageMillis(record.openedMillis()) < NOTICE_MILLIS) {
        return;
      }
      for (NodeId node : new TreeSet<>(nodes)) {
        if (hasRoomFor(Set.of(node))) {
          notices.add(new Call(node, 0, new Request.Settle(record.id(), verdict, record.parts())));
        }
      }
    }

    /// Whether one of these nodes would be told something now.
    boolean hasRoomFor(Set<NodeId> audience) {
      return notices.size() < NOTICES_MAX && !audience.stream().allMatch(home::suspects);
    }
  }
}
