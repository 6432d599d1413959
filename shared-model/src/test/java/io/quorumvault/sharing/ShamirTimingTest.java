package io.quorumvault.sharing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.quorumvault.testing.Gen;
import io.quorumvault.testing.TimingGate;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The time of splitting and joining tells nothing of secret, coefficients or shares.
final class ShamirTimingTest {
  private static final Threshold THREE_OF_FIVE = new Threshold(3, 5);
  private static final int BYTES = 128;

  /// Two coefficients for each byte of a secret.
  private static final byte[] COEFFICIENTS = new Gen(1).bytes(2 * BYTES);

  @Test
  void splitting_takes_the_same_time_for_every_secret() {
    var gate =
        new TimingGate<>(
            "split", secret -> new Splitting(secret, new Drawn(COEFFICIENTS)), Splitting::run, 1);
    TimingGate.telling(BYTES).forEach(gate::clears);
  }

  @Test
  void splitting_takes_the_same_time_for_all_coefficients() {
    byte[] secret = new Gen(2).bytes(BYTES);
    var gate =
        new TimingGate<>(
            "split by coefficients",
            coefficients -> new Splitting(secret, new Drawn(coefficients)),
            Splitting::run,
            1);
    TimingGate.telling(2 * BYTES).forEach(gate::clears);
  }

  @Test
  void joining_takes_the_same_time_for_all_shares() {
    var gate =
        new TimingGate<>(
            "combine",
            ShamirTimingTest::shares,
            shares -> Shamir.combine(shares, THREE_OF_FIVE)[BYTES - 1],
            1);
    TimingGate.telling(3 * BYTES).forEach(gate::clears);
  }

  @Test
  void computing_a_share_takes_the_same_time_for_all_others() {
    var gate =
        new TimingGate<>(
            "shareAt",
            ShamirTimingTest::shares,
            shares -> Shamir.shareAt(4, shares, THREE_OF_FIVE).bytes()[BYTES - 1],
            1);
    TimingGate.telling(3 * BYTES).forEach(gate::clears);
  }

  @Test
  void splitting_with_tables_is_caught() {
    byte[] secret = new Gen(2).bytes(BYTES);
    var gate =
        new TimingGate<>(
            "split with tables by coefficients",
            ShamirTimingTest::coefficients,
            coefficients -> TableShamir.split(secret, coefficients, 5)[4][BYTES - 1],
            1);
    gate.catches("zeros", new byte[2 * BYTES]);
  }

  @Test
  void joining_with_tables_is_caught() {
    var gate =
        new TimingGate<>(
            "combine with tables",
            ShamirTimingTest::shares,
            shares -> TableShamir.combine(shares)[BYTES - 1],
            1);
    gate.catches("zeros", new byte[3 * BYTES]);
  }

  /// What is caught is not something else.
  @Test
  void the_tables_give_what_we_give() {
    byte[] secret = new Gen(3).bytes(BYTES);
    List<Share> shares = Shamir.split(secret, THREE_OF_FIVE, new Drawn(COEFFICIENTS));
    byte[][] same = TableShamir.split(secret, coefficients(COEFFICIENTS), 5);
    for (Share share : shares) {
      assertArrayEquals(share.bytes(), same[share.x() - 1]);
    }
    assertArrayEquals(secret, TableShamir.combine(shares.subList(1, 4)));
  }

  private static final class Splitting {
    private final byte[] secret;
    private final Drawn random;

    private Splitting(byte[] secret, Drawn random) {
      this.secret = secret;
      this.random = random;
    }

    private int run() {
      return Shamir.split(secret, THREE_OF_FIVE, random).getLast().bytes()[BYTES - 1];
    }
  }

  private static List<Share> shares(byte[] bytes) {
    return List.of(
        Share.owning(1, Arrays.copyOf(bytes, BYTES)),
        Share.owning(3, Arrays.copyOfRange(bytes, BYTES, 2 * BYTES)),
        Share.owning(5, Arrays.copyOfRange(bytes, 2 * BYTES, 3 * BYTES)));
  }

  private static byte[][] coefficients(byte[] all) {
    return new byte[][] {Arrays.copyOf(all, BYTES), Arrays.copyOfRange(all, BYTES, 2 * BYTES)};
  }

  /// Randomness that was drawn before the clock started.
  private static final class Drawn extends SecureRandom {
    private final transient byte[] bytes;
    private transient int used;

    private Drawn(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void nextBytes(byte[] target) {
      System.arraycopy(bytes, used, target, 0, target.length);
      used += target.length;
    }
  }
}
