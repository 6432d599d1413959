package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.api.FakeNode.Mood;
import io.quorumvault.wire.WriteCall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What a caller is told when nodes fail in the middle of a request.
@HelidonTest
class FailoverTest extends ApiTest {
  private static final Bytes HTML =
      Bytes.copyOf("<html>no node</html>".getBytes(StandardCharsets.UTF_8));

  @Test
  void a_node_that_is_down_is_passed_over() {
    String name = name();
    CELL.order(name).get(0).down();
    CELL.order(name).get(1).down();
    assertEquals(201, dev().post(secrets(), body(name, "v")).status());
    assertEquals(200, dev().get(secret(name)).status());
    assertEquals(204, dev().delete(secret(name)).status());
  }

  @Test
  void with_every_node_down_a_write_is_not_applied_and_a_read_is_refused() {
    String name = existing();
    CELL.nodes().forEach(FakeNode::down);
    assertNotApplied(dev().put(secret(name), body("v2")));
    Reply read = dev().get(secret(name));
    assertEquals("insufficient-shares", read.problem());
    assertEquals(503, read.status());
    assertTrue(read.json().getBoolean("retryable"));
  }

  @Test
  void with_every_node_hanging_a_read_is_late() {
    String name = existing();
    CELL.nodes().forEach(node -> node.is(new Mood.Hanging()));
    Reply read = dev().get(secret(name));
    assertEquals("deadline-exceeded", read.problem());
    assertEquals(504, read.status());
    assertTrue(read.json().getBoolean("retryable"));
  }

  @Test
  void nodes_that_hang_are_left_for_another() {
    String name = name();
    CELL.order(name).subList(0, 2).forEach(node -> node.is(new Mood.Hanging()));
    assertEquals(201, dev().post(secrets(), body(name, "v")).status());
    assertEquals(200, dev().get(secret(name)).status());
  }

  @Test
  void a_node_whose_disk_hangs_costs_one_request_and_no_more() {
    assertCostsOneRequest(new Mood.Stalled());
  }

  @Test
  void a_node_that_hears_no_other_costs_one_request_and_no_more() {
    assertCostsOneRequest(new Mood.Alone());
  }

  private void assertCostsOneRequest(Mood mood) {
    String name = existing();
    FakeNode coordinator = CELL.order(name).getFirst();
    coordinator.is(mood);
    coordinator.forget();
    assertEquals(200, dev().get(secret(name)).status());
    int asked = coordinator.standings();
    Await.until("it was asked how it is", () -> coordinator.standings() >= asked + 2);
    assertEquals(200, dev().put(secret(name), body("v2")).status());
    assertEquals(200, dev().get(secret(name)).status());
    assertEquals(1, coordinator.heard().size(), "how often it was asked to do something");
  }

  @Test
  void a_node_that_is_busy_but_alive_is_waited_for() {
    String name = existing();
    FakeNode coordinator = CELL.order(name).getFirst();
    CELL.nodes().forEach(FakeNode::forget);
    CountDownLatch goOn = new CountDownLatch(1);
    coordinator.is(new Mood.Busy(goOn));
    int asked = coordinator.standings();
    CompletableFuture<Reply> update =
        CompletableFuture.supplyAsync(() -> dev().put(secret(name), body("v2")));
    Await.until("it was asked how it is", () -> coordinator.standings() >= asked + 2);
    goOn.countDown();
    assertEquals(200, update.join().status());
    assertEquals(
        1, CELL.nodes().stream().mapToInt(node -> node.heard().size()).sum(), "one node is asked");
  }

  @Test
  void a_write_that_was_applied_and_never_answered_is_found_through_another_node() {
    String name = existing();
    CELL.order(name).getFirst().is(new Mood.Mute());
    Reply update = dev().put(secret(name), body("v2"));
    assertEquals(200, update.status());
    assertEquals(2, update.json().getInt("version"));
    assertEquals(2, CELL.store().versions("demo", name), "it took effect once");
    List<WriteCall> calls =
        CELL.order(name).subList(0, 2).stream()
            .map(node -> (WriteCall) node.heard().getLast().call())
            .toList();
    assertEquals(calls.get(0).operationId(), calls.get(1).operationId());
  }

