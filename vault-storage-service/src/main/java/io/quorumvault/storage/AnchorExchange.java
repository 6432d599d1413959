package io.quorumvault.storage;

import io.quorumvault.audit.Anchor;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.storage.audit.Anchors;
import io.quorumvault.storage.audit.AuditLog;
import io.quorumvault.storage.peers.Peers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Tells the other nodes how far the audit log of this one reaches, and hears from them how far it
/// reached: whoever cuts off its end, or writes it anew, would have to do the same to all of them.
final class AnchorExchange implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(AnchorExchange.class.getName());

  /// What was recorded since the last round can be cut off and only this node knows. A round is one
  /// short request to each other node, and at most one small file written by each.
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final AuditLog log;
  private final Anchors anchors;
  private final Peers peers;
  private final Map<NodeId, Anchor> told = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("anchors").daemon().factory());

  AnchorExchange(AuditLog log, Anchors anchors, Peers peers) {
    this.log = log;
    this.anchors = anchors;
    this.peers = peers;
  }

  /// Asks the others once, so that the log goes on where they saw it last, and lets it be written.
  /// Those that do not answer are heard when they do.
  void settle() {
    tellAll();
    log.settle();
  }

  void start() {
    var _ =
        executor.scheduleWithFixedDelay(
            this::round, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      anchors.save();
      tellAll();
    } catch (IOException | RuntimeException failed) {
      LOG.log(Level.WARNING, "anchors could not be kept or exchanged, will try again", failed);
    }
  }

  private void tellAll() {
    log.head().ifPresent(head -> SideBySide.forEach(peers.everyone(), node -> tell(node, head)));
  }

  private void tell(NodeId node, Anchor head) {
    peers
        .anchor(node, head)
        .ifPresent(answer -> {
          Anchor remembered = answer.remembered();
          if (remembered != null
              && remembered.node().equals(head.node())
              && !remembered.equals(head)
              && !remembered.equals(told.get(node))) {
            log.heard(remembered);
          }
          told.put(node, head);
        });
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
