package io.quorumvault.testing;

import java.util.ArrayList;
import java.util.List;

/// All ways to choose some of a few things.
public final class Subsets {
  private Subsets() {}

  /// Every subset with at least `smallest` and at most `largest` elements, each in the order of
  /// `elements`, of which there are at most 20.
  public static <T> List<List<T>> of(List<T> elements, int smallest, int largest) {
    if (elements.size() > 20) {
      throw new IllegalArgumentException(elements.size() + " elements (expected: at most 20)");
    }
    List<List<T>> subsets = new ArrayList<>();
    for (int chosen = 0; chosen < 1 << elements.size(); chosen++) {
      int size = Integer.bitCount(chosen);
      if (size >= smallest && size <= largest) {
        List<T> subset = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
          if ((chosen >>> i & 1) == 1) {
            subset.add(elements.get(i));
          }
        }
        subsets.add(subset);
      }
    }
    return subsets;
  }
}
