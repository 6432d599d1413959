package io.quorumvault.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.protocol.AppliedOperation;
import io.quorumvault.protocol.Ballot;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is said to be the longest form of a message is never shorter than the message.
class PeerAnswersTest {
  private static final long LARGE = Long.MAX_VALUE - 1;
  private static final TxId TX = new TxId(new NodeId(Limits.NODES_MAX), LARGE, LARGE);
  private static final Instant LATE = Instant.parse("9999-12-31T23:59:59.999Z");
  private static final SecretId NAME =
      SecretId.of("n".repeat(63), "N".repeat(Limits.NAME_CHARS_MAX));
  private static final Bytes DIGEST = Bytes.copyOf(new byte[Seal.DIGEST_BYTES]);

  private static Entry entry(int nodes) {
    return new Entry(
        LARGE,
        TX,
        Entry.Kind.VERSION,
        LARGE,
        LARGE,
        LATE,
        new Seal(
            new Threshold(nodes, nodes),
            Limits.SHARE_BYTES_MAX,
            DIGEST,
            Collections.nCopies(nodes, DIGEST),
            ValueEncoding.BASE64));
  }

  private static Head head(int nodes, int operations) {
    AppliedOperation operation =
        new AppliedOperation(DIGEST, WriteKind.UPDATE, LARGE, LARGE, LARGE, LARGE, LATE, LATE);
    return new Head(entry(nodes), Collections.nCopies(operations, operation));
  }

  private static void assertBound(int nodes, Reply reply) {
    int bytes = RecordCodec.encode(new PeerAnswers(true, List.of(reply))).length;
    assertTrue(
        bytes <= PeerAnswers.bytesAtMost(nodes, reply),
        () -> bytes + " bytes of " + reply.getClass().getSimpleName());
  }

  @Test
  void an_answer_to_a_read_is_not_longer_than_said() {
    for (int nodes : new int[] {2, 5, Limits.NODES_MAX}) {
      for (int operations : new int[] {0, 1, 300}) {
        Head head = head(nodes, operations);
        Part part = new Part(NAME, LARGE - 1, head.entry(), head.operations());
        Share share = Share.owning(1, new byte[64_000]);
        List<Reply.Standing> standings =
            IntStream.range(0, 50)
                .mapToObj(i ->
                    new Reply.Standing(
                        NAME,
                        head,
                        share,
                        List.of(
                            new Reply.Pending(
                                TX, new Ballot(LARGE, Integer.MAX_VALUE, 255), part))))
                .toList();
        assertBound(nodes, new Reply.Heads(standings));
        assertBound(nodes, new Reply.Listing(standings, true));
        assertBound(nodes, new Reply.Chain(Collections.nCopies(128, head.entry())));
        assertBound(nodes, new Reply.ShareHeld(share));
        assertBound(nodes, new Reply.ShareHeld(null));
        assertBound(nodes, new Reply.Contributed(Contribution.owning(new byte[64_000])));
        assertBound(nodes, new Reply.Contributed(null));
        assertBound(nodes, new Reply.Refused(Reply.Refused.Reason.NOT_ALLOWED));
      }
    }
  }

  @Test
  void a_prepare_is_not_longer_than_its_parts_and_shares() {
    for (int nodes : new int[] {3, 5, 100}) {
      int names = 500;
      Head base = head(nodes, 3);
      AppliedOperation own = base.operations().getFirst();
      Part part = new Part(NAME, LARGE - 1, base.entry(), Collections.nCopies(4, own));
      Share share = Share.owning(1, new byte[1024]);
      PeerBatch batch =
          new PeerBatch(
              Terms.of(Membership.of("c".repeat(63), nodes, 2)),
              TX.coordinator(),
              List.of(
                  new PeerBatch.Item(
                      "t".repeat(Limits.TOKEN_CHARS_MAX),
                      new Request.Prepare(
                          TX,
                          LARGE,
                          Collections.nCopies(names, new Request.Staging(part, share))))));
      long said = names * (PeerBatch.partBytes(nodes, base) + 1024);
      int bytes = RecordCodec.encode(batch).length;
      assertTrue(
          bytes <= said + (Limits.INTERNAL_BYTES_MAX - PeerBatch.CONTENT_BYTES_MAX),
          () -> bytes + " bytes, said were " + said);
    }
  }
}
