package io.quorumvault.storage;

import io.quorumvault.kit.CborBodies;
import io.quorumvault.kit.Meters;
import io.quorumvault.kit.PeerIdentity;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.kit.TlsIdentity;
import io.quorumvault.kit.TokenVerifier;
import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.sealing.Sealer;
import io.quorumvault.storage.audit.Anchors;
import io.quorumvault.storage.audit.AuditConfig;
import io.quorumvault.storage.audit.AuditLog;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.ledger.LedgerConfig;
import io.quorumvault.storage.ledger.NodeMode;
import io.quorumvault.storage.metrics.NodeFacts;
import io.quorumvault.storage.metrics.NodeMetrics;
import io.quorumvault.storage.peers.PeerApi;
import io.quorumvault.storage.peers.PeerClock;
import io.quorumvault.storage.peers.Peers;
import io.quorumvault.wire.ConditionAnswer;
import io.quorumvault.wire.StandingAnswer;
import io.quorumvault.wire.Terms;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/// One node, put together: the only place that knows all its parts.
@ApplicationScoped
public class NodeRuntime implements NodeFacts {
  /// Helidon starts the server at `PLATFORM_AFTER + 100`.
  private static final int AFTER_THE_SERVER = Interceptor.Priority.PLATFORM_AFTER + 200;

  /// How long to wait for a connection to a peer: nodes of a cell are near each other.
  private static final Duration CONNECT_TIME = Duration.ofMillis(500);

  /// How often each peer is greeted, so that everybody knows who is there.
  private static final Duration GREETING_PERIOD = Duration.ofSeconds(1);

