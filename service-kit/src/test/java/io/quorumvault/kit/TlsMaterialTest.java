package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.kit.TestAuthority.Issued;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsMaterialTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final PeerIdentity NODE = PeerIdentity.node("cell", 1);
  private static final Issued ISSUED = AUTHORITY.member(NODE);
  private static final String CERTIFICATE = TestAuthority.pem(ISSUED.certificate());
  private static final String KEY = TestAuthority.pem(ISSUED.key());
  private static final String TRUST = TestAuthority.pem(AUTHORITY.certificate());

  @Test
  void files_that_belong_together_are_read() {
    TlsMaterial material = material(CERTIFICATE, KEY, TRUST);
    assertEquals(NODE, material.identity());
    assertEquals(List.of(ISSUED.certificate()), material.chain());
    assertEquals(ISSUED.key(), material.key());
    assertEquals(List.of(AUTHORITY.certificate()), List.of(material.trust().getAcceptedIssuers()));
  }

  @Test
  void a_chain_and_several_authorities_are_read() {
    TestAuthority other = new TestAuthority("other");
    String chain = TestAuthority.pem(ISSUED.certificate(), AUTHORITY.certificate());
    String both = TestAuthority.pem(AUTHORITY.certificate(), other.certificate());
    TlsMaterial material = material(chain, "a note\r\n" + KEY.replace("\n", "\r\n"), both);
    assertEquals(2, material.chain().size());
    assertEquals(2, material.trust().getAcceptedIssuers().length);
  }

  @Test
  void an_rsa_key_is_read_too() throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Issued rsa = AUTHORITY.request().uri(NODE.urn()).keys(pair).issue();
    assertEquals(
        pair.getPrivate(),
        material(TestAuthority.pem(rsa.certificate()), TestAuthority.pem(rsa.key()), TRUST).key());
  }

  @Test
  void a_key_that_is_not_the_certificates_is_refused() {
    assertRefused("key", CERTIFICATE, TestAuthority.pem(AUTHORITY.member(NODE).key()), TRUST);
    String otherCurve = TestAuthority.pem(TestAuthority.newKeys("secp384r1").getPrivate());
    assertRefused("key", CERTIFICATE, otherCurve, TRUST);
  }

  @Test
  void what_is_no_plain_key_is_refused_and_not_quoted() {
    String body = KEY.lines().skip(1).findFirst().orElseThrow();
    for (String key :
        List.of(
            "",
            "hunter2",
            CERTIFICATE,
            KEY.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
            KEY.replace("PRIVATE KEY", "EC PRIVATE KEY"),
            KEY.replace(body, body.substring(4)),
            KEY.replace(body, ""),
            KEY.replace("-----END", "-----"))) {
      String message = assertRefused("key", CERTIFICATE, key, TRUST);
      assertFalse(message.contains(body.substring(4)), message);
    }
  }

  @Test
  void a_certificate_that_speaks_for_nobody_is_refused() {
    for (Issued issued :
        List.of(
            AUTHORITY.request().issue(),
            AUTHORITY.request().uri("https://example.org").issue(),
            AUTHORITY.request().uri(NODE.urn()).uri(NODE.urn()).issue())) {
      assertRefused(
          "certificate",
          TestAuthority.pem(issued.certificate()),
          TestAuthority.pem(issued.key()),
          TRUST);
    }
  }

  @Test
  void what_is_no_certificate_is_refused() {
    for (String pem :
        List.of("", "hunter2", KEY, CERTIFICATE.substring(0, CERTIFICATE.length() / 2))) {
      assertRefused("certificate", pem, KEY, TRUST);
      assertRefused("trust", CERTIFICATE, KEY, pem);
    }
  }

  @Test
  void only_authorities_are_trusted() {
    assertRefused("trust", CERTIFICATE, KEY, CERTIFICATE);
    assertRefused("trust", CERTIFICATE, KEY, TRUST + CERTIFICATE);
  }

  private static TlsMaterial material(String certificate, String key, String trust) {
    return TlsMaterial.of(certificate.getBytes(UTF_8), key.getBytes(UTF_8), trust.getBytes(UTF_8));
  }

  private static String assertRefused(String file, String certificate, String key, String trust) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> material(certificate, key, trust));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith(file + " (expected: "), message);
    return message;
  }
}
