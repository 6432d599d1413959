package io.quorumvault.storage;

import io.quorumvault.Bytes;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.kit.TokenVerifier;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Timing;
import io.quorumvault.sealing.Sealer;
import io.quorumvault.storage.audit.AuditConfig;
import io.quorumvault.storage.audit.AuditLog;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.ledger.LedgerConfig;
import io.quorumvault.storage.peers.PeerApi;
import io.quorumvault.storage.peers.Peers;
import io.quorumvault.storage.peers.RequestIds;
import io.quorumvault.wire.AnchorAnswer;
import io.quorumvault.wire.AnchorCall;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import io.quorumvault.wire.Terms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Three nodes in one process, of which any two give a secret back: everything but what carries
/// their requests and asks them.
final class SmallCell implements AutoCloseable {
  static final Membership MEMBERSHIP = Membership.of("test-cell", 3, 2);

  private final List<Node> nodes = new ArrayList<>();

  /// @param policies what each node's policy file says
  SmallCell(Path folder, Path keySet, List<String> policies) throws IOException {
    for (NodeId self : MEMBERSHIP.everyNode()) {
      Path own = Files.createDirectories(folder.resolve(self.toString()));
      Path policy = Files.writeString(own.resolve("policy.json"), policies.get(self.index() - 1));
      nodes.add(new Node(self, own, policy, keySet));
    }
  }

  Node node(int index) {
    return nodes.get(index - 1);
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
  }

  /// One of them.
  final class Node {
    private final Path folder;
    private final AuditLog log;
    private final Ledger ledger;
    private final ParticipantHost participant;
    final AuditTrail trail;
    final CoordinatorHost coordinator;
    final ReadHost reads;
    final ErasureHost erasures;
    private volatile boolean down;

    private Node(NodeId self, Path folder, Path policy, Path keySet) throws IOException {
      this.folder = folder;
      NodeConfig config =
          new NodeConfig(
              MEMBERSHIP,
              self,
              folder,
              Map.of(),
              folder,
              folder,
              folder,
              policy,
              Timing.DEFAULT,
              -1,
              false);
      Access access =
          new Access(
              TokenVerifier.of("issuer", Set.of("vault"), keySet.toString()),
              PolicyFile.open(policy),
              Clock.systemUTC());
      log = AuditLog.open(AuditConfig.of(folder.resolve("audit"), self), Clock.systemUTC());
      log.settle();
      trail = new AuditTrail(log, access);
      ledger = Ledger.open(LedgerConfig.of(folder.resolve("data"), self, MEMBERSHIP));
      ledger.activate();
      NodeClock clock = new NodeClock(ledger.start());
      Sealing sealing = new Sealing(new Sealer(new SecureRandom()), MEMBERSHIP);
      participant = new ParticipantHost(ledger, new Participant(sealing), clock);
      Peers peers = new Peers(self, Terms.of(MEMBERSHIP), Carrier::new, Timing.DEFAULT.rpc());
      NodeHome home = new NodeHome(config, ledger, peers, sealing);
      Settlement settlement = new Settlement(home, ledger, clock, _ -> {});
      home.tellOpened(settlement::opened);
      Conversations conversations = new Conversations(self, participant, peers, clock, settlement);
      ShareGathering gathering =
          new ShareGathering(home, conversations, sealing, -1, new ShareMargin(clock::millis));
      coordinator =
          new CoordinatorHost(
              home, participant, conversations, gathering, ledger, sealing, trail, clock);
      reads =
          new ReadHost(home, participant, conversations, gathering, sealing, access, trail, clock);
      Bytes none = Bytes.copyOf(new byte[1]);
      erasures =
          new ErasureHost(
              config,
              participant,
              ledger,
              trail,
              _ -> new ErasureSignature(self, Instant.EPOCH, none, List.of(none)),
              InstantSource.system());
      participant.serve();
    }

    /// Whether it does not answer the others.
    void down(boolean isDown) {
      down = isDown;
    }

    /// As `PeerResource` does.
    private PeerAnswers ask(PeerBatch batch, @Nullable String requestIds) {
      if (down) {
        throw new IllegalStateException("down");
      }
      List<Reply> replies = new ArrayList<>();
      List<String> ids = RequestIds.split(requestIds, batch.items().size());
      for (int i = 0; i < ids.size(); i++) {
        PeerBatch.Item item = batch.items().get(i);
        replies.add(
            trail.permits(item.token(), item.request(), ids.get(i))
                ? participant.step(item.request()).join()
                : new Reply.Refused(Reply.Refused.Reason.NOT_ALLOWED));
      }
      return new PeerAnswers(true, replies);
    }

    /// What is in its audit log now: subject, request, action, name, version, decision, reason,
    /// outcome.
    List<String> recorded() {
      try (Stream<Path> segments = Files.list(folder.resolve("audit"))) {
        List<String> lines = new ArrayList<>();
        for (Path segment : segments.sorted().toList()) {
          lines.addAll(Files.readAllLines(segment, StandardCharsets.US_ASCII));
        }
        return lines.stream().map(AuditRecord::parse).map(SmallCell::told).toList();
      } catch (IOException unreadable) {
        throw new AssertionError(unreadable);
      }
    }

    private void close() {
      participant.close();
      log.close();
      ledger.close();
    }
  }

  private static String told(AuditRecord written) {
    return AuditTrailTest.told(written.event());
  }

  /// Carries requests to one node.
  private final class Carrier implements PeerApi {
    private final NodeId to;

    private Carrier(NodeId to) {
      this.to = to;
    }

    private PeerAnswers ask(PeerBatch batch, @Nullable String requestIds) {
      return node(to.index()).ask(batch, requestIds);
    }

    @Override
    public PeerAnswers prepare(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers commit(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers finish(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers settle(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers repair(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers restore(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers read(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public PeerAnswers join(PeerBatch batch, @Nullable String requestIds) {
      return ask(batch, requestIds);
    }

    @Override
    public AnchorAnswer anchor(AnchorCall call) {
      return new AnchorAnswer(null);
    }
  }
}
