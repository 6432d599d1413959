package io.quorumvault.storage;

import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.TxId;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.peers.Peers;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What conversations learn of the node they run on. Safe for use by any number of threads.
final class NodeHome implements Home {
  private final NodeConfig config;
  private final Ledger ledger;
  private final Peers peers;
  private final ShareJudge judge;
  private final AtomicLong counter = new AtomicLong();
  private final Object opening = new Object();
  private volatile Consumer<TxId> opened = txId -> {};

  NodeHome(NodeConfig config, Ledger ledger, Peers peers, ShareJudge judge) {
    this.config = config;
    this.ledger = ledger;
    this.peers = peers;
    this.judge = judge;
  }

  /// Who is told of each new transaction, in the order of counters, before anything is sent.
  void tellOpened(Consumer<TxId> listener) {
    opened = listener;
  }

  @Override
  public Membership membership() {
    return config.membership();
  }

  @Override
  public NodeId self() {
    return config.self();
  }

  @Override
  public long epoch() {
    return ledger.read(NodeView::epoch);
  }

  @Override
  public TxId nextTxId() {
    synchronized (opening) {
      TxId txId = new TxId(config.self(), ledger.start(), counter.incrementAndGet());
      opened.accept(txId);
      return txId;
    }
  }

  @Override
  public long jitterMillis(long boundMillis) {
    return ThreadLocalRandom.current().nextLong(boundMillis);
  }

  @Override
  public boolean suspects(NodeId node) {
    return peers.suspects(node);
  }

  @Override
  public ShareJudge judge() {
    return judge;
  }

  @Override
  public Timing timing() {
    return config.timing();
  }
}
