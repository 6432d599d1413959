package io.quorumvault.erasure;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether a receipt proves what it says to somebody who trusts certain authorities.
///
/// It does when n-k+1 different nodes of its cell signed it, and every signature in it is good: a
/// vault gives out no other, so anything else in a receipt was put there by somebody else. How many
/// are enough follows from n and k as the nodes themselves signed them.
///
/// A signature is good when its certificates lead to one of the authorities (RFC 5280; nothing is
/// asked of the network, so not whether one was revoked) and were valid at the time that the node
/// signed, the first of them speaks for that node of that cell and may sign, and it is over the
/// statement.
///
/// @param findings one for each signature, in their order
public record ReceiptCheck(Erasure erasure, List<Finding> findings) {
  /// The tag of `uniformResourceIdentifier` in a `GeneralName`.
  private static final int URI_NAME = 6;

  /// What is the matter with one signature.
  ///
  /// @param flaw null if it counts
  public record Finding(NodeId node, @Nullable ReceiptFlaw flaw) {}

  public ReceiptCheck {
    findings = List.copyOf(findings);
  }

  /// @param authorities certificates of the authorities to trust
  public static ReceiptCheck of(ErasureReceipt receipt, Collection<X509Certificate> authorities) {
    List<Finding> findings = new ArrayList<>();
    Set<NodeId> seen = new HashSet<>();
    for (ErasureSignature signature : receipt.signatures()) {
      Optional<ReceiptFlaw> flaw =
          seen.add(signature.node())
              ? flaw(receipt.erasure(), signature, authorities)
              : Optional.of(ReceiptFlaw.DUPLICATE);
      findings.add(new Finding(signature.node(), flaw.orElse(null)));
    }
    return new ReceiptCheck(receipt.erasure(), findings);
  }

  /// The nodes whose signature counts.
  public List<NodeId> signers() {
    return findings.stream().filter(finding -> finding.flaw() == null).map(Finding::node).toList();
  }

  /// The signatures that do not count.
  public List<Finding> flawed() {
    return findings.stream().filter(finding -> finding.flaw() != null).toList();
  }

  /// Whether fewer than k shares can be left.
  public boolean proven() {
    return flawed().isEmpty() && signers().size() >= erasure.quorum();
  }

  /// What is the matter with one signature, looked at alone; empty if it counts.
  public static Optional<ReceiptFlaw> flaw(
      Erasure erasure, ErasureSignature signature, Collection<X509Certificate> authorities) {
    if (signature.node().index() > erasure.nodes()) {
      return Optional.of(ReceiptFlaw.STRANGER);
    }
    List<X509Certificate> chain;
    try {
      chain = chain(signature.certificates());
    } catch (CertificateException malformed) {
      return Optional.of(ReceiptFlaw.UNREADABLE);
    }
    // Some chains end with the authority itself.
    chain.removeAll(authorities);
    if (chain.isEmpty()) {
      return Optional.of(ReceiptFlaw.UNTRUSTED);
    }
    X509Certificate own = chain.getFirst();
    ErasureStatement statement =
        new ErasureStatement(erasure, signature.node(), signature.signedAt());
    return untrusted(chain, signature.signedAt(), authorities)
        .or(() ->
            speaksFor(own, erasure.cell(), signature.node())
                ? Optional.empty()
                : Optional.of(ReceiptFlaw.FOREIGN))
        .or(() ->
            signed(own, statement, signature.signature())
                ? Optional.empty()
                : Optional.of(ReceiptFlaw.ALTERED));
  }

  private static List<X509Certificate> chain(List<Bytes> certificates) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (Bytes certificate : certificates) {
      chain.add(
          (X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(certificate.toArray())));
    }
    return chain;
  }

  private static Optional<ReceiptFlaw> untrusted(
      List<X509Certificate> chain, Instant at, Collection<X509Certificate> authorities) {
    Set<TrustAnchor> anchors =
        authorities.stream()
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toSet());
    if (anchors.isEmpty() || !maySign(chain.getFirst())) {
      return Optional.of(ReceiptFlaw.UNTRUSTED);
    }
    try {
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
      return Optional.empty();
    } catch (CertPathValidatorException refused) {
      boolean outdated =
          refused.getReason() == BasicReason.EXPIRED
              || refused.getReason() == BasicReason.NOT_YET_VALID;
      return Optional.of(outdated ? ReceiptFlaw.OUTDATED : ReceiptFlaw.UNTRUSTED);
    } catch (GeneralSecurityException | IllegalArgumentException unusable) {
      // The latter for a time that no date can tell.
      return Optional.of(ReceiptFlaw.UNTRUSTED);
    }
  }

  /// `digitalSignature` is the first bit of the key usage (RFC 5280, section 4.2.1.3).
  private static boolean maySign(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return usage == null || usage[0];
  }

  /// Exactly one URI stands among the names of a member's certificate.
  private static boolean speaksFor(X509Certificate certificate, String cell, NodeId node) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      List<String> uris =
          names == null
              ? List.of()
              : names.stream()
                  .filter(name -> name.getFirst().equals(URI_NAME))
                  .map(name -> (String) name.get(1))
                  .toList();
      return uris.equals(List.of("urn:quorumvault:" + cell + ":node:" + node.index()));
    } catch (CertificateParsingException unreadable) {
      return false;
    }
  }

  private static boolean signed(
      X509Certificate certificate, ErasureStatement statement, Bytes bytes) {
    try {
      Signature signature =
          Signature.getInstance(ErasureStatement.algorithm(certificate.getPublicKey()));
      signature.initVerify(certificate.getPublicKey());
      signature.update(statement.signedBytes());
      return signature.verify(bytes.toArray());
    } catch (GeneralSecurityException | IllegalArgumentException unfit) {
      // Bytes that are no signature, or a key of a kind that no node has.
      return false;
    }
  }
}