  private final NodeConfig config;
  private final Ledger ledger;
  private final ParticipantHost participant;
  private final Peers peers;
  private final AuditLog audit;
  private final Anchors anchors;
  private final AnchorExchange exchange;
  private final AuditTrail trail;
  private final CoordinatorHost coordinator;
  private final ReadHost reads;
  private final ErasureHost erasures;
  private final Settlement settlement;
  private final Contributing contributing;
  private final Scrubber scrubber;
  private final Entrance entrance;
  private final Conversations conversations;
  private final TlsIdentity identity;
  private final PolicyFile policy;
  private final ShareMargin margin;
  private final NodeMetrics metrics = new NodeMetrics(new Meters());
  private final Map<NodeId, PeerClock> clocks = new TreeMap<>();
  private final ScheduledExecutorService greeter =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("greeter").daemon().factory());

  @Inject
  public NodeRuntime(Config settings) {
    config = NodeConfig.of(settings);
    Membership membership = config.membership();
    identity = TlsIdentity.open(config.certificate(), config.key(), config.trust());
    PeerIdentity expected = PeerIdentity.node(membership.cell(), config.self().index());
    if (!identity.self().equals(expected)) {
      throw new NodeConfig.Refused("vault.tls.certificate", "one for " + expected);
    }
    policy = PolicyFile.open(config.policy());
    Access access =
        new Access(
            TokenVerifier.of(
                settings.getValue("mp.jwt.verify.issuer", String.class),
                audiences(settings),
                settings.getValue("mp.jwt.verify.publickey.location", String.class)),
            policy,
            Clock.systemUTC());
    ledger = Ledger.open(LedgerConfig.of(config.dataDirectory(), config.self(), membership));
    ledger.tellCommits(metrics::committed);
    audit =
        AuditLog.open(
            AuditConfig.of(config.dataDirectory().resolve("audit"), config.self()),
            Clock.systemUTC());
    anchors = anchorsOf(config);
    trail = new AuditTrail(audit, access);
    NodeClock clock = new NodeClock(ledger.start());
    Sealing sealing = new Sealing(new Sealer(new SecureRandom()), membership);
    Participant rules = new Participant(sealing);
    Terms terms = Terms.of(membership);
    NodeId self = config.self();
    participant = new ParticipantHost(ledger, rules, clock, metrics::violated);
    peers = new Peers(config.self(), Terms.of(membership), this::client, config.timing().rpc());
    exchange = new AnchorExchange(audit, anchors, peers);
    NodeHome home = new NodeHome(config, ledger, peers, sealing);
    settlement = new Settlement(home, ledger, clock, metrics::violated);
    home.tellOpened(settlement::opened);
    conversations = new Conversations(config.self(), participant, peers, clock, settlement);
    margin = new ShareMargin(clock::millis);
    ShareGathering gathering =
        new ShareGathering(home, conversations, sealing, config.repairTriggerBuffer(), margin);
    coordinator =
        new CoordinatorHost(
            home, participant, conversations, gathering, ledger, sealing, trail, clock);
    reads =
        new ReadHost(home, participant, conversations, gathering, sealing, access, trail, clock);
    erasures =
        new ErasureHost(config, participant, ledger, trail, identity::sign, InstantSource.system());
    contributing =
        new Contributing(
            config, ledger, participant, talk -> conversations.hold(talk, null), sealing, clock);
    scrubber =
        new Scrubber(
            home,
            ledger,
            participant,
            talk -> conversations.hold(talk, null),
            peers::active,
            clock);
    entrance =
        new Entrance(
            home,
            ledger,
            participant,
            conversations,
            clock,
            exchange::settle,
            () -> Rehearsal.play(terms, self, ledger, rules, sealing),
            this::entered);
  }

  @PostConstruct
  void watch() {
    metrics.watch(this, InstantSource.system());
  }

  /// Only a node that serves greets by itself: before that, its introduction does, once per start
  /// number.
  private void entered() {
    settlement.start(conversations);
    exchange.start();
    if (config.repairInBackground()) {
      scrubber.start();
    }
    var _ =
        greeter.scheduleWithFixedDelay(
            this::greetAll, 0, GREETING_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Beside the log, so that moving a log away takes nothing of the others with it.
  private static Anchors anchorsOf(NodeConfig config) {
    try {
      return Anchors.open(config.dataDirectory().resolve("audit-anchors"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private PeerApi client(NodeId node) {
    PeerClock clock = new PeerClock(node.toString(), InstantSource.system());
    clocks.put(node, clock);
    return RestClientBuilder.newBuilder()
        .baseUri(config.peers().get(node))
        .sslContext(identity.clientTo(PeerIdentity.node(config.membership().cell(), node.index())))
        .connectTimeout(CONNECT_TIME.toMillis(), TimeUnit.MILLISECONDS)
        .readTimeout(config.timing().rpc().toMillis(), TimeUnit.MILLISECONDS)
        .register(CborBodies.class)
        .register(clock)
        .build(PeerApi.class);
  }

  private static Set<String> audiences(Config settings) {
    return Arrays.stream(settings.getValue("mp.jwt.verify.audiences", String.class).split(",", -1))
        .map(String::strip)
        .filter(audience -> !audience.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Begins once the server listens: a client that is first used while the server is still being
  /// put together can meet Jersey's shared parts half made.
  void begin(
      @Observes @Priority(AFTER_THE_SERVER) @Initialized(ApplicationScoped.class) Object event) {
    entrance.start();
  }

  private void greetAll() {
    Request.Hello hello = new Request.Hello(config.self(), ledger.life(), ledger.start());
    for (NodeId node : config.membership().everyNode()) {
      if (!node.equals(config.self())) {
        conversations.tell(new Call(node, 0, hello), null);
      }
    }
  }

  void end(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    participant.close();
  }

  @PreDestroy
  void close() {
    greeter.shutdownNow();
    entrance.close();
    exchange.close();
    settlement.close();
    scrubber.close();
    contributing.close();
    participant.close();
    audit.close();
    ledger.close();
  }

  public Terms terms() {
    return Terms.of(config.membership());
  }

  public ParticipantHost participant() {
    return participant;
  }

  /// Steps a request of another node.
  public CompletableFuture<Reply> step(Request request) {
    return Contributing.concerns(request) ? contributing.step(request) : participant.step(request);
  }

  public NodeMetrics metrics() {
    return metrics;
  }

  @Override
  public boolean serving() {
    return participant.serving();
  }

  /// Whether the disk answers, as far as is known.
  public boolean diskAnswers() {
    return !ledger.stalled() && !audit.stalled(Ledger.STALLED);
  }

  @Override
  public boolean rolledBack() {
    return ledger.lostCommits() || entrance.rolledBack();
  }

  @Override
  public boolean memoryLost() {
    return entrance.memoryLost();
  }

  @Override
  public OptionalInt shareMargin() {
    return margin.least();
  }

  @Override
  public int transactionsOpen() {
    return settlement.open();
  }

  @Override
  public int transactionsInDoubt() {
    return settlement.inDoubt();
  }

  @Override
  public List<Integer> others() {
    return clocks.keySet().stream().map(NodeId::index).toList();
  }

  @Override
  public int peersActive() {
    return peers.active().size();
  }

  @Override
  public int peersUnreachable() {
    return peers.unreachable();
  }

  @Override
  public int peersDisagreeing() {
    return peers.disagreeing().size();
  }

  @Override
  public double clockAheadSeconds(int node) {
    PeerClock clock = clocks.get(new NodeId(node));
    return clock == null ? Double.NaN : clock.aheadSeconds();
  }

  @Override
  public Instant certificateValidFrom() {
    return identity.validFrom();
  }

  @Override
  public Instant certificateValidUntil() {
    return identity.validUntil();
  }

  @Override
  public Instant policySince() {
    return policy.since();
  }

  @Override
  public double diskFreeBytes() {
    OptionalLong free = ledger.freeBytes();
    return free.isPresent() ? free.getAsLong() : Double.NaN;
  }

  /// Whether it lost its memory, or was found with an older one, and is getting it from the others.
  @Override
  public boolean joining() {
    return ledger.mode() == NodeMode.JOINING;
  }

  /// Shares that could not be opened since the process started, counted each time they were met.
  @Override
  public long sharesFoundDamaged() {
    return ledger.damagedShares();
  }

  @Override
  public OptionalLong sharesLacking() {
    return scrubber.lacking();
  }

  public CoordinatorHost coordinator() {
    return coordinator;
  }

  public ReadHost reads() {
    return reads;
  }

  public ErasureHost erasures() {
    return erasures;
  }

  public AuditLog audit() {
    return audit;
  }

  public Anchors anchors() {
    return anchors;
  }

  public AuditTrail trail() {
    return trail;
  }

  /// Nodes that refuse this one because they were set up differently.
  public List<NodeId> disagreeing() {
    return peers.disagreeing();
  }

  /// How the cell looks from here.
  public StandingAnswer standing() {
    Membership membership = config.membership();
    boolean serving = participant.serving() && diskAnswers();
    int activeNodes = peers.active().size() + (serving ? 1 : 0);
    return new StandingAnswer(
        serving && audit.writable(),
        activeNodes,
        membership.nodes(),
        activeNodes >= Math.max(membership.readQuorum(), membership.threshold()),
        activeNodes >= membership.commitQuorum());
  }

  /// How this node is.
  public ConditionAnswer condition() {
    OptionalInt shareMargin = margin.least();
    OptionalLong sharesLacking = scrubber.lacking();
    return new ConditionAnswer(
        standing().active(),
        shareMargin.isPresent() ? (Integer) shareMargin.getAsInt() : null,
        sharesLacking.isPresent() ? (Long) sharesLacking.getAsLong() : null);
  }
}
