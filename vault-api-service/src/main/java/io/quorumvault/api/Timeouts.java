package io.quorumvault.api;

import io.quorumvault.api.nodes.StorageNodes;
import java.time.Duration;
import java.util.Map;

/// How long things may take, checked against each other: a set that cannot work is an
/// `IllegalArgumentException` that names the two that collide.
///
/// @param request from a request's arrival to its answer
/// @param readAttempt how long one coordinator may take for a read before the next is asked. A
///   healthy read takes milliseconds; this leaves room for a node that waits for its own peers
/// @param patience how long an attempt goes on before its node is asked whether it still lives. A
///   node that does not say so within `standing` is left; one that does may take as long as the
///   request, since a write queues behind others at its coordinator
/// @param connect until a connection stands. Nodes are a network hop away
/// @param standing how long one node may take to say how it is
public record Timeouts(
    Duration request,
    Duration readAttempt,
    Duration patience,
    Duration connect,
    Duration standing) {
  /// What an attempt keeps for the way there and back, so that a coordinator's own verdict arrives
  /// before the wait for it ends.
  static final Duration TRANSIT = Duration.ofMillis(100);

  /// No attempt starts with less than this: it could only fail.
  static final Duration ATTEMPT_LEAST = Duration.ofMillis(200);

  /// Of a request's time, the part kept to ask another node after one that lived and never
  /// answered: enough to learn from the operation id what became of the write.
  private static final int LAST_CHANCE_DIVISOR = 6;

  static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofMillis(1500),
          Duration.ofMillis(500),
          Duration.ofMillis(250),
          Duration.ofMillis(750));

  public Timeouts {
    Map.of(
            "request", request,
            "read attempt", readAttempt,
            "patience", patience,
            "connect", connect,
            "standing", standing)
        .forEach(Timeouts::checkPositive);
    checkShorter("connect", connect, "standing", standing);
    checkShorter("connect", connect, "read attempt", readAttempt);
    checkShorter("least attempt", ATTEMPT_LEAST, "read attempt", readAttempt);
    checkShorter("read attempt", readAttempt.plus(ATTEMPT_LEAST), "request", request);
    // After the first node hung there must be time left to ask another.
    checkShorter("patience", patience.plus(standing).plus(ATTEMPT_LEAST), "request", request);
  }

  /// How long one coordinator may take for a write: all there is, but for a last chance with
  /// another.
  Duration writeAttempt() {
    return request.minus(request.dividedBy(LAST_CHANCE_DIVISOR));
  }

  /// The patience with one coordinator of a write, while the caller has so much time left.
  StorageNodes.Patience ofWrite(Duration left) {
    return new StorageNodes.Patience(shorter(left, writeAttempt()), patience, standing);
  }

  /// Half the patience, after which another node is asked, too, and no more for the node to say
  /// that it lives: a read that two nodes do costs little, while a write may meet itself there.
  StorageNodes.Patience ofRead(Duration left) {
    Duration quiet = patience.dividedBy(2);
    return new StorageNodes.Patience(shorter(left, readAttempt), quiet, quiet);
  }

  /// How long the node may take, so that its answer is here before the patience with it ends.
  static long deadlineMillis(StorageNodes.Patience patience) {
    return Math.max(1, patience.budget().minus(TRANSIT).toMillis());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void checkPositive(String name, Duration time) {
    if (time.isNegative() || time.toMillis() < 1) {
      throw new IllegalArgumentException(
          "timeout " + name + ": " + time + " (expected: at least 1 ms)");
    }
  }

  private static void checkShorter(String name, Duration time, String otherName, Duration other) {
    if (time.compareTo(other) >= 0) {
      throw new IllegalArgumentException(
          "timeout "
              + name
              + ": "
              + time
              + " (expected: less than "
              + otherName
              + " "
              + other
              + ")");
    }
  }
}
