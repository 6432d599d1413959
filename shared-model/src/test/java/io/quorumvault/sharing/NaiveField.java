package io.quorumvault.sharing;

/// The field as a textbook writes it down, sharing no line and no idea with `Gf256`: polynomials
/// over GF(2) as bit strings, multiplied at full length, then divided by the modulus on paper.
final class NaiveField {
  private NaiveField() {}

  static int multiply(int a, int b) {
    int product = 0;
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 8; j++) {
        if ((a >> i & 1) == 1 && (b >> j & 1) == 1) {
          product ^= 1 << (i + j);
        }
      }
    }
    for (int degree = 14; degree >= 8; degree--) {
      if ((product >> degree & 1) == 1) {
        product ^= 0b1_0001_1011 << (degree - 8);
      }
    }
    return product;
  }

  /// By trying all.
  static int divide(int a, int b) {
    for (int quotient = 0; quotient < 256; quotient++) {
      if (multiply(quotient, b) == a) {
        return quotient;
      }
    }
    throw new ArithmeticException(a + " / " + b);
  }

  static int power(int base, int exponent) {
    int power = 1;
    for (int i = 0; i < exponent; i++) {
      power = multiply(power, base);
    }
    return power;
  }

  /// The value at `x` of the polynomial with these coefficients, the constant one first.
  static int evaluate(int[] coefficients, int x) {
    int value = 0;
    for (int degree = 0; degree < coefficients.length; degree++) {
      value ^= multiply(coefficients[degree], power(x, degree));
    }
    return value;
  }

  /// The value at `x` of the polynomial of lowest degree through the points, by Newton's divided
  /// differences (`Shamir` uses Lagrange's form).
  static int interpolate(int[] xs, int[] ys, int x) {
    int[] differences = ys.clone();
    for (int order = 1; order < xs.length; order++) {
      for (int i = xs.length - 1; i >= order; i--) {
        differences[i] = divide(differences[i] ^ differences[i - 1], xs[i] ^ xs[i - order]);
      }
    }
    int value = 0;
    for (int i = xs.length - 1; i >= 0; i--) {
      value = multiply(value, x ^ xs[i]) ^ differences[i];
    }
    return value;
  }
}
