package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.RecordCodec;
import io.quorumvault.wire.Refusal;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The audit log, looked at from outside: in the files of the nodes, and by asking.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(13)
final class AuditIT {
  private static final long PATIENCE_MILLIS = 10_000;

  private static Path log(VaultCluster.Described.Node node) {
    return node.dataDirectory().resolve("audit");
  }

  private static List<Path> segments(VaultCluster.Described.Node node) {
    return MarkerScan.files(log(node)).stream().sorted().toList();
  }

  /// The records of one node, as far as its disk has whole lines.
  private static List<AuditRecord> records(VaultCluster.Described.Node node) {
    try {
      List<AuditRecord> records = new ArrayList<>();
      for (Path segment : segments(node)) {
        String text = Files.readString(segment, StandardCharsets.US_ASCII);
        text.substring(0, text.lastIndexOf('\n') + 1)
            .lines()
            .map(AuditRecord::parse)
            .forEach(records::add);
      }
      return records;
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static long count(VaultCluster.Described.Node node, Predicate<AuditEvent> wanted) {
    return records(node).stream().map(AuditRecord::event).filter(wanted).count();
  }

  /// The same without those that were taken back, because the node had answered by then that it
  /// could not record them in time.
  private static long counting(VaultCluster.Described.Node node, Predicate<AuditEvent> wanted) {
    Predicate<AuditEvent> withdrawn = event -> event.outcome() == AuditOutcome.WITHDRAWN;
    return count(node, wanted.and(withdrawn.negate())) - count(node, wanted.and(withdrawn));
  }

  private static Predicate<AuditEvent> revealed(String name) {
    return event ->
        event.action().equals("read")
            && (event.outcome() == AuditOutcome.REVEALED
                || (event.outcome() == AuditOutcome.WITHDRAWN && event.version() != null))
            && new SecretName(name).equals(event.name());
  }

  /// Has one node read names, as the API would.
  private static HttpResponse<byte[]> read(
      NodeLink api, VaultCluster.Described.Node node, String token, List<String> names)
      throws IOException {
    ReadCall call =
        new ReadCall(
            new Namespace("demo"),
            names.stream()
                .map(name -> new ReadCall.Item(new SecretName(name), null, null))
                .toList(),
            true,
            PATIENCE_MILLIS);
    return api.post(node.url(), "/internal/v1/operations/read", call, token);
  }

  private static FailureCode refusal(HttpResponse<byte[]> response) {
    assertTrue(response.statusCode() >= 400, () -> "it answered " + response.statusCode());
    return RecordCodec.decode(Refusal.class, response.body()).code();
  }

  private static Command verify(Stream<Path> logs) {
    return VaultCluster.qv(
        Stream.concat(Stream.of("audit", "verify"), logs.map(Path::toString))
            .toArray(String[]::new));
  }

  private static Command verify(VaultCluster cluster, int... nodes) {
    VaultCluster.Described now = cluster.described();
    return verify(IntStream.of(nodes).mapToObj(index -> now.node(index).dataDirectory()));
  }

  @Test
  void every_value_that_a_node_answers_is_in_its_log_exactly_once_and_never_the_value(
      VaultCluster cluster) throws IOException {
    VaultClient client = cluster.client();
    String value = "value-that-no-file-of-the-vault-ever-holds";
    List<String> names = List.of("audit-read-1", "audit-read-2", "audit-read-3");
    for (String name : names) {
      client.create(name, value).expect(201);
    }
    VaultCluster.Described now = cluster.described();
    try (NodeLink api = NodeLink.as(cluster, "api")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        for (List<String> asked : List.of(names, names.subList(0, 1))) {
          List<Long> before = names.stream().map(name -> counting(node, revealed(name))).toList();
          // What failed has revealed nothing, and is in the log as that.
          Eventually.holds(
              "node " + node.index() + " reads",
              () -> read(api, node, now.token(), asked).statusCode() == 200);
          for (int i = 0; i < names.size(); i++) {
            long expected = before.get(i) + (i < asked.size() ? 1 : 0);
            assertEquals(expected, counting(node, revealed(names.get(i))), names.get(i));
          }
        }
      }
    }
    Answer file =
        client
            .envFile("", "A=secret(audit-read-2)\n".getBytes(StandardCharsets.US_ASCII))
            .expect(200);
    assertTrue(file.text().contains(value));
    String requestId = file.header("X-Request-Id");
    assertTrue(
        now.nodes().stream()
            .anyMatch(node ->
                count(
                        node,
                        revealed("audit-read-2").and(event -> event.requestId().equals(requestId)))
                    > 0));
    for (VaultCluster.Described.Node node : now.nodes()) {
      assertEquals(List.of(), new MarkerScan(value).under(node.dataDirectory()));
    }
  }

  @Test
  void a_write_is_in_the_log_before_it_is_done_and_so_is_what_came_of_it(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("audit-written", "v").expect(201);
    client.create("audit-written", "v").expectProblem(409, "secret-already-exists");
    VaultCluster.Described now = cluster.described();
    Eventually.passes(
        "all of it is in the logs",
        () -> {
          for (AuditOutcome outcome :
              List.of(AuditOutcome.INTENDED, AuditOutcome.APPLIED, AuditOutcome.NOT_APPLIED)) {
            assertTrue(
                now.nodes().stream()
                    .anyMatch(node ->
                        count(
                                node,
                                event ->
                                    event.action().equals("create")
                                        && event.outcome() == outcome
                                        && new SecretName("audit-written").equals(event.name()))
                            > 0),
                outcome::text);
          }
        });
  }

  @Test
  void denials_are_in_the_log_whoever_denies(VaultCluster cluster) throws IOException {
    VaultCluster.Described now = cluster.described();
    String token = cluster.token("--subject", "audit-denied");
    Predicate<AuditEvent> denied =
        event -> event.subject().equals("audit-denied") && event.decision() == AuditDecision.DENY;

    // By a node that is asked to coordinate.
    try (NodeLink api = NodeLink.as(cluster, "api")) {
      Eventually.holds(
          "node 2 refuses",
          () ->
              refusal(read(api, now.node(2), token, List.of("audit-denied")))
                  == FailureCode.NAMESPACE_NOT_FOUND);
      assertEquals(1, counting(now.node(2), denied));
    }

    // By a node that is asked to take part.
    try (NodeLink peer = NodeLink.as(cluster, "node-1")) {
      HttpResponse<byte[]> response =
          peer.post(
              now.node(3).url(),
              "/internal/v1/read",
              NodeLink.batch(1, token, new Request.ReadHeads(List.of(NodeLink.id(now, "x")), true)),
              null);
      assertEquals(200, response.statusCode());
      Eventually.holds("node 3 has it", () -> count(now.node(3), denied) == 1);
    }

    // By the API.
    Answer answer =
        cluster.client().as(token).delete("audit-denied").expectProblem("namespace-not-found");
    Predicate<AuditEvent> ofThis =
        denied.and(event ->
            event.requestId().equals(answer.header("X-Request-Id"))
                && event.action().equals("delete")
                && event.reason().equals("namespace-not-found"));
    Eventually.holds(
        "some node was told",
        () -> now.nodes().stream().mapToLong(node -> count(node, ofThis)).sum() > 0);
  }

  @Test
  void the_log_is_listed_page_by_page_to_those_who_may_see_it(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("audit-listed", "v").expect(201);
    client.get("audit-listed").expect(200);
    List<String> found = new ArrayList<>();
    String path = "/v1/namespaces/demo/audit?limit=20";
    String query = "";
    int pages = 0;
    do {
      JsonObject page = client.send("GET", path + query, Optional.empty()).expect(200).json();
      for (JsonObject entry : page.getJsonArray("entries").getValuesAs(JsonObject.class)) {
        assertEquals("demo", entry.getString("namespace"));
        if (entry.getString("name", "").equals("audit-listed")) {
          found.add(entry.getString("action") + " " + entry.getString("outcome"));
        }
      }
      query = page.containsKey("nextCursor") ? "&cursor=" + page.getString("nextCursor") : "";
      pages++;
    } while (!query.isEmpty() && pages < 1000);
    assertTrue(pages > 1 && pages < 1000, pages + " pages");
    assertTrue(found.contains("create intended"), found::toString);
    assertTrue(found.contains("read revealed"), found::toString);
    client
        .as(cluster.token("--subject", "audit-stranger"))
        .send("GET", path, Optional.empty())
        .expectProblem(404, "namespace-not-found");
  }

  @Test
  void a_cut_off_end_is_noticed_by_what_the_other_nodes_remember(VaultCluster cluster)
      throws IOException {
    VaultCluster.Described now = cluster.described();
    int victim = 3;
    cluster.client().create("audit-cut", "v").expect(201);
    try (NodeLink api = NodeLink.as(cluster, "api")) {
      for (int i = 0; i < 5; i++) {
        Eventually.holds(
            "the node reads",
            () ->
                read(api, now.node(victim), now.token(), List.of("audit-cut")).statusCode() == 200);
      }
    }
    long reached = records(now.node(victim)).getLast().seq();
    Eventually.holds(
        "another node remembers how far the log reached",
        () -> remembered(now.node(1), victim) >= reached);
    assertEquals(0, verify(cluster, 1, 2, 4, 5).exitCode());

    cluster.kill(victim);
    assertEquals(0, verify(cluster, victim, 1, 2).exitCode());
    Path newest = segments(now.node(victim)).getLast();
    List<String> lines = Files.readAllLines(newest);
    Files.write(newest, lines.subList(0, lines.size() - 3));
    long cutAt = records(now.node(victim)).getLast().seq() + 1;
    assertEquals(0, verify(cluster, victim).exitCode());
    Command noticed = verify(cluster, victim, 1, 2);
    assertEquals(4, noticed.exitCode(), noticed::output);
    assertTrue(noticed.output().contains("record " + cutAt + " is missing"), noticed::output);

    cluster.restart(victim);
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      Eventually.passes(
          "the node says that records are missing",
          () -> {
            HttpResponse<byte[]> ready = operator.get(now.node(victim).url(), "/health/ready");
            String health = new String(ready.body(), StandardCharsets.UTF_8);
            assertTrue(health.contains("\"auditRecordsMissing\":3"), health);
          });
    }
    assertTrue(count(now.node(victim), event -> event.action().equals(AuditEvent.LOG_RESUME)) > 0);
    Command afterwards = verify(cluster, victim);
    assertEquals(4, afterwards.exitCode(), afterwards::output);
    assertTrue(afterwards.output().contains("record " + cutAt + " is missing"), afterwards::output);
  }

