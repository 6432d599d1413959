package io.quorumvault.api.http;

import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/// What the vault says about what was thrown, wherever it was thrown: in a resource, by JAX-RS, by
/// the web server.
final class Failures {
  private static final Logger LOG = System.getLogger("io.quorumvault.api.failures");

  /// Frames of a trace in the log: enough to find the place, in one line.
  private static final int FRAMES_MAX = 12;

  private Failures() {}

  static VaultFailure of(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case VaultFailure failure -> {
          return failure;
        }
        case WebApplicationException refusal -> {
          return ofStatus(refusal.getResponse().getStatus());
        }
        case RequestException refusal -> {
          return ofStatus(refusal.status().code());
        }
        case HttpException refusal -> {
          return ofStatus(refusal.status().code());
        }
        default -> {}
      }
    }
    return ofStatus(Status.INTERNAL_SERVER_ERROR_500.code());
  }

  /// What a status means that was not our own decision.
  static VaultFailure ofStatus(int status) {
    return switch (status) {
      case 403 -> VaultFailure.of(FailureCode.FORBIDDEN, "This is not allowed.");
      case 404 ->
          VaultFailure.of(FailureCode.RESOURCE_NOT_FOUND, "Look at /openapi for the paths.");
      case 405 ->
          VaultFailure.of(
              FailureCode.METHOD_NOT_ALLOWED, "The Allow header lists the methods of this path.");
      case 406 -> VaultFailure.of(FailureCode.NOT_ACCEPTABLE, "Answers are application/json.");
      case 413 -> VaultFailure.of(FailureCode.PAYLOAD_TOO_LARGE, "The request is too large.");
      case 414 -> VaultFailure.of(FailureCode.URI_TOO_LONG, "Shorten the request target.");
      case 415 ->
          VaultFailure.of(FailureCode.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json.");
      case 431 -> VaultFailure.of(FailureCode.HEADERS_TOO_LARGE, "Send fewer or shorter headers.");
      case 503 -> VaultFailure.of(FailureCode.RATE_LIMITED, "Too many requests at once.");
      case 505 -> VaultFailure.of(FailureCode.INVALID_REQUEST, "Send HTTP/1.1.");
      default ->
          status >= 400 && status < 500
              ? VaultFailure.of(FailureCode.INVALID_REQUEST, "The request is not well-formed HTTP.")
              : VaultFailure.of(FailureCode.INTERNAL_ERROR, "unexpected status " + status);
    };
  }

  /// Headers that belong to a failure.
  static Map<String, String> headers(FailureCode code) {
    return switch (code.status()) {
      case 401 -> Map.of(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      case 429, 503 -> Map.of(HttpHeaders.RETRY_AFTER, Problem.RETRY_AFTER_SECONDS);
      default -> Map.of();
    };
  }

  /// One line for a failure of the vault, none for a mistake of the caller. Of exceptions only
  /// types and places: their messages may quote what was sent.
  static void log(Problem problem, VaultFailure failure, Throwable thrown) {
    if (failure.code() == FailureCode.INTERNAL_ERROR) {
      LOG.log(
          Level.ERROR,
          "requestId={0} code={1} {2}",
          problem.requestId(),
          named(failure.code()),
          trace(thrown));
    } else if (problem.status() >= 500) {
      LOG.log(
          Level.WARNING,
          "requestId={0} code={1} phase={2} {3}",
          problem.requestId(),
          named(failure.code()),
          problem.phase(),
          failure.detail());
    } else {
      LOG.log(Level.DEBUG, "requestId={0} code={1}", problem.requestId(), named(failure.code()));
    }
  }

  private static String named(FailureCode code) {
    return code.text() + code.errno().map(name -> " errno=" + name).orElse("");
  }

  private static String trace(Throwable thrown) {
    StringBuilder trace = new StringBuilder();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      trace
          .append(trace.isEmpty() ? "" : " caused by ")
          .append(cause.getClass().getName())
          .append(
              Arrays.stream(cause.getStackTrace())
                  .limit(FRAMES_MAX)
                  .map(StackTraceElement::toString)
                  .collect(Collectors.joining(" < ", " at ", "")));
    }
    return trace.toString();
  }
}
