package io.quorumvault.protocol;

import io.quorumvault.Bytes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// That a write with this operation id was applied, and what it answered: makes a retry take effect
/// at most once.
///
/// Carried along the chain by every later entry until `forgetAfter`. Holds no digest of a value:
/// whether a retry carries the same value is judged against the stored version itself.
///
/// @param operationId 32 bytes derived from the caller and the caller's key, or random for one
///   request's own retries
/// @param kind what was asked
/// @param ifMatch the version the caller insisted on, null when none
/// @param seq the entry it wrote
public record AppliedOperation(
    Bytes operationId,
    WriteKind kind,
    @Nullable Long ifMatch,
    long seq,
    long incarnation,
    long version,
    Instant validFrom,
    Instant forgetAfter) {}
