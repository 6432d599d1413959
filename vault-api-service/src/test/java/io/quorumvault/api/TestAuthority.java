package io.quorumvault.api;

import io.quorumvault.kit.PeerIdentity;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// Issues certificates for a cell on loopback and writes them as PEM files.
final class TestAuthority {
  /// The files of one member.
  record Files3(Path certificate, Path key, Path trust) {}

  private final Path directory;
  private final KeyPair keys = newKeys();
  private final X509Certificate certificate;
  private final Path trust;
  private int serial = 1;

  TestAuthority(Path directory) {
    this.directory = directory;
    this.certificate = issue(new X500Principal("CN=test authority"), keys, null);
    this.trust = write("ca.pem", "CERTIFICATE", encoded(certificate));
  }

  /// Files of a member that can be reached as 127.0.0.1.
  Files3 member(PeerIdentity identity) {
    KeyPair own = newKeys();
    X509Certificate issued = issue(new X500Principal("CN=member"), own, identity);
    String name = identity.urn().replace(':', '-');
    return new Files3(
        write(name + ".pem", "CERTIFICATE", encoded(issued)),
        write(name + ".key", "PRIVATE KEY", own.getPrivate().getEncoded()),
        trust);
  }

  private X509Certificate issue(
      X500Principal subject, KeyPair own, @Nullable PeerIdentity identity) {
    Instant now = Instant.now();
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal("CN=test authority"),
              BigInteger.valueOf(serial++),
              Date.from(now.minus(Duration.ofHours(1))),
              Date.from(now.plus(Duration.ofDays(1))),
              subject,
              own.getPublic());
      if (identity == null) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      } else {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.uniformResourceIdentifier, identity.urn()),
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                  new GeneralName(GeneralName.dNSName, "localhost")
                }));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException failed) {
      throw new IllegalStateException("no certificate", failed);
    }
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("a JDK always has P-256", missing);
    }
  }

  private static byte[] encoded(X509Certificate issued) {
    try {
      return issued.getEncoded();
    } catch (GeneralSecurityException failed) {
      throw new IllegalStateException("no encoding", failed);
    }
  }

  private Path write(String name, String kind, byte[] content) {
    StringWriter pem = new StringWriter();
    pem.append("-----BEGIN ").append(kind).append("-----\n");
    pem.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
    pem.append("\n-----END ").append(kind).append("-----\n");
    try {
      return Files.writeString(directory.resolve(name), pem.toString());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