  @Test
  void a_write_whose_outcome_nobody_can_tell_is_said_to_be_unknown() {
    String name = existing();
    CELL.nodes().forEach(FakeNode::down);
    FakeNode coordinator = CELL.order(name).getFirst();
    coordinator.up();
    coordinator.is(new Mood.Mute());
    assertUnknown(dev().put(secret(name), body("v2")));
  }

  @Test
  void a_connection_that_breaks_after_the_request_was_sent_leaves_the_outcome_open() {
    String name = existing();
    CELL.nodes().forEach(node -> node.is(new Mood.Dropping()));
    assertUnknown(dev().put(secret(name), body("v2")));
    CELL.nodes().forEach(node -> node.is(new Mood.Sound()));
    assertEquals(200, dev().put(secret(name), body("v3")).status());
  }

  @Test
  void a_refusal_of_what_is_stored_is_not_believed_while_an_earlier_attempt_is_open() {
    String name = existing();
    CELL.order(name).get(0).is(new Mood.Dropping());
    for (FakeNode node : CELL.order(name).subList(1, FakeCell.NODES)) {
      node.is(new Mood.Refusing(FailureCode.SECRET_NOT_FOUND, null));
    }
    assertUnknown(dev().delete(secret(name)));
  }

  @Test
  void a_node_that_could_not_reach_the_others_is_not_the_last_word() {
    String name = name();
    CELL.order(name).getFirst().is(new Mood.Refusing(FailureCode.WRITE_NOT_ACCEPTED, Phase.VOTING));
    assertEquals(201, dev().post(secrets(), body(name, "v")).status());
    String read = existing();
    CELL.order(read).getFirst().is(new Mood.Refusing(FailureCode.INSUFFICIENT_SHARES, null));
    assertEquals(200, dev().get(secret(read)).status());
    String joining = name();
    CELL.order(joining).getFirst().is(new Mood.Joining());
    assertEquals(201, dev().post(secrets(), body(joining, "v")).status());
  }

  @Test
  void when_all_say_so_a_write_is_not_accepted() {
    String name = existing();
    CELL.nodes()
        .forEach(node -> node.is(new Mood.Refusing(FailureCode.WRITE_NOT_ACCEPTED, Phase.VOTING)));
    assertNotApplied(dev().put(secret(name), body("v2")));
  }

  @Test
  void an_answer_that_is_none_is_not_taken_for_one() {
    String name = existing();
    CELL.order(name).getFirst().is(new Mood.Babbling(200, "text/html", HTML));
    assertEquals(200, dev().get(secret(name)).status());
    CELL.order(name).getFirst().is(new Mood.Babbling(502, "text/html", HTML));
    assertEquals(200, dev().get(secret(name)).status());
    CELL.nodes().forEach(node -> node.is(new Mood.Babbling(404, "text/html", HTML)));
    Reply none = dev().get(secret(name));
    assertEquals(503, none.status(), "a 404 of something else does not mean that there is none");
    assertFalse(none.text().contains("html"));
  }

  @Test
  void nothing_inauthentic_is_answered_and_nothing_of_the_nodes_is_told() {
    String name = existing();
    CELL.nodes().forEach(node -> node.is(new Mood.Refusing(FailureCode.INTEGRITY_FAILURE, null)));
    Reply read = dev().get(secret(name));
    assertEquals("integrity-failure", read.problem());
    assertEquals(500, read.status());
    assertFalse(read.text().contains("node"));
    assertFalse(read.text().contains("quorum "));
  }

  private static void assertNotApplied(Reply reply) {
    assertEquals("write-not-accepted", reply.problem());
    assertEquals(503, reply.status());
    assertEquals("voting", reply.json().getString("phase"));
    assertEquals("not-applied", reply.json().getString("outcome"));
    assertTrue(reply.json().getBoolean("retryable"));
  }

  private static void assertUnknown(Reply reply) {
    assertEquals("write-outcome-unknown", reply.problem());
    assertEquals(503, reply.status());
    assertEquals("writing", reply.json().getString("phase"));
    assertEquals("unknown", reply.json().getString("outcome"));
  }
}
