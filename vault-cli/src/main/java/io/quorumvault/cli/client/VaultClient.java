package io.quorumvault.cli.client;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Pause;
import io.quorumvault.cli.PemTrust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLException;

/// Sends calls to a vault and repeats each at most once, when that can help. Safe for use by
/// several threads; a `Call` is not.
///
/// A call is repeated after a lost connection and after an answer that says the vault is busy or
/// unavailable for now. Reads change nothing and writes carry an Idempotency-Key, so a repetition
/// is never applied twice. Redirects are not followed: they would take the token elsewhere.
final class VaultClient implements AutoCloseable {
  /// A local or data-centre connection is made in milliseconds; beyond this nobody is there.
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /// The vault gives up at its own deadline of 5 s and says so; this leaves it the time to.
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  /// Long enough for a restarted connection or a released lock, too short to be felt.
  private static final Duration PAUSE = Duration.ofMillis(250);

  /// Longest pause an answer can ask for; who is told to wait longer is told instead of waiting.
  private static final Duration PAUSE_MAX = Duration.ofSeconds(2);

  /// Longest answer: the largest `.env` file that is given back, with every character escaped
  /// six-fold (`\u001b`), and room for what was created and read.
  private static final int ANSWER_BYTES_MAX =
      6 * Limits.ENV_OUTPUT_BYTES_MAX + Limits.REQUEST_BYTES_MAX;

  private final Target target;
  private final HttpClient http;

  private VaultClient(Target target) {
    this.target = target;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (target.authorities().isPresent()) {
      Path authorities = target.authorities().get();
      try {
        builder.sslContext(PemTrust.trusting(authorities));
      } catch (IOException unusable) {
        throw CommandFailure.usage(
            "The certificates in " + authorities + " cannot be used.", "Check --ca or QV_CA.");
      }
    }
    this.http = builder.build();
  }

  static VaultClient to(Target target) {
    return new VaultClient(target);
  }

  Target target() {
    return target;
  }

  /// What one try came to.
  private sealed interface Attempt {
    /// The vault answered.
    record Answered(HttpResponse<byte[]> response) implements Attempt {
      boolean succeeded() {
        return response.statusCode() >= 200 && response.statusCode() < 300;
      }

      Problem problem() {
        return Problem.of(
            response.statusCode(),
            response.headers().firstValue("Content-Type").orElse(null),
            response.body());
      }

      /// Whether the answer leaves nothing open about a write: done, or refused for good.
      boolean settlesWrite() {
        return succeeded() || (response.statusCode() < 500 && response.statusCode() != 429);
      }
    }

    /// No answer came.
    ///
    /// @param sent the request may have reached the vault
    record Lost(IOException cause, boolean sent) implements Attempt {}
  }

  /// The answer to a call that succeeded.
  ///
  /// @throws CommandFailure with what the vault said, or what is known without an answer; a write
  ///   that may be applied ends in `ExitCode.UNKNOWN`
  Answer send(Call call) {
    return outcome(call, lastAttempt(call));
  }

  /// The answer to a read that succeeded; empty when there is no such secret.
  ///
  /// @throws CommandFailure as `send`
  Optional<Answer> find(Call call) {
    Attempt last = lastAttempt(call);
    boolean missing =
        last instanceof Attempt.Answered answered
            && !answered.succeeded()
            && answered.problem().code().filter(FailureCode.SECRET_NOT_FOUND::equals).isPresent();
    return missing ? Optional.empty() : Optional.of(outcome(call, last));
  }

  /// The first attempt, or the second when that could help.
  private Attempt lastAttempt(Call call) {
    Attempt first = attempt(call);
    Optional<Duration> pause = pauseBeforeRetry(first);
    if (pause.isEmpty()) {
      return first;
    }
    Pause.of(pause.get());
    Attempt second = attempt(call);
    boolean open =
        call.writes()
            && mayBeApplied(first)
            && !(second instanceof Attempt.Answered answered && answered.settlesWrite());
    if (open) {
      throw CommandFailure.of(
          ExitCode.UNKNOWN,
          "The write may or may not have been applied: " + describe(second),
          call.unknownAdvice());
    }
    return second;
  }

  private static boolean mayBeApplied(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Lost lost -> lost.sent();
      case Attempt.Answered answered ->
          !answered.succeeded() && answered.problem().unknownOutcome();
    };
  }

  private Optional<Duration> pauseBeforeRetry(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Lost lost ->
          lost.cause() instanceof SSLException ? Optional.empty() : Optional.of(PAUSE);
      case Attempt.Answered answered -> {
        int status = answered.response().statusCode();
        boolean busy = status == 429 || status == 503 || status == 504;
        yield busy && answered.problem().retryable()
            ? Optional.of(asked(answered)).filter(pause -> pause.compareTo(PAUSE_MAX) <= 0)
            : Optional.empty();
      }
    };
  }

  private static Duration asked(Attempt.Answered answered) {
    try {
      OptionalLong seconds = answered.response().headers().firstValueAsLong("Retry-After");
      return seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : PAUSE;
    } catch (NumberFormatException aDate) {
      return PAUSE;
    }
  }

  private Attempt attempt(Call call) {
    HttpRequest request =
        call.request(target.api().toString())
            .timeout(ANSWER_TIMEOUT)
            .header("Authorization", "Bearer " + target.token())
            .build();
    try {
      return new Attempt.Answered(
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX)));
    } catch (IOException lost) {
      boolean neverConnected =
          lost instanceof ConnectException || lost instanceof HttpConnectTimeoutException;
      return new Attempt.Lost(lost, !neverConnected);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return new Attempt.Lost(new IOException("interrupted", stopped), true);
    }
  }

  private Answer outcome(Call call, Attempt attempt) {
    return switch (attempt) {
      case Attempt.Answered answered -> {
        if (answered.succeeded()) {
          yield new Answer(answered.response().body());
        }
        throw answered.problem().failure(call);
      }
      case Attempt.Lost lost -> {
        if (call.writes() && lost.sent()) {
          throw CommandFailure.of(
              ExitCode.UNKNOWN,
              "The write may or may not have been applied: " + describe(lost),
              call.unknownAdvice());
        }
        throw CommandFailure.of(
            ExitCode.SERVER,
            "Cannot reach the vault at " + target.api() + ": " + describe(lost),
            "Is it running? A dev cluster: qv dev status. Another vault: check --api and QV_API.");
      }
    };
  }

  private static String describe(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Answered answered -> answered.problem().title() + ".";
      case Attempt.Lost lost ->
          switch (lost.cause()) {
            case HttpConnectTimeoutException late -> "no connection in time.";
            case java.net.http.HttpTimeoutException late -> "no answer in time.";
            case SSLException tls ->
                "its certificate or TLS version is not accepted (--ca, QV_CA).";
            case ConnectException refused ->
                refused.getCause() instanceof UnresolvedAddressException
                    ? "there is no host of that name."
                    : "the connection was refused.";
            case IOException other -> "the connection was lost.";
          };
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
