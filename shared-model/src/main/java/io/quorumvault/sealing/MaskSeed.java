package io.quorumvault.sealing;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What two nodes, and nobody else, make the same masks from. Wiped when closed. Not safe for use
/// by several threads at once.
///
/// Masks of one seed for different contexts are independent of each other to whoever lacks the
/// seed. Equality takes the same time wherever two seeds differ; `toString` shows nothing of them.
public final class MaskSeed implements AutoCloseable {
  /// As long as the output of the MAC it keys, and beyond any search.
  public static final int BYTES = 32;

  private static final String MAC = "HmacSHA256";
  private static final String STREAM = "ChaCha20";

  /// A key serves for one mask, so the nonce may be fixed.
  private static final byte[] NONCE = new byte[12];

  private final byte[] bytes;
  private boolean closed;

  private MaskSeed(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "mask seed of " + bytes.length + " bytes (expected: " + BYTES + ")");
    }
    this.bytes = bytes;
  }

  /// A fresh one.
  public static MaskSeed draw(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new MaskSeed(bytes);
  }

  /// Takes the array over: the caller must neither use nor keep it.
  ///
  /// @param bytes exactly `BYTES`, otherwise an `IllegalArgumentException`
  public static MaskSeed owning(byte[] bytes) {
    return new MaskSeed(bytes);
  }

  /// A copy, which the caller owns and must wipe.
  public byte[] exposeCopy() {
    return open().clone();
  }

  /// Another one with the same content, closed on its own.
  public MaskSeed copy() {
    return new MaskSeed(exposeCopy());
  }

  private byte[] open() {
    if (closed) {
      throw new IllegalStateException("the mask seed was wiped");
    }
    return bytes;
  }

  /// Adds the mask for a context to `target`; adding it again takes it away. The mask is a ChaCha20
  /// key stream (RFC 8439) under the key HMAC-SHA-256(seed, context).
  void addMask(byte[] target, byte[] context) {
    byte[] key = new byte[0];
    byte[] masked = new byte[0];
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(open(), MAC));
      key = mac.doFinal(context);
      Cipher stream = Cipher.getInstance(STREAM);
      stream.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, STREAM), new ChaCha20ParameterSpec(NONCE, 0));
      masked = stream.doFinal(target);
      System.arraycopy(masked, 0, target, 0, target.length);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this Java has no " + MAC + " or " + STREAM, impossible);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(masked, (byte) 0);
    }
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MaskSeed that && MessageDigest.isEqual(bytes, that.bytes);
  }

  /// The same for all, so that a hash table tells nothing about the content.
  @Override
  public int hashCode() {
    return BYTES;
  }

  @Override
  public String toString() {
    return "MaskSeed";
  }
}
