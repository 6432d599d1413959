package io.quorumvault.api.http;

import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.secret.SecretName;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A record of the audit log. Every member is there, also when it is null.
@JsonbNillable
@JsonbPropertyOrder({
  "seq",
  "ts",
  "requestId",
  "subject",
  "action",
  "namespace",
  "name",
  "version",
  "decision",
  "reason",
  "outcome",
  "node",
  "prevHash",
  "hash"
})
@Schema(
    description =
        "A record of the audit log. The first record of a node follows a hash of zeros; every other follows the one before it in that node's log.",
    requiredProperties = {
      "seq",
      "ts",
      "requestId",
      "subject",
      "action",
      "namespace",
      "decision",
      "reason",
      "outcome",
      "node",
      "prevHash",
      "hash"
    })
public record AuditEntry(
    @Schema(ref = "AuditSequence") long seq,
    @Schema(ref = "Instant") Instant ts,
    @Schema(ref = "RequestId") String requestId,
    @Schema(ref = "AuditSubject") String subject,
    @Schema(ref = "AuditWord") String action,
    @Schema(ref = "Namespace") String namespace,
    @Schema(
            type = SchemaType.STRING,
            nullable = true,
            examples = "DB_PASSWORD",
            description = "The secret; null for what concerns the namespace as a whole.")
        @Nullable String name,
    @Schema(
            type = SchemaType.INTEGER,
            format = "int64",
            nullable = true,
            examples = "1",
            description = "The version that was read or made; null where none is known.")
        @Nullable Long version,
    @Schema(ref = "AuditDecision") String decision,
    @Schema(ref = "AuditWord") String reason,
    @Schema(ref = "AuditWord") String outcome,
    @Schema(ref = "AuditNode") int node,
    @Schema(ref = "AuditHash") String prevHash,
    @Schema(ref = "AuditHash") String hash) {
  static AuditEntry of(AuditRecord record) {
    AuditEvent event = record.event();
    SecretName name = event.name();
    return new AuditEntry(
        record.seq(),
        record.ts(),
        event.requestId(),
        event.subject(),
        event.action(),
        String.valueOf(event.namespace()),
        name == null ? null : name.text(),
        event.version(),
        event.decision().text(),
        event.reason(),
        event.outcome().text(),
        record.node().index(),
        record.prevHash().toString(),
        record.hash().toString());
  }
}
