package io.quorumvault.api;

import io.helidon.common.concurrency.limits.AimdLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.concurrency.limits.LimitAlgorithm;
import io.quorumvault.Limits;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// Bounds what is under way at once, so that a flood is refused early and cheaply instead of
/// exhausting memory, and what is taken on is answered in time.
///
/// How many requests may be under way follows what the nodes can do: each that takes too long takes
/// a tenth of the places away, each that is answered in good time while places are scarce adds one
/// (additive increase, multiplicative decrease, as in TCP's congestion control, RFC 5681). Safe for
/// use by several threads.
public final class Admission {
  /// Most requests under way at once. Each waits for a coordinator most of its time; beyond this
  /// the queue is at the nodes, and waiting here only makes answers later.
  static final int REQUESTS_MAX = 512;

  /// Places at first, while it is not yet known how fast the nodes are: a cell that has just
  /// started is slow, and what it cannot do in time is better refused at once. Grows within as many
  /// answers.
  static final int REQUESTS_FIRST = 64;

  /// Places that are never taken away. The slowest machine that serves at all answers so many in
  /// good time, and one slow moment must not turn a usual burst into refusals.
  static final int REQUESTS_LEAST = 16;

  /// What takes longer than this waits in a queue somewhere, here as at a node: a healthy write
  /// takes milliseconds. Since one late answer weighs as much as several in time, most of what is
  /// taken on is answered within this.
  static final Duration GOOD_TIME = Limits.STORAGE_OPERATION_BUDGET;

  private static final double TAKEN_AWAY_LEAVES = 0.9;

  /// Of the heap, how much may be bodies on their way in. A body stands in memory as bytes, as
  /// characters and as the decoded value, some four times its length together.
  private static final int HEAP_SHARE_OF_BODIES = 8;

  private static final int KIB = 1024;

  private final LongSupplier nanoTime;
  private final Limit requests;
  private final AtomicInteger underWay = new AtomicInteger();
  private final Semaphore bodyKib;

  /// @param requestsMax at least 1
  /// @param bodyBytesMax at least as large as the largest body
  /// @param nanoTime as `System.nanoTime`
  Admission(int requestsMax, long bodyBytesMax, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.requests =
        AimdLimit.builder()
            .initialLimit(Math.min(requestsMax, REQUESTS_FIRST))
            .maxLimit(requestsMax)
            .minLimit(Math.min(requestsMax, REQUESTS_LEAST))
            .timeout(GOOD_TIME)
            .clock(nanoTime::getAsLong)
            .backoffRatio(TAKEN_AWAY_LEAVES)
            .build();
    this.bodyKib = new Semaphore((int) Math.min(Integer.MAX_VALUE, bodyBytesMax / KIB));
  }

  /// Bounds for this JVM.
  static Admission ofThisHeap(int requestsMax, long bodyBytesLargest) {
    return new Admission(
        requestsMax,
        Math.max(bodyBytesLargest, Runtime.getRuntime().maxMemory() / HEAP_SHARE_OF_BODIES),
        System::nanoTime);
  }

  /// How a request ended.
  public enum End {
    /// As asked; how long that took tells how busy the nodes are.
    ANSWERED,
    /// Refused for what was asked, or for want of a quorum. Soon, that says nothing of how busy
    /// they are; late, it took them so long to fail.
    REFUSED,
    /// The nodes were too busy for it.
    TOO_LATE
  }

  /// One request under way.
  public final class Place {
    private final LimitAlgorithm.Token token;
    private final long enteredNanos = nanoTime.getAsLong();

    private Place(LimitAlgorithm.Token token) {
      this.token = token;
      underWay.incrementAndGet();
    }

    /// To be called exactly once.
    public void leave(End end) {
      switch (end) {
        case ANSWERED -> token.success();
        case REFUSED -> {
          if (nanoTime.getAsLong() - enteredNanos > GOOD_TIME.toNanos()) {
            token.dropped();
          } else {
            token.ignore();
          }
        }
        case TOO_LATE -> token.dropped();
      }
      underWay.decrementAndGet();
    }
  }

  /// A place for one more request, which is to be left; empty if there is none.
  public Optional<Place> enter() {
    return requests.tryAcquireOutcome(false) instanceof LimitAlgorithm.Outcome.Accepted accepted
        ? Optional.of(new Place(accepted.token()))
        : Optional.empty();
  }

  /// How many places are taken.
  public int underWay() {
    return underWay.get();
  }

  /// Whether a body of up to so many bytes may be read; if so `dropBody` with the same number must
  /// follow.
  public boolean takeBody(long bytes) {
    return bodyKib.tryAcquire(kib(bytes));
  }

  public void dropBody(long bytes) {
    bodyKib.release(kib(bytes));
  }

  private static int kib(long bytes) {
    return (int) ((bytes + KIB - 1) / KIB);
  }
}
