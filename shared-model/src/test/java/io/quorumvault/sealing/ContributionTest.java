package io.quorumvault.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Shamir;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.Subsets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class ContributionTest {
  private static final SecretId SECRET = SecretId.of("demo", "DB_PASSWORD");
  private static final Threshold THREE_OF_FIVE = new Threshold(3, 5);

  private static MaskingContext context(Threshold threshold, int x, List<Integer> helpers) {
    return new MaskingContext(
        new SealingContext("cell-1", SECRET, "1.7.42", threshold), 3, 99, x, helpers);
  }

  /// One seed for each pair of helpers, known to both.
  private static Map<Integer, Map<Integer, MaskSeed>> seeds(List<Integer> helpers, Gen gen) {
    Map<Integer, Map<Integer, MaskSeed>> seeds = new TreeMap<>();
    helpers.forEach(helper -> seeds.put(helper, new HashMap<>()));
    for (int a : helpers) {
      for (int b : helpers) {
        if (a < b) {
          MaskSeed seed = MaskSeed.draw(gen.secureRandom());
          of(seeds, a).put(b, seed);
          of(seeds, b).put(a, seed);
        }
      }
    }
    return seeds;
  }

  private static Map<Integer, MaskSeed> of(Map<Integer, Map<Integer, MaskSeed>> seeds, int helper) {
    Map<Integer, MaskSeed> own = seeds.get(helper);
    if (own == null) {
      throw new AssertionError("no helper " + helper);
    }
    return own;
  }

  private static List<Contribution> contributions(
      MaskingContext context, List<Share> shares, Map<Integer, Map<Integer, MaskSeed>> seeds) {
    return context.helpers().stream()
        .map(helper -> Contribution.of(context, shares.get(helper - 1), of(seeds, helper)))
        .toList();
  }

  private static Share sum(int x, List<Contribution> contributions) {
    try (ContributionSum sum = new ContributionSum(contributions.getFirst().length())) {
      contributions.forEach(each -> assertEquals(true, sum.add(each)));
      return sum.toShare(x);
    }
  }

  private static List<Integer> others(int n, int x) {
    return IntStream.rangeClosed(1, n).filter(point -> point != x).boxed().toList();
  }

  @Test
  void whoever_helps_the_sum_is_the_lost_share_bit_for_bit() {
    Gen gen = new Gen(1);
    for (int n = 3; n <= 7; n++) {
      for (int k = 2; k < n; k++) {
        Threshold threshold = new Threshold(k, n);
        List<Share> shares = Shamir.split(gen.bytes(64), threshold, gen.secureRandom());
        for (int x = 1; x <= n; x++) {
          for (List<Integer> helpers : Subsets.of(others(n, x), k, k)) {
            MaskingContext context = context(threshold, x, helpers);
            List<Contribution> all = contributions(context, shares, seeds(helpers, gen));
            assertEquals(shares.get(x - 1), sum(x, all));
          }
        }
      }
    }
  }

  /// Neither the share nor, unmasked, what those who contributed hold.
  @Test
  void fewer_than_all_contributions_are_neither_the_share_nor_a_sum_of_terms() {
    Gen gen = new Gen(2);
    for (int n = 3; n <= 7; n++) {
      for (int k = 2; k < n; k++) {
        Threshold threshold = new Threshold(k, n);
        List<Share> shares = Shamir.split(gen.bytes(64), threshold, gen.secureRandom());
        for (int x = 1; x <= n; x++) {
          List<Integer> helpers = others(n, x).subList(0, k);
          MaskingContext context = context(threshold, x, helpers);
          List<Contribution> all = contributions(context, shares, seeds(helpers, gen));
          for (List<Integer> some : Subsets.of(helpers, 1, k - 1)) {
            ContributionSum terms = new ContributionSum(64);
            List<Contribution> given = new ArrayList<>();
            for (int helper : some) {
              given.add(all.get(helpers.indexOf(helper)));
              byte[] term = Shamir.term(x, shares.get(helper - 1), helpers, threshold);
              assertEquals(true, terms.add(Contribution.owning(term)));
            }
            Share partial = sum(x, given);
            assertNotEquals(shares.get(x - 1), partial);
            assertNotEquals(terms.toShare(x), partial);
          }
        }
      }
    }
  }

  @Test
  void a_contribution_is_that_of_the_definition_written_out() throws Exception {
    Gen gen = new Gen(3);
    List<Share> shares = Shamir.split(gen.bytes(100), THREE_OF_FIVE, gen.secureRandom());
    List<Integer> helpers = List.of(1, 3, 5);
    byte[] first = gen.bytes(MaskSeed.BYTES);
    byte[] second = gen.bytes(MaskSeed.BYTES);
    byte[] expected = Shamir.term(2, shares.get(2), helpers, THREE_OF_FIVE);
    ByteBuffer form = ByteBuffer.allocate(1000);
    form.put("io.quorumvault.masking.v1".getBytes(StandardCharsets.US_ASCII));
    form.putLong(99).putLong(3).put((byte) 2).put((byte) 3);
    form.put((byte) 1).put((byte) 3).put((byte) 5);
    for (String text :
        List.of("io.quorumvault.sealing.v1", "cell-1", "demo", "DB_PASSWORD", "1.7.42")) {
      form.putInt(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }
    form.put((byte) 5).put((byte) 3).flip();
    for (byte[] seed : List.of(first, second)) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(seed, "HmacSHA256"));
      mac.update(form.duplicate());
      Cipher stream = Cipher.getInstance("ChaCha20");
      stream.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(mac.doFinal(), "ChaCha20"),
          new ChaCha20ParameterSpec(new byte[12], 0));
      expected = stream.doFinal(expected);
    }

    Contribution contribution =
        Contribution.of(
            context(THREE_OF_FIVE, 2, helpers),
            shares.get(2),
            Map.of(1, MaskSeed.owning(first.clone()), 5, MaskSeed.owning(second.clone())));

    assertArrayEquals(expected, contribution.exposeCopy());
  }

  @Test
  void contributions_in_different_contexts_do_not_add_up() {
    Gen gen = new Gen(4);
    List<Share> shares = Shamir.split(gen.bytes(64), THREE_OF_FIVE, gen.secureRandom());
    List<Integer> helpers = List.of(1, 3, 5);
    Map<Integer, Map<Integer, MaskSeed>> seeds = seeds(helpers, gen);
    SealingContext sealing = new SealingContext("cell-1", SECRET, "1.7.42", THREE_OF_FIVE);
    MaskingContext context = new MaskingContext(sealing, 3, 99, 2, helpers);
    SealingContext otherWrite = new SealingContext("cell-1", SECRET, "1.7.43", THREE_OF_FIVE);
    SealingContext otherName =
        new SealingContext("cell-1", SecretId.of("demo", "OTHER"), "1.7.42", THREE_OF_FIVE);
    List<Contribution> all = contributions(context, shares, seeds);
    for (MaskingContext other :
        List.of(
            new MaskingContext(otherWrite, 3, 99, 2, helpers),
            new MaskingContext(otherName, 3, 99, 2, helpers),
            new MaskingContext(sealing, 4, 99, 2, helpers),
            new MaskingContext(sealing, 3, 98, 2, helpers),
            new MaskingContext(sealing, 3, 99, 4, helpers))) {
      List<Contribution> mixed = new ArrayList<>(all);
      mixed.set(1, contributions(other, shares, seeds).get(1));
      assertNotEquals(shares.get(1), sum(2, mixed));
    }
    assertEquals(shares.get(1), sum(2, contributions(context, shares, seeds)));
  }

  @Test
  void a_contribution_needs_a_mask_for_each_other_helper_and_no_more() {
    Gen gen = new Gen(5);
    List<Share> shares = Shamir.split(gen.bytes(64), THREE_OF_FIVE, gen.secureRandom());
    MaskingContext context = context(THREE_OF_FIVE, 2, List.of(1, 3, 5));
    MaskSeed seed = MaskSeed.draw(gen.secureRandom());
    for (Map<Integer, MaskSeed> wrong :
        List.of(
            Map.<Integer, MaskSeed>of(),
            Map.of(1, seed),
            Map.of(1, seed, 4, seed),
            Map.of(1, seed, 3, seed),
            Map.of(1, seed, 5, seed, 4, seed),
            Map.of(1, seed, 5, seed, 3, seed))) {
      assertThrows(
          IllegalArgumentException.class, () -> Contribution.of(context, shares.get(2), wrong));
    }
    // And it must be a helper's.
    assertThrows(
        IllegalArgumentException.class,
        () -> Contribution.of(context, shares.get(3), Map.of(1, seed, 5, seed)));
  }

  @Test
  void a_context_names_k_helpers_in_order_and_not_the_one_who_asks() {
    for (List<Integer> wrong :
        List.of(
            List.of(1, 3),
            List.of(1, 3, 4, 5),
            List.of(3, 1, 5),
            List.of(1, 1, 5),
            List.of(1, 2, 5),
            List.of(0, 1, 5),
            List.of(1, 3, 6))) {
      assertThrows(IllegalArgumentException.class, () -> context(THREE_OF_FIVE, 2, wrong));
    }
    for (int x : new int[] {0, 6}) {
      assertThrows(
          IllegalArgumentException.class, () -> context(THREE_OF_FIVE, x, List.of(1, 3, 5)));
    }
  }

  @Test
  void a_contribution_of_another_length_is_not_added() {
    try (ContributionSum sum = new ContributionSum(3)) {
      assertFalse(sum.add(Contribution.owning(new byte[] {1, 2})));
      assertEquals(Share.owning(1, new byte[3]), sum.toShare(1));
    }
  }

  @Test
  void seeds_and_contributions_are_wiped_when_closed_and_never_shown() {
    byte[] seedBytes = new Gen(6).bytes(MaskSeed.BYTES);
    byte[] given = {1, 2, 3};
    MaskSeed seed = MaskSeed.owning(seedBytes);
    MaskSeed copy = seed.copy();
    Contribution contribution = Contribution.owning(given);
    assertEquals("MaskSeed", seed.toString());
    assertEquals("Contribution[3 bytes]", contribution.toString());
    assertEquals("ContributionSum[3 bytes]", new ContributionSum(3).toString());
    assertEquals(seed, copy);
    assertEquals(Set.of(seed), new HashSet<>(List.of(copy)));
    assertNotEquals(seed, MaskSeed.owning(new byte[MaskSeed.BYTES]));
    assertEquals(contribution, Contribution.owning(given.clone()));

    seed.close();
    contribution.close();

    assertArrayEquals(new byte[MaskSeed.BYTES], seedBytes);
    assertArrayEquals(new byte[3], given);
    assertThrows(IllegalStateException.class, seed::exposeCopy);
    assertThrows(IllegalStateException.class, contribution::exposeCopy);
    assertEquals(MaskSeed.BYTES, copy.exposeCopy().length);
    assertThrows(
        IllegalArgumentException.class, () -> MaskSeed.owning(new byte[MaskSeed.BYTES - 1]));
    assertThrows(IllegalArgumentException.class, () -> Contribution.owning(new byte[0]));
  }
}
