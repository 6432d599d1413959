package io.quorumvault.erasure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class ReceiptCheckTest {
  private static final Signers.Authority AUTHORITY = Signers.Authority.named("cell authority");
  private static final Map<Integer, Signers.Holder> NODES = new TreeMap<>();

  static {
    IntStream.rangeClosed(1, 5).forEach(node -> NODES.put(node, AUTHORITY.node("prod", node)));
  }

  private static Signers.Holder node(int index) {
    return Optional.ofNullable(NODES.get(index)).orElseThrow();
  }

  private static ErasureReceipt signedBy(int... nodes) {
    return new ErasureReceipt(
        Signers.erasure(),
        IntStream.of(nodes).mapToObj(index -> node(index).sign(Signers.erasure(), index)).toList());
  }

  private static ReceiptCheck check(ErasureReceipt receipt) {
    return ReceiptCheck.of(receipt, List.of(AUTHORITY.certificate()));
  }

  private static Optional<ReceiptFlaw> flaw(ErasureSignature signature) {
    return flaw(signature, AUTHORITY.certificate());
  }

  private static Optional<ReceiptFlaw> flaw(
      ErasureSignature signature, X509Certificate... authorities) {
    return ReceiptCheck.flaw(Signers.erasure(), signature, List.of(authorities));
  }

  private static void assertFlawed(ReceiptFlaw expected, ErasureSignature signature) {
    assertEquals(Optional.of(expected), flaw(signature));
  }

  @Test
  void a_receipt_of_so_many_nodes_that_fewer_than_k_are_left_proves_it() {
    for (int[] nodes : new int[][] {{1, 2, 3}, {5, 3, 1}, {1, 2, 3, 4}, {1, 2, 3, 4, 5}}) {
      ReceiptCheck check = check(signedBy(nodes));
      assertTrue(check.proven());
      assertEquals(IntStream.of(nodes).mapToObj(NodeId::new).toList(), check.signers());
      assertEquals(List.of(), check.flawed());
    }
  }

  @Test
  void one_node_fewer_proves_nothing() {
    for (int[] nodes : new int[][] {{}, {4}, {1, 5}}) {
      ReceiptCheck check = check(signedBy(nodes));
      assertFalse(check.proven());
      assertEquals(List.of(), check.flawed());
    }
  }

  @Test
  void a_node_counts_once_and_a_receipt_that_has_it_twice_proves_nothing() {
    ReceiptCheck twice = check(signedBy(1, 2, 2));
    assertFalse(twice.proven());
    assertEquals(2, twice.signers().size());
    assertEquals(
        List.of(new ReceiptCheck.Finding(new NodeId(2), ReceiptFlaw.DUPLICATE)), twice.flawed());
    assertFalse(check(signedBy(1, 2, 3, 3)).proven());
  }

  @Test
  void one_bad_signature_spoils_a_receipt_with_enough_good_ones() {
    List<ErasureSignature> signatures = new ArrayList<>(signedBy(1, 2, 3).signatures());
    signatures.add(node(4).signBytes(4, new byte[] {1}));
    ReceiptCheck check = check(new ErasureReceipt(Signers.erasure(), signatures));
    assertFalse(check.proven());
    assertEquals(3, check.signers().size());
    assertEquals(
        List.of(new ReceiptCheck.Finding(new NodeId(4), ReceiptFlaw.ALTERED)), check.flawed());
  }

  @Test
  void whatever_is_altered_in_what_was_destroyed_no_signature_holds() {
    Namespace demo = new Namespace("demo");
    SecretName name = new SecretName("DB_PASSWORD");
    Instant at = Signers.DELETED;
    for (Erasure other :
        List.of(
            new Erasure("prod", 6, 3, demo, name, 1, 2, 3, at),
            new Erasure("prod", 5, 4, demo, name, 1, 2, 3, at),
            new Erasure("prod", 5, 3, new Namespace("live"), name, 1, 2, 3, at),
            new Erasure("prod", 5, 3, demo, new SecretName("OTHER"), 1, 2, 3, at),
            new Erasure("prod", 5, 3, demo, name, 2, 2, 3, at),
            new Erasure("prod", 5, 3, demo, name, 1, 9, 3, at),
            new Erasure("prod", 5, 3, demo, name, 1, 2, 4, at),
            new Erasure("prod", 5, 3, demo, name, 1, 2, 3, at.plusSeconds(1)))) {
      ReceiptCheck check = check(new ErasureReceipt(other, signedBy(1, 2, 3).signatures()));
      assertEquals(List.of(), check.signers(), other::toString);
      assertEquals(
          Collections.nCopies(3, ReceiptFlaw.ALTERED),
          check.flawed().stream().map(ReceiptCheck.Finding::flaw).toList());
    }
    Erasure elsewhere = new Erasure("test", 5, 3, demo, name, 1, 2, 3, at);
    ReceiptCheck check = check(new ErasureReceipt(elsewhere, signedBy(1, 2, 3).signatures()));
    assertEquals(
        Collections.nCopies(3, ReceiptFlaw.FOREIGN),
        check.flawed().stream().map(ReceiptCheck.Finding::flaw).toList());
  }

  @Test
  void whatever_is_altered_in_a_signature_it_does_not_hold() {
    ErasureSignature good = node(1).sign(Signers.erasure(), 1);
    assertEquals(Optional.empty(), flaw(good));
    assertFlawed(
        ReceiptFlaw.ALTERED,
        new ErasureSignature(
            good.node(), good.signedAt().plusMillis(1), good.signature(), good.certificates()));
    byte[] bytes = good.signature().toArray();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      assertFlawed(
          ReceiptFlaw.ALTERED,
          new ErasureSignature(
              good.node(), good.signedAt(), Bytes.copyOf(flipped), good.certificates()));
    }
    assertFlawed(
        ReceiptFlaw.ALTERED,
        new ErasureSignature(
            good.node(), good.signedAt(), Bytes.copyOf(new byte[0]), good.certificates()));
    // Of another node, and so is its certificate.
    assertFlawed(
        ReceiptFlaw.FOREIGN,
        new ErasureSignature(
            new NodeId(2), good.signedAt(), good.signature(), good.certificates()));
    assertFlawed(
        ReceiptFlaw.UNREADABLE,
        new ErasureSignature(
            good.node(),
            good.signedAt(),
            good.signature(),
            List.of(Bytes.copyOf(new byte[] {0x30, 1, 2}))));
  }

  @Test
  void a_node_that_the_cell_does_not_have_does_not_count() {
    assertFlawed(ReceiptFlaw.STRANGER, AUTHORITY.node("prod", 6).signBytes(6, new byte[] {1}));
  }

  @Test
  void a_statement_signed_without_its_context_does_not_count() {
    ErasureStatement statement =
        new ErasureStatement(Signers.erasure(), new NodeId(1), Signers.SIGNED);
    assertFlawed(
        ReceiptFlaw.ALTERED,
        node(1).signBytes(1, statement.line().getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void only_the_certificate_of_that_node_of_that_cell_speaks_for_it() {
    for (List<String> uris :
        List.of(
            List.of(Signers.urn("test", 1)),
            List.of(Signers.urn("prod", 2)),
            List.of(Signers.urn("prod", 1) + "1"),
            List.of("urn:quorumvault:prod:api"),
            List.of("urn:quorumvault:prod:operator"),
            List.of(Signers.urn("prod", 1), Signers.urn("prod", 2)),
            List.<String>of())) {
      Signers.Holder other = AUTHORITY.holder(new Signers.Paper(uris, false));
      assertFlawed(ReceiptFlaw.FOREIGN, other.sign(Signers.erasure(), 1));
    }
  }

  @Test
  void only_the_authorities_that_were_named_are_believed() {
    Signers.Authority other = Signers.Authority.named("cell authority");
    ErasureSignature signature = other.node("prod", 1).sign(Signers.erasure(), 1);
    assertFlawed(ReceiptFlaw.UNTRUSTED, signature);
    assertEquals(Optional.of(ReceiptFlaw.UNTRUSTED), flaw(signature, new X509Certificate[0]));
    assertEquals(Optional.empty(), flaw(signature, AUTHORITY.certificate(), other.certificate()));
    // Nor does it help to show that authority, or to show nothing but one that is believed.
    assertFlawed(
        ReceiptFlaw.UNTRUSTED,
        other.node("prod", 1).showing(other.certificate()).sign(Signers.erasure(), 1));
    ErasureSignature good = node(1).sign(Signers.erasure(), 1);
    assertFlawed(
        ReceiptFlaw.UNTRUSTED,
        new ErasureSignature(
            good.node(),
            good.signedAt(),
            good.signature(),
            List.of(Signers.encoded(AUTHORITY.certificate()))));
  }

  @Test
  void a_member_of_the_cell_issues_no_certificates() {
    Signers.Paper member = new Signers.Paper(List.of(Signers.urn("prod", 1)), false);
    KeyPair keys = Signers.ec("secp256r1");
    Signers.Holder thief = AUTHORITY.holder(member, keys);
    Signers.Authority would = new Signers.Authority(thief.chain().getFirst(), keys);
    assertFlawed(
        ReceiptFlaw.UNTRUSTED,
        would.node("prod", 2).showing(thief.chain().getFirst()).sign(Signers.erasure(), 2));
  }

  @Test
  void a_chain_may_have_authorities_in_between_and_end_with_the_one_that_is_believed() {
    Signers.Authority between = AUTHORITY.below("between");
    Signers.Holder node = between.node("prod", 1);
    assertFlawed(ReceiptFlaw.UNTRUSTED, node.sign(Signers.erasure(), 1));
    Signers.Holder shows = node.showing(between.certificate());
    assertEquals(Optional.empty(), flaw(shows.sign(Signers.erasure(), 1)));
    assertEquals(
        Optional.empty(), flaw(shows.showing(AUTHORITY.certificate()).sign(Signers.erasure(), 1)));
    assertEquals(
        Optional.empty(),
        flaw(node(1).showing(AUTHORITY.certificate()).sign(Signers.erasure(), 1)));
  }

  @Test
  void a_certificate_must_have_been_valid_when_the_node_signed_and_need_not_be_today() {
    Signers.Paper paper = new Signers.Paper(List.of(Signers.urn("prod", 1)), false);
    Duration second = Duration.ofSeconds(1);
    Instant signed = Signers.SIGNED;
    assertEquals(
        Optional.empty(),
        flaw(
            AUTHORITY
                .holder(paper.valid(signed.minus(second), signed.plus(second)))
                .sign(Signers.erasure(), 1)));
    assertFlawed(
        ReceiptFlaw.OUTDATED,
        AUTHORITY
            .holder(paper.valid(signed.minus(Signers.VALIDITY), signed.minus(second)))
            .sign(Signers.erasure(), 1));
    assertFlawed(
        ReceiptFlaw.OUTDATED,
        AUTHORITY
            .holder(paper.valid(signed.plus(second), signed.plus(Signers.VALIDITY)))
            .sign(Signers.erasure(), 1));
  }

  @Test
  void a_certificate_that_is_not_for_signing_does_not_count() {
    Signers.Paper paper = new Signers.Paper(List.of(Signers.urn("prod", 1)), false);
    assertFlawed(
        ReceiptFlaw.UNTRUSTED,
        AUTHORITY.holder(paper.usedFor(KeyUsage.keyAgreement)).sign(Signers.erasure(), 1));
  }

  @Test
  void nodes_may_have_keys_of_any_kind_that_tls_takes() {
    Signers.Paper paper = new Signers.Paper(List.of(Signers.urn("prod", 1)), false);
    for (KeyPair keys :
        List.of(
            Signers.ec("secp384r1"),
            Signers.ec("secp521r1"),
            Signers.keys("RSA"),
            Signers.keys("Ed25519"))) {
      assertEquals(
          Optional.empty(),
          flaw(AUTHORITY.holder(paper, keys).sign(Signers.erasure(), 1)),
          keys.getPublic().getAlgorithm());
    }
  }

  @Test
  void a_receipt_is_what_most_nodes_say_in_the_order_of_the_nodes() {
    Erasure other =
        new Erasure(
            "prod",
            5,
            3,
            new Namespace("demo"),
            new SecretName("DB_PASSWORD"),
            9,
            2,
            3,
            Signers.DELETED);
    assertEquals(Optional.empty(), ErasureReceipt.of(List.of()));
    ErasureReceipt receipt =
        ErasureReceipt.of(
                List.of(
                    new SignedErasure(Signers.erasure(), node(3).sign(Signers.erasure(), 3)),
                    new SignedErasure(other, node(2).sign(other, 2)),
                    new SignedErasure(Signers.erasure(), node(1).sign(Signers.erasure(), 1))))
            .orElseThrow();
    assertEquals(Signers.erasure(), receipt.erasure());
    assertEquals(
        List.of(1, 3),
        receipt.signatures().stream().map(signature -> signature.node().index()).toList());
  }

  @Test
  void what_is_longer_than_any_signature_can_be_is_none() {
    ErasureSignature good = node(1).sign(Signers.erasure(), 1);
    Bytes long1 = Bytes.copyOf(new byte[ErasureSignature.SIGNATURE_BYTES_MAX + 1]);
    Bytes long2 = Bytes.copyOf(new byte[ErasureSignature.CERTIFICATE_BYTES_MAX + 1]);
    for (List<Bytes> certificates :
        List.of(
            List.<Bytes>of(),
            List.of(long2),
            Collections.nCopies(
                ErasureSignature.CERTIFICATES_MAX + 1, good.certificates().getFirst()))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new ErasureSignature(good.node(), good.signedAt(), good.signature(), certificates));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new ErasureSignature(good.node(), good.signedAt(), long1, good.certificates()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ErasureReceipt(Signers.erasure(), Collections.nCopies(256, good)));
  }
}
