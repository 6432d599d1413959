package io.quorumvault.erasure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErasureStatementTest {
  private static final Namespace DEMO = new Namespace("demo");
  private static final SecretName NAME = new SecretName("DB_PASSWORD");

  private static ErasureStatement by(int node) {
    return new ErasureStatement(Signers.erasure(), new NodeId(node), Signers.SIGNED);
  }

  private static String text(ErasureStatement statement) {
    return new String(statement.signedBytes(), StandardCharsets.ISO_8859_1);
  }

  /// Receipts are kept for years: these bytes never change.
  @Test
  void what_is_signed_is_this_for_ever() {
    assertEquals(
        " ".repeat(64)
            + "Quorum Vault, erasure statement 1\0"
            + "{\"cell\":\"prod\",\"nodes\":5,\"threshold\":3,\"namespace\":\"demo\","
            + "\"name\":\"DB_PASSWORD\",\"incarnation\":1,\"version\":2,\"seq\":3,"
            + "\"deletedAt\":\"2026-11-01T12:00:00.000Z\",\"node\":4,"
            + "\"signedAt\":\"2026-11-01T12:00:00.017Z\"}",
        text(by(4)));
  }

  /// RFC 8446, section 4.4.3; and a server of TLS 1.2 can be made to sign 32 bytes of the client's
  /// choice first, which these are not in the place of.
  @Test
  void what_is_signed_is_never_what_a_handshake_signs() {
    String signed = text(by(1));
    for (String context :
        List.of(
            "TLS 1.3, server CertificateVerify",
            "TLS 1.3, client CertificateVerify",
            "TLS, server delegated credentials",
            "TLS, client delegated credentials")) {
      assertFalse(signed.startsWith(" ".repeat(64) + context.charAt(0)), context);
    }
    assertTrue(signed.startsWith(" ".repeat(64)));
    assertEquals(64 + "Quorum Vault, erasure statement 1".length(), signed.indexOf('\0'));
    assertEquals(signed.indexOf('\0'), signed.lastIndexOf('\0'));
  }

  @Test
  void statements_that_differ_in_anything_are_signed_differently() {
    Erasure e = Signers.erasure();
    Instant later = Signers.DELETED.plusMillis(1);
    List<Erasure> others =
        List.of(
            e,
            new Erasure("test", 5, 3, DEMO, NAME, 1, 2, 3, Signers.DELETED),
            new Erasure("prod", 6, 3, DEMO, NAME, 1, 2, 3, Signers.DELETED),
            new Erasure("prod", 5, 4, DEMO, NAME, 1, 2, 3, Signers.DELETED),
            new Erasure("prod", 5, 3, new Namespace("d"), NAME, 1, 2, 3, Signers.DELETED),
            new Erasure("prod", 5, 3, DEMO, new SecretName("DB"), 1, 2, 3, Signers.DELETED),
            new Erasure("prod", 5, 3, DEMO, NAME, 2, 2, 3, Signers.DELETED),
            new Erasure("prod", 5, 3, DEMO, NAME, 1, 3, 3, Signers.DELETED),
            new Erasure("prod", 5, 3, DEMO, NAME, 1, 2, 4, Signers.DELETED),
            new Erasure("prod", 5, 3, DEMO, NAME, 1, 2, 3, later));
    Set<String> signed = new HashSet<>();
    for (Erasure other : others) {
      signed.add(text(new ErasureStatement(other, new NodeId(1), Signers.SIGNED)));
    }
    signed.add(text(by(2)));
    signed.add(text(new ErasureStatement(e, new NodeId(1), Signers.SIGNED.plusMillis(1))));
    assertEquals(others.size() + 2, signed.size());
  }

  @Test
  void nothing_is_stated_that_cannot_be() {
    assertThrows(IllegalArgumentException.class, () -> by(6));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ErasureStatement(Signers.erasure(), new NodeId(1), Signers.SIGNED.plusNanos(1)));
    for (String cell : List.of("", "Prod", "a\"b", "-a", "a".repeat(64))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Erasure(cell, 5, 3, DEMO, NAME, 1, 1, 1, Signers.DELETED),
          cell);
    }
    for (int[] numbers : new int[][] {{2, 2}, {256, 3}, {5, 1}, {5, 6}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Erasure("c", numbers[0], numbers[1], DEMO, NAME, 1, 1, 1, Signers.DELETED));
    }
    for (long[] numbers : new long[][] {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new Erasure(
                  "c", 5, 3, DEMO, NAME, numbers[0], numbers[1], numbers[2], Signers.DELETED));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new Erasure("c", 5, 3, DEMO, NAME, 1, 1, 1, Signers.DELETED.plusNanos(1)));
  }

  @Test
  void the_key_alone_chooses_the_algorithm() {
    assertEquals(
        "SHA256withECDSA", ErasureStatement.algorithm(Signers.ec("secp256r1").getPublic()));
    assertEquals(
        "SHA384withECDSA", ErasureStatement.algorithm(Signers.ec("secp384r1").getPublic()));
    assertEquals(
        "SHA512withECDSA", ErasureStatement.algorithm(Signers.ec("secp521r1").getPublic()));
    assertEquals("SHA256withRSA", ErasureStatement.algorithm(Signers.keys("RSA").getPublic()));
    assertEquals("EdDSA", ErasureStatement.algorithm(Signers.keys("Ed25519").getPublic()));
    assertThrows(
        IllegalArgumentException.class,
        () -> ErasureStatement.algorithm(Signers.keys("X25519").getPublic()));
  }
}
