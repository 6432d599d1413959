package io.quorumvault.sharing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.testing.Gen;
import org.junit.jupiter.api.Test;

final class Gf256Test {
  @Test
  void the_products_of_the_standard_come_out() {
    // FIPS 197, sections 4.2 and 4.2.1.
    assertEquals(0xc1, Gf256.multiply(0x57, 0x83));
    assertEquals(0xfe, Gf256.multiply(0x57, 0x13));
    assertEquals(0xae, Gf256.multiply(0x57, 0x02));
    assertEquals(0x47, Gf256.multiply(0x57, 0x04));
    assertEquals(0x8e, Gf256.multiply(0x57, 0x08));
    assertEquals(0x07, Gf256.multiply(0x57, 0x10));
  }

  @Test
  void all_65536_products_equal_those_on_paper() {
    for (int a = 0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        assertEquals(NaiveField.multiply(a, b), Gf256.multiply(a, b), a + " * " + b);
      }
    }
  }

  @Test
  void every_element_but_zero_has_the_inverse_that_trying_all_finds() {
    for (int a = 1; a < 256; a++) {
      assertEquals(NaiveField.divide(1, a), Gf256.inverse(a), "1 / " + a);
    }
    assertThrows(ArithmeticException.class, () -> Gf256.inverse(0));
  }

  @Test
  void the_bulk_path_gives_all_65536_products() {
    byte[] everyByte = new byte[256];
    for (int b = 0; b < 256; b++) {
      everyByte[b] = (byte) b;
    }
    for (int factor = 0; factor < 256; factor++) {
      byte[] products = new byte[256];
      Gf256.addProduct(products, 0, everyByte, 0, 256, factor);
      for (int b = 0; b < 256; b++) {
        assertEquals(NaiveField.multiply(factor, b), products[b] & 0xff, factor + " * " + b);
      }
    }
  }

  @Test
  void the_bulk_path_adds_to_its_range_and_touches_nothing_else() {
    Gen.forAll(
        2000,
        gen -> {
          int length = gen.between(0, 40);
          int sourceStart = gen.between(0, 17);
          int targetStart = gen.between(0, 17);
          byte[] source = gen.bytes(sourceStart + length + gen.between(0, 9));
          byte[] target = gen.bytes(targetStart + length + gen.between(0, 9));
          int factor = gen.below(256);
          byte[] expected = target.clone();
          for (int i = 0; i < length; i++) {
            expected[targetStart + i] ^=
                (byte) NaiveField.multiply(source[sourceStart + i] & 0xff, factor);
          }
          byte[] untouched = source.clone();
          Gf256.addProduct(target, targetStart, source, sourceStart, length, factor);
          assertArrayEquals(expected, target);
          assertArrayEquals(untouched, source);
        });
  }
}
