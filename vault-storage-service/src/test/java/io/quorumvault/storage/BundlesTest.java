package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BundlesTest {
  private static List<List<Integer>> bundles(Integer... lengths) {
    return Bundles.of(List.of(lengths), 3, 10, length -> length);
  }

  @Test
  void neither_number_nor_bytes_go_beyond_their_bound_and_the_order_stays() {
    assertEquals(List.of(), bundles());
    assertEquals(List.of(List.of(1, 2, 3), List.of(4)), bundles(1, 2, 3, 4));
    assertEquals(List.of(List.of(4, 6), List.of(1)), bundles(4, 6, 1));
  }

  @Test
  void what_is_too_long_stands_alone() {
    assertEquals(List.of(List.of(1), List.of(11), List.of(2)), bundles(1, 11, 2));
  }
}
