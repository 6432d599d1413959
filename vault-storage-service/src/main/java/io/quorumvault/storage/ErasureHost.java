package io.quorumvault.storage;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.erasure.ErasureStatement;
import io.quorumvault.erasure.SignedErasure;
import io.quorumvault.policy.Capability;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.SecretId;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.wire.ReceiptCall;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;

/// Signs what this node has destroyed, once it has. Safe for use by any number of threads.
public final class ErasureHost {
  private final NodeId self;
  private final Membership membership;
  private final ParticipantHost participant;
  private final Ledger ledger;
  private final AuditTrail trail;
  private final Function<ErasureStatement, ErasureSignature> signer;
  private final InstantSource clock;

  /// @param signer with this node's own key
  ErasureHost(
      NodeConfig config,
      ParticipantHost participant,
      Ledger ledger,
      AuditTrail trail,
      Function<ErasureStatement, ErasureSignature> signer,
      InstantSource clock) {
    this.self = config.self();
    this.membership = config.membership();
    this.participant = participant;
    this.ledger = ledger;
    this.trail = trail;
    this.signer = signer;
    this.clock = clock;
  }

  /// This node's part of a receipt, for whoever may delete the secret. What is about to be answered
  /// is recorded before this returns.
  ///
  /// @throws VaultFailure `SECRET_NOT_FOUND` unless everything the delete removed is destroyed
  ///   here; `INSUFFICIENT_SHARES` while the node does not serve; `AUDIT_UNAVAILABLE`
  public SignedErasure sign(ReceiptCall call, Errand errand) {
    AuditTrail.Inquiry inquiry = trail.enter(errand, call.namespace(), call.deadlineMillis());
    inquiry.require(Capability.DELETE, call.name());
    if (!participant.serving()) {
      throw CoordinatorHost.insufficient();
    }
    Optional<Erasure> destroyed =
        destroyed(
            ledger,
            membership,
            new SecretId(call.namespace(), call.name()),
            call.version(),
            call.deletedAt());
    inquiry.answer(call, destroyed.isPresent());
    Erasure erasure =
        destroyed.orElseThrow(() ->
            VaultFailure.of(
                FailureCode.SECRET_NOT_FOUND, "This node has nothing to say of that delete."));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return new SignedErasure(erasure, signer.apply(new ErasureStatement(erasure, self, now)));
  }

  /// Asked as a write that changes nothing: a reader's snapshot shows a commit whose keys are about
  /// to be destroyed, the next writer sees it when they are.
  static Optional<Erasure> destroyed(
      Ledger ledger, Membership membership, SecretId id, long version, Instant deletedAt) {
    return ledger.write(view -> Erasure.in(view, membership, id, version, deletedAt));
  }
}