  private static long remembered(VaultCluster.Described.Node by, int of) throws IOException {
    try {
      return Files.readAllLines(by.dataDirectory().resolve("audit-anchors")).stream()
          .map(Anchor::parse)
          .filter(anchor -> anchor.node().index() == of)
          .mapToLong(Anchor::seq)
          .findFirst()
          .orElse(0);
    } catch (NoSuchFileException notYet) {
      return 0;
    }
  }

  @Test
  void what_cannot_be_recorded_is_not_done_and_soon_refused(VaultCluster cluster)
      throws IOException {
    VaultClient client = cluster.client();
    client.create("audit-unwritable", "v").expect(201);
    VaultCluster.Described now = cluster.described();
    for (VaultCluster.Described.Node node : now.nodes().subList(1, VaultCluster.NODES)) {
      block(node);
    }
    try (NodeLink api = NodeLink.as(cluster, "api");
        NodeLink operator = NodeLink.as(cluster, "operator")) {
      for (VaultCluster.Described.Node node : now.nodes().subList(1, VaultCluster.NODES)) {
        assertEquals(
            FailureCode.AUDIT_UNAVAILABLE,
            refusal(read(api, node, now.token(), List.of("audit-unwritable"))));
        assertEquals(503, operator.get(node.url(), "/health/ready").statusCode());
      }
      // One node that can is enough.
      Eventually.holds(
          "the API asks the node that can",
          () -> client.strict().get("audit-unwritable").status() == 200);
      block(now.node(1));
      VaultClient strict = client.strict();
      strict.get("audit-unwritable").expectProblem(503, "audit-unavailable");
      assertEquals(
          "not-applied",
          strict
              .update("audit-unwritable", "never")
              .expectProblem(503, "audit-unavailable")
              .json()
              .getString("outcome"));
      strict.delete("audit-unwritable").expectProblem(503, "audit-unavailable");
    }
    cluster.kill(1, 2, 3, 4, 5);
    now.nodes().forEach(AuditIT::unblock);
    cluster.restart(1, 2, 3, 4, 5);
    Answer read = client.get("audit-unwritable").expect(200);
    assertEquals(1, read.version());
    assertEquals("v", read.valueText());
    assertEquals(0, verify(cluster, 1, 2, 4, 5).exitCode());
  }

  /// Puts something in the place of the log, so that not even root could write it.
  static void block(VaultCluster.Described.Node node) {
    try {
      Path log = log(node);
      Files.move(log, log.resolveSibling("audit-away"));
      Files.writeString(log, "in the way");
    } catch (IOException unusable) {
      throw new AssertionError(unusable);
    }
  }

  static void unblock(VaultCluster.Described.Node node) {
    try {
      Path log = log(node);
      Files.delete(log);
      Files.move(log.resolveSibling("audit-away"), log);
    } catch (IOException unusable) {
      throw new AssertionError(unusable);
    }
  }
}
