package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ShareMarginTest {
  private final AtomicLong millis = new AtomicLong(1_000);
  private final ShareMargin margin = new ShareMargin(millis::get);

  private void pass(double windows) {
    millis.addAndGet((long) (windows * ShareMargin.WINDOW.toMillis()));
  }

  @Test
  void nothing_read_says_nothing() {
    assertEquals(OptionalInt.empty(), margin.least());
  }

  @Test
  void the_least_counts_and_one_below_the_threshold_is_negative() {
    margin.saw(2);
    margin.saw(-1);
    margin.saw(1);
    assertEquals(OptionalInt.of(-1), margin.least());
  }

  @Test
  void a_low_is_told_for_at_least_one_window_and_at_most_two() {
    pass(0.9);
    margin.saw(0);
    pass(1);
    margin.saw(2);
    assertEquals(OptionalInt.of(0), margin.least());
    pass(0.2);
    assertEquals(OptionalInt.of(2), margin.least());
    pass(1.5);
    assertEquals(OptionalInt.empty(), margin.least());
  }

  @Test
  void after_a_long_silence_nothing_old_is_told() {
    margin.saw(0);
    pass(50);
    assertEquals(OptionalInt.empty(), margin.least());
    margin.saw(2);
    assertEquals(OptionalInt.of(2), margin.least());
  }
}
