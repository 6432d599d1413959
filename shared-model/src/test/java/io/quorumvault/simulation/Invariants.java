package io.quorumvault.simulation;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.Acceptance;
import io.quorumvault.protocol.AppliedOperation;
import io.quorumvault.protocol.Change;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.SecretId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Sees every durable step of every node and knows, as no node can, what is decided.
///
/// A transaction is committed from the moment w nodes have accepted COMMIT at one ballot, whoever
/// has heard of it. Everything else is measured against that.
final class Invariants {
  /// One transaction, as all nodes together have seen it.
  private static final class Truth {
    List<Part> parts = List.of();
    @Nullable Verdict decided;
    @Nullable Verdict outcome;
    final Map<Acceptance, Set<NodeId>> acceptances = new HashMap<>();
    final Set<NodeId> votes = new HashSet<>();
    final Set<NodeId> finalAt = new HashSet<>();
  }

  private final Membership membership;
  private final Function<NodeId, SimulatedDisk> disks;
  private final NavigableMap<TxId, Truth> truths = new TreeMap<>();
  private final Map<SecretId, NavigableMap<Long, Part>> committed = new TreeMap<>();
  private final Map<Bytes, TxId> appliedOperations = new HashMap<>();

  /// Incarnations whose delete was acknowledged.
  private final Map<SecretId, Set<Long>> deleted = new TreeMap<>();

  /// Nodes whose disk is older than what they once said; what is on it is not theirs to show.
  private final Set<NodeId> doubtful = new HashSet<>();

  /// Writes of which a disk took a share away when fewer than k others had one.
  private final Set<TxId> damaged = new HashSet<>();

  Invariants(Membership membership, Function<NodeId, SimulatedDisk> disks) {
    this.membership = membership;
    this.disks = disks;
  }

  static void require(boolean holds, String property, @Nullable Object... details) {
    if (!holds) {
      StringBuilder text = new StringBuilder(property);
      for (@Nullable Object detail : details) {
        text.append(' ').append(detail);
      }
      throw new AssertionError(text.toString());
    }
  }

  private Truth truth(TxId txId) {
    return truths.computeIfAbsent(txId, id -> new Truth());
  }

  /// A node is about to make this durable.
  void stepped(NodeId node, Request request, Step step) {
    boolean settles =
        step.changes().stream()
            .anyMatch(
                change -> change instanceof Change.PutTransaction put && !put.transaction().open());
    for (Change change : step.changes()) {
      switch (change) {
        case Change.PutTransaction put -> seen(node, put.transaction());
        case Change.PutEntry put -> requireCommitted(node, put.id(), put.entry());
        case Change.SetHead set ->
            require(settles, "P10: a head moved before its transaction was final,", node, set.id());
        case Change.DestroyStagedShare destroy ->
            require(settles, "a share was destroyed before FINAL,", node, destroy);
        case Change.DestroyStagedShares destroy ->
            require(settles, "shares were destroyed before FINAL,", node, destroy);
        case Change.AdoptStagedShare adopt ->
            require(settles, "a share was adopted before FINAL,", node, adopt);
        case Change.DestroySharesBelow destroy ->
            require(settles, "shares were destroyed before FINAL,", node, destroy);
        case Change.Forget forget -> forgotten(node, forget.mark());
        case Change.StageShare stage -> truth(stage.txId()).votes.add(node);
        case Change.RaiseEpoch raise -> {}
        case Change.Remember remember -> {}
        case Change.InstallShare install -> {}
        case Change.Become become -> {}
      }
    }
    if (step.reply() instanceof Reply.Yes && request instanceof Request.Prepare prepare) {
      for (Request.Staging staging : prepare.stagings()) {
        SecretId id = staging.part().id();
        boolean stages =
            step.changes().stream()
                .anyMatch(
                    change -> change instanceof Change.StageShare stage && stage.id().equals(id));
        require(
            !staging.part().entry().live()
                || stages
                || disks.apply(node).holdsStagedShare(prepare.txId(), id),
            "P3: a vote without the share,",
            node,
            prepare.txId());
      }
      truth(prepare.txId()).votes.add(node);
    }
  }

