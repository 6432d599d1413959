package io.quorumvault;

import java.util.Optional;

/// Every way a request can fail, as callers see it. The text is part of the public contract and
/// never changes.
public enum FailureCode {
  INVALID_REQUEST("invalid-request", 400, "The request is not valid", false),
  MALFORMED_JSON(
      "malformed-json", 400, "The body is not the JSON document this operation takes", false),
  UNSUPPORTED_MEDIA_TYPE(
      "unsupported-media-type",
      415,
      "The body has a media type this operation does not take",
      false),
  NOT_ACCEPTABLE("not-acceptable", 406, "The answer has none of the media types you accept", false),
  RESOURCE_NOT_FOUND("resource-not-found", 404, "There is nothing at this path", false),
  METHOD_NOT_ALLOWED("method-not-allowed", 405, "This path does not take this method", false),
  UNAUTHENTICATED("unauthenticated", 401, "A valid bearer token is needed", false),
  FORBIDDEN("forbidden", 403, "The policy does not allow this", false),
  NAMESPACE_NOT_FOUND("namespace-not-found", 404, "There is no such namespace for you", false),
  SECRET_NOT_FOUND("secret-not-found", 404, "There is no such secret", false),
  VERSION_NOT_FOUND("version-not-found", 404, "The secret has no such version", false),
  SECRET_ALREADY_EXISTS("secret-already-exists", 409, "A secret with this name exists", false),
  CONCURRENT_WRITE("concurrent-write", 409, "Another write held the name", true),
  VERSION_MISMATCH(
      "version-mismatch", 412, "The current version is not the one of If-Match", false),
  PAYLOAD_TOO_LARGE("payload-too-large", 413, "The request is too large", false),
  URI_TOO_LONG("uri-too-long", 414, "The request target is too long", false),
  HEADERS_TOO_LARGE("headers-too-large", 431, "The request's headers are too large", false),
  UNRESOLVED_REFERENCE(
      "unresolved-reference", 404, "The file names secrets that do not exist", false),
  ENV_SYNTAX("env-syntax", 422, "The file cannot be read without guessing", false),
  ENV_MODE("env-mode", 422, "The file has references this mode does not take", false),
  ENV_VALUE_MISSING("env-value-missing", 422, "The file seals a name that has no value", false),
  ENV_VALUE_CONFLICT("env-value-conflict", 422, "The file seals a name that has two values", false),
  ENV_SELF_REFERENCE("env-self-reference", 422, "The file reads a secret that it creates", false),
  ENV_NOT_REPRESENTABLE(
      "env-not-representable", 422, "The dialect cannot hold a value of the file", false),
  IDEMPOTENCY_KEY_REUSED(
      "idempotency-key-reused", 422, "The Idempotency-Key was used for another request", false),
  RATE_LIMITED("rate-limited", 429, "Too many requests at once", true),
  INTERNAL_ERROR("internal-error", 500, "The vault failed to answer", false),
  INTEGRITY_FAILURE(
      "integrity-failure", 500, "The stored shares do not give an authentic value", false),
  WRITE_NOT_ACCEPTED(
      "write-not-accepted", 503, "Too few nodes accepted the write; nothing was applied", true),
  WRITE_OUTCOME_UNKNOWN(
      "write-outcome-unknown", 503, "The write may or may not have been applied", true),
  INSUFFICIENT_SHARES("insufficient-shares", 503, "Too few nodes are reachable to answer", true),
  AUDIT_UNAVAILABLE(
      "audit-unavailable", 503, "The audit log cannot be written, so nothing was done", true),
  DEADLINE_EXCEEDED("deadline-exceeded", 504, "The request took too long", true);

  private final String text;
  private final int status;
  private final String title;
  private final boolean retryable;

  FailureCode(String text, int status, String title, boolean retryable) {
    this.text = text;
    this.status = status;
    this.title = title;
    this.retryable = retryable;
  }

  /// The code as it stands in a problem document, for example `secret-not-found`.
  public String text() {
    return text;
  }

  /// The HTTP status the public API answers with.
  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /// What storage programs call the same, for logs and scripts that speak of errors in that way:
  /// one code has one name, always. Empty where there is none that says as much as the code.
  public Optional<String> errno() {
    return switch (this) {
      case INTEGRITY_FAILURE -> Optional.of("EINTEGRITY");
      case PAYLOAD_TOO_LARGE -> Optional.of("E2BIG");
      case DEADLINE_EXCEEDED -> Optional.of("EDEADLINE");
      case FORBIDDEN -> Optional.of("EPERM");
      default -> Optional.empty();
    };
  }

  /// Whether sending the same request again can succeed without anything else being changed first.
  public boolean retryable() {
    return retryable;
  }
}
