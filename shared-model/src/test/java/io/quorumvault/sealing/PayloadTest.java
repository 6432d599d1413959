package io.quorumvault.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quorumvault.Limits;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.ScriptedRandom;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class PayloadTest {
  @Test
  void the_layout_is_key_length_value_zeros() {
    byte[] key = new Gen(1).bytes(32);
    ScriptedRandom random = new ScriptedRandom(key);
    try (Payload payload = Payload.blinding(SecretValue.owning(new byte[] {'h', 'i'}), random)) {
      String expected = HexFormat.of().formatHex(key) + "00000002" + "6869" + "00".repeat(26);
      assertEquals(expected, HexFormat.of().formatHex(payload.bytes()));
    }
    assertArrayEquals(new byte[32], random.filled().getFirst(), "the key's own array is wiped");
  }

  @Test
  void the_length_is_the_next_multiple_of_64_and_the_largest_is_that_of_the_largest_share() {
    assertEquals(64, Payload.bytesFor(1));
    assertEquals(64, Payload.bytesFor(28));
    assertEquals(128, Payload.bytesFor(29));
    assertEquals(128, Payload.bytesFor(92));
    assertEquals(192, Payload.bytesFor(93));
    assertEquals(Limits.SHARE_BYTES_MAX, Payload.bytesFor(Limits.VALUE_BYTES_MAX));
  }

  @Test
  void a_payload_reads_back() {
    Gen.forAll(
        300,
        gen -> {
          byte[] value = gen.bytes(gen.between(1, 300));
          byte[] bytes = bytes(gen, value);
          try (Payload payload = Payload.parse(bytes).orElseThrow()) {
            assertEquals(SecretValue.owning(value), payload.value());
          }
          assertArrayEquals(new byte[bytes.length], bytes, "taken over and wiped");
        });
  }

  @Test
  void any_bit_set_behind_the_value_makes_it_no_payload() {
    byte[] bytes = bytes(new Gen(2), new byte[] {1, 2, 3});
    for (int i = 32 + 4 + 3; i < bytes.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = bytes.clone();
        changed[i] = (byte) (1 << bit);
        assertRefusedAndWiped(changed);
      }
    }
  }

  @Test
  void a_length_out_of_bounds_or_one_the_total_does_not_follow_from_is_refused() {
    for (int total : new int[] {64, 128, 192}) {
      for (int length :
          new int[] {
            0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, Limits.VALUE_BYTES_MAX + 1, total, 300
          }) {
        assertRefusedAndWiped(zerosOfLength(total, length));
      }
    }
    assertRefusedAndWiped(zerosOfLength(128, 28));
    assertRefusedAndWiped(zerosOfLength(36 + 10, 10));
    // More than the largest value, in a total that would follow.
    int tooLong = Limits.VALUE_BYTES_MAX + 29;
    assertRefusedAndWiped(zerosOfLength(Payload.bytesFor(tooLong), tooLong));
  }

  @Test
  void bytes_too_short_for_a_payload_are_refused() {
    for (int total = 0; total < 64; total++) {
      byte[] bytes = new byte[total];
      Arrays.fill(bytes, (byte) 1);
      assertRefusedAndWiped(bytes);
    }
  }

  @Test
  void nothing_but_the_length_is_printed() {
    try (Payload payload =
        Payload.blinding(SecretValue.owning(new byte[] {65, 65}), new Gen(1).secureRandom())) {
      assertEquals("Payload[64 bytes]", payload.toString());
    }
  }

  private static byte[] bytes(Gen gen, byte[] value) {
    try (Payload payload =
        Payload.blinding(SecretValue.owning(value.clone()), gen.secureRandom())) {
      return payload.bytes().clone();
    }
  }

  private static byte[] zerosOfLength(int total, int length) {
    byte[] bytes = new byte[total];
    ByteBuffer.wrap(bytes).putInt(32, length);
    return bytes;
  }

  private static void assertRefusedAndWiped(byte[] bytes) {
    assertFalse(Payload.parse(bytes).isPresent());
    assertArrayEquals(new byte[bytes.length], bytes);
  }
}
