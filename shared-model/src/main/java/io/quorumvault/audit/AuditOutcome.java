package io.quorumvault.audit;

import java.util.Locale;

/// What came of a request, as far as is known when the record is made.
public enum AuditOutcome {
  /// It was denied; nothing was done.
  REFUSED,
  /// A write is about to begin. What came of it is another record with the same request.
  INTENDED,
  /// The write is on disk at a quorum.
  APPLIED,
  /// Nothing was written.
  NOT_APPLIED,
  /// The write may or may not have been applied.
  UNKNOWN,
  /// The value is about to leave the node. The only outcome of an answer that carries a secret.
  REVEALED,
  /// What has no value in it is about to leave the node.
  ANSWERED,
  /// There was nothing to answer with.
  MISSING,
  /// The request was allowed, and failed.
  FAILED,
  /// The record of this request came too late for it: it was answered that nothing was done, and so
  /// it was.
  WITHDRAWN,
  /// The record is about the log itself.
  NOTED;

  /// The word in a record, for example `not-applied`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
