package io.quorumvault.simulation;

import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.CatchUp;
import io.quorumvault.protocol.Circles;
import io.quorumvault.protocol.Conversation;
import io.quorumvault.protocol.Coordinator;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Finish;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Introduction;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Place;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.Rejoin;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Restoration;
import io.quorumvault.protocol.Scrub;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.protocol.ShareSource;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.Sweeper;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.Turn;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.WriteOrder;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import io.quorumvault.testing.Gen;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One node: does what a host does around the protocol, with a simulated disk and network. What is
/// in memory is gone after a crash.
final class SimulatedNode implements Home {
  private static final long SWEEP_MILLIS = 1_000;
  private static final long SCRUB_MILLIS = 2_000;

  /// Positions looked at together.
  private static final int SCRUBBED_MAX = 20;

  private static final long INTRODUCTION_MILLIS = 1_500;
  private static final long CATCH_UP_MILLIS = 2_000;
  private static final long REJOIN_MILLIS = 3_000;
  private static final long TRY_AGAIN_MILLIS = 400;
  static final long REQUEST_MILLIS = 5_000;

  /// Requests that a disk could not serve within this are not taken.
  private static final long QUEUE_MILLIS = 2_000;

  /// What a node does between start and stop.
  enum Phase {
    DOWN,
    STARTING,
    SERVING
  }

  private final Simulator simulator;
  private final Membership membership;
  private final NodeId self;
  private final Gen gen;
  private final Values values;
  private final Participant participant = new Participant(Values.judge());
  private SimulatedDisk disk;

  private Phase phase = Phase.DOWN;
  private boolean paused;
  private final Deque<Runnable> whilePaused = new ArrayDeque<>();

  /// Tells what was scheduled before a crash from what was scheduled after it.
  private int generation;

  private long counter;
  private @Nullable Sweeper sweeper;
  private final Set<NodeId> suspected = new HashSet<>();
  private Circles circles;
  private @Nullable Place scrubbed;
  private long diskFreeAt;
  private int diskMillis = 2;
  private boolean lying;
  private boolean olderThanSaid;

  SimulatedNode(Simulator simulator, Membership membership, NodeId self, Gen gen, Values values) {
    this.simulator = simulator;
    this.membership = membership;
    this.self = self;
    this.gen = gen;
    this.values = values;
    this.disk = new SimulatedDisk(self, gen.nextLong());
    this.circles = new Circles(membership, self, Values.judge(), values::seed);
  }

  // --- what the protocol asks of its home

  @Override
  public Membership membership() {
    return membership;
  }

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public long epoch() {
    return disk.epoch();
  }

  @Override
  public TxId nextTxId() {
    counter++;
    TxId txId = new TxId(self, disk.start(), counter);
    sweeper().opened(txId);
    return txId;
  }

  @Override
  public long jitterMillis(long boundMillis) {
    return gen.below((int) boundMillis);
  }

  @Override
  public boolean suspects(NodeId node) {
    return suspected.contains(node);
  }

  @Override
  public ShareJudge judge() {
    return Values.judge();
  }

  @Override
  public Timing timing() {
    return Timing.DEFAULT;
  }

  // --- power, disk, time

  SimulatedDisk disk() {
    return disk;
  }

  Phase phase() {
    return phase;
  }

  boolean paused() {
    return paused;
  }

  void lying(boolean lies) {
    lying = lies;
  }

  void diskMillis(int millis) {
    diskMillis = millis;
  }

  void crash() {
    simulator.trace(() -> self + " crashes");
    phase = Phase.DOWN;
    generation++;
    paused = false;
    whilePaused.clear();
    counter = 0;
    suspected.clear();
    sweeper = null;
    circles = new Circles(membership, self, Values.judge(), values::seed);
    diskFreeAt = 0;
  }

  /// Whether its memory is what it was.
  boolean remembers() {
    return disk.mode() == SimulatedDisk.Mode.ACTIVE && !olderThanSaid;
  }

  void replaceDisk(SimulatedDisk other, boolean older) {
    disk = other;
    olderThanSaid = older;
  }

  void pause() {
    simulator.trace(() -> self + " pauses");
    paused = true;
  }

  void resume() {
    if (paused) {
      simulator.trace(() -> self + " goes on");
      paused = false;
      while (!whilePaused.isEmpty() && !paused) {
        whilePaused.removeFirst().run();
      }
    }
  }

  /// Runs it in this node's present life: later if the node is paused, never if it has crashed.
  private void act(int of, Runnable action) {
    if (phase == Phase.DOWN || of != generation) {
      return;
    }
    if (paused) {
      whilePaused.add(() -> act(of, action));
    } else {
      action.run();
    }
  }

