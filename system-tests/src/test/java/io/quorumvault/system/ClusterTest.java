package io.quorumvault.system;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tests that take a `VaultCluster`.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Clusters.class)
@interface ClusterTest {
  /// Which one.
  Kind value();

  /// All tests of a kind share a cluster, on which everything runs whenever a test begins.
  enum Kind {
    /// Nobody harms it.
    HEALTHY,
    /// Its processes are killed and started again.
    HARMED,
    /// Everything is done to it that can be. Its tests may take it as a `FaultyCluster`.
    FAULTY,
    /// The same, and its processes log all that they can be told to.
    LOUD
  }
}
