package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.policy.Caller;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A caller that runs wild takes its own share, and nobody else's.
final class CallerRatesTest {
  private static final Caller WILD = new Caller("wild", Set.of());
  private static final Caller MODEST = new Caller("modest", Set.of());

  private final ManualMeter clock = new ManualMeter();
  private final CallerRates rates = new CallerRates(10, clock);

  private int taken(Caller caller, int seconds) {
    int taken = 0;
    for (int i = 0; i < seconds * 100; i++) {
      taken += rates.take(caller) ? 1 : 0;
      clock.passMillis(10);
    }
    return taken;
  }

  private int takenAtOnce(Caller caller) {
    int taken = 0;
    while (rates.take(caller)) {
      taken++;
    }
    return taken;
  }

  @Test
  void a_caller_has_a_burst_and_then_a_rate() {
    assertEquals(40 + 60 * 10, taken(WILD, 60), 10);
    assertEquals(60 * 10, taken(WILD, 60), 10);
  }

  @Test
  void what_one_takes_the_other_still_has() {
    int _ = takenAtOnce(WILD);
    assertFalse(rates.take(WILD));
    assertTrue(rates.take(MODEST));
  }

  @Test
  void what_is_saved_up_in_a_day_is_a_burst_at_most() {
    int _ = taken(WILD, 10);
    clock.passMillis(86_400_000);
    assertEquals(40, takenAtOnce(WILD));
  }
}
