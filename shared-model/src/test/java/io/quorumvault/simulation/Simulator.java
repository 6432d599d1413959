package io.quorumvault.simulation;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Step;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.Gen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A cell, its clients and its bad luck, all from one seed; the same seed is the same run.
///
/// Runs in two parts. First things break while clients work, and after every durable step the
/// invariants are checked. Then everything is mended, and what must come right has to: all locks
/// resolved, all nodes agreed, every acknowledged version readable, every finished transaction
/// forgotten. Now and then some nodes stay down for ever; then the others come right among
/// themselves.
final class Simulator {
  /// What a run came to.
  record Report(long steps, int events, int searchesGivenUp) {}

  private record Event(long at, long order, Runnable action) {}

  private static final List<Membership> CELLS =
      List.of(
          Membership.of("sim", 3, 2),
          Membership.of("sim", 3, 2),
          Membership.of("sim", 5, 3),
          Membership.of("sim", 5, 3),
          Membership.of("sim", 4, 2),
          new Membership("sim", 5, 3, 4),
          new Membership("sim", 3, 2, 3),
          Membership.of("sim", 5, 2),
          Membership.of("sim", 5, 4),
          Membership.of("sim", 7, 4));

  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  /// After which a node that was struck dead in its work starts again.
  private static final long RESTART_MILLIS = 700;

  /// How long a sweep's cell has to start, and to bring what it was asked for to its end.
  private static final long STARTING_MILLIS = 3_000;

  private static final long SETTLING_MILLIS = 2_000;

  /// So long everything may take to come right once nothing is broken any more.
  private static final long MENDING_MILLIS = 120_000;

  private final long seed;
  private final @Nullable List<String> trace;
  private final Gen gen;
  private final CrashPoints points;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final Membership membership;
  private final SimulatedNetwork network;
  private final Values values;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final List<SecretId> names;
  private final Invariants invariants;
  private final History history = new History();
  private final Set<Bytes> neverApplied = new HashSet<>();
  private final Map<NodeId, List<SimulatedDisk>> backups = new HashMap<>();
  private final List<Runnable> faults = new ArrayList<>();
  private long now;
  private long order;
  private long steps;
  private long lastValue;
  private boolean clocksJump;
  private boolean mending;
  private @Nullable SimulatedNode struck;
  private boolean struckStaysDown;

  /// Nodes that stay down at the end.
  private final Set<SimulatedNode> gone = new HashSet<>();

  private Simulator(long seed, @Nullable List<String> trace) {
    this(seed, new Gen(seed), null, trace, new CrashPoints(0));
  }

  private Simulator(
      long seed,
      Gen gen,
      @Nullable Membership cell,
      @Nullable List<String> trace,
      CrashPoints points) {
    this.seed = seed;
    this.trace = trace;
    this.gen = gen;
    this.points = points;
    this.membership = cell == null ? gen.pick(CELLS) : cell;
    this.network = new SimulatedNetwork(this, gen.fork(), membership.nodes());
    this.values =
        new Values(new Threshold(membership.threshold(), membership.nodes()), gen.secureRandom());
    for (NodeId node : membership.everyNode()) {
      nodes.add(new SimulatedNode(this, membership, node, gen.fork(), values));
    }
    this.invariants = new Invariants(membership, node -> node(node).disk());
    int nameCount = cell == null ? gen.between(1, 4) : 3;
    List<SecretId> chosen = new ArrayList<>();
    for (int i = 0; i < nameCount; i++) {
      chosen.add(SecretId.of("demo", "name-" + (char) ('a' + i)));
    }
    this.names = List.copyOf(chosen);
  }

  /// Runs one seed.
  ///
  /// @throws AssertionError with seed and trace, if anything is not as promised
  static Report run(long seed) {
    try {
      return runBare(seed, null);
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(replay(seed, failure), failure);
    }
  }

  /// Runs one seed and says what happens, line by line.
  static Report runBare(long seed, @Nullable List<String> trace) {
    return new Simulator(seed, trace).run();
  }

  private static String replay(long seed, Throwable failure) {
    List<String> trace = new ArrayList<>();
    try {
      runBare(seed, trace);
    } catch (RuntimeException | AssertionError again) {
      trace.add("FAILED: " + again);
    }
    int shown = Integer.getInteger("simulation.trace", 250);
    List<String> last = trace.subList(Math.max(0, trace.size() - shown), trace.size());
    return "seed "
        + seed
        + " (-Dsimulation.seed="
        + seed
        + " runs it alone): "
        + failure
        + "\n"
        + String.join("\n", last)
        + "\n";
  }

