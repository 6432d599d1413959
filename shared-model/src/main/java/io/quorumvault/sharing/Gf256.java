package io.quorumvault.sharing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The field of 256 elements modulo x^8 + x^4 + x^3 + x + 1 (0x11b), as in FIPS 197, section 4.
/// Addition is exclusive or. Elements are ints from 0 to 255.
///
/// Everything here is shift-and-mask: the instructions executed and the addresses touched are the
/// same for all operands. Tables of logarithms would be faster for single products, but the cache
/// then tells a neighbour which entries were used, and entries are secret bytes.
final class Gf256 {
  private static final int POLYNOMIAL = 0x11b;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long TOP_BIT_OF_EACH = 0x8080808080808080L;
  private static final long REDUCTION_OF_EACH = 0x1b1b1b1b1b1b1b1bL;

  private Gf256() {}

  static int multiply(int a, int b) {
    int product = 0;
    for (int bit = 7; bit >= 0; bit--) {
      product = (product << 1) ^ (-(product >>> 7) & POLYNOMIAL);
      product ^= -((b >>> bit) & 1) & a;
    }
    return product;
  }

  /// The element whose product with `a` is one: a^254, because a^255 is one for all but zero.
  ///
  /// @param a a difference of two x, hence public; not zero, otherwise an `ArithmeticException`
  static int inverse(int a) {
    if (a == 0) {
      throw new ArithmeticException("zero has no inverse");
    }
    int power = a;
    int inverse = 1;
    for (int bit = 1; bit < 8; bit++) {
      power = multiply(power, power);
      inverse = multiply(inverse, power);
    }
    return inverse;
  }

  /// Adds `factor` times each byte of a range of `source` to the byte of `target` at the same
  /// distance from its start. Eight bytes at a time, each in its own lane of a long.
  ///
  /// @param source not `target`
  static void addProduct(
      byte[] target, int targetStart, byte[] source, int sourceStart, int length, int factor) {
    int whole = length & -Long.BYTES;
    for (int i = 0; i < whole; i += Long.BYTES) {
      long product = multiplyEach((long) EIGHT_BYTES.get(source, sourceStart + i), factor);
      long sum = (long) EIGHT_BYTES.get(target, targetStart + i) ^ product;
      EIGHT_BYTES.set(target, targetStart + i, sum);
    }
    for (int i = whole; i < length; i++) {
      target[targetStart + i] ^= (byte) multiply(source[sourceStart + i] & 0xff, factor);
    }
  }

  /// As `multiply`, for eight elements at once.
  private static long multiplyEach(long elements, int factor) {
    long product = 0;
    for (int bit = 7; bit >= 0; bit--) {
      product = doubleEach(product);
      product ^= -(long) ((factor >>> bit) & 1) & elements;
    }
    return product;
  }

  /// A lane whose top bit falls out is reduced: 0x80 becomes 0x7f by the subtraction, which masks
  /// the reduction in, and 0x00 stays and masks it out. No lane borrows from its neighbour.
  private static long doubleEach(long elements) {
    long top = elements & TOP_BIT_OF_EACH;
    return ((elements ^ top) << 1) ^ ((top - (top >>> 7)) & REDUCTION_OF_EACH);
  }
}
