package io.quorumvault.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/// Whether the time an operation takes tells what its secret input is.
///
/// The operation runs on inputs of two classes in random order: those that a leak would tell
/// (mostly always the same secret bytes), and fresh random ones. Each run is timed, and Welch's t
/// compares the two mean times. Operations whose time does not depend on the secret stay near zero,
/// however long they take; of one that does, t grows with the square root of the number of samples.
/// Both classes cost the same before the clock starts, so that caches and heap look alike.
///
/// What disturbs a machine (interrupts, collections, neighbours) makes single times long, for both
/// classes alike. So t is computed from all times and from the shorter ones alone, and the largest
/// counts.
///
/// Never flaky, and not by luck: what a disturbance does to t is independent from attempt to
/// attempt, and a leak is there in each. So an operation is cleared by one quiet attempt of
/// `ATTEMPTS`, and a leak, which shows at ten times the bound and more, has none.
///
/// Sources: O. Reparaz, J. Balasch and I. Verbauwhede, "Dude, is my code constant time?", DATE
/// 2017; B. L. Welch, "The generalization of 'Student's' problem when several different population
/// variances are involved", Biometrika 34, 1947.
///
/// @param <T> an input, made from secret bytes before the clock starts
public final class TimingGate<T> {
  /// Two classes alike are further apart less than once in a million attempts.
  public static final double BOUND = 5;

  /// A leak is at least so far above; those we know are at hundreds.
  public static final double LEAK = 50;

  private static final int SAMPLES = 100_000;
  private static final int ATTEMPTS = 10;

  /// Inputs made ahead: few enough to stay in the cache until they are used.
  private static final int CHUNK = 500;

  /// Until the compiler is done with everything.
  private static final int WARM_UP_CHUNKS = 60;

  /// Which part of all times counts, from the shortest on.
  private static final double[] SHARES = {0.5, 0.9, 0.99, 1};

  private final String name;
  private final Function<byte[], T> preparing;
  private final ToIntFunction<T> operation;
  private final int repetitions;

  private final Gen gen = new Gen(System.nanoTime());

  /// @param preparing makes an input of secret bytes, which it may keep
  /// @param operation answers something that depends on all it did, so that no compiler leaves it
  ///   out
  /// @param repetitions on one input under one look at the clock, which itself takes as long as
  ///   comparing some dozen bytes
  public TimingGate(
      String name, Function<byte[], T> preparing, ToIntFunction<T> operation, int repetitions) {
    this.name = name;
    this.preparing = preparing;
    this.operation = operation;
    this.repetitions = repetitions;
  }

  /// The three secrets that a leak would most likely tell from random ones.
  ///
  /// @return by what to call them: all zero, all one, and a single bit that is set
  public static Map<String, byte[]> telling(int length) {
    byte[] ones = new byte[length];
    Arrays.fill(ones, (byte) 0xff);
    byte[] bit = new byte[length];
    bit[length - 1] = 1;
    return Map.of("zeros", new byte[length], "ones", ones, "a single bit", bit);
  }

  /// Passes if the time does not tell `secret` from random bytes of its length.
  public void clears(String what, byte[] secret) {
    clears(what, () -> secret);
  }

  /// Passes if the time does not tell these secrets from random bytes of their length. For an
  /// operation that looks up a digest: one secret would always be looked up in the same place,
  /// which a processor learns, and which says nothing of the secret.
  public void clears(String what, Supplier<byte[]> secrets) {
    double least = Double.MAX_VALUE;
    for (int attempt = 0; attempt < ATTEMPTS && least >= BOUND; attempt++) {
      least = Math.min(least, t(secrets));
    }
    say(what, least);
    assertTrue(
        least < BOUND,
        "%s tells %s from random bytes: t=%.1f at best of %d attempts"
            .formatted(name, what, least, ATTEMPTS));
  }

  /// Passes if the time does tell them: the gate would close.
  public void catches(String what, byte[] secret) {
    double most = 0;
    for (int attempt = 0; attempt < ATTEMPTS && most < LEAK; attempt++) {
      most = Math.max(most, t(() -> secret));
    }
    say(what, most);
    assertTrue(
        most >= LEAK, "%s does not tell %s from random bytes: t=%.1f".formatted(name, what, most));
  }

  private void say(String what, double t) {
    System.out.printf("Timing of %s, %s against random: t=%.1f%n", name, what, t);
  }

  /// The largest of Welch's |t| over `SHARES`.
  private double t(Supplier<byte[]> secrets) {
    boolean[] fixed = new boolean[SAMPLES];
    long[] nanos = new long[SAMPLES];
    int answers = 0;
    for (int chunk = -WARM_UP_CHUNKS; chunk < SAMPLES / CHUNK; chunk++) {
      int start = Math.max(0, chunk) * CHUNK;
      answers += timeChunk(secrets, fixed, nanos, start);
    }
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    double largest = 0;
    for (double share : SHARES) {
      long longest = sorted[(int) (share * (SAMPLES - 1))];
      largest = Math.max(largest, Math.abs(welch(fixed, nanos, longest)));
    }
    // An operation whose answers nobody looks at need not be carried out.
    return answers == Integer.MIN_VALUE ? Math.nextUp(largest) : largest;
  }

  private int timeChunk(Supplier<byte[]> secrets, boolean[] fixed, long[] nanos, int start) {
    Object[] inputs = new Object[CHUNK];
    for (int i = 0; i < CHUNK; i++) {
      byte[] secret = secrets.get();
      byte[] bytes = gen.bytes(secret.length);
      byte[] kept = bytes.clone();
      fixed[start + i] = gen.oneIn(2);
      System.arraycopy(fixed[start + i] ? secret : kept, 0, bytes, 0, bytes.length);
      inputs[i] = preparing.apply(bytes);
    }
    int answers = 0;
    for (int i = 0; i < CHUNK; i++) {
      T input = input(inputs[i]);
      long before = System.nanoTime();
      for (int repetition = 0; repetition < repetitions; repetition++) {
        answers += operation.applyAsInt(input);
      }
      nanos[start + i] = System.nanoTime() - before;
    }
    return answers;
  }

  @SuppressWarnings("unchecked") // There are no arrays of T, and nothing else was put in.
  private T input(Object input) {
    return (T) input;
  }

  private static double welch(boolean[] fixed, long[] nanos, long longest) {
    double[] count = new double[2];
    double[] mean = new double[2];
    double[] squares = new double[2];
    for (int i = 0; i < nanos.length; i++) {
      if (nanos[i] <= longest) {
        int of = fixed[i] ? 1 : 0;
        count[of]++;
        double distance = nanos[i] - mean[of];
        mean[of] += distance / count[of];
        squares[of] += distance * (nanos[i] - mean[of]);
      }
    }
    if (count[0] < 2 || count[1] < 2 || mean[0] == mean[1]) {
      // So far apart that one class is not among the shorter times at all: all times will tell.
      return 0;
    }
    double variance = 0;
    for (int of = 0; of < 2; of++) {
      variance += squares[of] / (count[of] - 1) / count[of];
    }
    return (mean[0] - mean[1]) / Math.sqrt(variance);
  }
}
