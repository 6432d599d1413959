package io.quorumvault.wire;

import io.quorumvault.Bytes;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.sharing.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records that between them use every form, in the shapes messages have.
final class SampleRecords {
  enum Kind {
    VERSION,
    TOMBSTONE
  }

  record Numbers(int small, long large, boolean flag) {}

  record Boxed(
      @Nullable Integer small, @Nullable Long large, @Nullable Boolean flag, Integer must) {}

  record Entry(
      SecretId id,
      Kind kind,
      long version,
      Instant validFrom,
      @Nullable Instant validTo,
      Duration age,
      Bytes commitment,
      @Nullable SecretValue value) {}

  record Batch(String token, List<Entry> entries, List<List<SecretName>> names, Numbers numbers) {}

  enum Bodied {
    ONE {
      @Override
      int value() {
        return 1;
      }
    },
    TWO {
      @Override
      int value() {
        return 2;
      }
    };

    abstract int value();
  }

  sealed interface Shape {}

  record Circle(int radius) implements Shape {}

  record Square(int side, @Nullable String label) implements Shape {}

  record Drawing(Bodied bodied, @Nullable Shape first, List<Shape> others) {}

  record Held(@Nullable Share share, List<Share> others) {}

  record Masked(MaskSeed seed, @Nullable Contribution contribution) {}

  record Tree(@Nullable String label, List<Tree> children) {}

  record Forest(List<Forest> trees) {}

  record Maybe(@Nullable SecretName name) {}

  record Nothing() {}

  record Positive(int number, int other) {
    Positive {
      if (number <= 0) {
        throw new IllegalArgumentException("number (expected: at least 1)");
      }
    }
  }

  record Wide(int b, int a, int aa, int length) {}

  static final List<Class<? extends Record>> ALL =
      List.of(
          Numbers.class,
          Boxed.class,
          Entry.class,
          Batch.class,
          Drawing.class,
          Held.class,
          Masked.class,
          Tree.class,
          Forest.class,
          Maybe.class,
          Nothing.class,
          Positive.class,
          Wide.class,
          Namespace.class,
          SecretId.class);

  private SampleRecords() {}
}
