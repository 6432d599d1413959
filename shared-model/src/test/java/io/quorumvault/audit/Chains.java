package io.quorumvault.audit;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Logs for tests.
final class Chains {
  static final NodeId NODE = new NodeId(2);
  static final Instant THEN = Instant.parse("2026-11-01T12:00:00Z");

  private Chains() {}

  static AuditEvent read(String subject, String name) {
    return new AuditEvent(
        "r-1",
        subject,
        "read",
        new Namespace("demo"),
        new SecretName(name),
        7L,
        AuditDecision.ALLOW,
        AuditEvent.PERMITTED,
        AuditOutcome.REVEALED);
  }

  static AuditEvent own(String action, long about) {
    return new AuditEvent(
        AuditEvent.NO_REQUEST,
        NODE.toString(),
        action,
        null,
        null,
        about,
        AuditDecision.ALLOW,
        "retention",
        AuditOutcome.NOTED);
  }

  /// Records 1 to `length`.
  static List<AuditRecord> records(int length) {
    List<AuditRecord> records = new ArrayList<>();
    Anchor head = Anchor.beginning(NODE);
    for (int i = 1; i <= length; i++) {
      AuditRecord record =
          AuditRecord.after(head, THEN.plusMillis(i), read("ann" + i % 3, "NAME_" + i));
      records.add(record);
      head = Anchor.of(record);
    }
    return records;
  }

  static List<String> lines(List<AuditRecord> records) {
    return new ArrayList<>(records.stream().map(AuditRecord::line).toList());
  }

  static List<Flaw> check(List<String> lines, Collection<Anchor> anchors) {
    ChainCheck check = new ChainCheck(anchors);
    lines.forEach(check::next);
    return check.end();
  }

  static List<Flaw> check(List<String> lines) {
    return check(lines, List.of());
  }
}
