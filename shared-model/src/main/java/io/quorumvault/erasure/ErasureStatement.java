package io.quorumvault.erasure;

import io.quorumvault.protocol.NodeId;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// What one node says and signs: no share of that secret is on my disk any more.
///
/// It is signed with the key of the node's TLS certificate, so what is signed must never be what
/// that key signs in a handshake, nor the other way round. It therefore begins as RFC 8446 (section
/// 4.4.3) has signatures begin that are told apart by a context: 64 spaces, which no earlier TLS
/// version can be made to sign, a context string that is none of TLS, a zero byte; then the line of
/// the statement.
///
/// The line is a JSON object in ASCII with these members, in this order and without a space: `cell
/// nodes threshold namespace name incarnation version seq deletedAt node signedAt`. Nothing in it
/// needs an escape, so equal statements have equal lines and different ones different lines.
///
/// @param signedAt by the node's clock, in whole milliseconds
public record ErasureStatement(Erasure erasure, NodeId node, Instant signedAt) {
  private static final byte[] CONTEXT =
      (" ".repeat(64) + "Quorum Vault, erasure statement 1\0").getBytes(StandardCharsets.US_ASCII);

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  public ErasureStatement {
    if (node.index() > erasure.nodes()) {
      throw new IllegalArgumentException(
          "node: " + node.index() + " (expected: 1 to " + erasure.nodes() + ")");
    }
    if (!signedAt.equals(signedAt.truncatedTo(ChronoUnit.MILLIS))) {
      throw new IllegalArgumentException("signedAt (expected: whole milliseconds)");
    }
  }

  /// Without an end of line.
  public String line() {
    return "{\"cell\":\""
        + erasure.cell()
        + "\",\"nodes\":"
        + erasure.nodes()
        + ",\"threshold\":"
        + erasure.threshold()
        + ",\"namespace\":\""
        + erasure.namespace()
        + "\",\"name\":\""
        + erasure.name()
        + "\",\"incarnation\":"
        + erasure.incarnation()
        + ",\"version\":"
        + erasure.version()
        + ",\"seq\":"
        + erasure.seq()
        + ",\"deletedAt\":\""
        + TIME.format(erasure.deletedAt())
        + "\",\"node\":"
        + node.index()
        + ",\"signedAt\":\""
        + TIME.format(signedAt)
        + "\"}";
  }

  /// What the signature is over, in an array that belongs to the caller.
  public byte[] signedBytes() {
    byte[] line = line().getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[CONTEXT.length + line.length];
    System.arraycopy(CONTEXT, 0, all, 0, CONTEXT.length);
    System.arraycopy(line, 0, all, CONTEXT.length, line.length);
    return all;
  }

  /// The algorithm that statements are signed with under a key of this kind. The key alone decides,
  /// so no receipt can ask for a weaker one.
  ///
  /// @throws IllegalArgumentException for a kind that nodes have no certificates of
  public static String algorithm(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> {
        int bits = ec.getParams().getOrder().bitLength();
        yield bits <= 256 ? "SHA256withECDSA" : bits <= 384 ? "SHA384withECDSA" : "SHA512withECDSA";
      }
      case RSAPublicKey _ -> "SHA256withRSA";
      case EdECPublicKey _ -> "EdDSA";
      default -> throw new IllegalArgumentException("key (expected: EC, RSA or EdDSA)");
    };
  }
}
