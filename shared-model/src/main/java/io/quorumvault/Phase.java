package io.quorumvault;

/// How far a write had come when it failed.
public enum Phase {
  /// Votes were being collected: nothing was applied, and nothing will be.
  VOTING,
  /// The decision may have left the coordinator: the write may be applied, now or by whoever
  /// finishes it.
  WRITING
}
