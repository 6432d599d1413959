package io.quorumvault.wire;

/// The denials are on disk.
///
/// @param recorded how many
public record DenialAnswer(int recorded) {}
