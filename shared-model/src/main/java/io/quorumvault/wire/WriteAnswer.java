package io.quorumvault.wire;

import java.util.List;

/// What a write made, one version per item in the order of the call. For a delete: the version that
/// was the last.
///
/// @param repeated whether an earlier attempt had done it, and this is what it did
public record WriteAnswer(List<VersionView> versions, boolean repeated) {}