  private void later(long millis, Runnable action) {
    int now = generation;
    simulator.after(millis, () -> act(now, action));
  }

  // --- start

  void start() {
    phase = Phase.STARTING;
    generation++;
    counter = 0;
    if (sync(() -> disk.startWith(disk.start() + 1))) {
      simulator.trace(() -> self + " starts, number " + disk.start() + ", " + disk.mode());
      introduce();
    }
  }

  private void introduce() {
    if (disk.mode() == SimulatedDisk.Mode.JOINING) {
      rejoin();
      return;
    }
    Introduction introduction =
        new Introduction(
            this,
            disk.life(),
            disk.start(),
            disk.mode() == SimulatedDisk.Mode.ACTIVE,
            simulator.now() + INTRODUCTION_MILLIS);
    converse(
        introduction,
        result -> {
          simulator.trace(() -> self + " is " + result);
          if (olderThanSaid && result.standing() != Introduction.Standing.LOST) {
            // Whoever puts an older disk in place waits until the others have seen it.
            later(TRY_AGAIN_MILLIS, this::introduce);
            return;
          }
          switch (result.standing()) {
            case NEW -> {
              if (sync(() -> disk.mode(SimulatedDisk.Mode.ACTIVE))) {
                catchUp();
              }
            }
            case KNOWN -> catchUp();
            case LOST -> {
              if (sync(() -> disk.mode(SimulatedDisk.Mode.JOINING))
                  && sync(() -> disk.startWith(result.startAtLeast()))) {
                rejoin();
              }
            }
            case UNCLEAR ->
                later(
                    TRY_AGAIN_MILLIS,
                    () -> {
                      if (sync(() -> disk.startWith(disk.start() + 1))) {
                        introduce();
                      }
                    });
          }
        });
  }

  private void rejoin() {
    Rejoin rejoin = new Rejoin(this, disk.life(), disk.start(), simulator.now() + REJOIN_MILLIS);
    converse(
        rejoin,
        result -> {
          switch (result) {
            case Rejoin.Result.Learned learned -> {
              boolean alive =
                  sync(() -> {
                    disk.apply(learned.changes());
                    simulator.trace(() -> self + " has joined in epoch " + disk.epoch());
                    olderThanSaid = false;
                    simulator.invariants().applied(self, learned.changes());
                  });
              if (alive) {
                catchUp();
              }
            }
            case Rejoin.Result.TryLater later -> rejoinLater(disk.start() + 1);
            case Rejoin.Result.Outdated outdated -> rejoinLater(outdated.startAtLeast());
          }
        });
  }

  private void rejoinLater(long start) {
    if (sync(() -> disk.startWith(start))) {
      later(TRY_AGAIN_MILLIS, this::rejoin);
    }
  }

  private void catchUp() {
    catchUp(new CatchUp(this, simulator.now() + CATCH_UP_MILLIS));
  }

  private void catchUp(CatchUp part) {
    converse(
        part,
        result -> {
          boolean alive = result.settles().stream().allMatch(settle -> step(settle).isPresent());
          if (alive && result.more()) {
            catchUp(part.next(simulator.now() + CATCH_UP_MILLIS));
          } else if (alive) {
            serve();
          }
        });
  }

  private void serve() {
    phase = Phase.SERVING;
    simulator.trace(() -> self + " serves");
    sweeper = new Sweeper(this, disk);
    later(gen.below((int) SWEEP_MILLIS), this::sweep);
    later(gen.below((int) SCRUB_MILLIS), this::scrub);
  }

  // --- requests of other nodes

  /// A request arrives. It is answered once what it changes is durable, one after the other.
  void receive(Request request, Consumer<Reply> answer) {
    act(
        generation,
        () -> {
          boolean greeting = request instanceof Request.Hello;
          boolean overloaded = diskFreeAt - simulator.now() > QUEUE_MILLIS;
          if ((phase != Phase.SERVING && !greeting) || overloaded) {
            return;
          }
          long ready = Math.max(simulator.now(), diskFreeAt) + gen.below(diskMillis + 1);
          diskFreeAt = ready;
          later(ready - simulator.now(), () -> answer(request, answer));
        });
  }

  private void answer(Request request, Consumer<Reply> answer) {
    switch (request) {
      case Request.Convene convene ->
          circles
              .convene(convene, simulator.now(), simulator.now() + timing().rpc().toMillis() / 2)
              .ifPresentOrElse(
                  convening -> converse(convening, answer),
                  () -> answer.accept(new Reply.NotWanted()));
      case Request.HandSeed hand -> answer.accept(circles.take(hand, simulator.now()));
      case Request.Contribute ask ->
          answer.accept(lie(circles.contribute(disk, ask, simulator.now())));
      default -> step(request).map(this::lie).ifPresent(answer);
    }
  }

