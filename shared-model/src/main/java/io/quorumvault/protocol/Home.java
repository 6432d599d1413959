package io.quorumvault.protocol;

/// What a conversation may ask of the node it runs on.
public interface Home {
  Membership membership();

  NodeId self();

  /// The node's durable epoch.
  long epoch();

  /// A transaction id that was never used before.
  TxId nextTxId();

  /// A random number from 0 (inclusive) to `boundMillis` (exclusive), so that rivals do not stay in
  /// step.
  long jitterMillis(long boundMillis);

  /// Whether the node is known to be down right now. Only ever makes others act sooner; being wrong
  /// is harmless.
  boolean suspects(NodeId node);

  ShareJudge judge();

  Timing timing();
}
