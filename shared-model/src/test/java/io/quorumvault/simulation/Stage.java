package io.quorumvault.simulation;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.AppliedOperation;
import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.Circles;
import io.quorumvault.protocol.Conversation;
import io.quorumvault.protocol.Coordinator;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.protocol.ShareSource;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.Turn;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteOrder;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.Gen;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Nodes whose messages a test delivers by hand, one by one, in the order it likes.
final class Stage {
  static final NodeId A = new NodeId(1);
  static final NodeId B = new NodeId(2);
  static final NodeId C = new NodeId(3);
  static final SecretId NAME = SecretId.of("demo", "name");
  static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  private static final long DEADLINE_MILLIS = 5_000;

  final Membership membership;
  final Values values;
  final Invariants invariants;
  private final Participant participant = new Participant(Values.judge());
  private final Map<NodeId, SimulatedDisk> disks = new TreeMap<>();
  private final Map<NodeId, Circles> circles = new TreeMap<>();
  private final Map<NodeId, Long> counters = new HashMap<>();
  private final Set<NodeId> suspected = new HashSet<>();
  private long now = 1_000;
  private int operations;

  Stage(int nodes, int threshold) {
    this.membership = Membership.of("stage", nodes, threshold);
    this.values = new Values(new Threshold(threshold, nodes), new Gen(7).secureRandom());
    for (NodeId node : membership.everyNode()) {
      SimulatedDisk disk = new SimulatedDisk(node, node.index());
      disk.startWith(1);
      disk.mode(SimulatedDisk.Mode.ACTIVE);
      disks.put(node, disk);
    }
    this.invariants = new Invariants(membership, this::disk);
  }

  SimulatedDisk disk(NodeId node) {
    SimulatedDisk disk = disks.get(node);
    if (disk == null) {
      throw new IllegalArgumentException("no such node: " + node);
    }
    return disk;
  }

  /// Puts another disk in place: a blank one, or an older copy.
  void replaceDisk(NodeId node, SimulatedDisk disk) {
    disks.put(node, disk);
  }

  void suspect(NodeId node) {
    suspected.add(node);
  }

  long now() {
    return now;
  }

  long deadline() {
    return now + DEADLINE_MILLIS;
  }

  void pass(long millis) {
    now += millis;
  }

  Circles circles(NodeId node) {
    return circles.computeIfAbsent(
        node, self -> new Circles(membership, self, Values.judge(), values::seed));
  }

  /// A node forgets what it kept in memory only.
  void forgetCircles(NodeId node) {
    circles.remove(node);
  }

  /// What a helper says to a circle, once all other helpers have answered it.
  private Reply convene(NodeId node, Request.Convene convene) {
    Optional<Conversation<Reply>> conversation = circles(node).convene(convene, now, deadline());
    if (conversation.isEmpty()) {
      return new Reply.NotWanted();
    }
    Talk<Reply> talk = talk(conversation.get());
    return talk.run(membership.everyNode().toArray(new NodeId[0])).result().orElseThrow();
  }

  /// Delivers a request and makes durable what it changes.
  Reply tell(NodeId node, Request request) {
    if (request instanceof Request.Convene convene) {
      return convene(node, convene);
    }
    if (request instanceof Request.HandSeed hand) {
      return circles(node)
          .take(new Request.HandSeed(hand.circle(), hand.from(), hand.seed().copy()), now);
    }
    if (request instanceof Request.Contribute ask) {
      return circles(node).contribute(disk(node), ask, now);
    }
    Step step = participant.step(disk(node), request, now);
    invariants.stepped(node, request, step);
    disk(node).apply(step.changes());
    invariants.applied(node, step.changes());
    return step.reply();
  }

  Home home(NodeId node) {
    return new Home() {
      @Override
      public Membership membership() {
        return membership;
      }

      @Override
      public NodeId self() {
        return node;
      }

      @Override
      public long epoch() {
        return disk(node).epoch();
      }

      @Override
      public TxId nextTxId() {
        return nextTx(node);
      }

      @Override
      public long jitterMillis(long boundMillis) {
        return 0;
      }

      @Override
      public boolean suspects(NodeId other) {
        return suspected.contains(other);
      }

      @Override
      public ShareJudge judge() {
        return Values.judge();
      }

      @Override
      public Timing timing() {
        return Timing.DEFAULT;
      }
    };
  }

  TxId nextTx(NodeId node) {
    return new TxId(node, disk(node).start(), counters.merge(node, 1L, Long::sum));
  }

  // --- transactions made by hand

  /// A transaction that a test sends around itself.
  final class Draft {
    final TxId txId;
    final List<Part> parts;
    private final Map<SecretId, ShareSource.Dealt> dealt;

