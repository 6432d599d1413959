package io.quorumvault.wire;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an API server refused a caller by policy, for the audit log: it has no disk of its own.
///
/// @param items 1 to `Limits.NAMES_PER_TRANSACTION_MAX`
/// @param code what the caller was told
public record DenialCall(Namespace namespace, List<Item> items, FailureCode code) {
  /// @param capability the word of the one that was missing
  /// @param name null for what concerns the namespace as a whole
  public record Item(String capability, @Nullable SecretName name) {}

  public DenialCall {
    items = List.copyOf(items);
    if (items.isEmpty() || items.size() > Limits.NAMES_PER_TRANSACTION_MAX) {
      throw new IllegalArgumentException(
          "items: " + items.size() + " (expected: 1 to " + Limits.NAMES_PER_TRANSACTION_MAX + ")");
    }
    if (code != FailureCode.FORBIDDEN && code != FailureCode.NAMESPACE_NOT_FOUND) {
      throw new IllegalArgumentException("code (expected: one by which the policy refuses)");
    }
  }
}
