package io.quorumvault.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

/// Puts together what is asked for together.
final class Bundles {
  private Bundles() {}

  /// The items in their order, in bundles of at most `itemsMax` items and `bytesMax` bytes. An item
  /// that is longer than that stands alone.
  static <T> List<List<T>> of(
      Collection<T> items, int itemsMax, long bytesMax, ToLongFunction<T> bytesOf) {
    List<List<T>> bundles = new ArrayList<>();
    List<T> bundle = new ArrayList<>();
    long bytes = 0;
    for (T item : items) {
      long length = bytesOf.applyAsLong(item);
      boolean full = bundle.size() == itemsMax || bytes + length > bytesMax;
      if (full && !bundle.isEmpty()) {
        bundles.add(bundle);
        bundle = new ArrayList<>();
        bytes = 0;
      }
      bundle.add(item);
      bytes += length;
    }
    if (!bundle.isEmpty()) {
      bundles.add(bundle);
    }
    return bundles;
  }
}
