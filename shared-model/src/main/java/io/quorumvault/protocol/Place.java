package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;

/// One position in one name's chain.
public record Place(SecretId id, long seq) {}
