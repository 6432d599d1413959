package io.quorumvault.wire;

import io.quorumvault.Limits;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an API server asks a coordinator to read: all values or none.
///
/// @param values whether the values are wanted, which the caller must be allowed to read; otherwise
///   only whether they are there, which is for everybody who has to do with the names
/// @param deadlineMillis how long the coordinator may take, from when it receives this
public record ReadCall(Namespace namespace, List<Item> items, boolean values, long deadlineMillis) {
  /// One value: the latest version, or the one with this number, or the one valid at this instant.
  public record Item(SecretName name, @Nullable Long version, @Nullable Instant at) {
    public Item {
      if (version != null && at != null) {
        throw new IllegalArgumentException("item (expected: a version or an instant, not both)");
      }
    }

    /// Whether the current version is meant.
    public boolean latest() {
      return version == null && at == null;
    }
  }

  public ReadCall {
    items = List.copyOf(items);
    if (items.isEmpty() || items.size() > Limits.NAMES_PER_TRANSACTION_MAX) {
      throw new IllegalArgumentException(
          "items: " + items.size() + " (expected: 1 to " + Limits.NAMES_PER_TRANSACTION_MAX + ")");
    }
  }
}
