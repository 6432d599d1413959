package io.quorumvault.protocol;

/// The last proposal a node accepted for a transaction.
public record Acceptance(Ballot ballot, Verdict verdict) {}
