package io.quorumvault.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Shamir;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.ScriptedRandom;
import io.quorumvault.testing.Subsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SealerTest {
  private static final Threshold THREE_OF_FIVE = new Threshold(3, 5);
  private static final SecretId SECRET = SecretId.of("demo", "DB_PASSWORD");
  private static final SealingContext CONTEXT =
      new SealingContext("cell-1", SECRET, "1-7-42", THREE_OF_FIVE);

  /// 28 bytes: the longest value of a 64-byte payload.
  private static final String PASSWORD = "correct horse battery staple";

  private final Sealer sealer = new Sealer(new Gen(1).secureRandom());

  @Test
  void known_randomness_gives_the_known_seal() {
    // Computed outside this code base, by another implementation in another language.
    ScriptedRandom random =
        new ScriptedRandom(
            hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
            hex(
                "030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc"
                    + "e3eaf1f8ff060d141b222930373e454c535a61686f767d848b9299a0a7aeb5bc"));
    SealingContext context = new SealingContext("cell-1", SECRET, "1-7-42", new Threshold(2, 3));
    try (SecretValue value = value("hunter2");
        Sealed sealed = new Sealer(random).seal(context, value, ValueEncoding.UTF_8)) {
      assertEquals(
          "73361b2f36de44fb0ec83d248346f12ceff7edea54e173df0df6407bb147def4",
          sealed.seal().commitment().toString());
      assertEquals(
          List.of(
              "7933c4624c822c082eb0dbea6443b48670814852b3aded5ad3572b179c140c67",
              "d5ba7dc3cc10dbbca88880379a88e320f9a6701f5a72ee2458096fae1c82d58e",
              "9c579da4deda52bfdc472bbcb159b5546abf6e03f183a16885661a772de79cb2"),
          sealed.seal().shareDigests().stream().map(Bytes::toString).toList());
      assertEquals(64, sealed.seal().shareBytes());
      assertEquals(
          "051f312b256f715b45cfd1fbf5efa1bb859f8a909eb4aae0fed4ca404e547a60"
              + "3e250814727f7948481449505942cfd4f5eea3b8b19a879786adb0fbf2e9c4df",
          HexFormat.of().formatHex(sealed.share(3).exposeCopy()));
    }
    assertTrue(random.exhausted());
  }

  @Test
  void seals_are_those_of_the_definition_written_out() {
    Gen.forAll(
        40,
        gen -> {
          int n = gen.between(2, 9);
          Threshold threshold = new Threshold(gen.between(2, n), n);
          SealingContext context =
              new SealingContext(
                  gen.text("abc", 1, 9),
                  SecretId.of(gen.text("xyz", 1, 9), gen.text("PQR_", 1, 9)),
                  gen.text("123-", 1, 9),
                  threshold);
          byte[] value = gen.bytes(gen.between(1, 200));
          byte[] key = gen.bytes(32);
          byte[] payload = Definition.payload(key, value);
          byte[][] script = new byte[threshold.k()][];
          script[0] = key;
          for (int degree = 1; degree < threshold.k(); degree++) {
            script[degree] = gen.bytes(payload.length);
          }
          ValueEncoding encoding = gen.pick(ValueEncoding.values());
          try (SecretValue secret = SecretValue.owning(value.clone());
              Sealed sealed =
                  new Sealer(new ScriptedRandom(script)).seal(context, secret, encoding)) {
            assertEquals(
                Bytes.copyOf(Definition.commitment(key, context, value, encoding)),
                sealed.seal().commitment());
            for (int x = 1; x <= n; x++) {
              assertEquals(
                  Bytes.copyOf(Definition.digest(context, x, sealed.share(x).exposeCopy())),
                  sealed.seal().shareDigests().get(x - 1));
            }
            assertArrayEquals(payload, Shamir.combine(sealed.shares(), threshold));
            assertEquals(payload.length, sealed.seal().shareBytes());
            assertEquals(encoding, sealed.seal().encoding());
            assertEquals(threshold, sealed.seal().threshold());
          }
        });
  }

  @Test
  void every_k_shares_open_the_value_and_no_fewer_do() {
    Gen gen = new Gen(2);
    for (Threshold threshold :
        List.of(new Threshold(2, 2), new Threshold(2, 3), THREE_OF_FIVE, new Threshold(4, 7))) {
      SealingContext context = context(threshold);
      try (Sealed sealed = seal(context)) {
        for (List<Share> subset : Subsets.of(sealed.shares(), threshold.k(), threshold.n())) {
          assertOpens(Set.of(), context, sealed.seal(), gen.shuffled(subset));
        }
        for (List<Share> subset : Subsets.of(sealed.shares(), 0, threshold.k() - 1)) {
          assertFails(FailureCode.INSUFFICIENT_SHARES, context, sealed.seal(), subset);
        }
      }
    }
  }

  @Test
  void values_of_every_hard_length_and_of_extreme_bytes_come_back() {
    Gen gen = new Gen(3);
    for (int length : new int[] {1, 27, 28, 29, 63, 64, 65, 92, 93, Limits.VALUE_BYTES_MAX}) {
      byte[] ones = new byte[length];
      Arrays.fill(ones, (byte) 0xff);
      for (byte[] bytes : List.of(new byte[length], ones, gen.bytes(length))) {
        try (SecretValue value = SecretValue.owning(bytes.clone());
            Sealed sealed = sealer.seal(CONTEXT, value, ValueEncoding.BASE64);
            Opened opened = sealer.open(CONTEXT, sealed.seal(), gen.some(3, sealed.shares()))) {
          assertArrayEquals(bytes, opened.value().exposeCopy());
          assertArrayEquals(bytes, value.exposeCopy(), "the caller keeps the value");
        }
      }
    }
  }

  @Test
  void a_share_changed_in_any_bit_is_named_and_left_out() {
    try (Sealed sealed = seal(CONTEXT)) {
      int bits = sealed.seal().shareBytes() * 8;
      for (int bit = 0; bit < bits; bit++) {
        List<Share> shares = new ArrayList<>(sealed.shares());
        shares.set(1, flipped(shares.get(1), bit));
        assertFalse(sealer.vouches(CONTEXT, sealed.seal(), shares.get(1)));
        assertOpens(Set.of(2), CONTEXT, sealed.seal(), shares);
      }
    }
  }

  @Test
  void as_many_liars_as_there_are_spare_shares_do_no_harm_and_one_more_is_refused() {
    try (Sealed sealed = seal(CONTEXT)) {
      for (List<Share> lying : Subsets.of(sealed.shares(), 0, 5)) {
        List<Share> given = new ArrayList<>(sealed.shares());
        Set<Integer> liars = new TreeSet<>();
        for (Share liar : lying) {
          given.set(liar.x() - 1, flipped(liar, 7 * liar.x()));
          liars.add(liar.x());
        }
        assertEquals(liars, sealer.liars(CONTEXT, sealed.seal(), given));
        if (liars.size() <= 2) {
          assertOpens(liars, CONTEXT, sealed.seal(), given);
        } else {
          assertFails(FailureCode.INSUFFICIENT_SHARES, CONTEXT, sealed.seal(), given);
        }
      }
    }
  }

  @Test
  void a_share_under_another_x_is_named() {
    try (Sealed sealed = seal(CONTEXT)) {
      List<Share> given = new ArrayList<>(sealed.shares().subList(0, 3));
      for (int x : new int[] {4, 5, 6, 255}) {
        given.add(Share.owning(x, sealed.share(1).exposeCopy()));
      }
      assertOpens(Set.of(4, 5, 6, 255), CONTEXT, sealed.seal(), given);
    }
  }

  @Test
  void a_share_of_another_length_is_named() {
    try (Sealed sealed = seal(CONTEXT)) {
      List<Share> given = new ArrayList<>(sealed.shares().subList(0, 3));
      given.add(Share.owning(4, Arrays.copyOf(sealed.share(4).exposeCopy(), 63)));
      given.add(Share.owning(5, Arrays.copyOf(sealed.share(5).exposeCopy(), 65)));
      assertOpens(Set.of(4, 5), CONTEXT, sealed.seal(), given);
    }
  }

  /// Even when the digest was made for it: the length is one for all shares of a seal.
  @Test
  void a_share_of_another_length_is_named_though_its_digest_matches() {
    try (Sealed sealed = seal(CONTEXT)) {
      List<Share> given = new ArrayList<>(sealed.shares());
      given.set(0, Share.owning(1, new byte[128]));
      Seal forged = vouchingFor(CONTEXT, sealed.seal(), given);
      assertOpens(Set.of(1), CONTEXT, forged, given);
    }
  }

  @Test
  void a_second_share_at_one_x_counts_once_and_is_named() {
    try (Sealed sealed = seal(CONTEXT)) {
      Share one = sealed.share(1);
      Share two = sealed.share(2);
      Share three = sealed.share(3);
      assertFails(
          FailureCode.INSUFFICIENT_SHARES, CONTEXT, sealed.seal(), List.of(one, two, two, one));
      assertOpens(Set.of(2), CONTEXT, sealed.seal(), List.of(one, two, two, three));
      // The bad one first: the good one behind it is still used.
      assertOpens(Set.of(1), CONTEXT, sealed.seal(), List.of(flipped(one, 3), one, two, three));
    }
  }

  @Test
  void a_changed_digest_makes_its_share_a_liar_and_no_other() {
    try (Sealed sealed = seal(CONTEXT)) {
      for (int bit = 0; bit < 256; bit++) {
        List<Bytes> digests = new ArrayList<>(sealed.seal().shareDigests());
        digests.set(4, flipped(digests.get(4), bit));
        Seal changed = with(sealed.seal(), sealed.seal().commitment(), digests);
        assertOpens(Set.of(5), CONTEXT, changed, sealed.shares());
        VaultFailure failure =
            assertThrows(
                VaultFailure.class, () -> sealer.repair(CONTEXT, changed, sealed.shares(), 5));
        assertEquals(FailureCode.INTEGRITY_FAILURE, failure.code());
      }
    }
  }

  @Test
  void a_commitment_changed_in_any_bit_is_an_integrity_failure() {
    try (Sealed sealed = seal(CONTEXT)) {
      Seal seal = sealed.seal();
      for (int bit = 0; bit < 256; bit++) {
        Seal changed = with(seal, flipped(seal.commitment(), bit), seal.shareDigests());
        assertFails(FailureCode.INTEGRITY_FAILURE, CONTEXT, changed, sealed.shares());
      }
    }
  }

  @Test
  void shares_of_another_context_are_all_liars() {
    try (Sealed sealed = seal(CONTEXT)) {
      for (SealingContext other : otherContexts()) {
        assertEquals(Set.of(1, 2, 3, 4, 5), sealer.liars(other, sealed.seal(), sealed.shares()));
        assertFails(FailureCode.INSUFFICIENT_SHARES, other, sealed.seal(), sealed.shares());
      }
    }
  }

  /// Not even with every digest computed anew for the other context: the commitment is over it too.
  @Test
  void a_seal_moved_to_another_context_with_new_digests_is_an_integrity_failure() {
    try (Sealed sealed = seal(CONTEXT)) {
      for (SealingContext other : otherContexts()) {
        Seal moved = vouchingFor(other, sealed.seal(), sealed.shares());
        assertEquals(Set.of(), sealer.liars(other, moved, sealed.shares()));
        assertFails(FailureCode.INTEGRITY_FAILURE, other, moved, sealed.shares());
      }
    }
  }

  @Test
  void a_seal_for_another_threshold_is_an_integrity_failure() {
    try (Sealed sealed = seal(CONTEXT)) {
      for (Threshold other : List.of(new Threshold(2, 5), new Threshold(4, 5))) {
        SealingContext context = context(other);
        assertFalse(sealer.vouches(context, sealed.seal(), sealed.share(1)));
        assertFails(FailureCode.INTEGRITY_FAILURE, context, sealed.seal(), sealed.shares());
        assertThrows(
            VaultFailure.class, () -> sealer.repair(context, sealed.seal(), sealed.shares(), 1));
        // Not even with digests made for it.
        Seal vouching = vouchingFor(context, sealed.seal(), sealed.shares());
        assertFalse(sealer.vouches(context, vouching, sealed.share(1)));
        // With a threshold to match as well, the commitment still tells.
        Seal forged =
            new Seal(
                other,
                vouching.shareBytes(),
                vouching.commitment(),
                vouching.shareDigests(),
                vouching.encoding());
        assertTrue(sealer.vouches(context, forged, sealed.share(1)));
        assertFails(FailureCode.INTEGRITY_FAILURE, context, forged, sealed.shares());
      }
    }
  }

  @Test
  void shares_of_two_writes_never_join() {
    SealingContext later = new SealingContext("cell-1", SECRET, "1-7-43", THREE_OF_FIVE);
    try (Sealed first = seal(CONTEXT);
        Sealed second = seal(later)) {
      List<Share> mixed = List.of(first.share(1), first.share(2), second.share(3), second.share(4));
      assertFails(FailureCode.INSUFFICIENT_SHARES, CONTEXT, first.seal(), mixed);
      assertEquals(Set.of(3, 4), sealer.liars(CONTEXT, first.seal(), mixed));
      // Even if somebody vouches for the mixture, its join is not taken for a value.
      Seal forged = vouchingFor(CONTEXT, first.seal(), mixed);
      assertFails(FailureCode.INTEGRITY_FAILURE, CONTEXT, forged, mixed);
    }
  }

  @Test
  void two_sealings_of_one_value_in_one_context_do_not_fit_together() {
    try (Sealed first = seal(CONTEXT);
        Sealed second = seal(CONTEXT)) {
      assertNotEquals(first.seal().commitment(), second.seal().commitment());
      assertEquals(Set.of(1, 2, 3, 4, 5), sealer.liars(CONTEXT, first.seal(), second.shares()));
    }
  }

  @Test
  void a_changed_encoding_is_an_integrity_failure() {
    try (Sealed sealed = seal(CONTEXT)) {
      Seal seal = sealed.seal();
      Seal changed =
          new Seal(
              seal.threshold(),
              seal.shareBytes(),
              seal.commitment(),
              seal.shareDigests(),
              ValueEncoding.BASE64);
      assertFails(FailureCode.INTEGRITY_FAILURE, CONTEXT, changed, sealed.shares());
    }
  }

  @Test
  void good_shares_of_something_that_is_no_payload_are_an_integrity_failure() {
    Gen gen = new Gen(4);
    try (Sealed sealed = seal(CONTEXT)) {
      List<Share> shares = Shamir.split(gen.bytes(64), THREE_OF_FIVE, gen.secureRandom());
      Seal vouching = vouchingFor(CONTEXT, sealed.seal(), shares);
      assertFails(FailureCode.INTEGRITY_FAILURE, CONTEXT, vouching, shares);
    }
  }

  @Test
  void a_lost_share_is_computed_bit_for_bit_from_any_k_good_ones() {
    Gen gen = new Gen(5);
    try (Sealed sealed = seal(CONTEXT)) {
      for (List<Share> subset : Subsets.of(sealed.shares(), 3, 5)) {
        for (Share lost : sealed.shares()) {
          try (Share repaired =
              sealer.repair(CONTEXT, sealed.seal(), gen.shuffled(subset), lost.x())) {
            assertEquals(lost, repaired);
          }
        }
      }
    }
  }

  @Test
  void a_repair_does_not_use_a_bad_share() {
    try (Sealed sealed = seal(CONTEXT)) {
      List<Share> given =
          List.of(flipped(sealed.share(1), 0), sealed.share(2), sealed.share(3), sealed.share(4));
      assertEquals(sealed.share(1), sealer.repair(CONTEXT, sealed.seal(), given, 1));
      assertEquals(sealed.share(5), sealer.repair(CONTEXT, sealed.seal(), given, 5));
      VaultFailure failure =
          assertThrows(
              VaultFailure.class,
              () -> sealer.repair(CONTEXT, sealed.seal(), given.subList(0, 3), 5));
      assertEquals(FailureCode.INSUFFICIENT_SHARES, failure.code());
    }
  }

  @Test
  void a_repair_outside_the_shares_of_the_seal_is_refused() {
    try (Sealed sealed = seal(CONTEXT)) {
      for (int x : new int[] {0, -1, 6}) {
        assertThrows(
            IllegalArgumentException.class,
            () -> sealer.repair(CONTEXT, sealed.seal(), sealed.shares(), x));
      }
    }
  }

  @Test
  void closing_wipes_shares_and_value() {
    Sealed sealed = seal(CONTEXT);
    Opened opened = sealer.open(CONTEXT, sealed.seal(), sealed.shares());
    sealed.close();
    for (Share share : sealed.shares()) {
      assertThrows(IllegalStateException.class, share::exposeCopy);
    }
    opened.close();
    assertThrows(IllegalStateException.class, () -> opened.value().exposeCopy());
  }

  @Test
  void sealing_wipes_key_and_coefficients() {
    ScriptedRandom random =
        new ScriptedRandom(new Gen(1).bytes(32), new Gen(2).bytes(64), new Gen(3).bytes(64));
    try (SecretValue value = value(PASSWORD)) {
      new Sealer(random).seal(CONTEXT, value, ValueEncoding.UTF_8).close();
    }
    assertTrue(random.exhausted());
    random.filled().forEach(array -> assertArrayEquals(new byte[array.length], array));
  }

  @Test
  void opening_leaves_the_callers_shares_as_they_were() {
    try (Sealed sealed = seal(CONTEXT)) {
      assertOpens(Set.of(), CONTEXT, sealed.seal(), sealed.shares());
      assertOpens(Set.of(), CONTEXT, sealed.seal(), sealed.shares());
    }
  }

  @Test
  void nothing_printed_holds_a_byte_of_value_or_share_and_no_failure_a_number() {
    try (Sealed sealed = seal(CONTEXT);
        Opened opened = sealer.open(CONTEXT, sealed.seal(), sealed.shares())) {
      assertEquals(
          "Sealed[[Share[x=1, 64 bytes], Share[x=2, 64 bytes], Share[x=3, 64 bytes],"
              + " Share[x=4, 64 bytes], Share[x=5, 64 bytes]]]",
          sealed.toString());
      assertEquals("Opened[SecretValue[28 bytes], liars=[]]", opened.toString());
      List<Share> one = List.of(sealed.share(4));
      VaultFailure tooFew =
          assertThrows(VaultFailure.class, () -> sealer.open(CONTEXT, sealed.seal(), one));
      Seal seal = sealed.seal();
      Seal changed = with(seal, flipped(seal.commitment(), 0), seal.shareDigests());
      VaultFailure notAuthentic =
          assertThrows(VaultFailure.class, () -> sealer.open(CONTEXT, changed, sealed.shares()));
      assertFalse(tooFew.detail().matches(".*\\d.*"), tooFew.detail());
      assertFalse(notAuthentic.detail().matches(".*\\d.*"), notAuthentic.detail());
    }
  }

  private static SealingContext context(Threshold threshold) {
    return new SealingContext("cell-1", SECRET, "1-7-42", threshold);
  }

  /// Each differs from `CONTEXT` in one field.
  private static List<SealingContext> otherContexts() {
    return List.of(
        new SealingContext("cell-2", SECRET, "1-7-42", THREE_OF_FIVE),
        new SealingContext("cell-1", SecretId.of("prod", "DB_PASSWORD"), "1-7-42", THREE_OF_FIVE),
        new SealingContext("cell-1", SecretId.of("demo", "db_password"), "1-7-42", THREE_OF_FIVE),
        new SealingContext("cell-1", SECRET, "1-7-43", THREE_OF_FIVE));
  }

  private Sealed seal(SealingContext context) {
    try (SecretValue value = value(PASSWORD)) {
      return sealer.seal(context, value, ValueEncoding.UTF_8);
    }
  }

  private static SecretValue value(String text) {
    return SecretValue.owning(text.getBytes(US_ASCII));
  }

  private void assertOpens(
      Set<Integer> liars, SealingContext context, Seal seal, List<Share> shares) {
    try (Opened opened = sealer.open(context, seal, shares)) {
      assertEquals(value(PASSWORD), opened.value());
      assertEquals(liars, opened.liars());
    }
  }

  private void assertFails(
      FailureCode code, SealingContext context, Seal seal, List<Share> shares) {
    VaultFailure failure =
        assertThrows(VaultFailure.class, () -> sealer.open(context, seal, shares));
    assertEquals(code, failure.code());
  }

  private static Share flipped(Share share, int bit) {
    byte[] bytes = share.exposeCopy();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return Share.owning(share.x(), bytes);
  }

  private static Bytes flipped(Bytes digest, int bit) {
    byte[] bytes = digest.toArray();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.copyOf(bytes);
  }

  private static Seal with(Seal seal, Bytes commitment, List<Bytes> digests) {
    return new Seal(seal.threshold(), seal.shareBytes(), commitment, digests, seal.encoding());
  }

  /// A seal forged by somebody who writes whatever digests suit the shares.
  private static Seal vouchingFor(SealingContext context, Seal seal, List<Share> shares) {
    List<Bytes> digests = new ArrayList<>(seal.shareDigests());
    for (Share share : shares) {
      byte[] digest = Definition.digest(context, share.x(), share.exposeCopy());
      digests.set(share.x() - 1, Bytes.copyOf(digest));
    }
    return with(seal, seal.commitment(), digests);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
