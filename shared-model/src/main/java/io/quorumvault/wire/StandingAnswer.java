package io.quorumvault.wire;

/// How the cell looks from one node.
///
/// @param active whether this node may speak, and its disk answers
/// @param activeNodes how many nodes, this one included, answered that they are active
/// @param reads whether enough of them answered to read
/// @param writes whether enough of them answered to write
public record StandingAnswer(
    boolean active, int activeNodes, int nodes, boolean reads, boolean writes) {}