  /// What a node has made durable.
  void applied(NodeId node, List<Change> changes) {
    for (Change change : changes) {
      switch (change) {
        case Change.StageShare stage -> requireFewHolders(stage.id());
        case Change.InstallShare install -> requireFewHolders(install.id());
        case Change.AdoptStagedShare adopt -> requireFewHolders(adopt.id());
        case Change.Become become -> {
          doubtful.remove(node);
          for (Reply.ChainLink link : become.links()) {
            requireCommitted(node, link.id(), link.entry());
          }
          // An acceptance that was learned is one: the node tells it to whoever takes over.
          become
              .transactions()
              .forEach(record ->
                  disks.apply(node).transaction(record.id()).ifPresent(kept -> seen(node, kept)));
        }
        case Change.PutTransaction put -> {}
        case Change.PutEntry put -> {}
        case Change.SetHead set -> {}
        case Change.DestroyStagedShare destroy -> {}
        case Change.DestroyStagedShares destroy -> {}
        case Change.DestroySharesBelow destroy -> {}
        case Change.Forget forget -> {}
        case Change.RaiseEpoch raise -> {}
        case Change.Remember remember -> {}
      }
    }
  }

  private void seen(NodeId node, TransactionRecord record) {
    TxId txId = record.id();
    Truth truth = truth(txId);
    Acceptance accepted = record.accepted();
    if (!record.parts().isEmpty()) {
      require(
          truth.parts.isEmpty() || truth.parts.equals(record.parts()),
          "two transactions have the id",
          txId);
      truth.parts = record.parts();
    }
    if (accepted != null) {
      truth.acceptances.forEach((other, nodes) ->
          require(
              !other.ballot().equals(accepted.ballot()) || other.verdict() == accepted.verdict(),
              "two verdicts were proposed at one ballot,",
              txId,
              other,
              accepted));
      Set<NodeId> nodes = truth.acceptances.computeIfAbsent(accepted, key -> new HashSet<>());
      nodes.add(node);
      if (nodes.size() >= membership.commitQuorum()) {
        decided(txId, truth, accepted);
      }
    }
    settled(node, record);
  }

  private void settled(NodeId node, TransactionRecord record) {
    TxId txId = record.id();
    Truth truth = truth(txId);
    Verdict outcome = record.outcome();
    if (outcome != null) {
      require(
          truth.outcome == null || truth.outcome == outcome,
          "P1: two outcomes of",
          txId,
          truth.outcome,
          outcome);
      truth.outcome = outcome;
      truth.finalAt.add(node);
      require(
          outcome == Verdict.COMMIT
              ? truth.decided == Verdict.COMMIT
              : truth.decided != Verdict.COMMIT,
          "P1: final without or against the decision,",
          txId,
          outcome,
          "decided:",
          truth.decided);
      if (outcome == Verdict.COMMIT) {
        require(
            record.parts().equals(truth.parts) && !truth.parts.isEmpty(),
            "P4: only some of the names are committed,",
            txId,
            node);
      }
    }
  }

  private void decided(TxId txId, Truth truth, Acceptance acceptance) {
    Verdict verdict = acceptance.verdict();
    if (truth.decided == verdict) {
      return;
    }
    require(
        truth.decided == null && (truth.outcome == null || truth.outcome == verdict),
        "P1: two decisions on",
        txId,
        truth.decided,
        truth.outcome,
        acceptance);
    truth.decided = verdict;
    if (verdict == Verdict.COMMIT) {
      require(
          truth.votes.size() >= membership.commitQuorum(),
          "P3: committed with votes of",
          truth.votes,
          txId);
      truth.parts.forEach(part -> committed(txId, part));
    }
  }

  private void committed(TxId txId, Part part) {
    NavigableMap<Long, Part> chain = committed.computeIfAbsent(part.id(), id -> new TreeMap<>());
    Entry entry = part.entry();
    Part there = chain.get(entry.seq());
    require(there == null, "P5: two commits on one position of", part.id(), entry, there);
    Part base = chain.get(part.baseSeq());
    require(
        (part.baseSeq() == 0) == (base == null) || part.baseSeq() == 0,
        "P5: committed on nothing,",
        part.id(),
        entry);
    require(
        chain.isEmpty() || chain.lastKey() == part.baseSeq(),
        "P5: not on the newest commit,",
        part.id(),
        entry);
    long incarnation = base == null ? 0 : base.entry().incarnation();
    long version = base == null ? 0 : base.entry().version();
    boolean live = base != null && base.entry().live();
    AppliedOperation operation =
        part.operations().stream().filter(op -> op.seq() == entry.seq()).findFirst().orElseThrow();
    boolean follows =
        switch (operation.kind()) {
          case CREATE ->
              !live
                  && entry.live()
                  && entry.incarnation() == incarnation + 1
                  && entry.version() == 1;
          case UPDATE ->
              live
                  && entry.live()
                  && entry.incarnation() == incarnation
                  && entry.version() == version + 1;
          case DELETE -> live && !entry.live() && entry.incarnation() == incarnation;
        };
    require(follows, "P5: an entry does not follow its base,", part.id(), entry);
    if (operation.ifMatch() != null) {
      require(
          operation.ifMatch() == version, "a write went past its If-Match,", part.id(), operation);
    }
    require(
        base == null || entry.validFrom().isAfter(base.entry().validFrom()),
        "times of a chain must increase,",
        part.id(),
        entry);
    TxId before = appliedOperations.putIfAbsent(operation.operationId(), txId);
    require(
        before == null || before.equals(txId),
        "P9: an operation took effect twice,",
        operation.operationId(),
        before,
        txId);
    chain.put(entry.seq(), part);
  }

