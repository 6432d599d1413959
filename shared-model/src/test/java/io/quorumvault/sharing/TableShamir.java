package io.quorumvault.sharing;

import java.util.List;

/// Split and combine as they are usually written, with tables of logarithms and a branch for zero:
/// the same answers as `Shamir`, in a time that tells coefficients and shares.
final class TableShamir {
  private static final int GENERATOR = 3;

  private static final int[] POWERS = new int[510];
  private static final int[] LOGARITHMS = new int[256];

  static {
    int power = 1;
    for (int exponent = 0; exponent < 255; exponent++) {
      POWERS[exponent] = power;
      POWERS[exponent + 255] = power;
      LOGARITHMS[power] = exponent;
      power = NaiveField.multiply(power, GENERATOR);
    }
  }

  private TableShamir() {}

  private static int multiply(int a, int b) {
    return a == 0 || b == 0 ? 0 : POWERS[LOGARITHMS[a] + LOGARITHMS[b]];
  }

  private static int divide(int a, int b) {
    return a == 0 ? 0 : POWERS[LOGARITHMS[a] + 255 - LOGARITHMS[b]];
  }

  /// @param coefficients one array for each degree from 1 on
  static byte[][] split(byte[] secret, byte[][] coefficients, int n) {
    byte[][] shares = new byte[n][secret.length];
    for (int x = 1; x <= n; x++) {
      for (int i = 0; i < secret.length; i++) {
        int value = 0;
        for (int degree = coefficients.length - 1; degree >= 0; degree--) {
          value = multiply(value ^ (coefficients[degree][i] & 0xff), x);
        }
        shares[x - 1][i] = (byte) (value ^ secret[i]);
      }
    }
    return shares;
  }

  static byte[] combine(List<Share> shares) {
    byte[] secret = new byte[shares.getFirst().length()];
    for (Share share : shares) {
      int weight = 1;
      for (Share other : shares) {
        if (other.x() != share.x()) {
          weight = multiply(weight, divide(other.x(), share.x() ^ other.x()));
        }
      }
      byte[] bytes = share.bytes();
      for (int i = 0; i < secret.length; i++) {
        secret[i] ^= (byte) multiply(weight, bytes[i] & 0xff);
      }
    }
    return secret;
  }
}
