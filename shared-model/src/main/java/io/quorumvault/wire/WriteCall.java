package io.quorumvault.wire;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an API server asks a coordinator to write: all items or none. Safe to send again to any
/// node as long as `operationId` stays the same.
///
/// @param operationId 32 bytes; the same for every attempt at this one request of the caller
/// @param keyed whether the caller sent an Idempotency-Key, so that the outcome is remembered for a
///   day
/// @param requestTime when the API server received the request: the label `validFrom` starts from
/// @param deadlineMillis how long the coordinator may take, from when it receives this
public record WriteCall(
    WriteKind kind,
    Namespace namespace,
    List<Item> items,
    Bytes operationId,
    boolean keyed,
    Instant requestTime,
    long deadlineMillis) {
  private static final int OPERATION_ID_BYTES = 32;

  /// One name of a write.
  ///
  /// @param value present for create and update, absent for delete; so is `encoding`
  /// @param ifMatch the version the caller insists on, null for any
  /// @param generated whether the value was made by chance for this attempt: a retry of the same
  ///   request brings another one of the same length
  public record Item(
      SecretName name,
      @Nullable SecretValue value,
      @Nullable ValueEncoding encoding,
      @Nullable Long ifMatch,
      boolean generated) {}

  public WriteCall {
    items = List.copyOf(items);
    if (items.isEmpty() || items.size() > Limits.NAMES_PER_TRANSACTION_MAX) {
      throw new IllegalArgumentException(
          "items: " + items.size() + " (expected: 1 to " + Limits.NAMES_PER_TRANSACTION_MAX + ")");
    }
    if (operationId.length() != OPERATION_ID_BYTES) {
      throw new IllegalArgumentException(
          "operationId (expected: " + OPERATION_ID_BYTES + " bytes)");
    }
    if (deadlineMillis < 1) {
      throw new IllegalArgumentException("deadlineMillis (expected: at least 1)");
    }
    Set<SecretName> names = new HashSet<>();
    for (Item item : items) {
      boolean carriesValue = item.value() != null && item.encoding() != null;
      boolean carriesNone = item.value() == null && item.encoding() == null;
      if (kind == WriteKind.DELETE ? !carriesNone : !carriesValue) {
        throw new IllegalArgumentException("items (expected: a value exactly when one is written)");
      }
      if (!names.add(item.name())) {
        throw new IllegalArgumentException("items (expected: each name once)");
      }
    }
  }
}
