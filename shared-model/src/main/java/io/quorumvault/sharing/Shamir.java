package io.quorumvault.sharing;

import io.quorumvault.Limits;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Splits a secret into shares, joins shares, and computes a lost one. Stateless; safe for use by
/// any number of threads.
///
/// Security guarantees: fewer than k shares are statistically independent of the secret, its length
/// excepted. Time depends on lengths, on the threshold and on the x of shares, never on a secret
/// byte or on a coefficient.
///
/// Not guaranteed: authenticity. Shares that were changed, or that belong to different splits, join
/// to bytes that look like any other. The caller must know that the shares it joins belong
/// together.
public final class Shamir {
  /// Coefficients live in one array of this size, which stays in the first-level cache and is all
  /// there is to wipe.
  private static final int BLOCK_BYTES = 4096;

  private static final int SECRET = 0;

  private Shamir() {}

  /// Splits `secret` into `threshold.n()` shares at x = 1 to n, in this order. The caller keeps the
  /// array and owns the shares.
  ///
  /// Every polynomial is fresh, and its coefficients are uniform over all 256 values: insisting on
  /// a non-zero leading coefficient would tell k-1 shares which secrets are impossible.
  ///
  /// @param secret 1 to `Limits.SHARE_BYTES_MAX` bytes, otherwise an `IllegalArgumentException`
  /// @param random asked for `k-1` bytes per byte of the secret
  public static List<Share> split(byte[] secret, Threshold threshold, SecureRandom random) {
    if (secret.length < 1 || secret.length > Limits.SHARE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "secret of " + secret.length + " bytes (expected: 1 to " + Limits.SHARE_BYTES_MAX + ")");
    }
    List<Share> shares = new ArrayList<>(threshold.n());
    for (int x = 1; x <= threshold.n(); x++) {
      shares.add(Share.owning(x, secret.clone()));
    }
    byte[] coefficients = new byte[Math.min(secret.length, BLOCK_BYTES)];
    int[] powers = new int[threshold.n() + 1];
    boolean complete = false;
    try {
      for (int start = 0; start < secret.length; start += BLOCK_BYTES) {
        int length = Math.min(BLOCK_BYTES, secret.length - start);
        Arrays.fill(powers, 1);
        for (int degree = 1; degree < threshold.k(); degree++) {
          random.nextBytes(coefficients);
          for (Share share : shares) {
            int power = Gf256.multiply(powers[share.x()], share.x());
            powers[share.x()] = power;
            Gf256.addProduct(share.bytes(), start, coefficients, 0, length, power);
          }
        }
      }
      complete = true;
      return List.copyOf(shares);
    } finally {
      Arrays.fill(coefficients, (byte) 0);
      if (!complete) {
        shares.forEach(Share::close);
      }
    }
  }

  /// The secret. Uses exactly k of the shares, the first ones; the caller owns the array and must
  /// wipe it. Shares of different splits or with changed bytes give other bytes, silently.
  ///
  /// @param shares at least k, each with its own x from 1 to n and all of one length, otherwise an
  ///   `IllegalArgumentException`
  public static byte[] combine(List<Share> shares, Threshold threshold) {
    return interpolate(SECRET, enough(shares, threshold));
  }

  /// The share that `split` made or would have made at `x`, without the secret appearing anywhere:
  /// the same polynomials are evaluated at `x` instead of at zero. The caller owns it.
  ///
  /// @param x 1 to n, otherwise an `IllegalArgumentException`
  /// @param atLeastK as for `combine`
  public static Share shareAt(int x, List<Share> atLeastK, Threshold threshold) {
    if (x < 1 || x > threshold.n()) {
      throw new IllegalArgumentException("x=" + x + " (expected: 1 to " + threshold.n() + ")");
    }
    return Share.owning(x, interpolate(x, enough(atLeastK, threshold)));
  }

  /// What `share` adds to the share at `x` when that is computed from the shares at `points`: the
  /// sum of all their terms is `shareAt(x, …)`. The caller owns the array and must wipe it: a term
  /// is the share times a number that everybody knows.
  ///
  /// @param points the x of exactly k shares, each once, that of `share` among them and `x` not;
  ///   anything else is an `IllegalArgumentException`
  public static byte[] term(int x, Share share, List<Integer> points, Threshold threshold) {
    requirePoints(x, points, threshold);
    if (!points.contains(share.x())) {
      throw new IllegalArgumentException(
          "share at x=" + share.x() + " (expected: one of the " + points.size() + " points)");
    }
    byte[] term = new byte[share.length()];
    Gf256.addProduct(term, 0, share.bytes(), 0, term.length, weight(x, share.x(), points));
    return term;
  }

  private static void requirePoints(int x, List<Integer> points, Threshold threshold) {
    boolean sound =
        points.size() == threshold.k()
            && points.stream().distinct().count() == points.size()
            && points.stream().allMatch(point -> point >= 1 && point <= threshold.n())
            && x >= 1
            && x <= threshold.n()
            && !points.contains(x);
    if (!sound) {
      throw new IllegalArgumentException(
          "points (expected: k=" + threshold.k() + " others from 1 to " + threshold.n() + ")");
    }
  }

  private static List<Share> enough(List<Share> shares, Threshold threshold) {
    if (shares.size() < threshold.k()) {
      throw new IllegalArgumentException(
          shares.size() + " shares (expected: at least " + threshold.k() + ")");
    }
    boolean[] seen = new boolean[threshold.n() + 1];
    int length = shares.getFirst().length();
    for (Share share : shares) {
      if (share.x() > threshold.n()) {
        throw new IllegalArgumentException(
            "share at x=" + share.x() + " (expected: 1 to " + threshold.n() + ")");
      }
      if (seen[share.x()]) {
        throw new IllegalArgumentException(
            "two shares at x=" + share.x() + " (expected: each x once)");
      }
      seen[share.x()] = true;
      if (share.length() != length) {
        throw new IllegalArgumentException(
            "share of "
                + share.length()
                + " bytes beside one of "
                + length
                + " (expected: one length)");
      }
    }
    return shares.subList(0, threshold.k());
  }

  /// The value at `x` of the polynomials through these points, in Lagrange's form.
  private static byte[] interpolate(int x, List<Share> points) {
    byte[] values = new byte[points.getFirst().length()];
    List<Integer> all = points.stream().map(Share::x).toList();
    for (Share point : points) {
      int weight = weight(x, point.x(), all);
      Gf256.addProduct(values, 0, point.bytes(), 0, values.length, weight);
    }
    return values;
  }

  private static int weight(int x, int point, List<Integer> points) {
    int weight = 1;
    for (int other : points) {
      if (other != point) {
        int quotient = Gf256.multiply(x ^ other, Gf256.inverse(point ^ other));
        weight = Gf256.multiply(weight, quotient);
      }
    }
    return weight;
  }
}