    Draft(TxId txId, List<Part> parts, Map<SecretId, ShareSource.Dealt> dealt) {
      this.txId = txId;
      this.parts = List.copyOf(parts);
      this.dealt = dealt;
    }

    Part part() {
      return parts.getFirst();
    }

    Ballot ballotOfCoordinator(long epoch) {
      return new Ballot(epoch, 0, txId.coordinator().index());
    }

    Request.Prepare prepareFor(NodeId node, long epoch) {
      return new Request.Prepare(
          txId,
          epoch,
          parts.stream()
              .map(part -> {
                ShareSource.Dealt of = dealt.get(part.id());
                return new Request.Staging(
                    part, of == null ? null : of.shares().get(node.index() - 1));
              })
              .toList());
    }

    Request.Repair repairFor(NodeId node) {
      ShareSource.Dealt of = dealt.get(part().id());
      if (of == null) {
        throw new IllegalStateException("a tombstone has no shares");
      }
      return new Request.Repair(
          part().id(), part().entry().seq(), txId, of.shares().get(node.index() - 1));
    }

    Reply prepare(NodeId node) {
      return tell(node, prepareFor(node, 0));
    }

    /// The coordinator's own decision.
    Reply commit(NodeId node) {
      return decide(node, ballotOfCoordinator(0), Verdict.COMMIT);
    }

    Reply decide(NodeId node, Ballot ballot, Verdict verdict) {
      return tell(
          node,
          new Request.Decide(txId, ballot, verdict, verdict == Verdict.COMMIT ? parts : List.of()));
    }

    Reply takeover(NodeId node, Ballot ballot) {
      return tell(node, new Request.Takeover(txId, ballot));
    }

    Reply settle(NodeId node, Verdict verdict) {
      return tell(
          node, new Request.Settle(txId, verdict, verdict == Verdict.COMMIT ? parts : List.of()));
    }

    /// Commits it from beginning to end at these nodes.
    Draft committedAt(NodeId... nodes) {
      for (NodeId node : nodes) {
        prepare(node);
      }
      for (NodeId node : nodes) {
        commit(node);
      }
      for (NodeId node : nodes) {
        settle(node, Verdict.COMMIT);
      }
      return this;
    }
  }

  Draft create(NodeId coordinator, SecretId... ids) {
    TxId txId = nextTx(coordinator);
    List<Part> parts = new ArrayList<>();
    Map<SecretId, ShareSource.Dealt> dealt = new TreeMap<>();
    for (SecretId id : ids) {
      ShareSource.Dealt shares = values.deal(txId.counter());
      dealt.put(id, shares);
      Entry entry = new Entry(1, txId, Entry.Kind.VERSION, 1, 1, NOON, shares.seal());
      parts.add(new Part(id, 0, entry, List.of(operation(WriteKind.CREATE, entry))));
    }
    return new Draft(txId, parts, dealt);
  }

  Draft update(NodeId coordinator, Draft base) {
    TxId txId = nextTx(coordinator);
    Entry before = base.part().entry();
    ShareSource.Dealt shares = values.deal(txId.counter());
    Entry entry =
        new Entry(
            before.seq() + 1,
            txId,
            Entry.Kind.VERSION,
            before.incarnation(),
            before.version() + 1,
            before.validFrom().plusSeconds(1),
            shares.seal());
    Part part =
        new Part(
            base.part().id(), before.seq(), entry, List.of(operation(WriteKind.UPDATE, entry)));
    return new Draft(txId, List.of(part), Map.of(base.part().id(), shares));
  }

  Draft delete(NodeId coordinator, Draft base) {
    TxId txId = nextTx(coordinator);
    Entry before = base.part().entry();
    Entry entry =
        new Entry(
            before.seq() + 1,
            txId,
            Entry.Kind.TOMBSTONE,
            before.incarnation(),
            before.version(),
            before.validFrom().plusSeconds(1),
            null);
    Part part =
        new Part(
            base.part().id(), before.seq(), entry, List.of(operation(WriteKind.DELETE, entry)));
    return new Draft(txId, List.of(part), Map.of());
  }

  private AppliedOperation operation(WriteKind kind, Entry entry) {
    return new AppliedOperation(
        operationId(),
        kind,
        null,
        entry.seq(),
        entry.incarnation(),
        entry.version(),
        entry.validFrom(),
        entry.validFrom().plusSeconds(120));
  }

  Bytes operationId() {
    operations++;
    return Bytes.copyOf(ByteBuffer.allocate(32).putInt(operations).array());
  }

