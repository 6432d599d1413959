package io.quorumvault.storage;

import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.TxId;
import io.quorumvault.storage.ledger.Desk;

/// What a conversation may ask of the node on a desk, which asks no other.
record DeskHome(Desk desk) implements Home {
  @Override
  public Membership membership() {
    return Membership.of("test-cell", 5, 3);
  }

  @Override
  public NodeId self() {
    return new NodeId(2);
  }

  @Override
  public long epoch() {
    return desk.ledger.read(NodeView::epoch);
  }

  @Override
  public TxId nextTxId() {
    throw new AssertionError("nothing is written");
  }

  @Override
  public long jitterMillis(long boundMillis) {
    return 0;
  }

  @Override
  public boolean suspects(NodeId node) {
    return false;
  }

  @Override
  public ShareJudge judge() {
    return (id, entry, share) -> true;
  }

  @Override
  public Timing timing() {
    return Timing.DEFAULT;
  }
}
