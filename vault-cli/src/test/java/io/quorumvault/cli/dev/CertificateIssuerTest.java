package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.PemTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateIssuerTest {
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

  @TempDir private Path directory = Path.of("");
  private ClusterFolder folder;

  @BeforeEach
  void folder() {
    folder = ClusterFolder.create(directory.resolve(".qv"));
  }

  private void issueAt(Instant now) throws IOException {
    new CertificateIssuer(folder, Clock.fixed(now, ZoneOffset.UTC)).issue("dev", 2);
  }

  private X509Certificate certificate(Path file) throws IOException {
    return (X509Certificate) PemTrust.certificates(file).getFirst();
  }

  private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
    return certificate.getSubjectAlternativeNames().stream()
        .map(name -> name.get(0) + ":" + name.get(1))
        .collect(Collectors.toSet());
  }

  @Test
  void every_holder_can_prove_who_it_is_and_serves_on_loopback_or_as_its_pod_only()
      throws Exception {
    issueAt(Instant.now());

    Set<String> loopback = Set.of("7:127.0.0.1", "2:localhost");
    for (String holder : List.of("node-1", "node-2", "api")) {
      Set<String> names = names(certificate(folder.certificate(holder)));
      String identity = holder.equals("api") ? "api" : "node:" + holder.charAt(5);
      Set<String> pod =
          holder.equals("api") ? Set.of("2:api") : Set.of("2:" + holder + ".nodes", "2:nodes");
      assertEquals(3 + pod.size(), names.size());
      assertTrue(names.containsAll(pod), names::toString);
      assertTrue(names.contains("6:urn:quorumvault:dev:" + identity), names::toString);
      assertTrue(names.containsAll(loopback), names::toString);
      assertEquals(
          List.of(SERVER, CLIENT), certificate(folder.certificate(holder)).getExtendedKeyUsage());
    }
    X509Certificate operator = certificate(folder.certificate("operator"));
    assertEquals(Set.of("6:urn:quorumvault:dev:operator"), names(operator));
    assertEquals(List.of(CLIENT), operator.getExtendedKeyUsage());
  }

  @Test
  void certificates_are_p256_signed_by_the_authority_and_belong_to_their_keys() throws Exception {
    issueAt(Instant.now());
    X509Certificate authority = certificate(folder.authority());
    PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
    trust.setRevocationEnabled(false);

    assertEquals(0, authority.getBasicConstraints());
    for (String holder : List.of("node-1", "node-2", "api", "operator")) {
      X509Certificate certificate = certificate(folder.certificate(holder));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
              trust);
      assertEquals(-1, certificate.getBasicConstraints());
      assertEquals(
          256,
          ((ECPublicKey) certificate.getPublicKey())
              .getParams()
              .getCurve()
              .getField()
              .getFieldSize());
      byte[] message = {1, 2, 3};
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(PemTrust.privateKey(folder.key(holder)));
      signing.update(message);
      byte[] signature = signing.sign();
      signing.initVerify(certificate);
      signing.update(message);
      assertTrue(signing.verify(signature), holder);
    }
  }

  @Test
  void keys_are_for_their_owner_only() throws IOException {
    issueAt(Instant.now());

    for (Path key : List.of(folder.authorityKey(), folder.key("node-1"), folder.key("operator"))) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(key.resolveSibling("."))));
    }
  }

  @Test
  void what_is_valid_is_kept_and_what_is_about_to_expire_or_lost_is_made_again()
      throws IOException {
    Instant start = Instant.parse("2026-11-20T18:00:00Z");
    issueAt(start);
    byte[] authority = Files.readAllBytes(folder.authority());
    X509Certificate first = certificate(folder.certificate("node-1"));
    X509Certificate api = certificate(folder.certificate("api"));

    issueAt(start.plus(Duration.ofDays(300)));
    assertEquals(first, certificate(folder.certificate("node-1")));

    Files.delete(folder.key("api"));
    issueAt(start.plus(Duration.ofDays(300)));
    assertNotEquals(api, certificate(folder.certificate("api")));
    assertEquals(first, certificate(folder.certificate("node-1")));

    issueAt(start.plus(Duration.ofDays(340)));
    assertNotEquals(first, certificate(folder.certificate("node-1")));
    assertArrayEquals(authority, Files.readAllBytes(folder.authority()));
  }

  @Test
  void a_new_authority_signs_everything_anew() throws Exception {
    issueAt(Instant.now());
    Files.delete(folder.authorityKey());

    issueAt(Instant.now());

    certificate(folder.certificate("node-2"))
        .verify(certificate(folder.authority()).getPublicKey());
    assertFalse(certificate(folder.authority()).getSerialNumber().signum() <= 0);
  }
}
