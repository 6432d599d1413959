package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.certmanager.api.model.v1.CertificateSpec;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Stands in for cert-manager and its CSI driver: issues what a manifest asks for, and nothing that
/// it does not ask for. What they understand of it is in the documentation of the driver
/// (https://cert-manager.io/docs/usage/csi-driver/).
final class CertManager {
  private static final String PREFIX = "csi.cert-manager.io/";

  /// The settings of a volume that this stand-in takes into account.
  private static final Set<String> KNOWN =
      Set.of(
          "issuer-name",
          "common-name",
          "uri-sans",
          "dns-names",
          "key-algorithm",
          "key-size",
          "key-encoding",
          "key-usages",
          "duration",
          "renew-before",
          "fs-group");

  private final KeyPair keys;
  private final X509Certificate authority;

  CertManager() {
    try {
      keys = keyPair();
      X500Principal name = new X500Principal("CN=authority");
      authority =
          sign(
              builder(name, keys, Duration.ofDays(1))
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)));
    } catch (GeneralSecurityException | OperatorCreationException | IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// What a volume of the CSI driver holds in a pod.
  void mount(Map<String, String> attributes, String pod, String namespace, Path directory)
      throws IOException {
    attributes
        .keySet()
        .forEach(name -> {
          assertTrue(
              name.startsWith(PREFIX) && KNOWN.contains(name.substring(PREFIX.length())), name);
        });
    issue(
        list(attributes, "uri-sans", pod, namespace),
        list(attributes, "dns-names", pod, namespace),
        list(attributes, "key-usages", pod, namespace),
        directory);
  }

  /// What the secret of a `Certificate` holds.
  void fill(CertificateSpec certificate, Path directory) throws IOException {
    issue(certificate.getUris(), certificate.getDnsNames(), certificate.getUsages(), directory);
  }

  private static List<String> list(
      Map<String, String> attributes, String name, String pod, String namespace) {
    String value =
        attributes
            .getOrDefault(PREFIX + name, "")
            .replace("${POD_NAME}", pod)
            .replace("${POD_NAMESPACE}", namespace);
    return Arrays.stream(value.split(",", -1)).map(String::strip).toList();
  }

  private void issue(List<String> uris, List<String> hosts, List<String> usages, Path directory)
      throws IOException {
    List<GeneralName> names = new ArrayList<>();
    uris.forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    hosts.forEach(host -> names.add(new GeneralName(GeneralName.dNSName, host)));
    assertTrue(usages.contains("digital signature"), usages::toString);
    List<KeyPurposeId> purposes = new ArrayList<>();
    if (usages.contains("server auth")) {
      purposes.add(KeyPurposeId.id_kp_serverAuth);
    }
    if (usages.contains("client auth")) {
      purposes.add(KeyPurposeId.id_kp_clientAuth);
    }
    try {
      KeyPair pair = keyPair();
      X509Certificate certificate =
          sign(
              builder(new X500Principal("CN=pod"), pair, Duration.ofHours(12))
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                  .addExtension(
                      Extension.extendedKeyUsage,
                      false,
                      new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)))
                  .addExtension(
                      Extension.subjectAlternativeName,
                      false,
                      new GeneralNames(names.toArray(GeneralName[]::new))));
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("tls.key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Files.writeString(directory.resolve("tls.crt"), pem("CERTIFICATE", certificate.getEncoded()));
      Files.writeString(directory.resolve("ca.crt"), pem("CERTIFICATE", authority.getEncoded()));
    } catch (GeneralSecurityException | OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal subject, KeyPair pair, Duration validity) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        new X500Principal("CN=authority"),
        new BigInteger(120, new SecureRandom()).add(BigInteger.ONE),
        Date.from(now.minusSeconds(60)),
        Date.from(now.plus(validity)),
        subject,
        pair.getPublic());
  }

  private X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            what,
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content),
            what);
  }
}
