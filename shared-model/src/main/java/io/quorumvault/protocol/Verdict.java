package io.quorumvault.protocol;

/// What becomes of a transaction.
public enum Verdict {
  COMMIT,
  ABORT
}
