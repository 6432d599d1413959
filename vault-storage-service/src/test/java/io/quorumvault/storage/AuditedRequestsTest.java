package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.wire.AuditCall;
import io.quorumvault.wire.DenialCall;
import io.quorumvault.wire.HistoryCall;
import io.quorumvault.wire.ListCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.WriteCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a node is asked, its audit log has it: once, and by when the answer is there. Looked at
/// where requests come in, on three nodes with real disks.
final class AuditedRequestsTest {
  private static final Namespace DEMO = new Namespace("demo");
  private static final SecretName NAME = new SecretName("A");
  private static final long DEADLINE_MILLIS = 20_000;

  private static final String POLICY =
      """
      {"version": 1, "rules": [
        {"subjects": ["ann"], "namespace": "demo", "prefix": "",
         "capabilities": ["create", "read", "update", "delete", "list", "history", "audit"]},
        {"subjects": ["eve"], "namespace": "demo", "prefix": "", "capabilities": ["%s"]}]}
      """;

  private static final AtomicInteger OPERATIONS = new AtomicInteger();

  @SuppressWarnings("NullAway.Init") // Before all tests, which ask under ids of their own.
  private static SmallCell cell;

  @SuppressWarnings("NullAway.Init")
  private static SmallCell.Node node;

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException {
    Path keySet = Files.writeString(folder.resolve("keys.json"), AuditTrailTest.keySet());
    // One may read by the policy of the first node alone.
    String strict = POLICY.formatted("env");
    cell = new SmallCell(folder, keySet, List.of(POLICY.formatted("read"), strict, strict));
    node = cell.node(1);
    node.coordinator.write(write(WriteKind.CREATE), errand("ann", "made"));
    settled();
  }

  @AfterAll
  static void close() {
    cell.close();
  }

  private static Errand errand(String subject, String requestId) {
    return Errand.of(AuditTrailTest.token(subject), requestId);
  }

  private static WriteCall write(WriteKind kind) {
    return write(kind, NAME);
  }

  private static WriteCall write(WriteKind kind, SecretName name) {
    byte[] id = new byte[32];
    id[0] = (byte) OPERATIONS.incrementAndGet();
    boolean valued = kind != WriteKind.DELETE;
    SecretValue value =
        valued ? SecretValue.owning("hunter2".getBytes(StandardCharsets.US_ASCII)) : null;
    return new WriteCall(
        kind,
        DEMO,
        List.of(new WriteCall.Item(name, value, valued ? ValueEncoding.UTF_8 : null, null, false)),
        Bytes.copyOf(id),
        false,
        Instant.now().truncatedTo(ChronoUnit.MILLIS),
        DEADLINE_MILLIS);
  }

  private static ReadCall read(boolean values, String name) {
    return new ReadCall(
        DEMO,
        List.of(new ReadCall.Item(new SecretName(name), null, null)),
        values,
        DEADLINE_MILLIS);
  }

  /// Everything that was told in passing is there: after it comes what is waited for.
  private static void settled() {
    node.trail.denied(
        new DenialCall(DEMO, List.of(new DenialCall.Item("read", null)), FailureCode.FORBIDDEN),
        errand("ann", "settled"));
  }

  /// What the first node recorded of one request.
  private static List<String> recorded(String requestId) {
    return recorded(node, requestId);
  }

  private static List<String> recorded(SmallCell.Node by, String requestId) {
    return by.recorded().stream()
        .filter(line -> line.contains(" " + requestId + ": "))
        .map(line -> line.replace(" " + requestId + ": ", ": "))
        .toList();
  }

  private static void assertRefused(FailureCode code, Runnable request) {
    assertEquals(code, assertThrows(VaultFailure.class, request::run).code());
  }

  @Test
  void a_write_and_what_came_of_it() {
    assertEquals(
        List.of(
            "ann: create A null, allow, permitted, intended",
            "ann: create A 1, allow, permitted, applied"),
        recorded("made"));

    assertRefused(
        FailureCode.SECRET_ALREADY_EXISTS,
        () -> node.coordinator.write(write(WriteKind.CREATE), errand("ann", "again")));
    settled();
    assertEquals(
        List.of(
            "ann: create A null, allow, permitted, intended",
            "ann: create A null, allow, secret-already-exists, not-applied"),
        recorded("again"));

    assertRefused(
        FailureCode.NAMESPACE_NOT_FOUND,
        () -> node.coordinator.write(write(WriteKind.UPDATE), errand("bob", "denied")));
    assertEquals(
        List.of("bob: update A null, deny, namespace-not-found, refused"), recorded("denied"));
  }

  @Test
  void a_value_that_is_answered() {
    ReadAnswer answer = node.reads.read(read(true, "A"), errand("ann", "read"));
    assertEquals(List.of("ann: read A 1, allow, permitted, revealed"), recorded("read"));
    answer.items().forEach(item -> ((ReadAnswer.Revealed) item).value().close());
  }

