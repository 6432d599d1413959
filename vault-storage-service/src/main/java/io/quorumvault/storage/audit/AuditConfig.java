package io.quorumvault.storage.audit;

import io.quorumvault.Limits;
import io.quorumvault.protocol.NodeId;
import java.nio.file.Path;

/// Where an audit log lives, whose it is, and how much of it is kept.
///
/// @param directory made if it does not exist, readable by its owner only
/// @param segmentsMax at least 2: a record that says what was dropped must not be dropped itself
public record AuditConfig(Path directory, NodeId self, int segmentBytes, int segmentsMax) {
  public AuditConfig {
    if (segmentBytes < 1 || segmentsMax < 2) {
      throw new IllegalArgumentException("sizes of the audit log (expected: 2 segments or more)");
    }
  }

  public static AuditConfig of(Path directory, NodeId self) {
    return new AuditConfig(directory, self, Limits.AUDIT_SEGMENT_BYTES, Limits.AUDIT_SEGMENTS_MAX);
  }
}
