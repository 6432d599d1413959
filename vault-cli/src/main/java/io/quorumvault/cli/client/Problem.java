package io.quorumvault.cli.client;

import static io.quorumvault.FailureCode.AUDIT_UNAVAILABLE;
import static io.quorumvault.FailureCode.CONCURRENT_WRITE;
import static io.quorumvault.FailureCode.DEADLINE_EXCEEDED;
import static io.quorumvault.FailureCode.FORBIDDEN;
import static io.quorumvault.FailureCode.IDEMPOTENCY_KEY_REUSED;
import static io.quorumvault.FailureCode.INSUFFICIENT_SHARES;
import static io.quorumvault.FailureCode.INTEGRITY_FAILURE;
import static io.quorumvault.FailureCode.INTERNAL_ERROR;
import static io.quorumvault.FailureCode.NAMESPACE_NOT_FOUND;
import static io.quorumvault.FailureCode.RATE_LIMITED;
import static io.quorumvault.FailureCode.SECRET_ALREADY_EXISTS;
import static io.quorumvault.FailureCode.SECRET_NOT_FOUND;
import static io.quorumvault.FailureCode.UNAUTHENTICATED;
import static io.quorumvault.FailureCode.UNRESOLVED_REFERENCE;
import static io.quorumvault.FailureCode.VERSION_MISMATCH;
import static io.quorumvault.FailureCode.VERSION_NOT_FOUND;
import static io.quorumvault.FailureCode.WRITE_NOT_ACCEPTED;
import static java.util.Map.entry;

import io.quorumvault.FailureCode;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A failure as the vault told it, a problem document of RFC 9457, or what is known when the answer
/// was none.
///
/// @param code absent when the answer is not the vault's or newer than this program
/// @param fromVault it is a problem document
/// @param unknownOutcome a write was under way and may be applied
/// @param retryable the same request can succeed later
record Problem(
    int status,
    Optional<FailureCode> code,
    boolean fromVault,
    String title,
    @Nullable String detail,
    @Nullable String requestId,
    boolean unknownOutcome,
    boolean retryable,
    List<Rule> rules) {
  private static final String LATER =
      "Try again in a moment. Of a dev cluster, qv dev status shows which nodes are up.";
  private static final String OPERATOR = "Tell whoever runs the vault, and name the request.";
  private static final Map<FailureCode, String> ADVICE =
      Map.ofEntries(
          entry(
              UNAUTHENTICATED,
              "Get a fresh token (of a dev cluster: qv token) and name it with --token-file or"
                  + " QV_TOKEN."),
          entry(FORBIDDEN, "Check what the policy gives the token's subject."),
          entry(
              NAMESPACE_NOT_FOUND,
              "Check the namespace, and what the policy gives the token's subject."),
          entry(UNRESOLVED_REFERENCE, "See which there are: qv list. Create one: qv put NAME."),
          entry(SECRET_NOT_FOUND, "See which there are: qv list. Create one: qv put NAME."),
          entry(VERSION_NOT_FOUND, "See which there are: qv history NAME."),
          entry(
              SECRET_ALREADY_EXISTS,
              "Give it a new value: qv update NAME. In a .env file, secret(NAME) means the one that"
                  + " is there."),
          entry(
              VERSION_MISMATCH,
              "Somebody wrote in between. See what is there now (qv history NAME), then decide."),
          entry(
              IDEMPOTENCY_KEY_REUSED,
              "The key belongs to another request or value: leave --idempotency-key out to write"
                  + " anew."),
          entry(CONCURRENT_WRITE, LATER),
          entry(RATE_LIMITED, LATER),
          entry(WRITE_NOT_ACCEPTED, LATER),
          entry(INSUFFICIENT_SHARES, LATER),
          entry(DEADLINE_EXCEEDED, LATER),
          entry(AUDIT_UNAVAILABLE, OPERATOR),
          entry(INTEGRITY_FAILURE, OPERATOR),
          entry(INTERNAL_ERROR, OPERATOR));

  /// Never fails: an answer that is no problem document is described by its status.
  static Problem of(int status, @Nullable String mediaType, byte[] body) {
    if (mediaType != null && mediaType.startsWith("application/problem+json")) {
      try {
        return parse(status, JsonObject.parse(body));
      } catch (IOException notJson) {
        // Falls through: the status is all that can be believed.
      }
    }
    return new Problem(
        status,
        Optional.empty(),
        false,
        "HTTP status " + status + " from something that is not the vault",
        null,
        null,
        status >= 500,
        status == 503,
        List.of());
  }

  private static Problem parse(int status, JsonObject document) {
    String code = document.text("code").orElse("");
    Optional<FailureCode> known =
        Arrays.stream(FailureCode.values()).filter(one -> one.text().equals(code)).findFirst();
    String errno = known.flatMap(FailureCode::errno).map(name -> ", " + name).orElse("");
    return new Problem(
        status,
        known,
        true,
        document.text("title").orElse("HTTP status " + status)
            + (code.isEmpty() ? "" : " (" + code + errno + ")"),
        document.text("detail").orElse(null),
        document.text("requestId").orElse(null),
        document.text("outcome").filter("unknown"::equals).isPresent(),
        document.isTrue("retryable"),
        document.objects("errors").stream().map(Rule::parse).toList());
  }

  /// As the end of a command.
  CommandFailure failure(Call call) {
    Optional<FileInQuestion> file = call.file();
    StringBuilder message = new StringBuilder(title);
    if (detail != null) {
      message.append('\n').append(detail);
    }
    if (file.isPresent() && !rules.isEmpty()) {
      message
          .append('\n')
          .append(EnvFile.counted(rules.size(), "problem"))
          .append(" in ")
          .append(file.get().label())
          .append('.');
    } else {
      rules.forEach(rule -> message.append("\n  ").append(rule.inWords()));
    }
    if (requestId != null) {
      message.append("\nrequest ").append(requestId);
    }
    ExitCode exitCode = exitCode(call);
    String next = next(call, exitCode);
    CommandFailure failure =
        next.isEmpty()
            ? CommandFailure.of(exitCode, message.toString())
            : CommandFailure.of(exitCode, message.toString(), next);
    return file.map(about -> failure.about(rules.stream().map(about::finding).toList()))
        .orElse(failure);
  }

  /// By status, not by code, so that a code this program does not know ends it rightly too.
  private ExitCode exitCode(Call call) {
    if (call.writes() && unknownOutcome) {
      return ExitCode.UNKNOWN;
    }
    if (status >= 500 || status == FailureCode.RATE_LIMITED.status()) {
      return ExitCode.SERVER;
    }
    boolean nothingThere =
        status == FailureCode.SECRET_NOT_FOUND.status()
            && code.filter(known -> known != FailureCode.RESOURCE_NOT_FOUND).isPresent();
    return nothingThere ? ExitCode.NOT_FOUND : ExitCode.REFUSED;
  }

  private String next(Call call, ExitCode exitCode) {
    if (exitCode == ExitCode.UNKNOWN) {
      return call.unknownAdvice();
    }
    return code.map(known -> ADVICE.getOrDefault(known, ""))
        .orElse(fromVault ? "" : "Is this the vault's address? See --api and QV_API.");
  }
}
