package io.quorumvault.wire;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import org.jspecify.annotations.Nullable;

/// Which live secrets an API server asks for, in the order of names; only those the caller may list
/// are answered.
///
/// @param prefix of the names, empty for all
/// @param after only names after this one; null for the first page
/// @param limit 1 to `Limits.PAGE_MAX`
public record ListCall(
    Namespace namespace,
    String prefix,
    @Nullable SecretName after,
    int limit,
    long deadlineMillis) {}
