package io.quorumvault.protocol;

/// What a write does to one name.
public enum WriteKind {
  /// Needs a name that does not exist or was deleted.
  CREATE,
  /// Needs a live version.
  UPDATE,
  /// Needs a live version; destroys every share of the incarnation.
  DELETE
}
