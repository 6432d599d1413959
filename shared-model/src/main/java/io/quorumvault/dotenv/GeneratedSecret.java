package io.quorumvault.dotenv;

import java.util.Arrays;

/// Makes secrets nobody has typed: letters and digits, each equally likely. All readers of `.env`
/// files take them without quotes, and URLs without encoding.
final class GeneratedSecret {
  private static final int ALPHABET_SIZE = 26 + 26 + 10;

  /// The largest multiple of the alphabet's size that fits a byte. Larger bytes are drawn again: a
  /// remainder would make some letters likelier.
  private static final int ACCEPTED_BELOW = 256 - 256 % ALPHABET_SIZE;

  /// Blocks drawn for one secret before the source is called broken. Each byte is taken with a
  /// chance of 0.97, so a sound source needs two or three.
  private static final int BLOCKS_MAX = 64;

  private GeneratedSecret() {}

  /// @return an array that belongs to the caller
  static byte[] make(int chars, RandomSource random) {
    byte[] secret = new byte[chars];
    byte[] block = new byte[chars];
    int made = 0;
    for (int blocks = 0; blocks < BLOCKS_MAX && made < chars; blocks++) {
      random.fill(block);
      for (int i = 0; i < block.length && made < chars; i++) {
        int drawn = block[i] & 0xff;
        if (drawn < ACCEPTED_BELOW) {
          secret[made++] = letter(drawn % ALPHABET_SIZE);
        }
      }
    }
    Arrays.fill(block, (byte) 0);
    if (made < chars) {
      throw new IllegalStateException("the source of randomness repeats itself");
    }
    return secret;
  }

  /// A-Z, a-z, 0-9 without a table or a branch that depends on the index: each term adds the gap to
  /// the next range once the index has passed the end of one.
  private static byte letter(int index) {
    int passedUpper = (25 - index) >>> 31;
    int passedLower = (51 - index) >>> 31;
    return (byte) ('A' + index + passedUpper * ('a' - 'Z' - 1) - passedLower * ('z' - '0' + 1));
  }
}
