package io.quorumvault.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.quorumvault.Bytes;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.TimingGate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/// The time of opening and of every comparison tells nothing of what is opened or compared.
final class SealerTimingTest {
  private static final SealingContext CONTEXT =
      new SealingContext(
          "cell-1", SecretId.of("demo", "DB_PASSWORD"), "1-7-42", new Threshold(2, 3));

  /// Comparing a digest takes less time than looking at the clock.
  private static final int REPETITIONS = 20;

  private final Sealer sealer = new Sealer(new Gen(1).secureRandom());

  private record Opening(Seal seal, List<Share> shares) {}

  @Test
  void opening_takes_the_same_time_for_every_value() {
    var gate =
        new TimingGate<>(
            "open",
            bytes -> {
              try (SecretValue value = SecretValue.owning(bytes)) {
                Sealed sealed = sealer.seal(CONTEXT, value, ValueEncoding.UTF_8);
                return new Opening(sealed.seal(), sealed.shares());
              }
            },
            this::open,
            1);
    TimingGate.telling(64).forEach(gate::clears);
  }

  @Test
  void refusing_a_commitment_takes_the_same_time_wherever_it_differs() {
    try (SecretValue value = SecretValue.owning("correct horse".getBytes(US_ASCII));
        Payload payload = Payload.blinding(value, new Gen(3).secureRandom())) {
      Bytes known = Bytes.copyOf(payload.commitment(CONTEXT, ValueEncoding.UTF_8));
      var gate =
          new TimingGate<>(
              "refusing a commitment",
              Bytes::copyOf,
              commitment -> payload.matches(commitment, CONTEXT, ValueEncoding.UTF_8) ? 1 : 0,
              1);
      near(known).forEach(gate::clears);
    }
  }

  @Test
  void refusing_a_share_takes_the_same_time_wherever_its_digest_differs() {
    Sealed sealed = sealed();
    Share share = sealed.share(2);
    var gate =
        new TimingGate<>(
            "vouching for a share",
            bytes -> {
              List<Bytes> digests = new ArrayList<>(sealed.seal().shareDigests());
              digests.set(1, Bytes.copyOf(bytes));
              return with(sealed.seal(), sealed.seal().commitment(), digests);
            },
            seal -> sealer.vouches(CONTEXT, seal, share) ? 1 : 0,
            1);
    near(sealed.seal().shareDigest(2)).forEach(gate::clears);
  }

  @Test
  void comparing_takes_the_same_time_wherever_two_differ() {
    byte[] known = new Gen(2).bytes(MaskSeed.BYTES);
    List<TimingGate<?>> gates =
        List.of(
            comparing("values", SecretValue::owning, SecretValue.owning(known.clone())),
            comparing("shares", bytes -> Share.owning(1, bytes), Share.owning(1, known.clone())),
            comparing("mask seeds", MaskSeed::owning, MaskSeed.owning(known.clone())),
            comparing("contributions", Contribution::owning, Contribution.owning(known.clone())));
    for (TimingGate<?> gate : gates) {
      near(Bytes.copyOf(known)).forEach(gate::clears);
    }
  }

  @Test
  void a_comparison_that_stops_at_the_first_difference_is_caught() {
    byte[] known = new Gen(2).bytes(32);
    ToIntFunction<byte[]> naive =
        bytes -> {
          for (int i = 0; i < known.length; i++) {
            if (bytes[i] != known[i]) {
              return i;
            }
          }
          return known.length;
        };
    var gate = new TimingGate<>("a naive comparison", bytes -> bytes, naive, REPETITIONS);
    gate.catches("its last bit", lastBitOff(Bytes.copyOf(known)));
  }

  private static <T> TimingGate<T> comparing(String what, Function<byte[], T> preparing, T known) {
    return new TimingGate<>(
        "comparing " + what, preparing, other -> known.equals(other) ? 1 : 0, REPETITIONS);
  }

  /// What somebody would try who wants to be told how far a guess is right.
  private static Map<String, byte[]> near(Bytes known) {
    byte[] firstBit = known.toArray();
    firstBit[0] ^= (byte) 0x80;
    return Map.of(
        "its first bit", firstBit, "its last bit", lastBitOff(known), "zeros", new byte[32]);
  }

  private static byte[] lastBitOff(Bytes known) {
    byte[] bytes = known.toArray();
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  }

  private int open(Opening opening) {
    try (Opened opened = sealer.open(CONTEXT, opening.seal(), opening.shares())) {
      return opened.value().length();
    }
  }

  private Sealed sealed() {
    try (SecretValue value = SecretValue.owning("correct horse".getBytes(US_ASCII))) {
      return sealer.seal(CONTEXT, value, ValueEncoding.UTF_8);
    }
  }

  private static Seal with(Seal seal, Bytes commitment, List<Bytes> digests) {
    return new Seal(seal.threshold(), seal.shareBytes(), commitment, digests, seal.encoding());
  }
}
