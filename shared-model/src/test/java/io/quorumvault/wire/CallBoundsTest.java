package io.quorumvault.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.TxId;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Threshold;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What an API server or another node may ask for at once: the bound itself, and not one more.
class CallBoundsTest {
  private static final Namespace DEMO = new Namespace("demo");
  private static final SecretName NAME = new SecretName("A");

  private static void assertBounded(int most, IntFunction<Record> call) {
    assertEquals(call.apply(1), call.apply(1));
    assertEquals(call.apply(most), call.apply(most));
    for (int beyond : new int[] {Integer.MIN_VALUE, -1, 0, most + 1}) {
      assertThrows(IllegalArgumentException.class, () -> call.apply(beyond));
    }
  }

  private static <T> List<T> times(int count, IntFunction<T> one) {
    return IntStream.range(0, Math.max(0, count)).mapToObj(one).toList();
  }

  @Test
  void a_page_has_its_bound_at_nodes_too() {
    assertBounded(Limits.PAGE_MAX, limit -> new ListCall(DEMO, "", null, limit, 1000));
    assertBounded(Limits.PAGE_MAX, limit -> new HistoryCall(DEMO, NAME, 0, limit, 1000));
    assertBounded(Limits.PAGE_MAX, limit -> new AuditCall(DEMO, null, limit, 1000));
    assertThrows(IllegalArgumentException.class, () -> new HistoryCall(DEMO, NAME, -1, 1, 1000));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ListCall(DEMO, "x".repeat(Limits.NAME_CHARS_MAX + 1), null, 1, 1000));
  }

  @Test
  void a_transaction_has_so_many_names() {
    assertBounded(
        Limits.NAMES_PER_TRANSACTION_MAX,
        names ->
            new ReadCall(
                DEMO,
                times(names, i -> new ReadCall.Item(new SecretName("A" + i), null, null)),
                true,
                1000));
    assertBounded(
        Limits.NAMES_PER_TRANSACTION_MAX,
        names ->
            new WriteCall(
                WriteKind.DELETE,
                DEMO,
                times(
                    names,
                    i -> new WriteCall.Item(new SecretName("A" + i), null, null, null, false)),
                Bytes.copyOf(new byte[32]),
                false,
                Instant.EPOCH,
                1000));
    assertBounded(
        Limits.NAMES_PER_TRANSACTION_MAX,
        items ->
            new DenialCall(
                DEMO, times(items, i -> new DenialCall.Item("read", NAME)), FailureCode.FORBIDDEN));
  }

  @Test
  void a_batch_has_so_many_requests() {
    Terms terms = Terms.of(Membership.of("dev", 5, 3));
    PeerBatch.Item item = new PeerBatch.Item(null, new Request.ReadHeads(List.of(), false));
    assertBounded(
        PeerBatch.ITEMS_MAX, items -> new PeerBatch(terms, new NodeId(1), times(items, _ -> item)));
  }

  @Test
  void the_version_before_the_last_thousand_is_retired() {
    assertEquals(1, Participant.firstWantedSeq(head(Limits.VERSIONS_PER_SECRET_MAX)));
    assertEquals(2, Participant.firstWantedSeq(head(Limits.VERSIONS_PER_SECRET_MAX + 1)));
  }

  /// The newest of so many versions.
  private static Entry head(int version) {
    Bytes digest = Bytes.copyOf(new byte[Seal.DIGEST_BYTES]);
    Seal seal =
        new Seal(
            new Threshold(3, 5), 64, digest, Collections.nCopies(5, digest), ValueEncoding.UTF_8);
    TxId txId = new TxId(new NodeId(1), 1, version);
    return new Entry(version, txId, Entry.Kind.VERSION, 1, version, Instant.EPOCH, seal);
  }
}
