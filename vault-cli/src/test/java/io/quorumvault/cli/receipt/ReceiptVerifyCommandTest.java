package io.quorumvault.cli.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureStatement;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A receipt of three nodes of five.
final class ReceiptVerifyCommandTest {
  private static final Instant DELETED = Instant.parse("2026-11-01T12:00:00.000Z");
  private static final String SIGNED = "2026-11-01T12:00:00.017Z";

  private final KeyPair authorityKeys = keys();
  private X509Certificate authority = issue(authorityKeys, "");

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void write() throws Exception {
    authority = issue(authorityKeys, "");
    pem("ca.pem", authority);
    pem("other.pem", issue(keys(), ""));
    Files.write(directory.resolve("receipt.json"), receipt(1, 2, 4).toBytes());
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (Exception missing) {
      throw new AssertionError(missing);
    }
  }

  /// @param uri empty for an authority that has issued itself
  private X509Certificate issue(KeyPair own, String uri) {
    try {
      boolean root = uri.isEmpty();
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal("CN=authority"),
              BigInteger.valueOf(own.hashCode()).abs().add(BigInteger.ONE),
              Date.from(DELETED.minus(Duration.ofDays(1))),
              Date.from(DELETED.plus(Duration.ofDays(1))),
              new X500Principal(root ? "CN=authority" : "CN=node"),
              own.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(root));
      if (!root) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .build((root ? own : authorityKeys).getPrivate())));
    } catch (Exception unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  private void pem(String name, X509Certificate certificate) throws Exception {
    String body = Base64.getMimeEncoder().encodeToString(certificate.getEncoded());
    Files.writeString(
        directory.resolve(name),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }

  private JsonObject receipt(int... nodes) throws Exception {
    Erasure erasure =
        new Erasure(
            "prod", 5, 3, new Namespace("demo"), new SecretName("DB_PASSWORD"), 1, 2, 3, DELETED);
    List<JsonObject> signatures = new ArrayList<>();
    for (int node : nodes) {
      KeyPair own = keys();
      X509Certificate certificate = issue(own, "urn:quorumvault:prod:node:" + node);
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(own.getPrivate());
      signature.update(
          new ErasureStatement(erasure, new NodeId(node), Instant.parse(SIGNED)).signedBytes());
      signatures.add(
          JsonObject.builder()
              .with("node", node)
              .with("signedAt", SIGNED)
              .with("signature", Base64.getEncoder().encodeToString(signature.sign()))
              .with(
                  "certificates",
                  List.of(Base64.getEncoder().encodeToString(certificate.getEncoded())))
              .build());
    }
    return JsonObject.builder()
        .with("format", "quorum-vault erasure receipt 1")
        .with("cell", "prod")
        .with("nodes", 5)
        .with("threshold", 3)
        .with("namespace", "demo")
        .with("name", "DB_PASSWORD")
        .with("incarnation", 1)
        .with("version", 2)
        .with("seq", 3)
        .with("deletedAt", "2026-11-01T12:00:00.000Z")
        .with("complete", true)
        .with("signatures", signatures)
        .build();
  }

  private Shell.Ended verify(String... words) {
    return Shell.in(directory)
        .run(
            Stream.concat(Stream.of("receipt", "verify"), Stream.of(words)).toArray(String[]::new));
  }

  private void assertRefused(String told) {
    Shell.Ended ended = verify("receipt.json", "--ca", "ca.pem");
    assertEquals(ExitCode.REFUSED.number(), ended.exitCode(), ended.everything());
    assertTrue(ended.output().contains(told), ended.everything());
    assertTrue(ended.output().contains(" NOT "), ended.everything());
  }

  private void change(String from, String to) throws IOException {
    Path file = directory.resolve("receipt.json");
    String text = Files.readString(file);
    assertTrue(text.contains(from), text);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void a_receipt_that_enough_nodes_signed_passes_and_they_are_named() {
    Shell.Ended ended = verify("receipt.json", "--ca", "ca.pem");
    assertEquals(ExitCode.OK.number(), ended.exitCode(), ended.everything());
    assertEquals(
        List.of(
            "receipt.json: demo/DB_PASSWORD of cell prod is destroyed, all versions up to 2",
            "  deleted at 2026-11-01T12:00:00Z, incarnation 1, position 3",
            "  signed by node-1, node-2, node-4 of 5 nodes; 3 are enough"),
        ended.output().lines().toList());
  }

  @Test
  void the_same_is_told_to_programs() throws Exception {
    Shell.Ended good = verify("receipt.json", "--ca", "ca.pem", "-o", "json");
    assertEquals(ExitCode.OK.number(), good.exitCode(), good.everything());
    JsonObject proven = JsonObject.parse(good.outputBytes());
    assertTrue(proven.isTrue("proven"));
    assertEquals("DB_PASSWORD", proven.requiredText("name"));
    assertEquals(List.of("node-1", "node-2", "node-4"), proven.texts("signedBy"));
    assertEquals(3, proven.requiredInt("quorum"));

    Files.writeString(directory.resolve("receipt.json"), "{}");
    Shell.Ended bad = verify("receipt.json", "--ca", "ca.pem", "-o", "json");
    assertEquals(ExitCode.REFUSED.number(), bad.exitCode(), bad.everything());
    JsonObject malformed = JsonObject.parse(bad.outputBytes());
    assertTrue(malformed.isFalse("proven"));
    assertTrue(malformed.text("malformed").isPresent());
  }

  @Test
  void too_few_or_repeated_signatures_prove_nothing() throws Exception {
    Files.write(directory.resolve("receipt.json"), receipt(1, 2).toBytes());
    assertRefused("signed by node-1, node-2 of 5 nodes; 3 are enough");
    Files.write(directory.resolve("receipt.json"), receipt(1, 2, 2).toBytes());
    assertRefused("node-2 is there twice");
    Files.write(directory.resolve("receipt.json"), receipt().toBytes());
    assertRefused("signed by none of 5 nodes");
  }

  @Test
  void whatever_is_altered_is_noticed() throws Exception {
    for (List<String> altered :
        List.of(
            List.of("\"DB_PASSWORD\"", "\"OTHER\"", "node-4 did not sign this"),
            List.of("\"threshold\" : 3", "\"threshold\" : 5", "node-1 did not sign this"),
            List.of("\"version\" : 2", "\"version\" : 3", "node-2 did not sign this"),
            List.of("\"prod\"", "\"test\"", "not the one of this node of this cell"),
            List.of("00.017Z", "00.018Z", "node-1 did not sign this"),
            List.of("\"node\" : 4", "\"node\" : 5", "not the one of this node of this cell"),
            List.of("\"node\" : 4", "\"node\" : 9", "is no node of this cell"))) {
      write();
      change(altered.get(0), altered.get(1));
      assertRefused(altered.get(2));
    }
  }

  @Test
  void what_is_no_receipt_is_refused_and_not_repeated() throws Exception {
    for (List<String> altered :
        List.of(
            List.of("receipt 1", "receipt 2", "format"),
            List.of("\"namespace\" : \"demo\"", "\"namespace\" : \"NO\"", "namespace"),
            List.of("\"name\" : \"DB_PASSWORD\"", "\"name\" : \"\"", "secret name"),
            List.of("\"seq\" : 3,", "", "seq"),
            List.of("\"seq\" : 3,", "\"seq\" : 3, \"seq\" : 4,", "JSON"),
            List.of("12:00:00.000Z", "12:00:00Z", "deletedAt"),
            List.of("-11-01T12:00:00.000Z", "-13-01T12:00:00.000Z", "deletedAt"),
            List.of("\"signature\" : \"M", "\"signature\" : \"*", "base64"),
            List.of("\"certificates\"", "\"certificate\"", "certificates"),
            List.of("{", "[", ""))) {
      write();
      change(altered.get(0), altered.get(1));
      Shell.Ended ended = verify("receipt.json", "--ca", "ca.pem");
      assertEquals(ExitCode.REFUSED.number(), ended.exitCode(), ended.everything());
      assertTrue(ended.output().contains("is NOT an erasure receipt"), ended.everything());
      assertTrue(!ended.everything().contains("DB_PASSWORD"), ended.everything());
    }
  }

  @Test
  void another_authority_vouches_for_nothing_here() {
    Shell.Ended ended = verify("receipt.json", "--ca", "other.pem");
    assertEquals(ExitCode.REFUSED.number(), ended.exitCode(), ended.everything());
    assertTrue(ended.output().contains("none of the authorities vouches for"), ended.everything());
  }

  @Test
  void what_cannot_be_read_is_the_callers_to_mend() throws Exception {
    pem("node.pem", issue(keys(), "urn:quorumvault:prod:node:1"));
    Files.write(directory.resolve("empty.pem"), "".getBytes(StandardCharsets.US_ASCII));
    for (String[] words :
        new String[][] {
          {"absent.json", "--ca", "ca.pem"},
          {"receipt.json", "--ca", "absent.pem"},
          {"receipt.json", "--ca", "empty.pem"},
          {"receipt.json", "--ca", "node.pem"},
          {"receipt.json"}
        }) {
      Shell.Ended ended = verify(words);
      assertEquals(ExitCode.USAGE.number(), ended.exitCode(), ended.everything());
    }
  }
}
