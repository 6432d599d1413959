package io.quorumvault.audit;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;

/// How far the audit log of a node reaches, as it is remembered elsewhere.
///
/// @param seq of its last record; 0 for a log without any
/// @param hash of that record; zeros for a log without any
public record Anchor(NodeId node, long seq, Bytes hash) {
  public Anchor {
    if (seq < 0 || seq > AuditRecord.SEQ_MAX) {
      throw new IllegalArgumentException("seq (expected: 0 to " + AuditRecord.SEQ_MAX + ")");
    }
    if (hash.length() != AuditRecord.HASH_BYTES) {
      throw new IllegalArgumentException("hash (expected: " + AuditRecord.HASH_BYTES + " bytes)");
    }
  }

  /// Where a log begins that has no record yet.
  public static Anchor beginning(NodeId node) {
    return new Anchor(node, 0, Bytes.copyOf(new byte[AuditRecord.HASH_BYTES]));
  }

  public static Anchor of(AuditRecord last) {
    return new Anchor(last.node(), last.seq(), last.hash());
  }
}
