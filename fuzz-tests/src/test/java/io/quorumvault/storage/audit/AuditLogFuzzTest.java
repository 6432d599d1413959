package io.quorumvault.storage.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.audit.ChainCheck;
import io.quorumvault.fuzz.FuzzInput;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Any bytes as a segment of an audit log, and any text as an anchor.
class AuditLogFuzzTest {
  private static final int PAGE = 5;

  private static Path folder = Path.of("");

  @BeforeAll
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("audit-fuzz");
  }

  @AfterAll
  static void dropFolder() throws IOException {
    Files.deleteIfExists(new SegmentDirectory(folder).segment(1));
    Files.deleteIfExists(folder);
  }

  @FuzzTest
  void a_log_is_read_for_what_it_is_and_called_whole_only_if_it_is(byte[] bytes)
      throws IOException {
    FuzzInput input = new FuzzInput(bytes);
    boolean paged = input.choice(4) == 0;
    String text = new String(input.restWithCanary(), StandardCharsets.ISO_8859_1);
    List<String> lines = List.of(text.split("\n", -1));
    checkAnchor(lines.isEmpty() ? "" : lines.getLast());
    checkChain(lines);
    if (paged) {
      checkPages(text);
    }
  }

  private static void checkAnchor(String line) {
    try {
      assertEquals(Anchor.parse(line), Anchor.parse(Anchor.parse(line).line()));
    } catch (IllegalArgumentException refused) {
      FuzzInput.assertEchoesNothing(String.valueOf(refused.getMessage()));
    }
  }

  private static void checkChain(List<String> lines) {
    ChainCheck check = new ChainCheck(List.of());
    List<AuditRecord> records = new ArrayList<>();
    for (String line : lines) {
      check
          .next(line)
          .ifPresent(record -> {
            assertEquals(line, record.line());
            records.add(record);
          });
      try {
        assertEquals(line, AuditRecord.parse(line).line());
      } catch (IllegalArgumentException refused) {
        FuzzInput.assertEchoesNothing(String.valueOf(refused.getMessage()));
      }
    }
    boolean whole = check.end().isEmpty();
    assertTrue(check.end().size() <= ChainCheck.FLAWS_MAX + 2);
    check.end().forEach(flaw -> FuzzInput.assertEchoesNothing(flaw.told()));
    if (whole && !lines.isEmpty()) {
      assertEquals(lines.size(), records.size());
      Anchor before = Anchor.beginning(records.getFirst().node());
      for (AuditRecord record : records) {
        assertEquals(AuditRecord.after(before, record.ts(), record.event()), record);
        before = Anchor.of(record);
      }
    }
  }

  /// All pages together have each record of the namespace at most once, and end.
  private static void checkPages(String text) throws IOException {
    SegmentDirectory directory = new SegmentDirectory(folder);
    Files.write(directory.segment(1), text.getBytes(StandardCharsets.ISO_8859_1));
    LogReader reader = new LogReader(directory);
    AuditPosition before = null;
    long records = 0;
    long most = text.split("\n", -1).length;
    try {
      do {
        AuditAnswer page =
            reader.page(new AuditCall(new Namespace("demo"), before, PAGE, 1000), Long.MAX_VALUE);
        records += page.records().size();
        assertTrue(records <= most);
        assertTrue(page.reached() == null || !page.reached().equals(before));
        before = page.reached();
      } while (before != null);
    } catch (IllegalArgumentException damaged) {
      FuzzInput.assertEchoesNothing(String.valueOf(damaged.getMessage()));
    }
    boolean _ =
        reader.contradicts(new Anchor(new NodeId(1), 1, Anchor.beginning(new NodeId(1)).hash()));
  }
}