  /// @return the reply; empty when the node died over it
  private Optional<Reply> step(Request request) {
    Step step = participant.step(disk, request, simulator.now());
    Runnable change =
        () -> {
          simulator.stepped(self, request, step);
          disk.apply(step.changes());
          simulator.invariants().applied(self, step.changes());
        };
    boolean alive = true;
    if (step.changes().isEmpty()) {
      change.run();
    } else {
      alive = sync(change);
    }
    return alive ? Optional.of(step.reply()) : Optional.empty();
  }

  /// Makes something durable.
  ///
  /// @return whether the node is still alive after that
  private boolean sync(Runnable change) {
    if (simulator.dies(self, CrashPoints.Moment.SYNCING)) {
      return false;
    }
    change.run();
    return !simulator.dies(self, CrashPoints.Moment.SYNCED);
  }

  /// A node whose memory is not sound shows another share than the one on its disk.
  private Reply lie(Reply reply) {
    if (!lying) {
      return reply;
    }
    if (reply instanceof Reply.ShareHeld(Share share) && share != null) {
      return new Reply.ShareHeld(Values.corrupted(share));
    }
    if (reply instanceof Reply.Contributed(Contribution given) && given != null) {
      return new Reply.Contributed(Values.corrupted(given));
    }
    if (reply instanceof Reply.Heads heads) {
      return new Reply.Heads(
          heads.standings().stream()
              .map(standing ->
                  standing.share() == null
                      ? standing
                      : new Reply.Standing(
                          standing.id(),
                          standing.head(),
                          Values.corrupted(standing.share()),
                          standing.pending()))
              .toList());
    }
    return reply;
  }

  // --- conversations

  /// A conversation under way.
  private final class Talk<R> {
    private final Conversation<R> conversation;
    private final Consumer<R> then;
    private long wakeAt = Turn.NEVER;
    private boolean over;

    Talk(Conversation<R> conversation, Consumer<R> then) {
      this.conversation = conversation;
      this.then = then;
    }

    void take(Turn<R> turn) {
      turn.calls().forEach(this::send);
      wakeAt = turn.wakeAtMillis();
      R outcome = turn.outcome();
      if (outcome != null && !over) {
        over = true;
        then.accept(outcome);
      }
      if (!over && wakeAt != Turn.NEVER) {
        long at = wakeAt;
        later(
            Math.max(1, at - simulator.now()),
            () -> {
              if (!over && wakeAt == at) {
                take(conversation.woken(simulator.now()));
              }
            });
      }
    }

    private void send(Call call) {
      ask(
          call.to(),
          call.request(),
          reply -> take(conversation.heard(simulator.now(), call, reply)));
    }
  }

  private <R> void converse(Conversation<R> conversation, Consumer<R> then) {
    Talk<R> talk = new Talk<>(conversation, then);
    talk.take(conversation.begin(simulator.now()));
  }

  /// Sends a request and hears every reply to it, and `Unreachable` when none came in time.
  private void ask(NodeId to, Request request, Consumer<Reply> hear) {
    boolean[] answered = new boolean[1];
    int of = generation;
    simulator.request(
        self,
        to,
        request,
        reply ->
            act(
                of,
                () -> {
                  answered[0] = true;
                  if (reply instanceof Reply.Unreachable) {
                    suspect(to);
                  } else {
                    suspected.remove(to);
                    if (sweeper != null) {
                      sweeper.heard(new Call(to, 0, request), reply);
                    }
                  }
                  hear.accept(reply);
                }));
    later(
        timing().rpc().toMillis(),
        () -> {
          if (!answered[0]) {
            suspect(to);
            hear.accept(new Reply.Unreachable());
          }
        });
  }

  private void suspect(NodeId node) {
    if (!node.equals(self)) {
      suspected.add(node);
    }
  }

  private Sweeper sweeper() {
    return Objects.requireNonNull(sweeper);
  }

  // --- what clients ask of this node as coordinator

  boolean takesRequests() {
    return phase == Phase.SERVING;
  }

  void write(WriteOrder order, long[] written, Consumer<WriteResult> answer) {
    act(
        generation,
        () -> {
          Map<SecretId, Head> heads = new HashMap<>();
          for (WriteOrder.Wish wish : order.wishes()) {
            disk.head(wish.id()).ifPresent(head -> heads.put(wish.id(), head));
          }
          ShareSource source =
              (txId, id) -> {
                int index = 0;
                while (!order.wishes().get(index).id().equals(id)) {
                  index++;
                }
                return values.deal(written[index]);
              };
          Coordinator coordinator =
              new Coordinator(this, order, heads, source, simulator.now() + REQUEST_MILLIS);
          converse(
              coordinator,
              result -> {
                simulator.trace(() -> self + " answers " + result);
                answer.accept(result);
              });
        });
  }

