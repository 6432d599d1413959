package io.quorumvault.storage.audit;

import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.audit.ChainCheck;
import io.quorumvault.audit.Flaw;
import io.quorumvault.protocol.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The end of the log, where records are added. Belongs to one thread.
///
/// After a failure nothing is known of what was written and not synced: `recover` cuts it off
/// before anything else is written, and what was acknowledged stays.
final class LogTail implements Closeable {
  /// Makes and opens segments.
  interface Segments {
    Segment create(Path path) throws IOException;

    Segment open(Path path) throws IOException;
  }

  /// Segments on a real disk.
  static final Segments ON_DISK =
      new Segments() {
        @Override
        public Segment create(Path path) throws IOException {
          return SegmentFile.create(path);
        }

        @Override
        public Segment open(Path path) throws IOException {
          return SegmentFile.open(path);
        }
      };

  private static final System.Logger LOG = System.getLogger(LogTail.class.getName());

  private final SegmentDirectory directory;
  private final Segments segments;
  private final AuditConfig config;
  private final InstantSource clock;
  private Anchor head;
  private Instant lastTime = Instant.EPOCH;
  private boolean known;
  private @Nullable Segment segment;
  private @Nullable Path path;
  private long durableLength;
  private final AtomicInteger segmentsDamaged = new AtomicInteger();

  /// What the log has to say of itself before anything else.
  private final List<AuditEvent> notes = new ArrayList<>();

  LogTail(AuditConfig config, Segments segments, InstantSource clock) {
    this.directory = new SegmentDirectory(config.directory());
    this.segments = segments;
    this.config = config;
    this.clock = clock;
    this.head = Anchor.beginning(config.self());
  }

  /// The last record that is on disk.
  Anchor head() {
    return head;
  }

  /// Segments that were found to be no chain, and set aside.
  int segmentsDamaged() {
    return segmentsDamaged.get();
  }

  /// Finds out where the log ends, and cuts off what was never acknowledged: a last line without an
  /// end, and what was written by a batch that failed. A last segment that is no chain is set aside
  /// as it is, and the one before it is the last: nothing is ever added behind a broken link.
  void recover() throws IOException {
    close();
    directory.make();
    Path written = path;
    if (written != null && Files.exists(written) && Files.size(written) > durableLength) {
      directory.truncate(written, durableLength);
    }
    int damagedBefore = segmentsDamaged.get();
    Optional<AuditRecord> last = readTail();
    Anchor found = last.map(Anchor::of).orElseGet(() -> Anchor.beginning(config.self()));
    if (!known) {
      known = true;
      head = found;
      lastTime = last.map(AuditRecord::ts).orElse(Instant.EPOCH);
      if (segmentsDamaged.get() > damagedBefore) {
        path = null;
        notes.add(note(AuditEvent.LOG_RESUME, "records-damaged"));
      }
    } else if (found.equals(head)) {
      // Written before the next request's, it shows that the disk can be written again.
      notes.removeIf(event -> event.action().equals(AuditEvent.LOG_MENDED));
      notes.add(note(AuditEvent.LOG_MENDED, "written-again"));
    } else {
      // Somebody took away what this process had written.
      path = null;
      notes.add(note(AuditEvent.LOG_RESUME, "records-missing"));
    }
  }

  /// The last record of the newest segment that has any.
  private Optional<AuditRecord> readTail() throws IOException {
    path = null;
    durableLength = 0;
    for (Path newest : directory.segments().reversed()) {
      String text = SegmentDirectory.read(newest);
      int whole = text.lastIndexOf('\n') + 1;
      if (whole < text.length()) {
        LOG.log(
            System.Logger.Level.INFO,
            "cut off an audit record that was never acknowledged: {0} bytes",
            text.length() - whole);
        directory.truncate(newest, whole);
      }
      if (whole == 0) {
        directory.delete(newest);
        continue;
      }
      ChainCheck check = new ChainCheck(List.of());
      Optional<AuditRecord> last = lastOf(check, text.substring(0, whole));
      Optional<Flaw> flaw =
          check.end().stream()
              // The root of a segment is in the one before it.
              .filter(one -> one.kind() != Flaw.Kind.ROOTLESS)
              .findFirst();
      if (flaw.isEmpty()) {
        path = newest;
        durableLength = whole;
        return last;
      }
      setAside(newest, flaw.get());
    }
    return Optional.empty();
  }

