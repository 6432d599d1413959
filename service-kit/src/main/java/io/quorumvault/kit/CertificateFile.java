package io.quorumvault.kit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;

/// A PEM file with a certificate and its chain.
public final class CertificateFile {
  private CertificateFile() {}

  /// Until when all of its certificates are valid.
  ///
  /// @throws IllegalStateException if it has none; the message says where
  public static Instant validUntil(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .map(certificate -> certificate.getNotAfter().toInstant())
          .min(Comparator.naturalOrder())
          .orElseThrow(() -> new IllegalStateException(pem + " (expected: PEM certificates)"));
    } catch (CertificateException | IOException unreadable) {
      throw new IllegalStateException(pem + " (expected: PEM certificates)", unreadable);
    }
  }
}
