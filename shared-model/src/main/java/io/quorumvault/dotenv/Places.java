package io.quorumvault.dotenv;

import java.util.Arrays;

/// Line and column of any offset in a text, after one pass over it. Immutable.
///
/// Counts of code points are kept for every block, so that a look-up costs one block and not one
/// line: a file can be one line of a megabyte with a thousand references.
final class Places {
  private static final int BLOCK_CHARS = 256;

  private final CharSequence text;
  private final int[] lineStarts;
  private final int[] codePointsBefore;

  Places(CharSequence text) {
    this.text = text;
    int length = text.length();
    int[] starts = new int[16];
    int lines = 1;
    codePointsBefore = new int[length / BLOCK_CHARS + 1];
    int codePoints = 0;
    for (int i = 0; i < length; i++) {
      if (i % BLOCK_CHARS == 0) {
        codePointsBefore[i / BLOCK_CHARS] = codePoints;
      }
      if (startsCodePoint(i)) {
        codePoints++;
      }
      if (text.charAt(i) == '\n') {
        if (lines == starts.length) {
          starts = Arrays.copyOf(starts, 2 * lines);
        }
        starts[lines++] = i + 1;
      }
    }
    if (length % BLOCK_CHARS == 0) {
      codePointsBefore[length / BLOCK_CHARS] = codePoints;
    }
    lineStarts = Arrays.copyOf(starts, lines);
  }

  /// @param offset from 0 to the length of the text, which is the place after its last character
  Place of(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Place(line + 1, codePointsBefore(offset) - codePointsBefore(lineStarts[line]) + 1);
  }

  private int codePointsBefore(int offset) {
    int block = offset / BLOCK_CHARS;
    int count = codePointsBefore[block];
    for (int i = block * BLOCK_CHARS; i < offset; i++) {
      if (startsCodePoint(i)) {
        count++;
      }
    }
    return count;
  }

  /// The second half of a pair belongs to the first; half a pair alone counts as one.
  private boolean startsCodePoint(int i) {
    return i == 0
        || !Character.isLowSurrogate(text.charAt(i))
        || !Character.isHighSurrogate(text.charAt(i - 1));
  }
}
