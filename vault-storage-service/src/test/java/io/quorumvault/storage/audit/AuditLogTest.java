package io.quorumvault.storage.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.audit.ChainCheck;
import io.quorumvault.audit.Flaw;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The log of node 2 on a real disk that can be told to fail.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class AuditLogTest {
  private static final NodeId SELF = new NodeId(2);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir private Path top;

  private final HarmedSegments disk = new HarmedSegments();
  private final List<AuditLog> opened = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");

  @AfterEach
  void close() {
    disk.fill(false);
    disk.failSyncs(false);
    disk.go();
    opened.forEach(AuditLog::close);
  }

  private Path directory() {
    return top.resolve("audit");
  }

  private AuditLog unsettled(Duration patience, int segmentBytes, int segmentsMax) {
    AuditConfig config = new AuditConfig(directory(), SELF, segmentBytes, segmentsMax);
    AuditLog log = new AuditLog(config, new LogTail(config, disk, () -> now), patience);
    opened.add(log);
    return log;
  }

  private AuditLog open(Duration patience) {
    AuditLog log = unsettled(patience, Limits.AUDIT_SEGMENT_BYTES, Limits.AUDIT_SEGMENTS_MAX);
    log.settle();
    return log;
  }

  private AuditLog open() {
    return open(LONG);
  }

  private AuditLog restarted(AuditLog log) {
    log.close();
    return open();
  }

  private static AuditEvent event(String namespace, String name) {
    return new AuditEvent(
        "r-1",
        "ann",
        "read",
        new Namespace(namespace),
        new SecretName(name),
        1L,
        AuditDecision.ALLOW,
        AuditEvent.PERMITTED,
        AuditOutcome.REVEALED);
  }

  private static void append(AuditLog log, String... names) {
    log.append(Stream.of(names).map(name -> event("demo", name)).toList(), LONG);
  }

  private static void assertRefused(AuditLog log) {
    VaultFailure refused = assertThrows(VaultFailure.class, () -> append(log, "REFUSED"));
    assertEquals(FailureCode.AUDIT_UNAVAILABLE, refused.code());
  }

  private static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "did not happen: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private List<Path> segments() {
    try {
      return new SegmentDirectory(directory()).segments();
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Path segment : segments()) {
      try {
        lines.addAll(Files.readAllLines(segment, StandardCharsets.US_ASCII));
      } catch (IOException unreadable) {
        throw new AssertionError(unreadable);
      }
    }
    return lines;
  }

  private List<Flaw> flaws(Collection<Anchor> anchors) {
    ChainCheck check = new ChainCheck(anchors);
    check.expect(SELF);
    lines().forEach(check::next);
    return check.end();
  }

  /// What the log says, in its order: the name, or the action of what has none.
  private List<String> told() {
    return lines().stream()
        .map(AuditRecord::parse)
        .map(AuditRecord::event)
        .map(event ->
            event.name() == null
                ? event.action()
                : event.name() + (event.outcome() == AuditOutcome.WITHDRAWN ? " withdrawn" : ""))
        .toList();
  }

  @Test
  void what_many_append_at_once_is_there_once_each_and_a_chain() throws Exception {
    AuditLog log = open();
    int threads = 8;
    int each = 40;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        running.add(
            executor.submit(() -> {
              for (int i = 0; i < each; i++) {
                append(log, "N_" + number + "_" + i, "M_" + number + "_" + i);
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    assertEquals(List.of(), flaws(List.of(log.head().orElseThrow())));
    List<String> told = told();
    assertEquals(2 * threads * each, told.size());
    assertEquals(told.size(), new HashSet<>(told).size());
    for (int i = 0; i < told.size(); i += 2) {
      assertEquals(told.get(i).substring(1), told.get(i + 1).substring(1), "in one piece");
    }
  }

  @Test
  void those_who_wait_together_share_one_sync() throws Exception {
    AuditLog log = open();
    append(log, "FIRST");
    disk.hold();
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      executor.execute(() -> append(log, "SECOND"));
      disk.awaitHeld();
      for (int i = 0; i < 10; i++) {
        String name = "LATER_" + i;
        executor.execute(() -> append(log, name));
      }
      until("ten wait", () -> log.queued() == 10);
      int before = disk.syncs.get();
      disk.go();
      until("all are written", () -> lines().size() == 12);
      assertEquals(1, disk.syncs.get() - before);
    }
  }

  @Test
  void nobody_goes_on_before_the_sync_has_returned() throws Exception {
    AuditLog log = open();
    disk.hold();
    CountDownLatch wentOn = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      executor.execute(() -> {
        append(log, "SLOW");
        wentOn.countDown();
      });
      disk.awaitHeld();
      assertEquals(1, wentOn.getCount());
      assertEquals(0, log.head().orElseThrow().seq());
      disk.go();
      wentOn.await();
    }
    assertEquals(1, log.head().orElseThrow().seq());
  }

  @Test
  void nothing_is_recorded_before_the_others_were_asked() {
    AuditLog log = unsettled(LONG, Limits.AUDIT_SEGMENT_BYTES, Limits.AUDIT_SEGMENTS_MAX);
    assertRefused(log);
    log.settle();
    append(log, "A");
    assertEquals(List.of("A"), told());
  }

  @Test
  void a_full_disk_refuses_and_leaves_nothing_half_written() {
    AuditLog log = open();
    append(log, "A");
    disk.fill(true);
    assertRefused(log);
    assertFalse(log.writable());
    assertRefused(log);
    disk.fill(false);
    until("it can be written again", log::writable);
    append(log, "B");
    assertEquals(List.of("A", AuditEvent.LOG_MENDED, "B"), told());
    assertEquals(List.of(), flaws(List.of(log.head().orElseThrow())));
  }

  @Test
  void a_failed_sync_refuses_and_what_it_may_have_written_does_not_stay() {
    AuditLog log = open();
    append(log, "A");
    disk.failSyncs(true);
    assertRefused(log);
    assertFalse(log.writable());
    disk.failSyncs(false);
    until("it can be written again", log::writable);
    append(log, "B");
    assertEquals(List.of("A", AuditEvent.LOG_MENDED, "B"), told());
    assertEquals(List.of(), flaws(List.of(log.head().orElseThrow())));
    AuditLog again = restarted(log);
    append(again, "C");
    assertEquals(List.of(), flaws(List.of(again.head().orElseThrow())));
  }

  /// The test ends though the sync does not: nobody hangs.
  @Test
  void a_sync_that_does_not_return_refuses_those_who_wait_and_at_once_those_who_come_later()
      throws Exception {
    AuditLog log = open(SHORT);
    assertFalse(log.stalled(SHORT));
    disk.hold();
    assertRefused(log);
    disk.awaitHeld();
    until("it counts as stuck", () -> !log.writable());
    assertTrue(log.stalled(SHORT), "and has said before that it is slow");
    int queued = log.queued();
    assertRefused(log);
    assertEquals(queued, log.queued(), "nothing more waits");
    disk.go();
    until("it is over", log::writable);
    assertFalse(log.stalled(SHORT));
    until("the log takes back what came too late", () -> told().size() == 2);
    assertEquals(List.of("REFUSED", "REFUSED withdrawn"), told());
    assertEquals(List.of(), flaws(List.of(log.head().orElseThrow())));
  }

  @Test
  void what_is_told_in_passing_is_written_and_what_cannot_be_is_counted() {
    AuditLog log = open();
    log.tell(List.of(event("demo", "TOLD")));
    until("it is there", () -> told().contains("TOLD"));
    disk.fill(true);
    assertRefused(log);
    log.tell(List.of(event("demo", "LOST"), event("demo", "LOST")));
    assertEquals(2, log.untold());
  }

  @Test
  void a_log_goes_on_after_a_restart_and_time_never_runs_back() {
    AuditLog log = open();
    append(log, "A");
    Instant before = now;
    now = now.minusSeconds(3600);
    AuditLog again = restarted(log);
    append(again, "B");
    assertEquals(List.of("A", "B"), told());
    assertEquals(1, segments().size());
    assertEquals(before, AuditRecord.parse(lines().getLast()).ts());
    assertEquals(List.of(), flaws(List.of()));
  }

  @Test
  void a_last_line_without_an_end_was_never_acknowledged_and_is_cut_off() throws IOException {
    AuditLog log = open();
    append(log, "A", "B");
    log.close();
    String half = lines().getLast().substring(0, 100);
    for (String torn : List.of(half, "\0\0\0\0", half + "\0\0")) {
      Files.writeString(segments().getLast(), torn, StandardOpenOption.APPEND);
      AuditLog again = open();
      append(again, "C");
      again.close();
      assertEquals(List.of(), flaws(List.of()), "after " + torn.length());
    }
    assertEquals(List.of("A", "B", "C", "C", "C"), told());
  }

  @Test
  void an_end_that_was_altered_is_kept_as_it_is_and_the_log_goes_on_after_it() throws IOException {
    AuditLog log = open();
    append(log, "A", "B", "C");
    Anchor remembered = log.head().orElseThrow();
    log.close();
    Path segment = segments().getLast();
    String altered = Files.readString(segment).replace("\"B\"", "\"X\"");
    Files.writeString(segment, altered);
    AuditLog again = unsettled(LONG, Limits.AUDIT_SEGMENT_BYTES, Limits.AUDIT_SEGMENTS_MAX);
    again.heard(remembered);
    again.settle();
    append(again, "D");
    assertEquals(1, again.segmentsDamaged());
    assertEquals(5 + 1, again.head().orElseThrow().seq());
    assertEquals(List.of(AuditEvent.LOG_RESUME, AuditEvent.LOG_RESUME, "D"), told());
    Path kept = segment.resolveSibling(segment.getFileName() + ".damaged-1");
    assertEquals(altered, Files.readString(kept));
    assertFalse(flaws(List.of(remembered)).isEmpty(), "the hole shows");
    again.close();

    AuditLog third = open();
    append(third, "E");
    assertEquals(0, third.segmentsDamaged());
  }

  @Test
  void a_segment_that_was_altered_costs_no_record_of_those_before_it() throws IOException {
    AuditLog log = unsettled(LONG, 1, 10);
    log.settle();
    append(log, "A");
    append(log, "B");
    append(log, "C");
    log.close();
    Path segment = segments().getLast();
    Files.writeString(segment, Files.readString(segment).replace("\"C\"", "\"X\""));

    AuditLog again = unsettled(LONG, 1, 10);
    again.settle();
    append(again, "D");
    assertEquals(List.of("A", "B", AuditEvent.LOG_RESUME, "D"), told());
  }

  @Test
  void an_end_that_was_cut_off_is_noticed_by_what_another_node_remembers() throws IOException {
    AuditLog log = open();
    append(log, "A", "B", "C", "D");
    Anchor remembered = log.head().orElseThrow();
    log.close();
    List<String> whole = lines();
    Files.write(segments().getLast(), whole.subList(0, 2), StandardCharsets.US_ASCII);

    AuditLog again = unsettled(LONG, Limits.AUDIT_SEGMENT_BYTES, Limits.AUDIT_SEGMENTS_MAX);
    again.heard(remembered);
    again.settle();
    append(again, "E");
    assertEquals(2, again.recordsMissing());
    assertEquals(List.of("A", "B", AuditEvent.LOG_RESUME, "E"), told());
    Anchor head = again.head().orElseThrow();
    assertEquals(6, head.seq());
    assertEquals(List.of(new Flaw(Flaw.Kind.GAP, 3, 3)), flaws(List.of(remembered, head)));

    AuditLog third = restarted(again);
    third.heard(head);
    append(third, "F");
    assertEquals(0, third.recordsMissing());
    assertEquals(List.of(new Flaw(Flaw.Kind.GAP, 3, 3)), flaws(List.of(head)));
  }

  @Test
  void a_log_that_was_lost_goes_on_after_what_another_node_remembers() {
    Anchor remembered = new Anchor(SELF, 812, Bytes.copyOf(new byte[32]));
    AuditLog log = unsettled(LONG, Limits.AUDIT_SEGMENT_BYTES, Limits.AUDIT_SEGMENTS_MAX);
    log.heard(remembered);
    log.settle();
    append(log, "A");
    assertEquals(812, log.recordsMissing());
    assertEquals(List.of(AuditEvent.LOG_RESUME, "A"), told());
    assertEquals(814, log.head().orElseThrow().seq());
    assertEquals(Flaw.Kind.ROOTLESS, flaws(List.of()).getFirst().kind());
  }

  @Test
  void a_record_that_another_node_remembers_otherwise_is_told_of() {
    AuditLog log = open();
    append(log, "A", "B", "C");
    Anchor own = Anchor.of(AuditRecord.parse(lines().get(1)));
    log.heard(own);
    log.heard(new Anchor(SELF, 2, Bytes.copyOf(new byte[32])));
    append(log, "D");
    assertEquals(1, log.contradictions());
    assertEquals(List.of("A", "B", "C", AuditEvent.LOG_CONTRADICTED, "D"), told());
  }

  @Test
  void a_log_that_somebody_takes_away_under_the_node_is_noticed_before_the_next_request()
      throws IOException {
    AuditLog log = open();
    append(log, "A", "B");
    Anchor head = log.head().orElseThrow();
    Files.delete(segments().getLast());
    Files.delete(directory());
    Files.writeString(directory(), "in the way");
    assertRefused(log);
    assertFalse(log.writable());
    Files.delete(directory());
    until("it can be written again", log::writable);
    append(log, "C");
    assertEquals(List.of(AuditEvent.LOG_RESUME, "C"), told());
    assertEquals(Flaw.Kind.ROOTLESS, flaws(List.of(head)).getFirst().kind());
  }

  @Test
  void a_log_that_somebody_shortens_under_the_node_is_noticed_before_the_next_request()
      throws IOException {
    AuditLog log = open();
    append(log, "A", "B", "C");
    Files.write(segments().getLast(), lines().subList(0, 2), StandardCharsets.US_ASCII);
    assertRefused(log);
    until("it can be written again", log::writable);
    append(log, "D");
    assertEquals(List.of("A", "B", AuditEvent.LOG_RESUME, "D"), told());
    assertEquals(List.of(new Flaw(Flaw.Kind.GAP, 3, 3)), flaws(List.of()));
  }

  @Test
  void the_oldest_segments_go_and_the_log_says_so() {
    AuditLog log = unsettled(LONG, 1000, 4);
    log.settle();
    for (int i = 0; i < 60; i++) {
      append(log, "N_" + i);
    }
    assertEquals(4, segments().size());
    assertTrue(SegmentDirectory.firstSeq(segments().getFirst()) > 20);
    assertTrue(told().contains(AuditEvent.LOG_DROP));
    assertEquals(List.of(), flaws(List.of(log.head().orElseThrow())));
  }

  @Test
  void only_the_owner_can_look_into_the_log() throws IOException {
    append(open(), "A");
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(segments().getLast())));
  }

  private static List<String> all(AuditLog log, String namespace, int limit) {
    List<String> names = new ArrayList<>();
    @Nullable AuditPosition before = null;
    while (true) {
      AuditAnswer page = log.page(new AuditCall(new Namespace(namespace), before, limit, 1000));
      assertTrue(page.records().size() <= limit);
      page.records().forEach(record -> names.add(String.valueOf(record.event().name())));
      before = page.reached();
      if (before == null) {
        return names;
      }
    }
  }

  @Test
  void pages_show_every_record_of_a_namespace_once_newest_first() {
    AuditLog log = unsettled(LONG, 1000, 100);
    log.settle();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      log.append(List.of(event(i % 3 == 0 ? "demo" : "other", "N_" + i)), LONG);
      if (i % 3 == 0) {
        expected.addFirst("N_" + i);
      }
    }
    for (int limit : new int[] {1, 7, 1000}) {
      assertEquals(expected, all(log, "demo", limit), "pages of " + limit);
    }
    assertEquals(List.of(), all(log, "nobodys", 10));
  }

  @Test
  void a_record_that_is_not_on_disk_yet_is_not_shown() throws Exception {
    AuditLog log = open();
    append(log, "A");
    disk.hold();
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      executor.execute(() -> append(log, "B"));
      disk.awaitHeld();
      assertEquals(List.of("A"), all(log, "demo", 10));
      disk.go();
    }
    assertEquals(List.of("B", "A"), all(log, "demo", 10));
  }
}
