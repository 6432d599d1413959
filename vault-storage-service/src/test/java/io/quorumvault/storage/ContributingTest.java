package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.Circle;
import io.quorumvault.protocol.Conversation;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Timing;
import io.quorumvault.protocol.Turn;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.SecretId;
import io.quorumvault.storage.ledger.Desk;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Node 2 of 5, with threshold 3, helps node 5.
class ContributingTest {
  private static final SecretId NAME = SecretId.of("demo", "a");
  private static final Circle CIRCLE =
      new Circle(new NodeId(5), 7, List.of(new NodeId(1), new NodeId(2), new NodeId(3)));

  @TempDir Path directory;

  private NodeConfig config(boolean repairInBackground) {
    return new NodeConfig(
        Membership.of("test-cell", 5, 3),
        new NodeId(2),
        directory,
        Map.of(),
        directory,
        directory,
        directory,
        directory,
        Timing.DEFAULT,
        1,
        repairInBackground);
  }

  /// The other helpers take every seed they are handed.
  private static Reply agreed(Conversation<Reply> conversation) {
    Turn<Reply> turn = conversation.begin(0);
    for (Call call : turn.calls()) {
      turn = conversation.heard(0, call, new Reply.Noted());
    }
    return turn.result().orElseThrow();
  }

  private Contributing contributing(Desk desk, ParticipantHost participant, boolean willing) {
    return new Contributing(
        config(willing),
        desk.ledger,
        participant,
        ContributingTest::agreed,
        (id, entry, share) -> true,
        new NodeClock(1));
  }

  private static List<Request> requests(Request.Prepare written) {
    return List.of(
        new Request.Convene(CIRCLE),
        new Request.HandSeed(CIRCLE, new NodeId(1), MaskSeed.owning(new byte[MaskSeed.BYTES])),
        new Request.Contribute(CIRCLE, NAME, 1, written.txId()));
  }

  private static ParticipantHost host(Desk desk) {
    return new ParticipantHost(
        desk.ledger, new Participant((id, entry, share) -> true), new NodeClock(1));
  }

  private static Request.Prepare written(Desk desk, ParticipantHost host) {
    Request.Prepare prepare = desk.prepareVersion(NAME, desk.shareBytes(64));
    assertEquals(new Reply.Yes(), host.stepOwn(prepare).join());
    assertEquals(new Reply.Applied(), host.stepOwn(Desk.commit(prepare)).join());
    return prepare;
  }

  @Test
  void a_node_that_serves_convenes_takes_its_seed_and_contributes() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk);
        Contributing contributing = contributing(desk, host, true)) {
      host.serve();
      List<Request> requests = requests(written(desk, host));
      assertEquals(new Reply.Convened(), contributing.step(requests.get(0)).join());
      assertEquals(new Reply.NotWanted(), contributing.step(requests.get(2)).join());
      assertEquals(new Reply.Noted(), contributing.step(requests.get(1)).join());
      Reply.Contributed contributed =
          assertInstanceOf(Reply.Contributed.class, contributing.step(requests.get(2)).join());
      assertTrue(contributed.contribution() != null);
    }
  }

  @Test
  void a_node_that_does_not_serve_helps_nobody() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk);
        Contributing contributing = contributing(desk, host, true)) {
      for (Request request : requests(written(desk, host))) {
        assertEquals(new Reply.Joining(), contributing.step(request).join());
      }
    }
  }

  @Test
  void with_background_repair_turned_off_a_node_helps_nobody() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost host = host(desk);
        Contributing contributing = contributing(desk, host, false)) {
      host.serve();
      for (Request request : requests(written(desk, host))) {
        assertTrue(Contributing.concerns(request));
        assertEquals(new Reply.NotWanted(), contributing.step(request).join());
      }
      assertFalse(Contributing.concerns(new Request.ReadHeads(List.of(NAME), false)));
    }
  }
}
