package io.quorumvault.api.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.Admission;
import io.quorumvault.api.Deadline;
import io.quorumvault.api.metrics.ApiMetrics;
import io.quorumvault.kit.RequestId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What every request passes before anything looks at what it wants, JAX-RS or not: it gets its id
/// and its deadline, and is refused if its body is too long, or too much is under way. And the last
/// resort of every answer: what no resource takes, and what the web server refuses by itself,
/// becomes a problem document too.
final class Edge implements Filter, DirectHandler {
  private static final Logger ACCESS = System.getLogger("io.quorumvault.api.access");

  private static final Header NO_STORE = HeaderValues.create(HeaderNames.CACHE_CONTROL, "no-store");
  private static final Header NO_SNIFFING =
      HeaderValues.create("X-Content-Type-Options", "nosniff");
  private static final HeaderName REQUEST_ID = HeaderNames.create(Arrival.REQUEST_ID);

  /// Beyond this an unread body is not worth reading only to keep the connection.
  private static final long DRAINED_BYTES_MAX = 64 << 10;

  /// All headers of a request together: the longest token twice over, and as much again for what
  /// proxies add. The web server's own bound is twice this; it has no status of its own for it.
  private static final int HEADER_BYTES_MAX = 32 << 10;

  /// What a header's name and value stand between on the wire: colon, space and line end.
  private static final int HEADER_FRAME_BYTES = 4;

  private final Admission admission;
  private final ApiMetrics metrics;
  private final Duration deadline;
  private final InstantSource clock;

  Edge(Admission admission, ApiMetrics metrics, Duration deadline, InstantSource clock) {
    this.admission = admission;
    this.metrics = metrics;
    this.deadline = deadline;
    this.clock = clock;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    long began = System.nanoTime();
    Arrival arrival = arrival(request.headers());
    request.context().register(arrival);
    request.context().register(new RequestId(arrival.requestId()));
    // Whoever answers in the end, this is told: also what is answered after an exception.
    response.whenSent(() ->
        metrics.answered(
            arrival.operation().get(),
            response.status().code(),
            Duration.ofNanos(System.nanoTime() - began)));
    response.header(REQUEST_ID, arrival.requestId());
    response.header(NO_STORE);
    response.header(NO_SNIFFING);
    Optional<VaultFailure> refusal = refusal(request);
    if (refusal.isPresent()) {
      send(request, response, refusal.get());
    } else if (isGuarded(request)) {
      admit(chain, request, response);
    } else {
      chain.proceed();
    }
    ACCESS.log(
        Level.DEBUG,
        () ->
            "requestId=%s %s status=%d"
                .formatted(
                    arrival.requestId(),
                    request.prologue().method().text(),
                    response.status().code()));
    if (response.isSent() && response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
      // The web server says that it closes and does not; what follows would be the next request.
      throw new CloseConnectionException("the answer said so");
    }
  }

  private void admit(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    Optional<Admission.Place> place = admission.enter();
    if (place.isEmpty()) {
      metrics.notAdmitted();
      send(
          request,
          response,
          VaultFailure.of(FailureCode.RATE_LIMITED, "Too many requests at once. Try again."));
      return;
    }
    Admission.End end = Admission.End.REFUSED;
    try {
      chain.proceed();
      end = endOf(response.status(), isTooOften());
    } finally {
      place.get().leave(end);
    }
  }

  private static boolean isTooOften() {
    return Arrival.current().map(arrival -> arrival.tooOften().get()).orElse(false);
  }

  private static Admission.End endOf(Status status, boolean tooOften) {
    if (tooOften) {
      return Admission.End.REFUSED;
    }
    return switch (status.family()) {
      case SUCCESSFUL -> Admission.End.ANSWERED;
      default ->
          status.code() == FailureCode.DEADLINE_EXCEEDED.status()
                  || status.code() == FailureCode.RATE_LIMITED.status()
              ? Admission.End.TOO_LATE
              : Admission.End.REFUSED;
    };
  }

  /// Answers what was thrown outside of JAX-RS, among it that there is nothing at a path.
  void answer(ServerRequest request, ServerResponse response, Throwable thrown) {
    VaultFailure failure = Failures.of(thrown);
    Failures.log(Problem.of(failure, requestId(response)), failure, thrown);
    send(request, response, failure);
  }

