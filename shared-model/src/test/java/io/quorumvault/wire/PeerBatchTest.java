package io.quorumvault.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.Verdict;
import io.quorumvault.secret.SecretId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerBatchTest {
  private static final NodeId NODE = new NodeId(2);
  private static final TxId TX = new TxId(NODE, 3, 4);

  @Test
  void requests_of_different_kinds_come_back_as_what_they_were() {
    Entry tombstone =
        new Entry(7, TX, Entry.Kind.TOMBSTONE, 2, 3, Instant.ofEpochMilli(1234), null);
    Part part = new Part(SecretId.of("demo", "A"), 6, tombstone, List.of());
    PeerBatch batch =
        new PeerBatch(
            Terms.of(Membership.of("dev", 5, 3)),
            NODE,
            List.of(
                new PeerBatch.Item(
                    "token", new Request.Prepare(TX, 1, List.of(new Request.Staging(part, null)))),
                new PeerBatch.Item(
                    null,
                    new Request.Decide(TX, new Ballot(1, 0, 2), Verdict.COMMIT, List.of(part)))));

    assertEquals(batch, RecordCodec.decode(PeerBatch.class, RecordCodec.encode(batch)));
  }

  @Test
  void replies_with_and_without_content_come_back_as_what_they_were() {
    PeerAnswers answers =
        new PeerAnswers(
            true,
            List.of(
                new Reply.Yes(),
                new Reply.Locked(TX, 20),
                new Reply.Refused(Reply.Refused.Reason.NO_ROOM),
                new Reply.Heads(
                    List.of(new Reply.Standing(SecretId.of("demo", "A"), null, null, List.of())))));

    assertEquals(answers, RecordCodec.decode(PeerAnswers.class, RecordCodec.encode(answers)));
  }

  @Test
  void a_kind_that_nobody_knows_is_refused() {
    byte[] bytes = RecordCodec.encode(new PeerAnswers(true, List.of(new Reply.Yes())));
    String changed = new String(bytes, StandardCharsets.ISO_8859_1).replace("Yes", "Yep");

    assertThrows(
        MalformedRecordException.class,
        () -> RecordCodec.decode(PeerAnswers.class, changed.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void an_item_does_not_show_its_token() {
    PeerBatch.Item item =
        new PeerBatch.Item("do-not-show", new Request.ReadHeads(List.of(), false));

    assertFalse(item.toString().contains("do-not-show"));
  }
}
