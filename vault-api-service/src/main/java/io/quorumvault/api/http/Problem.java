package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A failure as callers see it (RFC 9457). Never repeats what was sent.
@JsonbPropertyOrder({
  "type",
  "title",
  "status",
  "detail",
  "code",
  "requestId",
  "phase",
  "outcome",
  "retryable",
  "errors"
})
@Schema(
    description = "A failure (RFC 9457).",
    requiredProperties = {"type", "title", "status", "detail", "code", "requestId", "retryable"})
public record Problem(
    @Schema(ref = "ProblemType") String type,
    @Schema(description = "What the code means, always the same.") String title,
    @Schema(description = "The HTTP status.", minimum = "400", maximum = "599") int status,
    @Schema(description = "What happened and what to do, for a person.") String detail,
    @Schema(ref = "ProblemCode") String code,
    @Schema(ref = "RequestId") String requestId,
    @Schema(ref = "Phase") @Nullable String phase,
    @Schema(ref = "Outcome") @Nullable String outcome,
    @Schema(
            description =
                "Whether the same request can succeed without anything else being changed.")
        boolean retryable,
    @Schema(description = "What is wrong with the request.") @Nullable List<ProblemError> errors) {
  static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPE_PREFIX = "urn:quorumvault:problem:";

  /// When to come back after an answer that says "later": the vault heals within a second or two.
  static final String RETRY_AFTER_SECONDS = "1";

  static Problem of(VaultFailure failure, String requestId) {
    FailureCode code = failure.code();
    List<ProblemError> errors = failure.violations().stream().map(ProblemError::of).toList();
    return new Problem(
        TYPE_PREFIX + code.text(),
        code.title(),
        code.status(),
        publicDetail(failure),
        code.text(),
        requestId,
        failure.phase().map(Problem::text).orElse(null),
        outcome(failure).orElse(null),
        code.retryable(),
        errors.isEmpty() ? null : errors);
  }

  private static String text(Phase phase) {
    return switch (phase) {
      case VOTING -> "voting";
      case WRITING -> "writing";
    };
  }

  /// Whether a write was applied, where it was one that failed under way.
  private static Optional<String> outcome(VaultFailure failure) {
    return failure.code() == FailureCode.CONCURRENT_WRITE
        ? Optional.of("not-applied")
        : failure
            .phase()
            .map(phase ->
                switch (phase) {
                  case VOTING -> "not-applied";
                  case WRITING -> "unknown";
                });
  }

  /// What went wrong among the nodes is for the log: callers are told nothing of how many there are
  /// or which of them failed.
  private static String publicDetail(VaultFailure failure) {
    return switch (failure.code()) {
      case INTERNAL_ERROR ->
          "The vault failed to answer. The request id finds the reason in its log.";
      case INTEGRITY_FAILURE ->
          "What is stored gives no authentic value. The vault refuses to answer rather than guess.";
      case WRITE_NOT_ACCEPTED -> "The write was not accepted and not applied. Send it again.";
      case WRITE_OUTCOME_UNKNOWN ->
          "The write may or may not have been applied. Send it again with the same Idempotency-Key"
              + " to learn which.";
      case INSUFFICIENT_SHARES -> "Too little of the storage can be reached to answer. Try again.";
      case AUDIT_UNAVAILABLE -> "The request cannot be recorded, so it was not carried out.";
      case DEADLINE_EXCEEDED -> "The request took longer than a request may.";
      case CONCURRENT_WRITE -> "Other writes held the name for too long. Send the request again.";
      default -> failure.detail();
    };
  }
}