  // --- what the parts ask of the whole

  long now() {
    return now;
  }

  void after(long millis, Runnable action) {
    order++;
    queue.add(new Event(now + millis, order, action));
  }

  void trace(Supplier<String> line) {
    if (trace != null) {
      trace.add("%8d  %s".formatted(now, line.get()));
    }
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  SimulatedNode node(NodeId id) {
    return nodes.get(id.index() - 1);
  }

  SimulatedNetwork network() {
    return network;
  }

  Invariants invariants() {
    return invariants;
  }

  History history() {
    return history;
  }

  Values values() {
    return values;
  }

  long nextValue() {
    lastValue++;
    return lastValue;
  }

  Instant wallClock() {
    return EPOCH.plusMillis(now);
  }

  /// How far the clock that stamps a request is off.
  long clockJumpMillis(Gen of) {
    if (!clocksJump || !of.oneIn(3)) {
      return 0;
    }
    return of.oneIn(2) ? -of.below(3_600_000) : of.below(30_000);
  }

  void neverApplied(Bytes operationId) {
    neverApplied.add(operationId);
  }

  void request(NodeId from, NodeId to, Request request, Consumer<Reply> hear) {
    boolean once = request instanceof Request.Hello;
    if (dies(from, CrashPoints.Moment.SENDING)) {
      return;
    }
    trace(() -> from + " -> " + to + " " + brief(request));
    network.send(
        from.index(),
        to.index(),
        once,
        () -> {
          SimulatedNode receiver = node(to);
          if (receiver.phase() != SimulatedNode.Phase.DOWN) {
            dies(to, CrashPoints.Moment.TAKING);
          }
          if (receiver.phase() == SimulatedNode.Phase.DOWN) {
            network.send(
                to.index(), from.index(), true, () -> hear.accept(new Reply.Unreachable()));
            return;
          }
          receiver.receive(
              delivered(request),
              reply -> {
                if (dies(to, CrashPoints.Moment.ANSWERING)) {
                  return;
                }
                trace(() -> from + " <- " + to + " " + brief(request) + ": " + brief(reply));
                network.send(
                    to.index(),
                    from.index(),
                    once,
                    () -> {
                      if (!dies(from, CrashPoints.Moment.HEARING)) {
                        hear.accept(reply);
                      }
                    });
              });
        });
  }

  /// Whether the node is down, or goes down at this moment.
  boolean dies(NodeId id, CrashPoints.Moment moment) {
    SimulatedNode node = node(id);
    if (node.phase() == SimulatedNode.Phase.DOWN) {
      return true;
    }
    if (!points.strikes(id, moment)) {
      return false;
    }
    trace(() -> id + " dies " + moment);
    crash(node);
    struck = node;
    if (struckStaysDown) {
      gone.add(node);
    } else {
      after(RESTART_MILLIS, () -> startNow(node));
    }
    return true;
  }

  /// What travels is a copy, which its receiver may wipe.
  private static Request delivered(Request request) {
    return request instanceof Request.HandSeed hand
        ? new Request.HandSeed(hand.circle(), hand.from(), hand.seed().copy())
        : request;
  }

  private static String brief(Request request) {
    return switch (request) {
      case Request.Prepare prepare ->
          "Prepare "
              + prepare.txId()
              + " epoch "
              + prepare.epoch()
              + prepare.stagings().stream()
                  .map(staging -> " " + staging.part().id() + "@" + staging.part().entry().seq())
                  .toList();
      case Request.Decide decide ->
          "Decide " + decide.txId() + " " + decide.ballot() + " " + decide.verdict();
      case Request.Settle settle -> "Settle " + settle.txId() + " " + settle.verdict();
      default -> request.toString();
    };
  }

  private static String brief(Reply reply) {
    return switch (reply) {
      case Reply.Promise promise -> "Promise " + promise.accepted();
      case Reply.Settled settled -> "Settled " + settled.verdict();
      case Reply.Heads heads ->
          "Heads "
              + heads.standings().stream()
                  .map(standing -> {
                    Head head = standing.head();
                    return standing.id()
                        + "@"
                        + (head == null ? 0 : head.entry().seq())
                        + (standing.share() == null ? "" : " with share")
                        + standing.pending().stream()
                            .map(pending -> pending.txId() + " at " + pending.ballot())
                            .toList();
                  })
                  .toList();
      case Reply.Stale stale -> "Stale";
      case Reply.Chain chain -> "Chain of " + chain.entries().size();
      case Reply.Listing listing -> "Listing of " + listing.standings().size();
      case Reply.Welcome welcome ->
          "Welcome to "
              + welcome.epoch()
              + " "
              + welcome.open().stream()
                  .map(record -> record.id() + " " + record.accepted())
                  .toList();
      case Reply.SettledPage page -> "SettledPage of " + page.transactions().size();
      case Reply.JoinedPage page -> "JoinedPage of " + page.links().size();
      default -> reply.toString();
    };
  }

  void stepped(NodeId node, Request request, Step step) {
    steps++;
    invariants.stepped(node, request, step);
  }

  // --- what clients check at once

  void requireChain(SecretId id, List<Entry> entries) {
    for (Entry entry : entries) {
      Invariants.require(
          committedAt(id, entry.seq()).filter(entry::equals).isPresent(),
          "a history shows what was never committed,",
          id,
          entry);
    }
  }

  void requireValue(SecretId id, Entry entry, long value) {
    Long first = valueOf.putIfAbsent(new Version(id, entry.seq()), value);
    Invariants.require(
        first == null || first == value, "two values of one version,", id, entry, first, value);
  }

  private record Version(SecretId id, long seq) {}

  private final Map<Version, Long> valueOf = new HashMap<>();

  void requireListed(SecretId id, Head head, long invoked) {
    Invariants.require(
        committedAt(id, head.entry().seq()).filter(head.entry()::equals).isPresent(),
        "a list shows what was never committed,",
        id,
        head);
    history.add(
        new History.Event(
            id,
            null,
            History.VALUE_NOT_READ,
            null,
            head.entry().live() ? head.entry().version() : 0,
            null,
            invoked,
            now,
            head.entry().seq()));
  }

  private Optional<Entry> committedAt(SecretId id, long seq) {
    return invariants.chain(id).stream()
        .map(Part::entry)
        .filter(entry -> entry.seq() == seq)
        .findFirst();
  }

  // --- the run

  private Report run() {
    trace(() -> "seed " + seed + ": " + membership + ", names " + names);
    nodes.forEach(SimulatedNode::start);
    int clientCount = gen.between(1, 5);
    for (int i = 1; i <= clientCount; i++) {
      SimulatedClient client = new SimulatedClient(i, this, gen.fork(), names);
      clients.add(client);
      client.next();
    }
    chooseFaults();
    long until = gen.between(4_000, 25_000);
    breakSomething();
    while (now < until) {
      advance();
    }
    mend();
    awaitRest();
    lastReads();
    check();
    return new Report(steps, history.size(), history.searchesGivenUp());
  }

  // --- one thing, with a death in the middle

  /// Something that a cell does, after what it needs for that.
  enum Scene {
    CREATE,
    UPDATE,
    DELETE,
    IMPORT,
    READ_REPAIR,
    RESTART,
    REJOIN
  }

  /// Plays a scene; a node dies at one point of it, and starts again or stays away.
  ///
  /// @param point the number of the point, from 1; 0 for a scene without a death
  /// @return the points that were reached
  /// @throws AssertionError with the trace, if anything is not as promised
  static CrashPoints playWithDeath(Membership cell, Scene scene, int point, boolean forGood) {
    CrashPoints points = new CrashPoints(point);
    try {
      new Simulator(1, new Gen(1), cell, null, points).play(scene, forGood);
    } catch (RuntimeException | AssertionError failure) {
      List<String> trace = new ArrayList<>();
      try {
        new Simulator(1, new Gen(1), cell, trace, new CrashPoints(point)).play(scene, forGood);
      } catch (RuntimeException | AssertionError again) {
        trace.add("FAILED: " + again);
      }
      throw new AssertionError(
          "%s in %s, death at point %d%s: %s\n%s"
              .formatted(
                  scene,
                  cell,
                  point,
                  forGood ? " for good" : "",
                  failure,
                  String.join("\n", trace)),
          failure);
    }
    return points;
  }

  private void play(Scene scene, boolean forGood) {
    struckStaysDown = forGood;
    nodes.forEach(SimulatedNode::start);
    runFor(STARTING_MILLIS);
    SimulatedClient client = new SimulatedClient(1, this, gen.fork(), names);
    SecretId first = names.getFirst();
    if (scene != Scene.CREATE && scene != Scene.IMPORT) {
      runToEnd(done -> client.write(WriteKind.CREATE, List.of(first), done));
      runToEnd(done -> client.write(WriteKind.UPDATE, List.of(first), done));
      Invariants.require(
          invariants.newest(first).filter(newest -> newest.entry().version() == 2).isPresent(),
          "nothing stands in the way, and yet it was not written:",
          first);
    }
    SimulatedNode last = nodes.getLast();
    switch (scene) {
      case CREATE -> playArmed(done -> client.write(WriteKind.CREATE, List.of(first), done));
      case UPDATE -> playArmed(done -> client.write(WriteKind.UPDATE, List.of(first), done));
      case DELETE -> playArmed(done -> client.write(WriteKind.DELETE, List.of(first), done));
      case IMPORT -> playArmed(done -> client.write(WriteKind.CREATE, names, done));
      case READ_REPAIR -> {
        loseShare(last, first);
        playArmed(done -> client.read(List.of(first), 5, done));
      }
      case RESTART -> {
        last.crash();
        runToEnd(done -> client.write(WriteKind.DELETE, List.of(first), done));
        playArmed(done -> startAndAwait(last, done));
      }
      case REJOIN -> {
        last.crash();
        invariants.losing(last.self());
        last.replaceDisk(new SimulatedDisk(last.self(), gen.nextLong()), false);
        playArmed(done -> startAndAwait(last, done));
      }
    }
    mend();
    awaitRest();
    lastReads();
    check();
  }

  private void loseShare(SimulatedNode node, SecretId id) {
    Head head = node.disk().head(id).orElseThrow();
    invariants.losingShare(node.self(), id, head.entry().txId());
    node.disk().rot(id, head.entry().seq());
  }

  private void startAndAwait(SimulatedNode node, Runnable done) {
    startNow(node);
    Runnable look =
        new Runnable() {
          @Override
          public void run() {
            if (node.takesRequests() || gone.contains(node)) {
              done.run();
            } else {
              after(100, this);
            }
          }
        };
    look.run();
  }

  private void playArmed(Consumer<Runnable> what) {
    points.arm();
    runToEnd(what);
    points.disarm();
  }

  /// Runs until something has ended, and what follows from it in the background, too.
  private void runToEnd(Consumer<Runnable> what) {
    boolean[] over = new boolean[1];
    what.accept(() -> over[0] = true);
    long deadline = now + MENDING_MILLIS;
    while (!over[0]) {
      Invariants.require(now < deadline, "it does not come to an end");
      advance();
    }
    runFor(SETTLING_MILLIS);
  }

  private void runFor(long millis) {
    long until = now + millis;
    after(millis, () -> {});
    while (now < until) {
      advance();
    }
  }

  private void advance() {
    Event next = queue.remove();
    now = next.at();
    next.action().run();
  }

  // --- bad luck

  private void chooseFaults() {
    if (gen.oneIn(10)) {
      return;
    }
    clocksJump = gen.oneIn(3);
    if (!gen.oneIn(4)) {
      network.weather(
          new SimulatedNetwork.Weather(
              gen.oneIn(2) ? gen.below(25) : 0,
              gen.oneIn(2) ? gen.below(20) : 0,
              gen.oneIn(2) ? gen.below(20) : 0,
              gen.pick(50, 500, 3_000, 15_000)));
    }
    if (gen.oneIn(2)) {
      faults.add(this::crashOne);
    }
    if (gen.oneIn(2)) {
      faults.add(this::pauseOne);
    }
    if (gen.oneIn(2)) {
      faults.add(this::cutLinks);
    }
    if (gen.oneIn(4)) {
      faults.add(this::slowDisk);
    }
    if (gen.oneIn(3)) {
      faults.add(this::loseDisk);
    }
    if (gen.oneIn(4)) {
      faults.add(this::restoreBackup);
    }
    if (gen.oneIn(4)) {
      faults.add(this::lieForAWhile);
    }
    if (gen.oneIn(4)) {
      faults.add(this::rotShare);
    }
    if (gen.oneIn(12)) {
      faults.add(this::crashAll);
    }
  }

  private void breakSomething() {
    if (mending || faults.isEmpty()) {
      return;
    }
    after(
        gen.below(gen.pick(200, 2_000, 4_000)) + 1,
        () -> {
          if (!mending) {
            gen.pick(faults).run();
            breakSomething();
          }
        });
  }

  private long repairMillis() {
    return 1L + gen.below(gen.pick(100, 1_000, 8_000));
  }

  private void crash(SimulatedNode node) {
    if (node.phase() != SimulatedNode.Phase.DOWN) {
      if (gen.oneIn(3)) {
        backups.computeIfAbsent(node.self(), id -> new ArrayList<>()).add(node.disk().copy());
      }
      node.crash();
    }
  }

  private void startAgain(SimulatedNode node) {
    after(repairMillis(), () -> startNow(node));
  }

  private void startNow(SimulatedNode node) {
    if (node.phase() == SimulatedNode.Phase.DOWN && !gone.contains(node)) {
      node.start();
    }
  }

  private void crashOne() {
    SimulatedNode node = gen.pick(nodes);
    crash(node);
    startAgain(node);
  }

  private void crashAll() {
    nodes.forEach(this::crash);
    nodes.forEach(this::startAgain);
  }

  private void pauseOne() {
    SimulatedNode node = gen.pick(nodes);
    if (node.phase() != SimulatedNode.Phase.DOWN && !node.paused()) {
      node.pause();
      after(repairMillis(), node::resume);
    }
  }

  private void cutLinks() {
    int all = membership.nodes();
    switch (gen.below(3)) {
      case 0 -> {
        // Two groups; clients are with both.
        for (int a = 1; a <= all; a++) {
          for (int b = 1; b <= all; b++) {
            if (a != b && (sideOf(a) != sideOf(b))) {
              network.cut(a, b);
            }
          }
        }
      }
      case 1 -> {
        int alone = gen.between(1, all);
        boolean inward = gen.oneIn(2);
        for (int other = 0; other <= all; other++) {
          if (other != alone) {
            network.cut(inward ? other : alone, inward ? alone : other);
          }
        }
      }
      default -> {
        for (int i = 0; i < all; i++) {
          int from = gen.between(0, all);
          int to = gen.between(0, all);
          if (from != to) {
            network.cut(from, to);
          }
        }
      }
    }
    trace(() -> "links are cut");
    after(
        repairMillis(),
        () -> {
          network.healLinks();
          trace(() -> "links are whole");
          sides = gen.nextLong();
        });
  }

  private long sides;

  private long sideOf(int node) {
    return (sides >>> node) & 1;
  }

  private void slowDisk() {
    SimulatedNode node = gen.pick(nodes);
    node.diskMillis(gen.pick(20, 200, 1_500));
    after(repairMillis(), () -> node.diskMillis(2));
  }

  /// Whether the cell can take it that this node, too, has to join.
  private boolean canSpareMemory(SimulatedNode node) {
    long joining = nodes.stream().filter(other -> other != node && !other.remembers()).count();
    return node.disk().mode() != SimulatedDisk.Mode.NEW
        && membership.nodes() - 1 - joining >= membership.joinQuorum();
  }

  private void loseDisk() {
    SimulatedNode node = gen.pick(nodes);
    if (!canSpareMemory(node)) {
      return;
    }
    crash(node);
    invariants.losing(node.self());
    backups.remove(node.self());
    trace(() -> node.self() + " lost its disk");
    node.replaceDisk(new SimulatedDisk(node.self(), gen.nextLong()), false);
    startAgain(node);
  }

  /// Puts an older disk in place, one that the others can tell from the newest.
  private void restoreBackup() {
    SimulatedNode node = gen.pick(nodes);
    List<SimulatedDisk> older = backups.getOrDefault(node.self(), List.of());
    if (!canSpareMemory(node) || older.isEmpty()) {
      return;
    }
    SimulatedDisk backup = gen.pick(older).copy();
    boolean known =
        nodes.stream()
            .filter(other -> other != node)
            .allMatch(other ->
                other
                    .disk()
                    .remembered(node.self())
                    .filter(remembered ->
                        remembered.life() != backup.life() || remembered.start() > backup.start())
                    .isPresent());
    if (known) {
      crash(node);
      invariants.losing(node.self());
      invariants.doubt(node.self());
      trace(() -> node.self() + " got an older disk, of start " + backup.start());
      node.replaceDisk(backup, true);
      startAgain(node);
    }
  }

  private void lieForAWhile() {
    SimulatedNode node = gen.pick(nodes);
    nodes.forEach(other -> other.lying(false));
    node.lying(true);
    after(repairMillis(), () -> node.lying(false));
  }

  private void rotShare() {
    SimulatedNode node = gen.pick(nodes);
    SecretId id = gen.pick(names);
    node.disk()
        .head(id)
        .ifPresent(head -> {
          long seq = head.entry().seq();
          if (node.disk().holdsShare(id, seq)) {
            trace(() -> "a share rots: " + node.self() + " " + id + "@" + seq);
            loseShare(node, id);
          }
        });
  }

  // --- the end

  private void mend() {
    mending = true;
    trace(() -> "everything is mended");
    network.weather(SimulatedNetwork.Weather.FAIR);
    network.healLinks();
    clients.forEach(SimulatedClient::stop);
    if (gone.isEmpty() && struck == null && gen.oneIn(3)) {
      loseSomeForGood();
    }
    for (SimulatedNode node : nodes) {
      node.resume();
      node.lying(false);
      node.diskMillis(2);
      startNow(node);
    }
  }

  /// Some nodes die at work and do not come back; as many are left as a commit needs. Not while
  /// another still has to learn from a join quorum what it forgot.
  private void loseSomeForGood() {
    int most = membership.nodes() - membership.commitQuorum();
    if (most > 0 && nodes.stream().allMatch(SimulatedNode::remembers)) {
      int count = gen.between(1, most);
      while (gone.size() < count) {
        SimulatedNode node = gen.pick(nodes);
        if (gone.add(node)) {
          node.crash();
        }
      }
    }
  }

  private void awaitRest() {
    long deadline = now + MENDING_MILLIS;
    String unfinished = "nothing was looked at";
    while (now < deadline) {
      long pause = now + 500;
      after(500, () -> {});
      while (now < pause) {
        advance();
      }
      unfinished = unfinished();
      if (unfinished == null) {
        return;
      }
    }
    throw new AssertionError("P7: it does not come right: " + unfinished);
  }

  private @Nullable String unfinished() {
    for (SimulatedClient client : clients) {
      if (client.busy()) {
        return "a client waits";
      }
    }
    for (SimulatedNode node : nodes) {
      if (gone.contains(node)) {
        continue;
      }
      String what = node.unfinished(gone.isEmpty());
      if (what != null) {
        return what;
      }
      for (SecretId id : invariants.names()) {
        Optional<Head> head = node.disk().head(id);
        Part newest = invariants.newest(id).orElseThrow();
        if (head.isEmpty() || !head.get().entry().equals(newest.entry())) {
          return node.self() + " does not know the head of " + id;
        }
      }
    }
    return null;
  }

  /// How many of the nodes that are there hold their share of a version.
  long holders(SecretId id, long seq) {
    return nodes.stream()
        .filter(node -> !gone.contains(node) && node.disk().holdsShare(id, seq))
        .count();
  }

  private void lastReads() {
    if (!gone.isEmpty()) {
      return; // Too few shares of a version may be left.
    }
    SimulatedClient reader = new SimulatedClient(clients.size() + 1, this, gen.fork(), names);
    for (SecretId id : names) {
      boolean[] over = new boolean[1];
      int before = history.size();
      reader.read(List.of(id), 3, () -> over[0] = true);
      while (!over[0]) {
        advance();
      }
      boolean excused =
          invariants
              .newest(id)
              .filter(newest -> invariants.damaged(newest.entry().txId()))
              .isPresent();
      Invariants.require(
          excused || history.size() > before, "P2: an acknowledged version is not readable:", id);
    }
    long deadline = now + 5_000;
    after(5_000, () -> {});
    while (now < deadline) {
      advance();
    }
    for (SecretId id : names) {
      Part newest = invariants.newest(id).orElse(null);
      if (newest == null || !newest.entry().live() || invariants.damaged(newest.entry().txId())) {
        continue;
      }
      for (SimulatedNode node : nodes) {
        Invariants.require(
            node.disk().holdsShare(id, newest.entry().seq()),
            "a share was not repaired,",
            node.self(),
            id);
      }
    }
  }

  private void check() {
    for (Bytes operationId : neverApplied) {
      Invariants.require(
          !invariants.applied(operationId),
          "P8: applied, although the client was told that it was not,",
          operationId);
    }
    history.check(invariants);
  }
}
