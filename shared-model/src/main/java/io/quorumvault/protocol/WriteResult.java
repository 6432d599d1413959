package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import java.util.List;

/// What became of a write, as its coordinator knows it.
public sealed interface WriteResult {
  /// It is committed: fixed at a commit quorum, and for a delete destroyed at enough nodes.
  ///
  /// @param parts what it did, one per name in the order of names
  record Applied(TxId txId, List<Part> parts) implements WriteResult {
    public Applied {
      parts = List.copyOf(parts);
    }
  }

  /// An earlier attempt with the same operation id was committed; this is what it did. Whether it
  /// wrote the same value is for the host to check.
  record AppliedBefore(List<SecretId> ids, List<AppliedOperation> operations)
      implements WriteResult {
    public AppliedBefore {
      ids = List.copyOf(ids);
      operations = List.copyOf(operations);
    }
  }

  /// The state of names forbids it, and did so at some moment during the request. Nothing was
  /// applied.
  ///
  /// @param ids every name that stands in the way for this cause, at least one
  record Rejected(List<SecretId> ids, Cause cause) implements WriteResult {
    public Rejected {
      ids = List.copyOf(ids);
    }

    /// Why.
    public enum Cause {
      EXISTS,
      NOT_FOUND,
      VERSION_MISMATCH,
      /// The operation id was used for another request.
      OPERATION_REUSED,
      /// Too many outcomes are remembered on this name.
      TOO_MANY_OPERATIONS
    }
  }

  /// Other writes held the name until the deadline. Nothing was applied.
  record Contended() implements WriteResult {}

  /// Too few nodes voted for it. Nothing was applied, and nothing will be.
  record NotAccepted() implements WriteResult {}

  /// So many nodes refused the caller that no commit quorum was left. Nothing was applied.
  record NotAllowed() implements WriteResult {}

  /// The decision left the coordinator, but too few nodes confirmed it in time.
  record Unknown(TxId txId) implements WriteResult {}
}