  @Test
  void a_read_without_a_value() {
    ReadAnswer _ = node.reads.read(read(true, "B"), errand("ann", "absent"));
    assertEquals(List.of("ann: read B null, allow, secret-not-found, missing"), recorded("absent"));
    ReadAnswer _ = node.reads.read(read(false, "A"), errand("ann", "there"));
    assertEquals(List.of("ann: exists A null, allow, permitted, answered"), recorded("there"));
  }

  @Test
  void a_read_that_fails() {
    cell.node(2).down(true);
    cell.node(3).down(true);
    try {
      assertRefused(
          FailureCode.INSUFFICIENT_SHARES,
          () -> node.reads.read(read(true, "A"), errand("ann", "failed")));
    } finally {
      cell.node(2).down(false);
      cell.node(3).down(false);
    }
    settled();
    assertEquals(
        List.of("ann: read A null, allow, insufficient-shares, failed"), recorded("failed"));
  }

  @Test
  void a_read_that_is_denied() {
    for (boolean values : List.of(true, false)) {
      assertRefused(
          FailureCode.NAMESPACE_NOT_FOUND,
          () -> node.reads.read(read(values, "A"), errand("bob", "denied-" + values)));
    }
    assertEquals(
        List.of("bob: read A null, deny, namespace-not-found, refused"), recorded("denied-true"));
    assertEquals(
        List.of("bob: exists A null, deny, namespace-not-found, refused"),
        recorded("denied-false"));
  }

  @Test
  void a_history_and_a_list() {
    HistoryCall history = new HistoryCall(DEMO, NAME, 0, 10, DEADLINE_MILLIS);
    node.reads.history(history, errand("ann", "history"));
    assertEquals(List.of("ann: history A null, allow, permitted, answered"), recorded("history"));
    assertRefused(
        FailureCode.NAMESPACE_NOT_FOUND,
        () -> node.reads.history(history, errand("bob", "no-history")));
    assertEquals(
        List.of("bob: history A null, deny, namespace-not-found, refused"), recorded("no-history"));

    ListCall list = new ListCall(DEMO, "", null, 10, DEADLINE_MILLIS);
    node.reads.list(list, errand("ann", "list"));
    assertEquals(List.of("ann: list null null, allow, permitted, answered"), recorded("list"));
    assertRefused(
        FailureCode.NAMESPACE_NOT_FOUND, () -> node.reads.list(list, errand("bob", "no-list")));
    assertEquals(
        List.of("bob: list null null, deny, namespace-not-found, refused"), recorded("no-list"));
  }

  @Test
  void a_receipt() {
    SecretName name = new SecretName("D");
    node.coordinator.write(write(WriteKind.CREATE, name), errand("ann", "created"));
    Instant deletedAt =
        node.coordinator
            .write(write(WriteKind.DELETE, name), errand("ann", "deleted"))
            .versions()
            .getFirst()
            .validFrom();
    ReceiptCall call = new ReceiptCall(DEMO, name, 1, deletedAt, DEADLINE_MILLIS);
    node.erasures.sign(call, errand("ann", "receipt"));
    assertEquals(
        List.of("ann: " + AuditEvent.RECEIPT + " D 1, allow, permitted, answered"),
        recorded("receipt"));
    ReceiptCall other = new ReceiptCall(DEMO, name, 7, deletedAt, DEADLINE_MILLIS);
    assertRefused(
        FailureCode.SECRET_NOT_FOUND, () -> node.erasures.sign(other, errand("ann", "no-receipt")));
    assertEquals(
        List.of("ann: " + AuditEvent.RECEIPT + " D 7, allow, secret-not-found, missing"),
        recorded("no-receipt"));
    assertRefused(
        FailureCode.NAMESPACE_NOT_FOUND,
        () -> node.erasures.sign(call, errand("bob", "denied-receipt")));
    assertEquals(
        List.of("bob: delete D null, deny, namespace-not-found, refused"),
        recorded("denied-receipt"));
  }

  @Test
  void a_look_into_the_log_itself() {
    AuditCall call = new AuditCall(DEMO, null, 10, DEADLINE_MILLIS);
    node.trail.page(call, errand("ann", "page"));
    assertEquals(List.of("ann: audit null null, allow, permitted, answered"), recorded("page"));
    assertRefused(
        FailureCode.NAMESPACE_NOT_FOUND, () -> node.trail.page(call, errand("bob", "no-page")));
    assertEquals(
        List.of("bob: audit null null, deny, namespace-not-found, refused"), recorded("no-page"));
  }

  @Test
  void what_those_deny_who_are_asked_to_take_part() {
    assertRefused(
        FailureCode.INSUFFICIENT_SHARES,
        () -> node.reads.read(read(true, "A"), errand("eve", "alone")));
    for (int other : List.of(2, 3)) {
      SmallCell.Node peer = cell.node(other);
      peer.trail.denied(
          new DenialCall(DEMO, List.of(new DenialCall.Item("read", null)), FailureCode.FORBIDDEN),
          errand("ann", "settled"));
      assertEquals(
          List.of("eve: read A null, deny, denied-to-a-node, refused"), recorded(peer, "alone"));
    }
  }
}
