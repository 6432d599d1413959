package io.quorumvault.protocol;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which of this coordinator's finished transactions may be forgotten: those whose outcome **all**
/// nodes hold.
///
/// What stays is one mark per life of the coordinator: everything up to a counter is finished. A
/// mark leaves no gap: it stops below the first transaction that some node has not confirmed, and
/// every counter below one that was used counts as used, also if this node lost it in a crash
/// before it had written anything down. Others may have voted on it.
///
/// Kept in memory only. After a start the host tells `marked` of each mark of its own and `opened`
/// of each of its own transactions on record; then what is `unconfirmed` is settled again, which
/// changes nothing where it is settled. Not safe for use by several threads at once.
public final class Forgetting {
  /// One life of this coordinator.
  private static final class Life {
    long highest;
    long marked;
    final TreeMap<Long, Set<NodeId>> confirmations = new TreeMap<>();
    final Set<NodeId> noted = new HashSet<>();
  }

  private final Membership membership;
  private final NodeId self;
  private final Map<Long, Life> lives = new TreeMap<>();

  public Forgetting(Membership membership, NodeId self) {
    this.membership = membership;
    this.self = self;
  }

  private Life life(long start) {
    return lives.computeIfAbsent(start, key -> new Life());
  }

  /// This node has forgotten everything up to the mark; others may not have heard of it.
  public void marked(Reply.Mark mark) {
    if (mark.coordinator().equals(self)) {
      Life life = life(mark.start());
      life.highest = Math.max(life.highest, mark.counter());
      life.marked = Math.max(life.marked, mark.counter());
      life.confirmations.headMap(mark.counter(), true).clear();
    }
  }

  /// A transaction of this coordinator exists, and so may all before it. Told before anything of it
  /// is sent, and after `marked`.
  public void opened(TxId txId) {
    if (txId.coordinator().equals(self)) {
      Life life = life(txId.start());
      while (life.highest < txId.counter()) {
        life.highest++;
        life.confirmations.put(life.highest, new HashSet<>());
      }
    }
  }

  /// A node holds the outcome: it said `Applied`, `Settled` or `Obsolete`.
  public void confirmed(TxId txId, NodeId node) {
    Life life = lives.get(txId.start());
    if (txId.coordinator().equals(self) && life != null) {
      Set<NodeId> nodes = life.confirmations.get(txId.counter());
      if (nodes != null) {
        nodes.add(node);
      }
    }
  }

  /// Transactions that some of these nodes have not confirmed, oldest first, each with those nodes.
  /// One that this node has no record of has to be finished: others may hold it open.
  public Map<TxId, Set<NodeId>> unconfirmed(Set<NodeId> among) {
    Map<TxId, Set<NodeId>> unconfirmed = new TreeMap<>();
    lives.forEach((start, life) ->
        life.confirmations.forEach((counter, nodes) -> {
          if (!nodes.containsAll(among)) {
            Set<NodeId> missing = new TreeSet<>(among);
            missing.removeAll(nodes);
            unconfirmed.put(new TxId(self, start, counter), missing);
          }
        }));
    return unconfirmed;
  }

  /// Marks that not every node has noted, each with the nodes that have not, this one included.
  /// Comes again with the next call until all have.
  public Map<Request.Forget, Set<NodeId>> due() {
    Map<Request.Forget, Set<NodeId>> due = new LinkedHashMap<>();
    lives.forEach((start, life) -> {
      while (!life.confirmations.isEmpty()
          && life.confirmations.firstEntry().getValue().size() == membership.nodes()) {
        life.marked = life.confirmations.pollFirstEntry().getKey();
        life.noted.clear();
      }
      if (life.marked > 0 && life.noted.size() < membership.nodes()) {
        Set<NodeId> nodes = new TreeSet<>(membership.everyNode());
        nodes.removeAll(life.noted);
        due.put(new Request.Forget(self, start, life.marked), nodes);
      }
    });
    return due;
  }

  /// A node has answered `Noted` to a mark.
  public void noted(Request.Forget forget, NodeId node) {
    Life life = lives.get(forget.start());
    if (forget.coordinator().equals(self) && life != null && life.marked == forget.counter()) {
      life.noted.add(node);
    }
  }
}
