package io.quorumvault.dotenv;

/// Where the chance for generated secrets comes from: `SecureRandom::nextBytes`, outside of tests.
@FunctionalInterface
public interface RandomSource {
  /// Fills the array with bytes nobody can guess.
  void fill(byte[] bytes);
}
