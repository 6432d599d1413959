package io.quorumvault.testing;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Generated test data that depends on one seed and nothing else. Belongs to one thread.
///
/// A property runs over many cases; the first that fails names its seed, and `-Dgen.seed=<that
/// seed>` runs that case alone. `-Dgen.cases=<factor>` multiplies the number of cases for a longer
/// search.
///
/// ```java
/// Gen.forAll(200, gen -> {
///   byte[] value = gen.bytes(gen.between(1, 100));
///   assertArrayEquals(value, decode(encode(value)));
/// });
/// ```
///
/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
/// 2014), written out so that a seed means the same data on every JDK.
public final class Gen {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private final long seed;
  private long state;

  public Gen(long seed) {
    this.seed = seed;
    this.state = seed;
  }

  /// One case of a property; may throw anything.
  @FunctionalInterface
  public interface Property {
    void check(Gen gen) throws Exception;
  }

  /// Checks `property` for `cases` seeds, the same ones in every run, and stops at the first that
  /// fails.
  public static void forAll(int cases, Property property) {
    Long replayed = Long.getLong("gen.seed");
    if (replayed != null) {
      check(replayed, property);
      return;
    }
    long total = (long) cases * Integer.getInteger("gen.cases", 1);
    for (long seed = 1; seed <= total; seed++) {
      check(seed, property);
    }
  }

  private static void check(long seed, Property property) {
    try {
      property.check(new Gen(seed));
    } catch (Exception | AssertionError failure) {
      throw new AssertionError(
          "failed for seed " + seed + " (-Dgen.seed=" + seed + " runs it alone): " + failure,
          failure);
    }
  }

  public long seed() {
    return seed;
  }

  public long nextLong() {
    state += GOLDEN_GAMMA;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /// A number from 0 to `bound - 1`. The bias of the remainder is below `bound / 2^63`.
  public int below(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound " + bound + " (expected: at least 1)");
    }
    return (int) ((nextLong() >>> 1) % bound);
  }

  /// A number from `first` to `last`, both included.
  public int between(int first, int last) {
    long width = (long) last - first + 1;
    if (width < 1) {
      throw new IllegalArgumentException("nothing between " + first + " and " + last);
    }
    return (int) (first + (nextLong() >>> 1) % width);
  }

  /// True once in `times` on average; `oneIn(2)` is a coin.
  public boolean oneIn(int times) {
    return below(times) == 0;
  }

  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    fill(bytes);
    return bytes;
  }

  private void fill(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) nextLong();
    }
  }

  /// Between `shortest` and `longest` UTF-16 units, each one of `alphabet`.
  public String text(String alphabet, int shortest, int longest) {
    int length = between(shortest, longest);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(below(alphabet.length())));
    }
    return text.toString();
  }

  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  @SafeVarargs
  public final <T> T pick(T... choices) {
    return choices[below(choices.length)];
  }

  /// A new list with the same elements in any order.
  public <T> List<T> shuffled(List<T> elements) {
    List<T> shuffled = new ArrayList<>(elements);
    for (int last = shuffled.size() - 1; last > 0; last--) {
      int other = below(last + 1);
      T moved = shuffled.get(last);
      shuffled.set(last, shuffled.get(other));
      shuffled.set(other, moved);
    }
    return shuffled;
  }

  /// `size` different elements in any order.
  public <T> List<T> some(int size, List<T> elements) {
    return new ArrayList<>(shuffled(elements).subList(0, size));
  }

  /// A generator of its own: what one draws does not shift what the other gets.
  public Gen fork() {
    return new Gen(nextLong());
  }

  /// This generator as a `SecureRandom`, for code that insists on one. Predictable, and meant to
  /// be.
  public SecureRandom secureRandom() {
    return new Predictable(fork());
  }

  private static final class Predictable extends SecureRandom {
    private final transient Gen gen;

    private Predictable(Gen gen) {
      this.gen = gen;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      gen.fill(bytes);
    }
  }
}