  private void setAside(Path newest, Flaw flaw) throws IOException {
    Path kept = directory.setAside(newest);
    segmentsDamaged.incrementAndGet();
    LOG.log(
        System.Logger.Level.ERROR,
        "The audit log is not what was written: {0}. Its last segment is kept as {1}; find out"
            + " whether the disk did that or somebody who could write to it.",
        flaw,
        kept);
  }

  private Optional<AuditRecord> lastOf(ChainCheck check, String text) {
    check.expect(config.self());
    Optional<AuditRecord> last = Optional.empty();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      last = check.next(line);
    }
    return last;
  }

  /// From the next record on the log follows another one than its own last: one that is elsewhere
  /// remembered to have been there.
  void resumeAfter(Anchor anchor) throws IOException {
    close();
    path = null;
    head = anchor;
    notes.add(note(AuditEvent.LOG_RESUME, "records-missing"));
  }

  void noteContradiction(Anchor anchor) {
    notes.add(own(AuditEvent.LOG_CONTRADICTED, anchor.seq(), "other-record"));
  }

  private AuditEvent note(String action, String reason) {
    return own(action, head.seq(), reason);
  }

  private AuditEvent own(String action, long about, String reason) {
    NodeId self = config.self();
    return new AuditEvent(
        AuditEvent.NO_REQUEST,
        self.toString(),
        action,
        null,
        null,
        about,
        AuditDecision.ALLOW,
        reason,
        AuditOutcome.NOTED);
  }

  boolean hasNotes() {
    return !notes.isEmpty();
  }

  /// Adds records. When this returns they are on disk. If it throws, `recover` must follow.
  void write(List<AuditEvent> events) throws IOException {
    List<AuditEvent> all = new ArrayList<>(notes);
    List<Path> dropped = List.of();
    Segment open = segment;
    if (open == null || open.length() >= config.segmentBytes()) {
      boolean goesOn = path != null && durableLength < config.segmentBytes();
      dropped = goesOn ? List.of() : toDrop();
      if (!dropped.isEmpty()) {
        all.add(own(AuditEvent.LOG_DROP, droppedTo(dropped), "retention"));
      }
      open = goesOn ? reopened() : created();
    }
    all.addAll(events);
    Instant now = clock.instant();
    Instant time = now.isBefore(lastTime) ? lastTime : now;
    StringBuilder lines = new StringBuilder();
    Anchor next = head;
    AuditRecord last = null;
    for (AuditEvent event : all) {
      last = AuditRecord.after(next, time, event);
      lines.append(last.line()).append('\n');
      next = Anchor.of(last);
    }
    if (last == null) {
      return;
    }
    open.checkUntouched();
    open.append(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII)));
    open.sync();
    head = next;
    lastTime = last.ts();
    durableLength = open.length();
    notes.clear();
    for (Path old : dropped) {
      directory.delete(old);
    }
  }

  private Segment reopened() throws IOException {
    Path last = path;
    if (last == null) {
      throw new IllegalStateException("there is no segment to go on with");
    }
    Segment opened = segments.open(last);
    segment = opened;
    if (opened.length() != durableLength) {
      throw new IOException(last + " was changed by somebody else");
    }
    return opened;
  }

  private Segment created() throws IOException {
    close();
    path = directory.segment(head.seq() + 1);
    durableLength = 0;
    Segment made = segments.create(path);
    segment = made;
    return made;
  }

  /// The oldest segments that must go when there is one more.
  private List<Path> toDrop() throws IOException {
    List<Path> kept = directory.segments();
    return kept.subList(0, Math.max(0, kept.size() + 1 - config.segmentsMax()));
  }

  /// The number of the last record in them.
  private long droppedTo(List<Path> dropped) throws IOException {
    List<Path> kept = directory.segments();
    return kept.size() > dropped.size()
        ? SegmentDirectory.firstSeq(kept.get(dropped.size())) - 1
        : head.seq();
  }

  @Override
  public void close() throws IOException {
    Segment open = segment;
    segment = null;
    if (open != null) {
      open.close();
    }
  }
}
