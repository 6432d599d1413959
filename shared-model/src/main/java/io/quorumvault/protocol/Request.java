package io.quorumvault.protocol;

import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one node asks of another, or of itself. Every request may be sent again: the second time
/// changes nothing.
public sealed interface Request {

  /// Vote on a transaction: lock its names, keep its share, answer YES; or say what stands in the
  /// way.
  record Prepare(TxId txId, long epoch, List<Staging> stagings) implements Request {
    public Prepare {
      stagings = List.copyOf(stagings);
    }

    List<Part> parts() {
      return stagings.stream().map(Staging::part).toList();
    }
  }

  /// One name of a prepare.
  ///
  /// @param share the receiving node's own share, null exactly for a tombstone
  record Staging(Part part, @Nullable Share share) {}

  /// Back a verdict at a ballot.
  ///
  /// @param parts what a commit does, for nodes that never saw the prepare; empty for an abort
  record Decide(TxId txId, Ballot ballot, Verdict verdict, List<Part> parts) implements Request {
    public Decide {
      parts = List.copyOf(parts);
    }
  }

  /// Promise to refuse everything below the ballot, and tell what is known of the transaction.
  record Takeover(TxId txId, Ballot ballot) implements Request {}

  /// The verdict is fixed for ever: apply it.
  record Settle(TxId txId, Verdict verdict, List<Part> parts) implements Request {
    public Settle {
      parts = List.copyOf(parts);
    }
  }

  /// Keep this share of a version that is final here.
  record Repair(SecretId id, long seq, TxId txId, Share share) implements Request {}

  /// The heads of some names, what is pending above them, and the shares of the heads if asked for.
  record ReadHeads(List<SecretId> ids, boolean withShares) implements Request {
    public ReadHeads {
      ids = List.copyOf(ids);
    }
  }

  /// Final entries of one name, newest first.
  ///
  /// @param fromSeq the highest position wanted
  /// @param limit at most so many entries
  record ReadChain(SecretId id, long fromSeq, int limit) implements Request {}

  /// The share of one version that is not necessarily the head.
  record ReadShare(SecretId id, long seq, TxId txId) implements Request {}

  /// Names with their heads in one namespace, in the order of names.
  ///
  /// @param after only names after this one; null for the first page
  record ListHeads(Namespace namespace, String prefix, @Nullable String after, int limit)
      implements Request {}

  /// What do you remember of me, and which epoch are you in? Answered in every mode.
  ///
  /// @param life the identity of the sender's storage, drawn when it was created
  /// @param start the sender's start number, which the receiver remembers durably
  record Hello(NodeId from, long life, long start) implements Request {}

  /// Raise the epoch, so that what the sender may have forgotten can no longer go on as if it
  /// remembered.
  record Join(NodeId from, long life, long start, long epoch) implements Request {}

  /// Chains for a node that joins, in the order of names.
  ///
  /// @param after continue after this name and position; null for the first page
  record JoinPage(@Nullable SecretId after, long afterSeq, int limit) implements Request {}

  /// All transactions of this coordinator and start up to the counter are finished at all nodes:
  /// forget them.
  record Forget(NodeId coordinator, long start, long counter) implements Request {}

  /// Finished transactions that are not forgotten yet: what a node that was away has missed is
  /// among them.
  ///
  /// @param after only transactions after this one; null for the first page
  record ReadSettled(@Nullable TxId after, int limit) implements Request {}

  /// Agree on masks with the other helpers of this circle. From its target only.
  record Convene(Circle circle) implements Request {}

  /// From one helper of a circle to another with a higher index: the seed of their masks.
  record HandSeed(Circle circle, NodeId from, MaskSeed seed) implements Request {}

  /// Contribute to the target's share of one version, masked. From the target only.
  record Contribute(Circle circle, SecretId id, long seq, TxId txId) implements Request {}
}
