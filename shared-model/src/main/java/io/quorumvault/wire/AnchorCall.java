package io.quorumvault.wire;

import io.quorumvault.audit.Anchor;

/// How far the audit log of the sender reaches, durably; to be remembered.
///
/// @param head its node is the sender, which the certificate must confirm
public record AnchorCall(Terms terms, Anchor head) {}
