package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Restoration;
import io.quorumvault.secret.SecretId;
import io.quorumvault.storage.ledger.Desk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Node 2 of 5, with threshold 3.
class ScrubberTest {
  private static final List<NodeId> OTHERS = List.of(new NodeId(1), new NodeId(3), new NodeId(4));

  @TempDir Path directory;

  @Test
  void what_a_node_lacks_is_restored_without_being_asked_for_and_tried_again_if_that_fails() {
    try (Desk desk = Desk.open(directory);
        ParticipantHost participant =
            new ParticipantHost(
                desk.ledger, new Participant((id, entry, share) -> true), new NodeClock(1))) {
      participant.serve();
      List<SecretId> names = new ArrayList<>();
      List<byte[]> contents = new ArrayList<>();
      List<Request.Repair> repairs = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        SecretId id = SecretId.of("demo", "n" + (1000 + i));
        byte[] content = desk.shareBytes(64);
        Request.Prepare prepare = desk.prepareVersion(id, content);
        // The node hears of the outcome only.
        assertEquals(new Reply.Applied(), participant.stepOwn(Desk.commit(prepare)).join());
        names.add(id);
        contents.add(content);
        repairs.add(new Request.Repair(id, 1, prepare.txId(), Desk.share(content)));
      }
      AtomicInteger tries = new AtomicInteger();
      try (Scrubber scrubber =
          new Scrubber(
              new DeskHome(desk),
              desk.ledger,
              participant,
              restoration -> {
                // The helpers of the first are away; each of the others brings all that is asked.
                Restoration.Result nothing = new Restoration.Result(List.of(), 1, 0);
                return tries.getAndIncrement() == 0
                    ? nothing
                    : new Restoration.Result(
                        repairs.stream()
                            .map(repair ->
                                new Request.Repair(
                                    repair.id(),
                                    repair.seq(),
                                    repair.txId(),
                                    Desk.share(repair.share().exposeCopy())))
                            .toList(),
                        0,
                        0);
              },
              () -> OTHERS,
              new NodeClock(1))) {
        scrubber.start();
        while (names.stream().anyMatch(id -> desk.shareOf(id).isEmpty())) {
          Thread.onSpinWait();
        }
      }
      for (int i = 0; i < names.size(); i++) {
        assertArrayEquals(contents.get(i), desk.shareOf(names.get(i)).orElseThrow());
      }
    }
  }
}
