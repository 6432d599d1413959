package io.quorumvault.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Threshold;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SealTest {
  private static final Threshold THRESHOLD = new Threshold(2, 3);
  private static final Bytes DIGEST = Bytes.copyOf(new byte[32]);
  private static final List<Bytes> DIGESTS = List.of(DIGEST, DIGEST, DIGEST);

  @Test
  void lengths_that_no_payload_has_are_refused() {
    for (int shareBytes : new int[] {64, 128, Limits.SHARE_BYTES_MAX}) {
      assertEquals(shareBytes, seal(shareBytes, DIGEST, DIGESTS).shareBytes());
    }
    for (int shareBytes :
        new int[] {0, -64, 1, 32, 63, 65, Limits.SHARE_BYTES_MAX + 64, Integer.MIN_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> seal(shareBytes, DIGEST, DIGESTS));
    }
  }

  @Test
  void there_is_one_digest_of_32_bytes_for_each_share() {
    for (List<Bytes> digests :
        List.of(
            List.<Bytes>of(), List.of(DIGEST, DIGEST), List.of(DIGEST, DIGEST, DIGEST, DIGEST))) {
      assertThrows(IllegalArgumentException.class, () -> seal(64, DIGEST, digests));
    }
    for (int length : new int[] {0, 31, 33}) {
      Bytes other = Bytes.copyOf(new byte[length]);
      assertThrows(IllegalArgumentException.class, () -> seal(64, other, DIGESTS));
      assertThrows(
          IllegalArgumentException.class, () -> seal(64, DIGEST, List.of(DIGEST, DIGEST, other)));
    }
  }

  @Test
  void the_list_it_was_made_from_may_change_afterwards() {
    List<Bytes> digests = new ArrayList<>(DIGESTS);
    Seal seal = seal(64, DIGEST, digests);
    digests.clear();
    assertEquals(DIGESTS, seal.shareDigests());
  }

  private static Seal seal(int shareBytes, Bytes commitment, List<Bytes> digests) {
    return new Seal(THRESHOLD, shareBytes, commitment, digests, ValueEncoding.UTF_8);
  }
}
