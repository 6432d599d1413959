package io.quorumvault.erasure;

/// What one node answers that is asked for its part of a receipt.
public record SignedErasure(Erasure erasure, ErasureSignature signature) {}
