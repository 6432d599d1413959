package io.quorumvault.erasure;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;
import java.time.Instant;
import java.util.List;

/// That a node made a statement, and what shows it.
///
/// @param signedAt as in the statement
/// @param signature over `ErasureStatement.signedBytes`
/// @param certificates the node's own first, then those between it and the authority; X.509 in DER
public record ErasureSignature(
    NodeId node, Instant signedAt, Bytes signature, List<Bytes> certificates) {
  /// The node's own and what is between it and the authority: longer chains lead nowhere.
  static final int CERTIFICATES_MAX = 8;

  /// Many times a usual one.
  static final int CERTIFICATE_BYTES_MAX = 16 << 10;

  /// That of an RSA key of 16384 bits.
  static final int SIGNATURE_BYTES_MAX = 2048;

  public ErasureSignature {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty() || certificates.size() > CERTIFICATES_MAX) {
      throw new IllegalArgumentException("certificates (expected: 1 to " + CERTIFICATES_MAX + ")");
    }
    if (certificates.stream()
        .anyMatch(certificate -> certificate.length() > CERTIFICATE_BYTES_MAX)) {
      throw new IllegalArgumentException(
          "certificates (expected: at most " + CERTIFICATE_BYTES_MAX + " bytes each)");
    }
    if (signature.length() > SIGNATURE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "signature (expected: at most " + SIGNATURE_BYTES_MAX + " bytes)");
    }
  }
}
