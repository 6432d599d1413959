package io.quorumvault.sharing;

import io.quorumvault.Limits;

/// How many shares there are, and how many of them give the secret back.
///
/// A threshold of one is refused. Its "shares" would all be the secret itself, so that every single
/// node could read everything.
///
/// @param k shares that are enough, 2 to `n`
/// @param n shares that are made, at x = 1 to `n`, at most `Limits.NODES_MAX`; anything else is an
///   `IllegalArgumentException`
public record Threshold(int k, int n) {
  /// With fewer than two, a share is the secret.
  public static final int K_MIN = 2;

  public Threshold {
    if (k < K_MIN) {
      throw new IllegalArgumentException(
          "threshold k=" + k + " (expected: at least " + K_MIN + ")");
    }
    if (n < k || n > Limits.NODES_MAX) {
      throw new IllegalArgumentException(
          "n=" + n + " (expected: k=" + k + " to " + Limits.NODES_MAX + ")");
    }
  }
}
