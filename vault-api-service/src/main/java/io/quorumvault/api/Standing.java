package io.quorumvault.api;

/// How the cell looks to callers.
///
/// @param reads whether values can be read
/// @param writes whether values can be written
/// @param whole whether every node is active
public record Standing(boolean reads, boolean writes, boolean whole) {
  /// Everything works, and a node more may fail without anyone noticing.
  public boolean operational() {
    return reads && writes && whole;
  }

  /// Something works.
  public boolean available() {
    return reads || writes;
  }
}
