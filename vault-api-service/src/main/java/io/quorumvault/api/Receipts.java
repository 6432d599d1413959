package io.quorumvault.api;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.nodes.Attempt;
import io.quorumvault.api.nodes.StorageNode;
import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureReceipt;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.erasure.ReceiptCheck;
import io.quorumvault.erasure.ReceiptFlaw;
import io.quorumvault.erasure.SignedErasure;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.wire.MalformedRecordException;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.VersionView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Has the nodes sign what a delete destroyed, after it is done. Nothing that goes wrong here takes
/// anything back or is told as a failure of the delete: there are fewer signatures then.
///
/// A node that is older than receipts does not know the question and counts like one that does not
/// answer.
public final class Receipts {
  private static final Logger LOG = System.getLogger(Receipts.class.getName());
  private static final Gathered NOTHING = new Gathered(Optional.empty(), false);

  private final Membership membership;
  private final StorageNodes nodes;
  private final Timeouts timeouts;
  private final Supplier<? extends Collection<X509Certificate>> authorities;

  /// @param authorities whose certificates nodes have; asked anew for each receipt
  public Receipts(
      Membership membership,
      StorageNodes nodes,
      Timeouts timeouts,
      Supplier<? extends Collection<X509Certificate>> authorities) {
    this.membership = membership;
    this.nodes = nodes;
    this.timeouts = timeouts;
    this.authorities = authorities;
  }

  /// What was gathered.
  ///
  /// @param receipt with good signatures only; empty if there is none
  /// @param complete whether they are enough
  public record Gathered(Optional<ErasureReceipt> receipt, boolean complete) {}

  public Membership membership() {
    return membership;
  }

  /// Asks every node once, within the errand's deadline.
  ///
  /// @param deleted what the delete was answered with
  public Gathered gather(Errand errand, Namespace namespace, VersionView deleted) {
    try {
      return gathered(errand, namespace, deleted);
    } catch (RuntimeException bug) {
      // The secret is deleted, and an answer that says otherwise would be worse than no receipt.
      LOG.log(Level.ERROR, errand + " got no receipt", bug);
      return NOTHING;
    }
  }

  private Gathered gathered(Errand errand, Namespace namespace, VersionView deleted) {
    Duration left = errand.deadline().left();
    if (left.compareTo(Timeouts.ATTEMPT_LEAST) < 0) {
      return NOTHING;
    }
    StorageNodes.Patience patience = timeouts.ofRead(left);
    ReceiptCall call =
        new ReceiptCall(
            namespace,
            deleted.name(),
            deleted.version(),
            deleted.validFrom(),
            Timeouts.deadlineMillis(patience));
    Collection<X509Certificate> trusted = authorities.get();
    Map<NodeId, SignedErasure> signed = new TreeMap<>();
    for (Attempt<SignedErasure> attempt :
        nodes.attemptAll(patience, node -> ask(node, errand, call))) {
      if (attempt instanceof Attempt.Answered<SignedErasure>(SignedErasure answer)
          && isGood(answer, call, trusted)) {
        signed.putIfAbsent(answer.signature().node(), answer);
      }
    }
    Optional<ErasureReceipt> receipt = ErasureReceipt.of(List.copyOf(signed.values()));
    return new Gathered(
        receipt, receipt.filter(one -> ReceiptCheck.of(one, trusted).proven()).isPresent());
  }

  /// One node's nonsense must not cost the others' signatures.
  private static SignedErasure ask(StorageNode node, Errand errand, ReceiptCall call) {
    try {
      return node.receipt(errand.authorization(), errand.requestId(), call);
    } catch (MalformedRecordException nonsense) {
      throw VaultFailure.of(
          FailureCode.INTERNAL_ERROR, "The node answered something else than it was asked.");
    }
  }

  private boolean isGood(
      SignedErasure answer, ReceiptCall call, Collection<X509Certificate> trusted) {
    Erasure erasure = answer.erasure();
    ErasureSignature signature = answer.signature();
    boolean asAsked =
        erasure.cell().equals(membership.cell())
            && erasure.nodes() == membership.nodes()
            && erasure.threshold() == membership.threshold()
            && erasure.namespace().equals(call.namespace())
            && erasure.name().equals(call.name())
            && erasure.version() == call.version()
            && erasure.deletedAt().equals(call.deletedAt());
    if (!asAsked) {
      LOG.log(Level.WARNING, "{0} signed something else than it was asked", signature.node());
      return false;
    }
    Optional<ReceiptFlaw> flaw = ReceiptCheck.flaw(erasure, signature, trusted);
    flaw.ifPresent(found ->
        LOG.log(
            Level.WARNING, "a receipt of {0} is left out: it {1}", signature.node(), found.told()));
    return flaw.isEmpty();
  }
}
