package io.quorumvault.sealing;

import io.quorumvault.secret.SecretValue;
import java.util.Set;

/// An authentic value, and whose shares were no help. Closing it wipes the value.
///
/// @param value exactly the bytes that were sealed
/// @param liars each x under which a share was given that is not the one sealed at x, or a second
///   one; whoever keeps or sent it is broken or lying
public record Opened(SecretValue value, Set<Integer> liars) implements AutoCloseable {
  public Opened {
    liars = Set.copyOf(liars);
  }

  @Override
  public void close() {
    value.close();
  }

  @Override
  public String toString() {
    return "Opened[" + value + ", liars=" + liars + "]";
  }
}
