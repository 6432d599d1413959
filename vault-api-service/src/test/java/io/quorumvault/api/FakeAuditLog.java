package io.quorumvault.api;

import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The audit log of one fake node: ten records of `demo`, a second apart, beginning at another
/// moment on each node. Answers at most four at a time.
final class FakeAuditLog {
  static final int RECORDS = 10;
  private static final int PAGE = 4;
  private static final Instant FIRST = Instant.parse("2026-10-31T12:00:00Z");

  private final List<AuditRecord> newestFirst = new ArrayList<>();

  FakeAuditLog(int index) {
    Anchor head = Anchor.beginning(new NodeId(index));
    for (int i = 0; i < RECORDS; i++) {
      AuditRecord record =
          AuditRecord.after(
              head,
              FIRST.plusSeconds(i).plusMillis(index % 2),
              new AuditEvent(
                  "r-" + i,
                  "dev",
                  "read",
                  new Namespace("demo"),
                  i == 0 ? null : new SecretName("NAME"),
                  i == 0 ? null : (Long) 1L,
                  AuditDecision.ALLOW,
                  AuditEvent.PERMITTED,
                  AuditOutcome.REVEALED));
      newestFirst.addFirst(record);
      head = Anchor.of(record);
    }
  }

  AuditAnswer page(AuditCall call) {
    AuditPosition before = call.before();
    List<AuditRecord> older =
        newestFirst.stream()
            .filter(record -> call.namespace().equals(record.event().namespace()))
            .filter(record -> before == null || AuditPosition.of(record).compareTo(before) < 0)
            .toList();
    int size = Math.min(PAGE, call.limit());
    return older.size() <= size
        ? new AuditAnswer(older, null)
        : new AuditAnswer(older.subList(0, size), AuditPosition.of(older.get(size - 1)));
  }
}
