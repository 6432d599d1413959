package io.quorumvault.api.http;

import io.quorumvault.api.Receipts;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureReceipt;
import io.quorumvault.protocol.Membership;
import io.quorumvault.secret.Namespace;
import io.quorumvault.wire.VersionView;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// An erasure receipt, as `qv receipt verify` reads it.
@JsonbPropertyOrder({
  "format",
  "cell",
  "nodes",
  "threshold",
  "namespace",
  "name",
  "incarnation",
  "version",
  "seq",
  "deletedAt",
  "complete",
  "detail",
  "signatures"
})
@Schema(
    description =
        "An erasure receipt: that this secret, with all its versions, is destroyed, signed by nodes each of which has no share of it on its disk any more. It proves that to whoever trusts the authority of the cell if nodes - threshold + 1 of them signed, which complete says. The secret is deleted in either case. If complete is false, too few signed in time, and detail says what to do; incarnation and seq are there if any did.",
    requiredProperties = {
      "format",
      "cell",
      "nodes",
      "threshold",
      "namespace",
      "name",
      "version",
      "deletedAt",
      "complete",
      "signatures"
    })
public record ReceiptDocument(
    @Schema(ref = "ReceiptFormat") String format,
    @Schema(description = "The cell whose nodes signed.") String cell,
    @Schema(description = "How many nodes the cell has.", minimum = "3", maximum = "255") int nodes,
    @Schema(
            description = "How many shares it takes to restore a value.",
            minimum = "2",
            maximum = "255")
        int threshold,
    @Schema(ref = "Namespace") String namespace,
    @Schema(ref = "SecretName") String name,
    @Schema(
            type = SchemaType.INTEGER,
            format = "int64",
            minimum = "1",
            description = "Counts how often a secret of this name was created, up to this one.")
        @Nullable Long incarnation,
    @Schema(ref = "Version") long version,
    @Schema(
            type = SchemaType.INTEGER,
            format = "int64",
            minimum = "1",
            description =
                "Counts the creates, updates and deletes of this name, up to this delete.")
        @Nullable Long seq,
    @Schema(ref = "Instant") Instant deletedAt,
    @Schema(description = "Whether enough nodes signed.") boolean complete,
    @Schema(description = "What to do if too few signed, for a person.") @Nullable String detail,
    @Schema(maxItems = 255) List<ReceiptSignature> signatures) {
  /// A later one will have another number.
  static final String FORMAT = "quorum-vault erasure receipt 1";

  /// @param keyed whether the request had an Idempotency-Key
  static ReceiptDocument of(
      Membership cell,
      Namespace namespace,
      VersionView deleted,
      Receipts.Gathered gathered,
      boolean keyed) {
    Optional<Erasure> erasure = gathered.receipt().map(ErasureReceipt::erasure);
    return new ReceiptDocument(
        FORMAT,
        cell.cell(),
        cell.nodes(),
        cell.threshold(),
        namespace.text(),
        deleted.name().text(),
        erasure.map(Erasure::incarnation).orElse(null),
        deleted.version(),
        erasure.map(Erasure::seq).orElse(null),
        deleted.validFrom(),
        gathered.complete(),
        gathered.complete() ? null : detail(keyed),
        gathered.receipt().map(ErasureReceipt::signatures).orElse(List.of()).stream()
            .map(ReceiptSignature::of)
            .toList());
  }

  private static String detail(boolean keyed) {
    return keyed
        ? "The secret is deleted, but too few nodes signed in time. Send the same request with the"
            + " same Idempotency-Key within 24 hours to have them asked again."
        : "The secret is deleted, but too few nodes signed in time. Without an Idempotency-Key they"
            + " cannot be asked again.";
  }
}
