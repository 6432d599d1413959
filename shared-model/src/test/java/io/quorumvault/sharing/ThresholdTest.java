package io.quorumvault.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.Limits;
import org.junit.jupiter.api.Test;

final class ThresholdTest {
  @Test
  void every_k_from_two_to_n_and_every_n_up_to_the_limit_is_taken() {
    for (int n = 2; n <= Limits.NODES_MAX; n++) {
      for (int k = 2; k <= n; k++) {
        Threshold threshold = new Threshold(k, n);
        assertEquals(k, threshold.k());
        assertEquals(n, threshold.n());
      }
    }
  }

  @Test
  void a_threshold_of_one_is_refused_because_each_share_would_be_the_secret() {
    refused(1, 3, "threshold k=1 (expected: at least 2)");
    refused(1, 1, "threshold k=1 (expected: at least 2)");
    refused(0, 0, "threshold k=0 (expected: at least 2)");
    refused(-1, 3, "threshold k=-1 (expected: at least 2)");
  }

  @Test
  void fewer_shares_than_the_threshold_and_more_than_nodes_are_refused() {
    refused(3, 2, "n=2 (expected: k=3 to 255)");
    refused(2, 256, "n=256 (expected: k=2 to 255)");
    refused(256, 256, "n=256 (expected: k=256 to 255)");
  }

  private static void refused(int k, int n, String message) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> new Threshold(k, n));
    assertEquals(message, refusal.getMessage());
  }
}
