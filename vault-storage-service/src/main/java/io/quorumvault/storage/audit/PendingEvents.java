package io.quorumvault.storage.audit;

import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Events of one request on their way to the disk. The one who waits and the writer settle between
/// them which was first: either the events count as written, or they are given up, and then what
/// they tell of is not done, whatever becomes of them.
final class PendingEvents {
  private enum Stage {
    WAITING,
    WRITTEN,
    FAILED,
    GIVEN_UP
  }

  private final List<AuditEvent> events;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final CountDownLatch done = new CountDownLatch(1);

  PendingEvents(List<AuditEvent> events) {
    this.events = List.copyOf(events);
  }

  List<AuditEvent> events() {
    return events;
  }

  /// @return whether they are on disk; if not, they do not count
  boolean await(Duration atMost) {
    try {
      boolean _ = done.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    boolean _ = stage.compareAndSet(Stage.WAITING, Stage.GIVEN_UP);
    return stage.get() == Stage.WRITTEN;
  }

  /// Whether somebody still wants them written.
  boolean isWanted() {
    return stage.get() == Stage.WAITING;
  }

  /// @return false if they were given up meanwhile
  boolean written() {
    boolean first = stage.compareAndSet(Stage.WAITING, Stage.WRITTEN);
    done.countDown();
    return first;
  }

  void fail() {
    boolean _ = stage.compareAndSet(Stage.WAITING, Stage.FAILED);
    done.countDown();
  }

  /// What the log has to say of events that it holds and that do not count.
  List<AuditEvent> withdrawals() {
    return events.stream()
        .map(event -> event.with(AuditOutcome.WITHDRAWN, "recorded-too-late", event.version()))
        .toList();
  }
}
