package io.quorumvault.dotenv;

import java.time.Instant;

/// Which version of a secret a reference means.
public sealed interface Selector {
  Selector LATEST = new Latest();

  /// The current version.
  record Latest() implements Selector {}

  /// One version by its number.
  ///
  /// @param version at least 1
  record Version(long version) implements Selector {
    public Version {
      if (version < 1) {
        throw new IllegalArgumentException("version " + version + " (expected: at least 1)");
      }
    }
  }

  /// The version that was current at a time.
  record At(Instant instant) implements Selector {}
}
