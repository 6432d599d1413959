package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.TxId;
import io.quorumvault.record.Envelope;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals shares for the disk and opens them again.
///
/// A sealed share is AES-256-GCM under a key that seals nothing else, so the nonce is fixed (NIST
/// SP 800-38D asks that no pair of key and nonce repeats). The additional data binds it to cell,
/// node, name and transaction: moved to another row, or to another node, it does not open. Inside
/// is the envelope, then the share:
///
/// | bytes | content |
/// |---|---|
/// | 2 | length of the envelope's header, big endian |
/// | 0 – 65535 | header of the envelope |
/// | rest | share |
///
/// Safe for use by several threads.
final class ShareSeal {
  private static final String PURPOSE = "share";
  private static final byte[] LABEL =
      "io.quorumvault.storage.share.v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONCE = new byte[12];
  private static final int TAG_BITS = 128;

  private final String cell;
  private final NodeId self;

  ShareSeal(String cell, NodeId self) {
    this.cell = cell;
    this.self = self;
  }

  /// @param key stays the caller's
  byte[] seal(byte[] key, SecretId id, TxId txId, Share share) {
    if (share.x() != self.index()) {
      throw new IllegalArgumentException("share at x=" + share.x() + " (expected: " + self + "'s)");
    }
    byte[] bytes = share.exposeCopy();
    byte[] plain = new byte[0];
    try {
      Envelope.Metadata meta =
          new Envelope.Metadata(
              subject(id, txId), PURPOSE, Instant.now().truncatedTo(ChronoUnit.MILLIS));
      byte[] header = Envelope.seal(bytes, meta).header();
      plain = new byte[Short.BYTES + header.length + bytes.length];
      ByteBuffer.wrap(plain).putShort((short) header.length).put(header).put(bytes);
      return cipher(Cipher.ENCRYPT_MODE, key, id, txId).doFinal(plain);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES-256-GCM", impossible);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// The share, or empty if key, bytes and names do not belong together or a bit has changed.
  ///
  /// @throws io.quorumvault.record.UnknownEnvelopeException if a newer program wrote it
  Optional<Share> open(byte[] key, SecretId id, TxId txId, byte[] sealed) {
    byte[] plain = new byte[0];
    byte[] bytes = new byte[0];
    boolean handedOver = false;
    try {
      plain = cipher(Cipher.DECRYPT_MODE, key, id, txId).doFinal(sealed);
      if (plain.length < Short.BYTES) {
        return Optional.empty();
      }
      int headerBytes = Short.toUnsignedInt(ByteBuffer.wrap(plain).getShort());
      int shareAt = Short.BYTES + headerBytes;
      if (plain.length <= shareAt) {
        return Optional.empty();
      }
      byte[] header = Arrays.copyOfRange(plain, Short.BYTES, shareAt);
      bytes = Arrays.copyOfRange(plain, shareAt, plain.length);
      if (Envelope.open(header, bytes, subject(id, txId), PURPOSE).isEmpty()) {
        return Optional.empty();
      }
      Share share = Share.owning(self.index(), bytes);
      handedOver = true;
      return Optional.of(share);
    } catch (GeneralSecurityException notAuthentic) {
      return Optional.empty();
    } finally {
      Arrays.fill(plain, (byte) 0);
      if (!handedOver) {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }

  Cipher cipher(int mode, byte[] key, SecretId id, TxId txId) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, NONCE));
    field(cipher, LABEL);
    field(cipher, cell.getBytes(StandardCharsets.UTF_8));
    field(cipher, new byte[] {(byte) self.index()});
    field(cipher, id.namespace().text().getBytes(StandardCharsets.US_ASCII));
    field(cipher, id.name().text().getBytes(StandardCharsets.US_ASCII));
    field(cipher, txId.toString().getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private static void field(Cipher cipher, byte[] bytes) {
    cipher.updateAAD(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    cipher.updateAAD(bytes);
  }

  private static String subject(SecretId id, TxId txId) {
    return id + "@" + txId;
  }
}
