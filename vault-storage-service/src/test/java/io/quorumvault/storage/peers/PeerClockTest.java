package io.quorumvault.storage.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class PeerClockTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private final PeerClock clock = new PeerClock("node-2", InstantSource.system());

  /// What is told when a request left at `sent` and the answer of that second came at `received`.
  private double ahead(String sent, String said, String received) {
    clock.heard(time(sent), time(said), time(received));
    return clock.aheadSeconds();
  }

  private static Instant time(String seconds) {
    return NOON.plusMillis(Math.round(Double.parseDouble(seconds) * 1000));
  }

  @Test
  void nothing_is_told_before_it_was_heard() {
    assertEquals(Double.NaN, clock.aheadSeconds());
  }

  @Test
  void clocks_that_may_agree_are_not_told_to_differ() {
    assertEquals(0, ahead("3.999", "3", "4.001"));
    assertEquals(0, ahead("3.2", "3", "3.3"));
    assertEquals(0, ahead("3.9", "4", "4.0"));
    // It took five seconds: anything between may be.
    assertEquals(0, ahead("3", "7", "8"));
    assertEquals(0, ahead("4", "3", "9"));
  }

  @Test
  void a_clock_ahead_or_behind_is_told_by_what_is_certain() {
    assertEquals(6.5, ahead("3.4", "10", "3.5"));
    assertEquals(-5.5, ahead("9.5", "3", "9.6"));
    assertEquals(0, ahead("3.2", "3", "3.3"));
  }
}
