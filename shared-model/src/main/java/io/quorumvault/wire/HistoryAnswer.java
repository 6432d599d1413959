package io.quorumvault.wire;

import java.util.List;

/// @param versions newest first
/// @param complete whether there are no older ones
public record HistoryAnswer(List<VersionView> versions, boolean complete) {}
