package io.quorumvault.api.http;

import io.quorumvault.erasure.ErasureSignature;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/// That one node signed.
@JsonbPropertyOrder({"node", "signedAt", "signature", "certificates"})
@Schema(
    description =
        "That one node signed. The signature is over 64 spaces, the text `Quorum Vault, erasure statement 1`, a zero byte, and in ASCII one JSON object without spaces that has the receipt's cell, nodes, threshold, namespace, name, incarnation, version, seq and deletedAt, then node and signedAt, in this order. The key of the first certificate gives the algorithm: ECDSA with SHA-256, SHA-384 or SHA-512 by the size of the curve, PKCS #1 with SHA-256 for RSA, or EdDSA.",
    requiredProperties = {"node", "signedAt", "signature", "certificates"})
public record ReceiptSignature(
    @Schema(description = "The node that signed.", minimum = "1", maximum = "255") int node,
    @Schema(ref = "Instant") Instant signedAt,
    @Schema(ref = "Base64") String signature,
    @Schema(ref = "Certificates") List<String> certificates) {
  static ReceiptSignature of(ErasureSignature signed) {
    Base64.Encoder base64 = Base64.getEncoder();
    return new ReceiptSignature(
        signed.node().index(),
        signed.signedAt(),
        base64.encodeToString(signed.signature().toArray()),
        signed.certificates().stream()
            .map(certificate -> base64.encodeToString(certificate.toArray()))
            .toList());
  }
}