  private void requireCommitted(NodeId node, SecretId id, Entry entry) {
    NavigableMap<Long, Part> chain = committed.get(id);
    Part part = chain == null ? null : chain.get(entry.seq());
    require(
        part != null && part.entry().equals(entry),
        "P10: a final entry that was never committed,",
        node,
        id,
        entry);
  }

  private void forgotten(NodeId node, Reply.Mark mark) {
    TxId first = new TxId(mark.coordinator(), mark.start(), 1);
    TxId last = new TxId(mark.coordinator(), mark.start(), mark.counter());
    truths
        .subMap(first, true, last, true)
        .forEach((txId, truth) ->
            require(
                truth.finalAt.size() == membership.nodes(),
                "forgotten before all nodes held the outcome,",
                txId,
                "by",
                node,
                "final at",
                truth.finalAt));
  }

  /// A client was told that this delete is done.
  void deleteAcknowledged(SecretId id, long incarnation) {
    deleted.computeIfAbsent(id, name -> new TreeSet<>()).add(incarnation);
    requireFewHolders(id);
  }

  private void requireFewHolders(SecretId id) {
    Set<Long> gone = deleted.get(id);
    if (gone == null) {
      return;
    }
    Map<TxId, Set<NodeId>> holders = new HashMap<>();
    for (NodeId node : membership.everyNode()) {
      if (!doubtful.contains(node)) {
        for (SimulatedDisk.Held held : disks.apply(node).held()) {
          if (held.id().equals(id) && gone.contains(held.incarnation())) {
            holders.computeIfAbsent(held.txId(), txId -> new TreeSet<>()).add(node);
          }
        }
      }
    }
    holders.forEach((txId, nodes) ->
        require(
            nodes.size() < membership.threshold(),
            "P6: a deleted value can be put together again,",
            id,
            txId,
            nodes));
  }

  /// The disk of this node is about to be lost, or to be replaced by an older one.
  void losing(NodeId node) {
    for (SimulatedDisk.Held held : disks.apply(node).held()) {
      losingShare(node, held.id(), held.txId());
    }
  }

  /// One share of this node is about to rot.
  void losingShare(NodeId node, SecretId id, TxId txId) {
    int others = 0;
    for (NodeId other : membership.everyNode()) {
      if (!other.equals(node) && !doubtful.contains(other) && disks.apply(other).holds(id, txId)) {
        others++;
      }
    }
    if (others < membership.threshold()) {
      damaged.add(txId);
    }
  }

  void doubt(NodeId node) {
    doubtful.add(node);
  }

  /// Whether more shares of this write were taken away than the cell promises to bear.
  boolean damaged(TxId txId) {
    return damaged.contains(txId);
  }

  /// The newest committed entry of a name, known or not.
  Optional<Part> newest(SecretId id) {
    NavigableMap<Long, Part> chain = committed.get(id);
    return chain == null ? Optional.empty() : Optional.of(chain.lastEntry().getValue());
  }

  List<Part> chain(SecretId id) {
    NavigableMap<Long, Part> chain = committed.get(id);
    return chain == null ? List.of() : new ArrayList<>(chain.values());
  }

  Set<SecretId> names() {
    return committed.keySet();
  }

  boolean applied(Bytes operationId) {
    return appliedOperations.containsKey(operationId);
  }

  Optional<TxId> transactionOf(Bytes operationId) {
    return Optional.ofNullable(appliedOperations.get(operationId));
  }

  List<Part> parts(TxId txId) {
    return truth(txId).parts;
  }
}
