package io.quorumvault.sharing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Limits;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.ScriptedRandom;
import io.quorumvault.testing.Subsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ShamirTest {
  private static final Threshold THREE_OF_FIVE = new Threshold(3, 5);

  private static final List<Threshold> SMALL =
      List.of(
          new Threshold(2, 2),
          new Threshold(2, 3),
          new Threshold(3, 3),
          THREE_OF_FIVE,
          new Threshold(2, 6),
          new Threshold(4, 7),
          new Threshold(6, 6),
          new Threshold(5, 8));

  @Test
  void a_split_with_known_coefficients_gives_the_known_shares() {
    // Computed outside this code base, by another implementation in another language.
    ScriptedRandom random = new ScriptedRandom(hex("0001ff80a7c3"), hex("00fe10ff5c3d"));
    List<Share> shares = Shamir.split(hex("5300ff018041"), THREE_OF_FIVE, random);
    List<String> expected =
        List.of("53ff107e7bbf", "53d75acbbe28", "5328b5b445d6", "537d355e9d9d", "5382da216663");
    assertEquals(
        expected,
        shares.stream().map(share -> HexFormat.of().formatHex(share.exposeCopy())).toList());
    assertEquals(List.of(1, 2, 3, 4, 5), shares.stream().map(Share::x).toList());
    assertTrue(random.exhausted());
  }

  @Test
  void the_terms_of_k_shares_add_up_to_the_share_at_any_other_point() {
    Gen gen = new Gen(8);
    for (Threshold threshold : SMALL) {
      List<Share> shares = Shamir.split(gen.bytes(70), threshold, gen.secureRandom());
      for (int x = 1; x <= threshold.n(); x++) {
        int target = x;
        List<Integer> others = new ArrayList<>(shares.stream().map(Share::x).toList());
        others.remove(Integer.valueOf(x));
        for (List<Integer> points : Subsets.of(others, threshold.k(), threshold.k())) {
          byte[] sum = new byte[70];
          for (int point : points) {
            byte[] term = Shamir.term(target, shares.get(point - 1), points, threshold);
            for (int i = 0; i < sum.length; i++) {
              sum[i] ^= term[i];
            }
          }
          assertEquals(shares.get(x - 1), Share.owning(x, sum));
        }
      }
    }
  }

  @Test
  void a_term_needs_exactly_k_points_without_the_target() {
    Share share = Share.owning(3, new byte[] {7});
    for (List<Integer> wrong :
        List.of(
            List.of(1, 3),
            List.of(1, 3, 4, 5),
            List.of(1, 3, 3),
            List.of(1, 2, 3),
            List.of(0, 1, 3),
            List.of(1, 3, 6),
            List.of(1, 4, 5))) {
      assertThrows(
          IllegalArgumentException.class, () -> Shamir.term(2, share, wrong, THREE_OF_FIVE));
    }
    for (int x : new int[] {0, 6}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Shamir.term(x, share, List.of(1, 3, 5), THREE_OF_FIVE));
    }
  }

  @Test
  void known_shares_give_the_known_secret() {
    List<Share> shares =
        List.of(
            Share.owning(5, hex("5382da216663")),
            Share.owning(1, hex("53ff107e7bbf")),
            Share.owning(3, hex("5328b5b445d6")));
    assertArrayEquals(hex("5300ff018041"), Shamir.combine(shares, THREE_OF_FIVE));
    assertEquals(Share.owning(2, hex("53d75acbbe28")), Shamir.shareAt(2, shares, THREE_OF_FIVE));
  }

  @Test
  void shares_are_the_values_on_paper_of_the_polynomials_that_were_drawn() {
    Gen.forAll(
        60,
        gen -> {
          int n = gen.between(2, 12);
          Threshold threshold = new Threshold(gen.between(2, n), n);
          byte[] secret = gen.bytes(gen.pick(1, 7, 8, 9, 100, 4095, 4096, 4097, 9000));
          Recording random = new Recording(gen);
          List<Share> shares = Shamir.split(secret, threshold, random);
          for (int probe = 0; probe < 20; probe++) {
            int position = probe == 0 ? secret.length - 1 : gen.below(secret.length);
            int[] polynomial = random.polynomial(secret, position, threshold);
            for (Share share : shares) {
              assertEquals(
                  NaiveField.evaluate(polynomial, share.x()),
                  share.bytes()[position] & 0xff,
                  "byte " + position + " of " + share);
            }
          }
        });
  }

  @Test
  void joining_and_repairing_agree_with_interpolation_on_paper_for_any_bytes() {
    Gen.forAll(
        100,
        gen -> {
          int n = gen.between(2, 255);
          Threshold threshold = new Threshold(gen.between(2, Math.min(n, 9)), n);
          int length = gen.between(1, 12);
          List<Integer> everyX = new ArrayList<>();
          for (int x = 1; x <= n; x++) {
            everyX.add(x);
          }
          // Not made by a split at all: any k points are on exactly one polynomial.
          List<Share> points =
              gen.some(threshold.k(), everyX).stream()
                  .map(x -> Share.owning(x, gen.bytes(length)))
                  .toList();
          byte[] joined = Shamir.combine(points, threshold);
          int x = gen.between(1, n);
          byte[] repaired = Shamir.shareAt(x, points, threshold).exposeCopy();
          int[] xs = points.stream().mapToInt(Share::x).toArray();
          for (int i = 0; i < length; i++) {
            int position = i;
            int[] ys = points.stream().mapToInt(p -> p.bytes()[position] & 0xff).toArray();
            assertEquals(NaiveField.interpolate(xs, ys, 0), joined[i] & 0xff);
            assertEquals(NaiveField.interpolate(xs, ys, x), repaired[i] & 0xff);
          }
        });
  }

  @Test
  void every_subset_of_at_least_k_joins_in_any_order() {
    Gen gen = new Gen(1);
    for (Threshold threshold : SMALL) {
      byte[] secret = gen.bytes(33);
      List<Share> shares = Shamir.split(secret, threshold, gen.secureRandom());
      for (List<Share> subset : Subsets.of(shares, threshold.k(), threshold.n())) {
        assertArrayEquals(secret, Shamir.combine(gen.shuffled(subset), threshold));
      }
    }
  }

  @Test
  void no_smaller_subset_joins() {
    Gen gen = new Gen(2);
    for (Threshold threshold : SMALL) {
      byte[] secret = gen.bytes(33);
      List<Share> shares = Shamir.split(secret, threshold, gen.secureRandom());
      for (List<Share> subset : Subsets.of(shares, 0, threshold.k() - 1)) {
        assertThrows(IllegalArgumentException.class, () -> Shamir.combine(subset, threshold));
        if (subset.size() >= Threshold.K_MIN) {
          Threshold lower = new Threshold(subset.size(), threshold.n());
          assertFalse(Arrays.equals(secret, Shamir.combine(subset, lower)));
        }
      }
    }
  }

  /// Perfect secrecy, by exhaustion: over all coefficients, one share of two takes every value
  /// exactly once, whatever the secret. A leading coefficient that is never zero would miss one.
  @Test
  void one_share_of_a_threshold_of_two_is_uniform_for_every_secret() {
    byte[] everyCoefficient = everyByte();
    for (int secret = 0; secret < 256; secret++) {
      byte[] same = filled(256, secret);
      List<Share> shares =
          Shamir.split(same, new Threshold(2, 5), new ScriptedRandom(everyCoefficient));
      for (Share share : shares) {
        BitSet seen = new BitSet(256);
        for (byte value : share.bytes()) {
          seen.set(value & 0xff);
        }
        assertEquals(256, seen.cardinality(), "secret " + secret + ", " + share);
      }
    }
  }

  /// The same for two shares of three: all 65,536 pairs of coefficients give each of the 65,536
  /// pairs of values exactly once, for each pair of nodes.
  @Test
  void two_shares_of_a_threshold_of_three_are_jointly_uniform() {
    for (int secret : new int[] {0x00, 0x01, 0x42, 0xff}) {
      List<List<Integer>> pairs = Subsets.of(List.of(1, 2, 3, 4, 5), 2, 2);
      List<BitSet> seen = pairs.stream().map(_ -> new BitSet(1 << 16)).toList();
      for (int linear = 0; linear < 256; linear++) {
        ScriptedRandom random = new ScriptedRandom(filled(256, linear), everyByte());
        List<Share> shares = Shamir.split(filled(256, secret), THREE_OF_FIVE, random);
        for (int pair = 0; pair < pairs.size(); pair++) {
          byte[] first = shares.get(pairs.get(pair).getFirst() - 1).bytes();
          byte[] second = shares.get(pairs.get(pair).getLast() - 1).bytes();
          for (int i = 0; i < 256; i++) {
            seen.get(pair).set((first[i] & 0xff) << 8 | (second[i] & 0xff));
          }
        }
      }
      for (int pair = 0; pair < pairs.size(); pair++) {
        assertEquals(
            1 << 16, seen.get(pair).cardinality(), "secret " + secret + ", " + pairs.get(pair));
      }
    }
  }

  @Test
  void secrets_of_every_hard_length_and_of_extreme_bytes_come_back() {
    Gen gen = new Gen(3);
    for (int length :
        new int[] {1, 2, 7, 8, 9, 63, 64, 65, 4096, 4097, 1 << 20, Limits.SHARE_BYTES_MAX}) {
      for (byte[] secret : List.of(filled(length, 0x00), filled(length, 0xff), gen.bytes(length))) {
        byte[] kept = secret.clone();
        List<Share> shares = Shamir.split(secret, THREE_OF_FIVE, gen.secureRandom());
        assertArrayEquals(kept, secret);
        assertArrayEquals(secret, Shamir.combine(gen.some(3, shares), THREE_OF_FIVE));
      }
    }
  }

  static Stream<Arguments> everyThresholdAndHardLength() {
    return IntStream.rangeClosed(2, 9)
        .boxed()
        .flatMap(n ->
            IntStream.rangeClosed(2, n)
                .boxed()
                .flatMap(k ->
                    IntStream.of(1, 63, 64, 65).mapToObj(length -> Arguments.of(k, n, length))));
  }

  @ParameterizedTest
  @MethodSource("everyThresholdAndHardLength")
  void any_k_shares_join_and_one_fewer_is_refused(int k, int n, int length) {
    Gen gen = new Gen(10);
    Threshold threshold = new Threshold(k, n);
    for (byte[] secret : List.of(filled(length, 0x00), filled(length, 0xff), gen.bytes(length))) {
      List<Share> shares = Shamir.split(secret, threshold, gen.secureRandom());
      List<Share> some = gen.some(k, shares);
      assertArrayEquals(secret, Shamir.combine(some, threshold));
      assertEquals(shares.get(n - 1), Shamir.shareAt(n, some, threshold));
      assertThrows(
          IllegalArgumentException.class, () -> Shamir.combine(some.subList(0, k - 1), threshold));
    }
  }

  @Test
  void the_largest_cell_splits_and_joins() {
    Gen gen = new Gen(4);
    for (Threshold threshold :
        List.of(new Threshold(2, 255), new Threshold(128, 255), new Threshold(255, 255))) {
      byte[] secret = gen.bytes(20);
      List<Share> shares = Shamir.split(secret, threshold, gen.secureRandom());
      List<Share> some = gen.some(threshold.k(), shares);
      assertArrayEquals(secret, Shamir.combine(some, threshold));
      assertEquals(shares.get(254), Shamir.shareAt(255, some, threshold));
    }
  }

  @Test
  void any_k_shares_give_every_other_one_bit_for_bit() {
    Gen gen = new Gen(5);
    for (Threshold threshold : SMALL) {
      List<Share> shares = Shamir.split(gen.bytes(65), threshold, gen.secureRandom());
      for (List<Share> subset : Subsets.of(shares, threshold.k(), threshold.n())) {
        for (Share lost : shares) {
          assertEquals(lost, Shamir.shareAt(lost.x(), gen.shuffled(subset), threshold));
        }
      }
    }
  }

  @Test
  void exactly_k_shares_are_used_and_the_rest_does_not_matter() {
    List<Share> shares = new ArrayList<>(split());
    shares.set(3, Share.owning(4, new byte[4]));
    assertArrayEquals(new byte[] {1, 2, 3, 4}, Shamir.combine(shares, THREE_OF_FIVE));
    assertEquals(shares.get(4), Shamir.shareAt(5, shares.subList(0, 4), THREE_OF_FIVE));
  }

  @Test
  void every_byte_and_every_split_has_coefficients_of_its_own() {
    Gen gen = new Gen(6);
    Threshold threshold = new Threshold(2, 2);
    byte[] zeros = new byte[3 * 4096 + 5];
    SecureRandom random = gen.secureRandom();
    // Split zeros two of two: the share at x = 1 is the coefficients themselves.
    byte[] first = Shamir.split(zeros, threshold, random).getFirst().exposeCopy();
    byte[] second = Shamir.split(zeros, threshold, random).getFirst().exposeCopy();
    int[] counts = new int[256];
    for (byte coefficient : first) {
      counts[coefficient & 0xff]++;
    }
    for (int count : counts) {
      assertTrue(count > 10 && count < 120, "one of 256 values came " + count + " times of 12293");
    }
    for (int block = 4096; block + 64 <= first.length; block += 4096) {
      assertFalse(Arrays.equals(first, 0, 64, first, block, block + 64));
    }
    assertFalse(Arrays.equals(first, second));
  }

  @Test
  void coefficients_are_wiped_also_when_the_randomness_fails() {
    ScriptedRandom complete = new ScriptedRandom(filled(9, 7), filled(9, 8));
    Shamir.split(new byte[9], THREE_OF_FIVE, complete);
    complete.filled().forEach(array -> assertArrayEquals(new byte[9], array));

    ScriptedRandom failing = new ScriptedRandom(filled(9, 7));
    assertThrows(AssertionError.class, () -> Shamir.split(new byte[9], THREE_OF_FIVE, failing));
    failing.filled().forEach(array -> assertArrayEquals(new byte[9], array));
  }

  @Test
  void too_few_shares_are_refused() {
    List<Share> shares = split();
    refused("2 shares (expected: at least 3)", shares.subList(0, 2));
    refused("0 shares (expected: at least 3)", List.of());
  }

  @Test
  void two_shares_at_one_x_are_refused_even_beside_enough_others() {
    List<Share> shares = split();
    refused(
        "two shares at x=2 (expected: each x once)",
        List.of(shares.get(0), shares.get(1), shares.get(1)));
    refused(
        "two shares at x=1 (expected: each x once)",
        List.of(shares.get(0), shares.get(1), shares.get(2), shares.get(0)));
  }

  @Test
  void a_share_beyond_n_is_refused() {
    List<Share> shares = split();
    refused(
        "share at x=6 (expected: 1 to 5)",
        List.of(shares.get(0), shares.get(1), Share.owning(6, new byte[4])));
  }

  @Test
  void shares_of_different_lengths_are_refused() {
    List<Share> shares = split();
    refused(
        "share of 5 bytes beside one of 4 (expected: one length)",
        List.of(shares.get(0), shares.get(1), Share.owning(3, new byte[5])));
  }

  @Test
  void a_wiped_share_is_not_joined() {
    List<Share> shares = split();
    shares.get(1).close();
    assertThrows(IllegalStateException.class, () -> Shamir.combine(shares, THREE_OF_FIVE));
  }

  @Test
  void a_share_at_zero_or_beyond_n_is_not_computed() {
    List<Share> shares = split();
    for (int x : new int[] {0, -1, 6, 256}) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> Shamir.shareAt(x, shares, THREE_OF_FIVE));
      // Refused by x alone. At zero, a refusal of the finished share would come too late: the
      // secret would have been computed for it.
      assertEquals("x=" + x + " (expected: 1 to 5)", refusal.getMessage());
    }
  }

  @Test
  void an_empty_secret_and_one_above_the_limit_are_refused() {
    SecureRandom random = new Gen(1).secureRandom();
    for (byte[] secret : List.of(new byte[0], new byte[Limits.SHARE_BYTES_MAX + 1])) {
      assertThrows(
          IllegalArgumentException.class, () -> Shamir.split(secret, THREE_OF_FIVE, random));
    }
  }

  private static List<Share> split() {
    return Shamir.split(new byte[] {1, 2, 3, 4}, THREE_OF_FIVE, new Gen(9).secureRandom());
  }

  private static void refused(String message, List<Share> shares) {
    for (Runnable use :
        List.<Runnable>of(
            () -> Shamir.combine(shares, THREE_OF_FIVE),
            () -> Shamir.shareAt(4, shares, THREE_OF_FIVE))) {
      var refusal = assertThrows(IllegalArgumentException.class, use::run);
      assertEquals(message, refusal.getMessage());
    }
  }

  private static byte[] everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  /// Remembers what it drew: block after block, and in each block one array per degree.
  private static final class Recording extends SecureRandom {
    private final transient SecureRandom source;
    private final transient List<byte[]> drawn = new ArrayList<>();

    private Recording(Gen gen) {
      this.source = gen.secureRandom();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      source.nextBytes(bytes);
      drawn.add(bytes.clone());
    }

    private int[] polynomial(byte[] secret, int position, Threshold threshold) {
      int blockBytes = drawn.getFirst().length;
      int[] coefficients = new int[threshold.k()];
      coefficients[0] = secret[position] & 0xff;
      for (int degree = 1; degree < threshold.k(); degree++) {
        byte[] block = drawn.get(position / blockBytes * (threshold.k() - 1) + degree - 1);
        coefficients[degree] = block[position % blockBytes] & 0xff;
      }
      return coefficients;
    }
  }
}
