package io.quorumvault.sharing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.codahale.shamir.Scheme;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.ScriptedRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Splitting and joining held against two others: the definition, worked out on paper, and a
/// library of the same field and the same x (`com.codahale:shamir`). A million polynomials, one for
/// each byte of ten thousand secrets.
final class ShamirDifferenceTest {
  private static final int SECRETS = 10_000;
  private static final int BYTES = 100;

  /// All products and quotients as `NaiveField` works them out, once.
  private static final int[][] PRODUCTS = new int[256][256];

  private static final int[][] QUOTIENTS = new int[256][256];

  static {
    for (int a = 0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        PRODUCTS[a][b] = NaiveField.multiply(a, b);
        QUOTIENTS[PRODUCTS[a][b]][b] = a;
      }
    }
  }

  @Test
  void a_million_polynomials_come_out_as_on_paper() {
    Gen.forAll(
        SECRETS,
        gen -> {
          Threshold threshold = threshold(gen);
          byte[] secret = gen.bytes(BYTES);
          byte[][] polynomials = new byte[threshold.k()][];
          polynomials[0] = secret;
          byte[][] script = new byte[threshold.k() - 1][];
          for (int degree = 1; degree < threshold.k(); degree++) {
            script[degree - 1] = gen.bytes(BYTES);
            polynomials[degree] = script[degree - 1];
          }
          List<Share> shares = Shamir.split(secret, threshold, new ScriptedRandom(script));
          for (Share share : shares) {
            assertArrayEquals(onPaper(polynomials, share.x()), share.bytes());
          }
          List<Share> some = gen.some(threshold.k(), shares);
          assertArrayEquals(lagrange(some, 0), Shamir.combine(some, threshold));
          assertArrayEquals(secret, Shamir.combine(some, threshold));
          int x = gen.between(1, threshold.n());
          assertArrayEquals(lagrange(some, x), Shamir.shareAt(x, some, threshold).bytes());
        });
  }

  @Test
  void the_library_joins_what_we_split() {
    Gen.forAll(
        SECRETS,
        gen -> {
          Threshold threshold = threshold(gen);
          byte[] secret = gen.bytes(BYTES);
          List<Share> shares = Shamir.split(secret, threshold, gen.secureRandom());
          List<Share> some = gen.some(threshold.k(), shares);
          assertArrayEquals(secret, library(threshold, gen).join(parts(some)));
        });
  }

  @Test
  void we_join_what_the_library_splits() {
    Gen.forAll(
        SECRETS / 10,
        gen -> {
          Threshold threshold = threshold(gen);
          byte[] secret = gen.bytes(BYTES);
          Map<Integer, byte[]> parts = library(threshold, gen).split(secret);
          List<Share> shares = new ArrayList<>();
          parts.forEach((x, bytes) -> shares.add(Share.owning(x, bytes.clone())));
          assertEquals(threshold.n(), shares.size());
          List<Share> some = gen.some(threshold.k(), shares);
          assertArrayEquals(secret, Shamir.combine(some, threshold));
          int x = gen.between(1, threshold.n());
          assertArrayEquals(parts.get(x), Shamir.shareAt(x, some, threshold).bytes());
        });
  }

  /// Bytes that no split made: any k points are on one polynomial, and both must find it.
  @Test
  void we_and_the_library_join_any_bytes_alike() {
    Gen.forAll(
        SECRETS,
        gen -> {
          Threshold threshold = threshold(gen);
          List<Integer> everyX = IntStream.rangeClosed(1, threshold.n()).boxed().toList();
          List<Share> points =
              gen.some(threshold.k(), everyX).stream()
                  .map(x -> Share.owning(x, gen.bytes(BYTES)))
                  .toList();
          assertArrayEquals(
              library(threshold, gen).join(parts(points)), Shamir.combine(points, threshold));
        });
  }

  /// Mostly of the size of a cell, now and then the largest.
  private static Threshold threshold(Gen gen) {
    int n = gen.oneIn(100) ? 255 : gen.between(2, 9);
    return new Threshold(gen.between(2, Math.min(n, 9)), n);
  }

  private static Scheme library(Threshold threshold, Gen gen) {
    return new Scheme(gen.secureRandom(), threshold.n(), threshold.k());
  }

  private static Map<Integer, byte[]> parts(List<Share> shares) {
    return shares.stream()
        .collect(Collectors.toMap(Share::x, Share::exposeCopy, (a, b) -> fail(), TreeMap::new));
  }

  /// Each power of x times its coefficient, summed up.
  private static byte[] onPaper(byte[][] polynomials, int x) {
    byte[] values = new byte[BYTES];
    int power = 1;
    for (byte[] coefficients : polynomials) {
      for (int i = 0; i < BYTES; i++) {
        values[i] ^= (byte) PRODUCTS[coefficients[i] & 0xff][power];
      }
      power = PRODUCTS[power][x];
    }
    return values;
  }

  /// The sum over all points of y times the product of (x - other) / (own - other).
  private static byte[] lagrange(List<Share> points, int x) {
    byte[] values = new byte[BYTES];
    for (Share own : points) {
      for (int i = 0; i < BYTES; i++) {
        int term = own.bytes()[i] & 0xff;
        for (Share other : points) {
          if (other.x() != own.x()) {
            term = QUOTIENTS[PRODUCTS[term][x ^ other.x()]][own.x() ^ other.x()];
          }
        }
        values[i] ^= (byte) term;
      }
    }
    return values;
  }
}
