package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Whoever asks in vain as fast as they can does not fill the audit log.
final class DenialsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /// Every millisecond somebody asks for a name of theirs.
  private static int recorded(Allowance allowance, long beginNanos, int seconds) {
    int recorded = 0;
    for (int i = 0; i < seconds * 1000; i++) {
      recorded += allowance.take(1, beginNanos + i * SECOND / 1000) ? 1 : 0;
    }
    return recorded;
  }

  @Test
  void a_flood_of_denials_is_recorded_up_to_a_burst_and_then_at_a_slow_rate() {
    Allowance allowance = new Allowance(Denials.BURST, Denials.PER_SECOND, 0);
    assertEquals(
        Denials.BURST + 60 * Denials.PER_SECOND, recorded(allowance, 0, 60), Denials.PER_SECOND);
    assertEquals(60 * Denials.PER_SECOND, recorded(allowance, 60 * SECOND, 60), Denials.PER_SECOND);
  }

  @Test
  void what_is_saved_up_is_a_burst_at_most() {
    Allowance allowance = new Allowance(100, 10, 0);
    assertTrue(allowance.take(100, 0));
    assertFalse(allowance.take(1, 0));
    assertTrue(allowance.take(10, SECOND));
    assertTrue(allowance.take(100, 3600 * SECOND));
    assertFalse(allowance.take(1, 3600 * SECOND));
  }

  @Test
  void more_than_is_left_is_not_taken_in_part() {
    Allowance allowance = new Allowance(100, 10, 0);
    assertFalse(allowance.take(101, 0));
    assertTrue(allowance.take(100, 0));
  }
}
