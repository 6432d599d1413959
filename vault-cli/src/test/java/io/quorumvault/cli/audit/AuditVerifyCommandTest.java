package io.quorumvault.cli.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Node 1 has a log of ten records in two segments; node 2 remembers that there were ten.
final class AuditVerifyCommandTest {
  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void write() throws IOException {
    AuditRecord last = write(1, 10);
    AuditRecord _ = write(2, 3);
    Files.write(directory.resolve("node-2/audit-anchors"), List.of(Anchor.of(last).line()));
  }

  private AuditRecord write(int node, int length) throws IOException {
    List<AuditRecord> log = new ArrayList<>();
    Anchor head = Anchor.beginning(new NodeId(node));
    for (int i = 1; i <= length; i++) {
      AuditRecord record =
          AuditRecord.after(
              head,
              Instant.parse("2026-11-01T12:00:00Z"),
              new AuditEvent(
                  "r-" + i,
                  "ann",
                  "read",
                  new Namespace("demo"),
                  new SecretName("NAME_" + i),
                  1L,
                  AuditDecision.ALLOW,
                  AuditEvent.PERMITTED,
                  AuditOutcome.REVEALED));
      log.add(record);
      head = Anchor.of(record);
    }
    Path audit = Files.createDirectories(directory.resolve("node-" + node).resolve("audit"));
    int half = Math.min(6, length);
    lines(audit.resolve("audit-000000000000001.log"), log.subList(0, half));
    if (half < length) {
      lines(audit.resolve("audit-000000000000007.log"), log.subList(half, length));
    }
    return log.getLast();
  }

  private static void lines(Path file, List<AuditRecord> log) throws IOException {
    Files.write(file, log.stream().map(AuditRecord::line).toList(), StandardCharsets.US_ASCII);
  }

  private Path newest() {
    return directory.resolve("node-1/audit/audit-000000000000007.log");
  }

  private Shell.Ended verify(String... words) {
    return Shell.in(directory)
        .run(Stream.concat(Stream.of("audit", "verify"), Stream.of(words)).toArray(String[]::new));
  }

  private void assertBad(String told, String... words) {
    Shell.Ended ended = verify(words);
    assertEquals(ExitCode.REFUSED.number(), ended.exitCode(), ended.everything());
    assertTrue(ended.output().contains(told), ended.everything());
    assertFalse(ended.everything().contains("NAME_"), ended.everything());
  }

  @Test
  void a_log_that_is_what_was_written_passes() {
    Shell.Ended ended = verify("node-1", "node-2");
    assertEquals(ExitCode.OK.number(), ended.exitCode(), ended.everything());
    assertEquals(
        List.of(
            "node-1: node-1, 10 records up to 10, whole, and reaches as far as 1 anchors say",
            "node-2: node-2, 3 records up to 3, whole; no anchor is given that would show whether"
                + " its end was cut off"),
        ended.output().lines().toList());
    assertEquals(ExitCode.OK.number(), verify("node-1/audit").exitCode());
  }

  @Test
  void the_first_bad_record_is_named_with_its_place() throws IOException {
    Files.writeString(newest(), Files.readString(newest()).replace("NAME_8", "NAME_X"));
    assertBad("audit-000000000000007.log:2: record 8 is not what was written", "node-1");
    assertBad("record 8", newest().toString());
  }

  @Test
  void a_segment_that_is_gone_is_noticed() throws IOException {
    Files.delete(directory.resolve("node-1/audit/audit-000000000000001.log"));
    assertBad("record 1 is missing at the beginning of the log", "node-1");
  }

  @Test
  void an_end_that_was_cut_off_is_noticed_by_what_another_node_remembers() throws IOException {
    Path remembered = directory.resolve("node-2/audit-anchors");
    Files.write(newest(), Files.readAllLines(newest()).subList(0, 2));
    assertEquals(ExitCode.OK.number(), verify("node-1").exitCode());
    assertBad("record 9 is missing at the end of the log", "node-1", "node-2");
    assertBad("record 9", "node-1", "--anchors", remembered.toString());
    Files.delete(newest());
    assertBad("record 7 is missing at the end of the log", "node-1", "node-2");
  }

  @Test
  void a_log_without_any_record_is_not_whole() throws IOException {
    Files.delete(newest());
    Files.delete(directory.resolve("node-1/audit/audit-000000000000001.log"));
    assertBad("there is no record in it", "node-1");
  }

  @Test
  void a_line_that_is_being_written_does_not_count() throws IOException {
    Files.writeString(newest(), "{\"seq\":11,", StandardOpenOption.APPEND);
    Shell.Ended ended = verify("node-1", "node-2");
    assertEquals(ExitCode.OK.number(), ended.exitCode(), ended.everything());
    assertTrue(ended.output().contains("its last line has no end"), ended.output());
  }

  @Test
  void a_file_that_is_anything_at_all_is_told_of_in_bounds() throws IOException {
    Files.writeString(newest(), "\0\r\n" + "x".repeat(1 << 20) + "\n".repeat(500));
    Shell.Ended ended = verify("node-1");
    assertEquals(ExitCode.REFUSED.number(), ended.exitCode());
    assertTrue(ended.output().lines().count() < 150, ended.output());
    assertTrue(ended.output().contains("record 7 is not the line of a record"), ended.output());
  }

  @Test
  void what_is_not_there_is_said_to_be_missing() throws IOException {
    assertEquals(ExitCode.USAGE.number(), verify("nowhere").exitCode());
    assertEquals(ExitCode.USAGE.number(), verify("node-1", "--anchors", "nowhere").exitCode());
    assertEquals(ExitCode.USAGE.number(), verify().exitCode());
    Files.writeString(directory.resolve("node-2/audit-anchors"), "{}\n");
    assertEquals(ExitCode.USAGE.number(), verify("node-1", "node-2").exitCode());
  }

  @Test
  void the_same_is_told_to_programs() throws IOException {
    Shell.Ended good = verify("node-1", "node-2", "-o", "json");

    assertEquals(ExitCode.OK.number(), good.exitCode(), good.everything());
    JsonObject whole = JsonObject.parse(good.outputBytes());
    assertTrue(whole.isTrue("whole"));
    JsonObject log = whole.objects("logs").getFirst();
    assertEquals("node-1", log.requiredText("node"));
    assertEquals(10, log.requiredInt("records"));
    assertEquals(1, log.requiredInt("anchors"));
    assertEquals(List.of(), log.objects("flaws"));

    String altered =
        Files.readString(newest(), StandardCharsets.US_ASCII).replaceFirst("r-8", "r-9");
    Files.writeString(newest(), altered, StandardCharsets.US_ASCII);
    Shell.Ended bad = verify("node-1", "-o", "json");

    assertEquals(ExitCode.REFUSED.number(), bad.exitCode(), bad.everything());
    JsonObject flawed = JsonObject.parse(bad.outputBytes()).objects("logs").getFirst();
    assertFalse(flawed.isTrue("whole"));
    JsonObject flaw = flawed.objects("flaws").getFirst();
    assertEquals("audit-000000000000007.log", flaw.requiredText("segment"));
    assertEquals(2, flaw.requiredInt("line"));
    assertFalse(flaw.requiredText("flaw").isEmpty());
  }
}
