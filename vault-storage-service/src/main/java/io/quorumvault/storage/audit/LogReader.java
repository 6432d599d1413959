package io.quorumvault.storage.audit;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the log from its newest record back. Safe for use by any number of threads.
final class LogReader {
  /// Segments that are looked through for one page: a tenth of a second. A page may end before it
  /// is full.
  private static final int SEGMENTS_PER_PAGE = 4;

  /// Pages that are put together at once; each holds a segment in memory.
  private static final int AT_ONCE = 4;

  private final SegmentDirectory directory;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  LogReader(SegmentDirectory directory) {
    this.directory = directory;
  }

  /// @param upTo the last record that is on disk
  /// @throws IllegalArgumentException if a line is not that of a record
  /// @throws VaultFailure `AUDIT_UNAVAILABLE` if its turn does not come in time
  AuditAnswer page(AuditCall call, long upTo) throws IOException {
    if (!hasTurn(call.deadlineMillis())) {
      throw VaultFailure.of(
          FailureCode.AUDIT_UNAVAILABLE, "Too many read the audit log at once. Try again.");
    }
    try {
      return new Page(call, upTo).read();
    } finally {
      turns.release();
    }
  }

  private boolean hasTurn(long withinMillis) {
    try {
      return turns.tryAcquire(withinMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Whether the log has another record at this place than the one that is remembered. One that was
  /// dropped, or is missing, contradicts nothing.
  boolean contradicts(Anchor anchor) throws IOException {
    if (anchor.seq() == 0) {
      return false;
    }
    String beginning = "{\"seq\":" + anchor.seq() + ",";
    for (Path segment : directory.segments().reversed()) {
      if (SegmentDirectory.firstSeq(segment) <= anchor.seq()) {
        return SegmentDirectory.read(segment)
            .lines()
            .filter(line -> line.startsWith(beginning))
            .anyMatch(line -> !isRemembered(line, anchor));
      }
    }
    return false;
  }

  private static boolean isRemembered(String line, Anchor anchor) {
    try {
      return AuditRecord.parse(line).hash().equals(anchor.hash());
    } catch (IllegalArgumentException damaged) {
      return false;
    }
  }

  /// One page being put together.
  private final class Page {
    private final AuditCall call;
    private final long upTo;
    private final String mark;
    private final List<AuditRecord> records = new ArrayList<>();

    Page(AuditCall call, long upTo) {
      this.call = call;
      this.upTo = upTo;
      // Exactly so in every record of the namespace and in no other: quotes in subjects are
      // escaped.
      this.mark = "\"namespace\":\"" + call.namespace() + "\",";
    }

    AuditAnswer read() throws IOException {
      int looked = 0;
      AuditPosition reached = null;
      for (Path segment : directory.segments().reversed()) {
        AuditRecord first = first(segment);
        if (first == null || !isBefore(first)) {
          continue;
        }
        if (looked++ == SEGMENTS_PER_PAGE) {
          return new AuditAnswer(records, reached);
        }
        if (!collect(segment)) {
          return new AuditAnswer(records, AuditPosition.of(records.getLast()));
        }
        reached = AuditPosition.of(first);
      }
      return new AuditAnswer(records, null);
    }

    /// @return null if the segment has none yet, or was dropped just now
    private @Nullable AuditRecord first(Path segment) throws IOException {
      try (BufferedReader lines = Files.newBufferedReader(segment, StandardCharsets.ISO_8859_1)) {
        String line = lines.readLine();
        // The end of the newest may be half written.
        return line == null || !line.endsWith("}") ? null : AuditRecord.parse(line);
      } catch (NoSuchFileException dropped) {
        return null;
      }
    }

    private boolean isBefore(AuditRecord record) {
      AuditPosition before = call.before();
      return record.seq() <= upTo
          && (before == null || AuditPosition.of(record).compareTo(before) < 0);
    }

    /// @return false if the page is full
    private boolean collect(Path segment) throws IOException {
      String text;
      try {
        text = SegmentDirectory.read(segment);
      } catch (NoSuchFileException dropped) {
        return true;
      }
      int end = text.lastIndexOf('\n');
      while (end > 0) {
        int begin = text.lastIndexOf('\n', end - 1) + 1;
        String line = text.substring(begin, end);
        if (line.contains(mark)) {
          AuditRecord record = AuditRecord.parse(line);
          if (isBefore(record)) {
            if (records.size() == call.limit()) {
              return false;
            }
            records.add(record);
          }
        }
        end = begin - 1;
      }
      return true;
    }
  }
}