  void read(List<SecretId> ids, Consumer<ReadRound.Result> answer) {
    act(
        generation,
        () -> {
          ReadRound round = new ReadRound(this, ids, true, simulator.now() + REQUEST_MILLIS);
          converse(
              round,
              result -> {
                answer.accept(result);
                if (result instanceof ReadRound.Result.Found found) {
                  later(timing().rpc().toMillis() + 1, () -> repair(round, found));
                }
              });
        });
  }

  private void repair(ReadRound round, ReadRound.Result.Found found) {
    found
        .readings()
        .forEach((id, reading) ->
            round
                .census(id)
                .ifPresent(census -> {
                  Map<NodeId, Share> holders = census.holders();
                  Entry entry = reading.head().orElseThrow().entry();
                  if (holders.size() >= membership.threshold()) {
                    for (NodeId node : new TreeSet<>(census.lacking())) {
                      Share share = values.shareAt(node.index(), holders.values());
                      ask(
                          node,
                          new Request.Repair(id, entry.seq(), entry.txId(), share),
                          reply -> {});
                    }
                  }
                }));
  }

  <R> void run(Conversation<R> conversation, Consumer<R> answer) {
    act(generation, () -> converse(conversation, answer));
  }

  // --- what a node does by itself

  private void sweep() {
    greet();
    if (phase != Phase.SERVING) {
      return; // It died greeting.
    }
    Sweeper.Work work = sweeper().due(disk, disk.start(), simulator.now());
    for (TxId txId : work.unfinished()) {
      finish(txId);
    }
    for (Call call : work.notices()) {
      ask(call.to(), call.request(), reply -> {});
    }
    later(SWEEP_MILLIS / 2 + gen.below((int) SWEEP_MILLIS), this::sweep);
  }

  /// So that everybody knows who is there.
  private void greet() {
    Request.Hello hello = new Request.Hello(self, disk.life(), disk.start());
    for (NodeId node : membership.everyNode()) {
      if (!node.equals(self)) {
        ask(node, hello, reply -> {});
      }
    }
  }

  private void finish(TxId txId) {
    converse(
        new Finish(this, txId, simulator.now() + REQUEST_MILLIS),
        result -> {
          simulator.trace(() -> self + " finished " + txId + ": " + result);
          sweeper().finished(txId);
        });
  }

  // --- shares that are lacking

  /// Gets shares back that nobody has read, nor will.
  private void scrub() {
    List<NodeId> others =
        membership.everyNode().stream().filter(node -> !node.equals(self)).toList();
    Scrub.Page page = Scrub.missing(disk, scrubbed, SCRUBBED_MAX);
    scrubbed = page.next();
    List<Restoration.Version> lacking = page.lacking();
    if (lacking.isEmpty()) {
      later(SCRUB_MILLIS / 2 + gen.below((int) SCRUB_MILLIS), this::scrub);
      return;
    }
    converse(
        new Restoration(this, gen.nextLong(), others, lacking, simulator.now() + REQUEST_MILLIS),
        result -> {
          simulator.trace(() -> self + " restored " + result.repairs().size());
          result.repairs().forEach(this::step);
          later(SCRUB_MILLIS / 2 + gen.below((int) SCRUB_MILLIS), this::scrub);
        });
  }

  /// What has not come right yet.
  ///
  /// @param forgets whether finished transactions have to be forgotten, too: that takes all nodes
  @Nullable String unfinished(boolean forgets) {
    if (phase != Phase.SERVING) {
      return self + " is " + phase + " and " + disk.mode();
    }
    List<TransactionRecord> kept = forgets ? disk.transactions() : disk.openTransactions();
    if (!kept.isEmpty()) {
      return self + " still has " + kept;
    }
    if (!disk.namesWithGaps().isEmpty()) {
      return self + " has gaps in " + disk.namesWithGaps();
    }
    for (Restoration.Version version : Scrub.missing(disk, null, Integer.MAX_VALUE).lacking()) {
      boolean restorable =
          simulator.holders(version.id(), version.entry().seq()) >= membership.threshold();
      if (restorable && !simulator.invariants().damaged(version.entry().txId())) {
        return self + " lacks its share of " + version.id() + "@" + version.entry().seq();
      }
    }
    return null;
  }
}
