package io.quorumvault.sharing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.Limits;
import java.io.Serializable;
import org.junit.jupiter.api.Test;

final class ShareTest {
  @Test
  void an_exposed_copy_belongs_to_the_caller() {
    try (Share share = Share.owning(3, new byte[] {1, 2, 3})) {
      byte[] copy = share.exposeCopy();
      assertArrayEquals(new byte[] {1, 2, 3}, copy);
      copy[0] = 99;
      assertArrayEquals(new byte[] {1, 2, 3}, share.exposeCopy());
      assertEquals(3, share.x());
      assertEquals(3, share.length());
    }
  }

  @Test
  void closing_wipes_the_bytes_and_ends_every_use() {
    byte[] owned = {1, 2, 3};
    Share share = Share.owning(1, owned);
    share.close();
    assertArrayEquals(new byte[3], owned);
    assertThrows(IllegalStateException.class, share::exposeCopy);
    assertThrows(IllegalStateException.class, share::bytes);
    share.close();
  }

  @Test
  void shares_are_equal_when_x_and_all_bytes_are() {
    Share share = Share.owning(1, new byte[] {1, 2, 3});
    assertEquals(share, Share.owning(1, new byte[] {1, 2, 3}));
    assertEquals(share.hashCode(), Share.owning(1, new byte[] {1, 2, 3}).hashCode());
    assertNotEquals(share, Share.owning(2, new byte[] {1, 2, 3}));
    assertNotEquals(share, Share.owning(1, new byte[] {1, 2, 4}));
    assertNotEquals(share, Share.owning(1, new byte[] {1, 2, 3, 0}));
    assertNotEquals(share, new Object());
  }

  @Test
  void nothing_but_x_and_length_is_printed_hashed_or_serialised() {
    Share one = Share.owning(7, new byte[] {65, 66, 67});
    Share other = Share.owning(7, new byte[] {80, 81, 82});
    assertEquals("Share[x=7, 3 bytes]", one.toString());
    assertEquals(one.hashCode(), other.hashCode());
    assertFalse(Serializable.class.isAssignableFrom(Share.class));
  }

  @Test
  void x_zero_where_the_secret_lies_and_x_above_a_byte_are_refused() {
    for (int x : new int[] {0, -1, 256, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> Share.owning(x, new byte[1]));
    }
    assertEquals(255, Share.owning(255, new byte[1]).x());
  }

  @Test
  void an_empty_share_and_one_above_the_limit_are_refused() {
    assertThrows(IllegalArgumentException.class, () -> Share.owning(1, new byte[0]));
    byte[] tooLong = new byte[Limits.SHARE_BYTES_MAX + 1];
    assertThrows(IllegalArgumentException.class, () -> Share.owning(1, tooLong));
    byte[] longest = new byte[Limits.SHARE_BYTES_MAX];
    assertEquals(Limits.SHARE_BYTES_MAX, Share.owning(1, longest).length());
  }
}
