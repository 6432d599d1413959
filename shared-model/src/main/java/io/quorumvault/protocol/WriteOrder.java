package io.quorumvault.protocol;

import io.quorumvault.Bytes;
import io.quorumvault.secret.SecretId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a coordinator is asked to write: all names or none.
///
/// @param wishes one per name, ordered by name
/// @param operationId the same for every attempt at this one request, through whichever coordinator
/// @param requestTime the label `validFrom` starts from
/// @param forgetBefore operations that were to be remembered until then may be forgotten: by
///   whichever clock is behind, the caller's or the coordinator's, for one that is ahead must not
///   make a retry a second write
/// @param forgetAfter until when the outcome is remembered for retries
public record WriteOrder(
    WriteKind kind,
    List<Wish> wishes,
    Bytes operationId,
    Instant requestTime,
    Instant forgetBefore,
    Instant forgetAfter) {
  /// One name.
  ///
  /// @param ifMatch the version the caller insists on, null for any
  public record Wish(SecretId id, @Nullable Long ifMatch) {}

  public WriteOrder {
    wishes = wishes.stream().sorted((a, b) -> a.id().compareTo(b.id())).toList();
    if (wishes.isEmpty()) {
      throw new IllegalArgumentException("wishes (expected: at least one)");
    }
    if (wishes.stream().map(Wish::id).distinct().count() < wishes.size()) {
      throw new IllegalArgumentException("wishes (expected: each name once)");
    }
  }

  List<SecretId> ids() {
    return wishes.stream().map(Wish::id).toList();
  }
}
