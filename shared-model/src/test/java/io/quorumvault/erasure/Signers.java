package io.quorumvault.erasure;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Nodes of a cell that sign receipts, or what looks like one.
final class Signers {
  static final Instant DELETED = Instant.parse("2026-11-01T12:00:00.000Z");
  static final Instant SIGNED = DELETED.plusMillis(17);
  static final Duration VALIDITY = Duration.ofDays(90);

  private static final AtomicLong SERIAL = new AtomicLong(1);

  private Signers() {}

  /// A secret of two versions, destroyed in a cell of five with a threshold of three.
  static Erasure erasure() {
    return new Erasure(
        "prod", 5, 3, new Namespace("demo"), new SecretName("DB_PASSWORD"), 1, 2, 3, DELETED);
  }

  static String urn(String cell, int node) {
    return "urn:quorumvault:" + cell + ":node:" + node;
  }

  /// Issues certificates.
  record Authority(X509Certificate certificate, KeyPair keys) {
    static Authority named(String name) {
      KeyPair keys = ec("secp256r1");
      return new Authority(
          issue("CN=" + name, keys, "CN=" + name, keys, new Paper(List.of(), true)), keys);
    }

    /// One between this and what it issues.
    Authority below(String name) {
      KeyPair own = ec("secp256r1");
      return new Authority(
          issue(
              certificate.getSubjectX500Principal().getName(),
              keys,
              "CN=" + name,
              own,
              new Paper(List.of(), true)),
          own);
    }

    Holder node(String cell, int index) {
      return holder(new Paper(List.of(urn(cell, index)), false));
    }

    Holder holder(Paper paper) {
      return holder(paper, ec("secp256r1"));
    }

    Holder holder(Paper paper, KeyPair own) {
      return new Holder(
          List.of(
              issue(
                  certificate.getSubjectX500Principal().getName(), keys, "CN=member", own, paper)),
          own.getPrivate());
    }
  }

  /// What is to stand in a certificate.
  record Paper(List<String> uris, boolean authority, int usage, Instant from, Instant until) {
    Paper(List<String> uris, boolean authority) {
      this(
          uris,
          authority,
          authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature,
          SIGNED.minus(VALIDITY),
          SIGNED.plus(VALIDITY));
    }

    Paper usedFor(int other) {
      return new Paper(uris, authority, other, from, until);
    }

    Paper valid(Instant otherFrom, Instant otherUntil) {
      return new Paper(uris, authority, usage, otherFrom, otherUntil);
    }
  }

  /// Whoever holds a certificate and its key.
  record Holder(List<X509Certificate> chain, PrivateKey key) {
    Holder showing(X509Certificate... others) {
      List<X509Certificate> longer = new ArrayList<>(chain);
      longer.addAll(List.of(others));
      return new Holder(longer, key);
    }

    /// A signature in the name of a node, whoever this is.
    ErasureSignature sign(Erasure erasure, int node) {
      return signBytes(node, new ErasureStatement(erasure, new NodeId(node), SIGNED).signedBytes());
    }

    ErasureSignature signBytes(int node, byte[] content) {
      try {
        Signature signature =
            Signature.getInstance(ErasureStatement.algorithm(chain.getFirst().getPublicKey()));
        signature.initSign(key);
        signature.update(content);
        return new ErasureSignature(
            new NodeId(node),
            SIGNED,
            Bytes.copyOf(signature.sign()),
            chain.stream().map(Signers::encoded).toList());
      } catch (GeneralSecurityException unexpected) {
        throw new AssertionError(unexpected);
      }
    }
  }

  static Bytes encoded(X509Certificate certificate) {
    try {
      return Bytes.copyOf(certificate.getEncoded());
    } catch (GeneralSecurityException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new AssertionError(missing);
    }
  }

  static KeyPair keys(String kind) {
    try {
      return KeyPairGenerator.getInstance(kind).generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new AssertionError(missing);
    }
  }

  private static X509Certificate issue(
      String issuer, KeyPair issuerKeys, String subject, KeyPair own, Paper paper) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal(issuer),
              BigInteger.valueOf(SERIAL.getAndIncrement()),
              Date.from(paper.from()),
              Date.from(paper.until()),
              new X500Principal(subject),
              own.getPublic());
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(paper.authority()));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(paper.usage()));
      if (!paper.uris().isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                paper.uris().stream()
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                    .toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException unexpected) {
      throw new AssertionError(unexpected);
    }
  }
}
