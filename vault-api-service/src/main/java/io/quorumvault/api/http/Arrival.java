package io.quorumvault.api.http;

import io.helidon.common.context.Contexts;
import io.quorumvault.api.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/// What is known of a request as soon as its head is read. Stands in the web server's context of
/// the request, so that whatever answers finds it.
///
/// @param requestId the caller's `X-Request-Id` if it is well-formed, else made here
/// @param time in whole milliseconds
/// @param operation the operation of the contract it is for, empty until that is known
/// @param tooOften set when its caller asks too often, which says nothing of how busy the cell is
record Arrival(
    String requestId,
    Instant time,
    Deadline deadline,
    AtomicReference<String> operation,
    AtomicBoolean tooOften) {
  Arrival(String requestId, Instant time, Deadline deadline) {
    this(requestId, time, deadline, new AtomicReference<>(""), new AtomicBoolean());
  }

  static final String REQUEST_ID = "X-Request-Id";

  /// No character that could break a log line or a header, and short enough to repeat in each.
  private static final Pattern REQUEST_ID_FORM = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /// The arrival of the request this thread answers.
  static Optional<Arrival> current() {
    return Contexts.context().flatMap(context -> context.get(Arrival.class));
  }

  /// @param sent all values of the caller's header
  static String requestId(List<String> sent) {
    return sent.size() == 1 && REQUEST_ID_FORM.matcher(sent.getFirst()).matches()
        ? sent.getFirst()
        : UUID.randomUUID().toString();
  }

  static String currentRequestId() {
    return current().map(Arrival::requestId).orElseGet(() -> requestId(List.of()));
  }
}
