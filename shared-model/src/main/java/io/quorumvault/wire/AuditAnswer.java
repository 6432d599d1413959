package io.quorumvault.wire;

import io.quorumvault.audit.AuditPosition;
import io.quorumvault.audit.AuditRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// @param records newest first; may be fewer than asked for even if there are more
/// @param reached all records from here on are among these; null when there are none before
public record AuditAnswer(List<AuditRecord> records, @Nullable AuditPosition reached) {
  public AuditAnswer {
    records = List.copyOf(records);
  }
}