  /// By a caller whose clock is right.
  WriteOrder order(WriteKind kind, Bytes operationId, Instant requestTime, SecretId... ids) {
    return order(kind, operationId, requestTime, requestTime, ids);
  }

  WriteOrder order(
      WriteKind kind, Bytes operationId, Instant requestTime, Instant nodeTime, SecretId... ids) {
    return new WriteOrder(
        kind,
        Arrays.stream(ids).map(id -> new WriteOrder.Wish(id, null)).toList(),
        operationId,
        requestTime,
        requestTime.isBefore(nodeTime) ? requestTime : nodeTime,
        requestTime.plusSeconds(120));
  }

  Talk<WriteResult> write(NodeId at, WriteOrder order, long value) {
    Map<SecretId, Head> heads = new HashMap<>();
    for (WriteOrder.Wish wish : order.wishes()) {
      disk(at).head(wish.id()).ifPresent(head -> heads.put(wish.id(), head));
    }
    return talk(new Coordinator(home(at), order, heads, values.source(value), deadline()));
  }

  // --- conversations

  <R> Talk<R> talk(Conversation<R> conversation) {
    return new Talk<>(conversation);
  }

  /// A conversation whose calls wait until the test delivers them.
  final class Talk<R> {
    private final Conversation<R> conversation;
    private final List<Call> waiting = new ArrayList<>();
    private final List<Call> everything = new ArrayList<>();
    private long wakeAt = Turn.NEVER;
    private @Nullable R result;

    private Talk(Conversation<R> conversation) {
      this.conversation = conversation;
      take(conversation.begin(now));
    }

    private void take(Turn<R> turn) {
      waiting.addAll(turn.calls());
      everything.addAll(turn.calls());
      wakeAt = turn.wakeAtMillis();
      R outcome = turn.outcome();
      if (result == null && outcome != null) {
        result = outcome;
      }
    }

    /// Delivers what waits for these nodes now, in order, answers included; what comes of it waits.
    Talk<R> deliver(NodeId... nodes) {
      List<Call> now = new ArrayList<>();
      for (NodeId node : nodes) {
        now.addAll(takeWaiting(node));
      }
      for (Call call : now) {
        hear(call, tell(call.to(), call.request()));
      }
      return this;
    }

    /// Delivers until nothing waits for these nodes, waking the conversation when only time can
    /// help, at most so often as makes sense.
    Talk<R> run(NodeId... nodes) {
      Set<NodeId> up = Set.of(nodes);
      for (int turns = 0; turns < 500 && result == null; turns++) {
        Optional<Call> next = waiting.stream().findFirst();
        if (next.isEmpty()) {
          wake();
        } else if (up.contains(next.get().to())) {
          waiting.remove(next.get());
          hear(next.get(), tell(next.get().to(), next.get().request()));
        } else {
          waiting.remove(next.get());
          hear(next.get(), new Reply.Unreachable());
        }
      }
      return this;
    }

    /// Delivers the last notices after the end.
    void deliverRest(NodeId... nodes) {
      for (NodeId node : nodes) {
        for (Call call : takeWaiting(node)) {
          tell(node, call.request());
        }
      }
    }

    /// These nodes do not answer.
    Talk<R> lose(NodeId... nodes) {
      for (NodeId node : nodes) {
        for (Call call : takeWaiting(node)) {
          hear(call, new Reply.Unreachable());
        }
      }
      return this;
    }

    private List<Call> takeWaiting(NodeId node) {
      List<Call> taken = waiting.stream().filter(call -> call.to().equals(node)).toList();
      waiting.removeAll(taken);
      return taken;
    }

    void hear(Call call, Reply reply) {
      take(conversation.heard(now, call, reply));
    }

    /// Lets time pass until the conversation wants to be woken.
    Talk<R> wake() {
      now = Math.max(now, wakeAt == Turn.NEVER ? now : wakeAt);
      take(conversation.woken(now));
      return this;
    }

    /// Lets time pass until the request's deadline.
    Talk<R> expire() {
      now += DEADLINE_MILLIS;
      take(conversation.woken(now));
      return this;
    }

    Optional<R> result() {
      return Optional.ofNullable(result);
    }

    /// All calls so far that carry such a request.
    <Q extends Request> List<Q> sent(Class<Q> kind) {
      return everything.stream()
          .map(Call::request)
          .filter(kind::isInstance)
          .map(kind::cast)
          .toList();
    }

    /// The oldest call that waits, for the test to answer.
    Call takeFirst() {
      return waiting.removeFirst();
    }

    List<Call> waiting() {
      return List.copyOf(waiting);
    }
  }
}
