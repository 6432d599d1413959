package io.quorumvault.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GenTest {
  @Test
  void a_seed_means_the_same_data_for_ever() {
    // The first outputs of SplitMix64 from seed 1234567, as published with the reference in C.
    Gen gen = new Gen(1234567);
    assertEquals(6457827717110365317L, gen.nextLong());
    assertEquals(3203168211198807973L, gen.nextLong());
    assertEquals(Long.parseUnsignedLong("9817491932198370423"), gen.nextLong());
  }

  @Test
  void two_generators_of_one_seed_agree_and_of_two_seeds_differ() {
    assertArrayEquals(new Gen(7).bytes(64), new Gen(7).bytes(64));
    assertNotEquals(new Gen(7).nextLong(), new Gen(8).nextLong());
    byte[] first = new byte[100];
    byte[] second = new byte[100];
    new Gen(7).secureRandom().nextBytes(first);
    new Gen(7).secureRandom().nextBytes(second);
    assertArrayEquals(first, second);
  }

  @Test
  void numbers_stay_within_their_bounds_and_reach_both_ends() {
    Gen gen = new Gen(1);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(gen.between(-2, 2));
    }
    assertEquals(Set.of(-2, -1, 0, 1, 2), seen);
    assertThrows(IllegalArgumentException.class, () -> gen.below(0));
    assertThrows(IllegalArgumentException.class, () -> gen.between(1, 0));
    gen.between(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Test
  void a_shuffle_keeps_every_element_once() {
    List<Integer> elements = List.of(1, 2, 3, 4, 5, 6, 7);
    Gen.forAll(
        50,
        gen -> {
          assertEquals(new HashSet<>(elements), new HashSet<>(gen.shuffled(elements)));
          assertEquals(3, new HashSet<>(gen.some(3, elements)).size());
        });
  }

  @Test
  void a_failing_property_names_the_seed_that_fails_again() {
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () -> Gen.forAll(100, gen -> assertTrue(gen.seed() < 42, "too large")));
    assertTrue(
        String.valueOf(failure.getMessage()).contains("-Dgen.seed=42 "), failure.getMessage());
  }

  @Test
  void what_a_fork_draws_does_not_shift_its_parent() {
    Gen quiet = new Gen(3);
    Gen busy = new Gen(3);
    quiet.fork();
    busy.fork().bytes(1000);
    assertEquals(quiet.nextLong(), busy.nextLong());
  }
}
