package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bucket4j.Bucket;
import org.junit.jupiter.api.Test;

/// Whoever asks in vain as fast as they can does not fill the audit log.
final class DenialsTest {
  /// Every millisecond somebody asks for a name of theirs.
  private static int recorded(Bucket allowance, ManualMeter clock, int seconds) {
    int recorded = 0;
    for (int i = 0; i < seconds * 1000; i++) {
      recorded += allowance.tryConsume(1) ? 1 : 0;
      clock.passMillis(1);
    }
    return recorded;
  }

  @Test
  void a_flood_of_denials_is_recorded_up_to_a_burst_and_then_at_a_slow_rate() {
    ManualMeter clock = new ManualMeter();
    Bucket allowance = Denials.allowance(clock);
    assertEquals(
        Denials.BURST + 60 * Denials.PER_SECOND,
        recorded(allowance, clock, 60),
        Denials.PER_SECOND);
    assertEquals(60 * Denials.PER_SECOND, recorded(allowance, clock, 60), Denials.PER_SECOND);
  }

  @Test
  void what_is_saved_up_is_a_burst_at_most() {
    ManualMeter clock = new ManualMeter();
    Bucket allowance = Denials.allowance(clock);
    assertTrue(allowance.tryConsume(Denials.BURST));
    assertFalse(allowance.tryConsume(1));
    clock.passMillis(1000);
    assertTrue(allowance.tryConsume(Denials.PER_SECOND));
    clock.passMillis(86_400_000);
    assertTrue(allowance.tryConsume(Denials.BURST));
    assertFalse(allowance.tryConsume(1));
  }

  @Test
  void more_than_is_left_is_not_taken_in_part() {
    Bucket allowance = Denials.allowance(new ManualMeter());
    assertFalse(allowance.tryConsume(Denials.BURST + 1));
    assertTrue(allowance.tryConsume(Denials.BURST));
  }
}
