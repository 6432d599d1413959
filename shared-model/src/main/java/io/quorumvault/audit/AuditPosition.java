package io.quorumvault.audit;

import io.quorumvault.protocol.NodeId;
import java.time.Instant;
import java.util.Comparator;

/// Where a record stands among those of all nodes: by time, and at the same time by node and
/// number. Times in the log of one node never run back.
public record AuditPosition(Instant ts, NodeId node, long seq)
    implements Comparable<AuditPosition> {
  private static final Comparator<AuditPosition> ORDER =
      Comparator.comparing(AuditPosition::ts)
          .thenComparing(AuditPosition::node)
          .thenComparingLong(AuditPosition::seq);

  public static AuditPosition of(AuditRecord record) {
    return new AuditPosition(record.ts(), record.node(), record.seq());
  }

  @Override
  public int compareTo(AuditPosition other) {
    return ORDER.compare(this, other);
  }
}
