package io.quorumvault.wire;

import io.quorumvault.secret.Namespace;

/// Asks a node how it is, for a caller who may see the audit log of this namespace.
public record ConditionCall(Namespace namespace, long deadlineMillis) {}