  /// Answers what the web server refuses before there is a request to route: a malformed request
  /// line, headers beyond their bound, a body beyond the server's own bound.
  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType eventType,
      Status defaultStatus,
      ServerResponseHeaders responseHeaders,
      @Nullable String message) {
    VaultFailure failure = Failures.ofStatus(defaultStatus.code());
    String requestId =
        Arrival.current()
            .map(Arrival::requestId)
            .orElseGet(() -> Arrival.requestId(request.headers().all(REQUEST_ID, List::of)));
    Problem problem = Problem.of(failure, requestId);
    responseHeaders.set(REQUEST_ID, requestId);
    responseHeaders.set(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
    responseHeaders.set(NO_STORE);
    responseHeaders.set(NO_SNIFFING);
    Failures.headers(failure.code())
        .forEach((name, value) -> responseHeaders.set(HeaderNames.create(name), value));
    if (Arrival.current().isEmpty()) {
      metrics.answered("", problem.status(), Duration.ZERO);
    }
    return TransportResponse.builder()
        .status(Status.create(problem.status()))
        .headers(responseHeaders)
        .entity(Json.bytes(problem))
        .keepAlive(eventType.keepAlive())
        .build();
  }

  private Arrival arrival(ServerRequestHeaders headers) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return new Arrival(
        Arrival.requestId(headers.all(REQUEST_ID, List::of)), now, Deadline.in(deadline));
  }

  /// All but health, which must be told even when the vault is full.
  private static boolean isGuarded(ServerRequest request) {
    return !request.path().rawPath().startsWith("/health");
  }

  private static Optional<VaultFailure> refusal(ServerRequest request) {
    ServerRequestHeaders headers = request.headers();
    if (contentLength(headers) > Limits.REQUEST_BYTES_MAX) {
      return Optional.of(
          VaultFailure.of(
              FailureCode.PAYLOAD_TOO_LARGE,
              "A request body holds at most " + Limits.REQUEST_BYTES_MAX + " bytes."));
    }
    if (headerBytes(headers) > HEADER_BYTES_MAX) {
      return Optional.of(Failures.ofStatus(FailureCode.HEADERS_TOO_LARGE.status()));
    }
    // JAX-RS would cut parameters of a path segment off, so that one secret had many paths.
    if (request.path().rawPath().indexOf(';') >= 0) {
      return Optional.of(
          VaultFailure.invalid("path", "path-form", "No parameters in path segments."));
    }
    // It would cut a slash at the end off, too. Only the page knows what to do with one.
    if (isGuarded(request)
        && request.path().rawPath().endsWith("/")
        && !request.path().rawPath().equals(PageResource.WITH_SLASH)) {
      return Optional.of(Failures.ofStatus(FailureCode.RESOURCE_NOT_FOUND.status()));
    }
    return Optional.empty();
  }

  /// 0 if there is none. What is no length, `BoundedHttp` has refused.
  private static long contentLength(ServerRequestHeaders headers) {
    return headers.contentLength().orElse(0);
  }

  private static long headerBytes(ServerRequestHeaders headers) {
    long bytes = 0;
    for (Header header : headers) {
      for (String value : header.allValues()) {
        bytes += header.name().length() + HEADER_FRAME_BYTES + value.length();
      }
    }
    return bytes;
  }

  private static void send(ServerRequest request, ServerResponse response, VaultFailure failure) {
    Problem problem = Problem.of(failure, requestId(response));
    response.status(Status.create(problem.status()));
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE));
    Failures.headers(failure.code())
        .forEach((name, value) -> response.header(HeaderNames.create(name), value));
    if (isNotWorthDraining(request.headers(), failure)) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    if (request.prologue().method().equals(Method.HEAD)) {
      response.send();
    } else {
      response.send(Json.bytes(problem));
    }
  }

  private static boolean isNotWorthDraining(ServerRequestHeaders headers, VaultFailure failure) {
    return failure.code() != FailureCode.PAYLOAD_TOO_LARGE
        && (headers.contains(HeaderNames.TRANSFER_ENCODING)
            || contentLength(headers) > DRAINED_BYTES_MAX);
  }

  private static String requestId(ServerResponse response) {
    return response.headers().first(REQUEST_ID).orElseGet(Arrival::currentRequestId);
  }
}
