package io.quorumvault.cli.dev;

import io.quorumvault.cli.PemTrust;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The throw-away authority of a dev cluster, and the certificates it gives to the cluster's
/// processes: ECDSA P-256, who they are as a URI, this machine's loopback names, and the names they
/// have as pods of the dev overlay in `k8s` (RFC 5280).
///
/// Made once and kept; a certificate that is about to expire is replaced when the cluster starts.
final class CertificateIssuer {
  /// Longer than anybody keeps a dev cluster.
  private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

  /// Replaced at a start, so it only needs to outlast the time between two.
  private static final Duration HOLDER_VALIDITY = Duration.ofDays(365);

  /// A cluster left running this long after its start still has valid certificates.
  private static final Duration RENEW_BEFORE = Duration.ofDays(60);

  /// Clocks that were set back a little do not invalidate what was just made.
  private static final Duration BACKDATE = Duration.ofMinutes(10);

  private static final int SERIAL_BITS = 120;
  private static final String SIGNATURE = "SHA256withECDSA";

  private final ClusterFolder folder;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  CertificateIssuer(ClusterFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /// The name a node's certificate speaks for.
  static String nodeIdentity(String cell, int index) {
    return "urn:quorumvault:" + cell + ":node:" + index;
  }

  /// Makes what is missing or about to expire for a cluster of `nodes` nodes.
  void issue(String cell, int nodes) throws IOException {
    try {
      if (!isCurrent(folder.authority(), folder.authorityKey())) {
        issueAuthority();
        ClusterFolder.deleteTree(folder.certificates()); // They are of the authority before.
      }
      for (int index = 1; index <= nodes; index++) {
        String holder = "node-" + index;
        issue(holder, nodeIdentity(cell, index), List.of(holder + ".nodes", "nodes"));
      }
      issue("api", "urn:quorumvault:" + cell + ":api", List.of("api"));
      issue("operator", "urn:quorumvault:" + cell + ":operator", List.of());
    } catch (GeneralSecurityException | OperatorCreationException impossible) {
      throw new IllegalStateException("this JDK cannot make P-256 certificates", impossible);
    }
  }

  private boolean isCurrent(Path certificate, Path key) throws IOException {
    if (!Files.exists(certificate) || !Files.exists(key)) {
      return false;
    }
    Certificate found = PemTrust.certificates(certificate).getFirst();
    return found instanceof X509Certificate x509
        && x509.getNotAfter().toInstant().isAfter(clock.instant().plus(RENEW_BEFORE));
  }

  private void issueAuthority()
      throws GeneralSecurityException, OperatorCreationException, IOException {
    KeyPair pair = keyPair();
    X500Principal name = new X500Principal("CN=Quorum Vault throw-away dev authority");
    X509v3CertificateBuilder builder = builder(name, name, pair, AUTHORITY_VALIDITY);
    builder
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    store(
        folder.authority(),
        folder.authorityKey(),
        sign(builder, pair.getPrivate()),
        pair.getPrivate());
  }

  /// @param podNames how others reach the holder in Kubernetes; none for one to whom nobody
  ///   connects
  private void issue(String holder, String identity, List<String> podNames)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    if (isCurrent(folder.certificate(holder), folder.key(holder))) {
      return;
    }
    X509Certificate authority =
        (X509Certificate) PemTrust.certificates(folder.authority()).getFirst();
    PrivateKey authorityKey = PemTrust.privateKey(folder.authorityKey());
    KeyPair pair = keyPair();
    GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, identity);
    boolean serves = !podNames.isEmpty();
    List<GeneralName> names = new ArrayList<>(List.of(uri));
    if (serves) {
      names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
      names.add(new GeneralName(GeneralName.dNSName, "localhost"));
      podNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    }
    KeyPurposeId[] purposes =
        serves
            ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}
            : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    X509v3CertificateBuilder builder =
        builder(
            authority.getSubjectX500Principal(),
            new X500Principal("CN=" + holder),
            pair,
            HOLDER_VALIDITY);
    builder
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
        .addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)))
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            identifiers.createSubjectKeyIdentifier(pair.getPublic()))
        .addExtension(
            Extension.authorityKeyIdentifier,
            false,
            identifiers.createAuthorityKeyIdentifier(authority.getPublicKey()));
    store(
        folder.certificate(holder),
        folder.key(holder),
        sign(builder, authorityKey),
        pair.getPrivate());
  }

  private X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, KeyPair pair, Duration validity) {
    Instant now = clock.instant();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
        Date.from(now.minus(BACKDATE)),
        Date.from(now.plus(validity)),
        subject,
        pair.getPublic());
  }

  private KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
  }

  /// The key first: a certificate whose key is missing is made again, and so is the other way
  /// round.
  private void store(
      Path certificateFile, Path keyFile, X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException, IOException {
    folder.write(keyFile, pem("PRIVATE KEY", key.getEncoded()));
    folder.write(certificateFile, pem("CERTIFICATE", certificate.getEncoded()));
  }

  static byte[] pem(String what, byte[] content) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return ("-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
