package io.quorumvault.storage.audit;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The audit log of this node. Safe for use by any number of threads.
///
/// One thread writes: it takes whatever waits, writes it, syncs once, and lets all of them go on.
///
/// | state | `append` | leads to |
/// |---|---|---|
/// | opening | refuses | open, once `settle` was called; failed |
/// | open | waits, at most `Limits.AUDIT_WAIT` | failed, when a write or a sync fails |
/// | stuck: open, and one write has taken longer than that | refuses | open, failed |
/// | failed | refuses | open, once the disk can be written again: tried by itself |
public final class AuditLog implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());

  /// Requests waiting for the writer. More means that the disk does not keep up: better to refuse
  /// than to queue for longer than any caller waits.
  private static final int WAITING_MAX = 4096;

  /// Most requests of one sync, so that none waits long for the others' records.
  private static final int BATCH_MAX = 256;

  /// Most records of one sync, but for one request that has more by itself.
  private static final int BATCH_EVENTS_MAX = 2048;

  /// Between two tries to write again.
  private static final Duration RETRY = Duration.ofSeconds(1);

  private enum State {
    OPENING,
    OPEN,
    FAILED
  }

  private final LogTail tail;
  private final LogReader reader;
  private final Duration patience;
  private final BlockingQueue<PendingEvents> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final Queue<Anchor> heard = new ConcurrentLinkedQueue<>();
  private final List<AuditEvent> withdrawn = new ArrayList<>();
  private final Thread writer;
  private final AtomicLong recordsMissing = new AtomicLong();
  private final AtomicLong contradictions = new AtomicLong();
  private final LongAdder untold = new LongAdder();
  private volatile State state = State.OPENING;
  private volatile boolean settled;
  private volatile boolean closed;
  private volatile @Nullable Anchor head;

  /// When the write under way began; 0 while there is none.
  private volatile long writingSinceNanos;

  AuditLog(AuditConfig config, LogTail tail, Duration patience) {
    this.tail = tail;
    this.reader = new LogReader(new SegmentDirectory(config.directory()));
    this.patience = patience;
    recover();
    this.writer = Thread.ofPlatform().name("audit-writer").daemon().start(this::writeLoop);
  }

  /// The log of a directory, which is made if there is none. Nothing is recorded before `settle`.
  public static AuditLog open(AuditConfig config, InstantSource clock) {
    return new AuditLog(config, new LogTail(config, LogTail.ON_DISK, clock), Limits.AUDIT_WAIT);
  }

  /// The other nodes were asked how far this log reached, and what they said is known by `heard`.
  public void settle() {
    settled = true;
    poke();
  }

  /// What another node remembers of this log. If it remembers more than there is, the log goes on
  /// after that, and the hole stays visible for ever; if it remembers something else, the log says
  /// so.
  public void heard(Anchor remembered) {
    heard.add(remembered);
    poke();
  }

  /// Records events, in one piece. When this returns they are on disk, and what they tell of may be
  /// done. Takes at most `atMost`, and never more than `Limits.AUDIT_WAIT`.
  ///
  /// @param atMost how long the caller can wait
  /// @throws VaultFailure `AUDIT_UNAVAILABLE`: what they tell of must not be done
  public void append(List<AuditEvent> events, Duration atMost) {
    PendingEvents pending = new PendingEvents(events);
    if (!writable() || !waiting.offer(pending)) {
      throw unavailable();
    }
    if (closed && waiting.remove(pending)) {
      pending.fail();
    }
    if (!pending.await(atMost.compareTo(patience) < 0 ? atMost : patience)) {
      throw unavailable();
    }
  }

  /// Records events in passing: nobody waits for it, nothing depends on it. What cannot be recorded
  /// is counted.
  public void tell(List<AuditEvent> events) {
    if (!writable() || !waiting.offer(new PendingEvents(events))) {
      untold.add(events.size());
    }
  }

  private static VaultFailure unavailable() {
    return VaultFailure.of(
        FailureCode.AUDIT_UNAVAILABLE,
        "The request cannot be recorded, so it was not carried out. Try again.");
  }

  /// Whether requests can be recorded, as far as is known.
  public boolean writable() {
    return state == State.OPEN && settled && !closed && !stalled(patience);
  }

  /// Whether the disk has not answered the writer for so long. Whoever can ask another node does
  /// better there, long before this one refuses.
  public boolean stalled(Duration forSoLong) {
    long since = writingSinceNanos;
    return since != 0 && System.nanoTime() - since > forSoLong.toNanos();
  }

  /// The last record that is on disk; empty until the log could be read.
  public Optional<Anchor> head() {
    return Optional.ofNullable(head);
  }

  /// Records that other nodes say were there and are not, found since the process started.
  public long recordsMissing() {
    return recordsMissing.get();
  }

  /// Records that other nodes remember otherwise, found since the process started.
  public long contradictions() {
    return contradictions.get();
  }

  /// Segments that were not what was written and were set aside, since the process started.
  public int segmentsDamaged() {
    return tail.segmentsDamaged();
  }

  /// Events that were told in passing and could not be recorded since the process started.
  public long untold() {
    return untold.sum();
  }

  /// A page of the records of one namespace.
  ///
  /// @throws VaultFailure `AUDIT_UNAVAILABLE` if the log cannot be read, or too many read it
  public AuditAnswer page(AuditCall call) {
    Anchor upTo = head;
    if (upTo == null) {
      throw unavailable();
    }
    try {
      return reader.page(call, upTo.seq());
    } catch (IOException | IllegalArgumentException unreadable) {
      LOG.log(System.Logger.Level.ERROR, "the audit log cannot be read", unreadable);
      throw VaultFailure.of(FailureCode.AUDIT_UNAVAILABLE, "The audit log cannot be read.");
    }
  }

  /// Requests that wait for the writer.
  int queued() {
    return waiting.size();
  }

  /// Wakes the writer though there is nothing to write.
  private void poke() {
    boolean _ = waiting.offer(new PendingEvents(List.of()));
  }

  private void writeLoop() {
    while (!closed || !waiting.isEmpty()) {
      List<PendingEvents> batch = List.of();
      try {
        batch = nextBatch();
      } catch (InterruptedException nobodys) {
        LOG.log(System.Logger.Level.WARNING, "The writer goes on: only closing ends it.", nobodys);
      }
      if (state == State.OPEN) {
        boolean _ = write(batch);
      } else {
        batch.forEach(PendingEvents::fail);
        recover();
      }
    }
  }

  private List<PendingEvents> nextBatch() throws InterruptedException {
    List<PendingEvents> batch = new ArrayList<>();
    PendingEvents next = waiting.poll(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    int events = 0;
    while (next != null) {
      batch.add(next);
      events += next.events().size();
      next = batch.size() < BATCH_MAX && events < BATCH_EVENTS_MAX ? waiting.poll() : null;
    }
    return batch;
  }

  private void recover() {
    try {
      tail.recover();
      head = tail.head();
      if (write(List.of())) {
        if (state == State.FAILED) {
          LOG.log(System.Logger.Level.INFO, "the audit log can be written again");
        }
        state = State.OPEN;
      }
    } catch (IOException | RuntimeException failed) {
      failed(failed);
    }
  }

  private void failed(Exception failed) {
    if (state != State.FAILED) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The audit log cannot be written: this node answers no request until it can.",
          failed);
    }
    state = State.FAILED;
  }

  private boolean write(List<PendingEvents> batch) {
    List<PendingEvents> wanted = batch.stream().filter(PendingEvents::isWanted).toList();
    List<AuditEvent> events = new ArrayList<>(withdrawn);
    wanted.forEach(pending -> events.addAll(pending.events()));
    boolean complete = false;
    writingSinceNanos = Math.max(1, System.nanoTime());
    try {
      hear();
      // What the log has to say of itself follows what others remember, which is known then.
      if (!events.isEmpty() || (settled && tail.hasNotes())) {
        tail.write(events);
      }
      head = tail.head();
      complete = true;
    } catch (IOException | RuntimeException failed) {
      failed(failed);
    } finally {
      writingSinceNanos = 0;
    }
    if (!complete) {
      wanted.forEach(PendingEvents::fail);
      return false;
    }
    withdrawn.clear();
    for (PendingEvents pending : wanted) {
      if (!pending.written()) {
        withdrawn.addAll(pending.withdrawals());
      }
    }
    if (!withdrawn.isEmpty()) {
      poke();
    }
    return true;
  }

  private void hear() throws IOException {
    for (Anchor anchor = heard.poll(); anchor != null; anchor = heard.poll()) {
      Anchor own = tail.head();
      if (anchor.seq() > own.seq()) {
        long missing = anchor.seq() - own.seq();
        recordsMissing.addAndGet(missing);
        LOG.log(
            System.Logger.Level.ERROR,
            "The audit log lacks {0} records that another node remembers, after record {1}: they"
                + " were lost with a disk, or cut off. It goes on after them.",
            missing,
            own.seq());
        tail.resumeAfter(anchor);
      } else if (reader.contradicts(anchor)) {
        contradictions.incrementAndGet();
        LOG.log(
            System.Logger.Level.ERROR,
            "The audit log was altered: another node remembers record {0} otherwise.",
            anchor.seq());
        tail.noteContradiction(anchor);
      }
    }
  }

  /// Writes what waits; what comes from now on is refused.
  @Override
  public void close() {
    closed = true;
    poke();
    try {
      writer.join(patience);
      if (!writer.isAlive()) {
        tail.close();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException unclosed) {
      LOG.log(System.Logger.Level.DEBUG, "a segment did not close", unclosed);
    }
  }
}
