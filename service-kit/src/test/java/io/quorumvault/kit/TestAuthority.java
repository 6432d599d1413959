package io.quorumvault.kit;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority that lives as long as a test and issues what it is asked for, in order
/// or not.
final class TestAuthority {
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final GeneralName LOOPBACK = new GeneralName(GeneralName.iPAddress, "127.0.0.1");
  private static final GeneralName LOCALHOST = new GeneralName(GeneralName.dNSName, "localhost");

  private final X500Principal name;
  private final KeyPair keys = newKeys("secp256r1");
  private final X509Certificate certificate;

  TestAuthority(String name) {
    this.name = new X500Principal("CN=" + name);
    this.certificate =
        sign(
            this.name,
            keys,
            Instant.now().minus(Duration.ofHours(1)),
            Instant.now().plus(Duration.ofHours(1)),
            List.of(),
            List.of(),
            true);
  }

  X509Certificate certificate() {
    return certificate;
  }

  /// A certificate in order, for this host.
  Issued member(PeerIdentity identity) {
    return request().uri(identity.urn()).issue();
  }

  Request request() {
    return new Request();
  }

  static String pem(X509Certificate... certificates) {
    try {
      StringBuilder pem = new StringBuilder();
      for (X509Certificate each : certificates) {
        pem.append(pem("CERTIFICATE", each.getEncoded()));
      }
      return pem.toString();
    } catch (GeneralSecurityException unencodable) {
      throw new LinkageError("certificate", unencodable);
    }
  }

  static String pem(PrivateKey key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  static String pem(String label, byte[] content) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  static KeyPair newKeys(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new LinkageError(curve, missing);
    }
  }

  /// A certificate, its key, and the authority it is from.
  record Issued(X509Certificate certificate, PrivateKey key, TestAuthority authority) {
    /// Writes the three files as they are mounted.
    PemFiles write(Path folder) throws IOException {
      return write(folder, authority);
    }

    PemFiles write(Path folder, TestAuthority trusted) throws IOException {
      Files.createDirectories(folder);
      PemFiles files =
          new PemFiles(
              folder.resolve("tls.crt"), folder.resolve("tls.key"), folder.resolve("ca.crt"));
      Files.writeString(files.certificate(), pem(certificate));
      Files.writeString(files.key(), pem(key));
      Files.writeString(files.trust(), pem(trusted.certificate));
      return files;
    }
  }

  record PemFiles(Path certificate, Path key, Path trust) {
    TlsIdentity open() {
      return TlsIdentity.open(certificate, key, trust);
    }
  }

  /// What a certificate is to say; as it should be, except for what is said here.
  final class Request {
    private final List<GeneralName> uris = new ArrayList<>();
    private List<GeneralName> hosts = List.of(LOOPBACK, LOCALHOST);
    private List<KeyPurposeId> purposes =
        List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
    private Instant until = Instant.now().plus(Duration.ofMinutes(30));
    private KeyPair subjectKeys = newKeys("secp256r1");

    Request uri(String uri) {
      uris.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
      return this;
    }

    Request host(String host) {
      hosts = List.of(new GeneralName(GeneralName.dNSName, host));
      return this;
    }

    Request purpose(KeyPurposeId purpose) {
      purposes = List.of(purpose);
      return this;
    }

    Request expired() {
      until = Instant.now().minus(Duration.ofMinutes(1));
      return this;
    }

    Request keys(KeyPair pair) {
      subjectKeys = pair;
      return this;
    }

    Issued issue() {
      List<GeneralName> names = new ArrayList<>(hosts);
      names.addAll(uris);
      X509Certificate issued =
          sign(
              new X500Principal("CN=member"),
              subjectKeys,
              Instant.now().minus(Duration.ofHours(1)),
              until,
              names,
              purposes,
              false);
      return new Issued(issued, subjectKeys.getPrivate(), TestAuthority.this);
    }
  }

  private X509Certificate sign(
      X500Principal subject,
      KeyPair subjectKeys,
      Instant from,
      Instant until,
      List<GeneralName> names,
      List<KeyPurposeId> purposes,
      boolean authority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(SERIAL.getAndIncrement()),
              Date.from(from),
              Date.from(until),
              subject,
              subjectKeys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      if (!purposes.isEmpty()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
      }
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (CertIOException | GeneralSecurityException | OperatorCreationException failure) {
      throw new LinkageError("certificate", failure);
    }
  }
}
