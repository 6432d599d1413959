package io.quorumvault.wire;

import io.quorumvault.audit.Anchor;
import org.jspecify.annotations.Nullable;

/// @param remembered how far the sender's log reached by what was remembered before; null for
///   nothing
public record AnchorAnswer(@Nullable Anchor remembered) {}
