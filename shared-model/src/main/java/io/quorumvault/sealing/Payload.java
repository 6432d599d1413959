package io.quorumvault.sealing;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What is split: blinding key (32 bytes), length of the value (4 bytes, big endian), value, zeros
/// up to a multiple of 64. Wiped when closed; belongs to one thread.
final class Payload implements AutoCloseable {
  /// As long as the output of the MAC it keys, which is what RFC 2104, section 3, asks for.
  static final int BLINDING_KEY_BYTES = 32;

  private static final int VALUE_START = BLINDING_KEY_BYTES + Integer.BYTES;
  private static final String MAC = "HmacSHA256";

  private final byte[] bytes;
  private final int valueLength;

  private Payload(byte[] bytes, int valueLength) {
    this.bytes = bytes;
    this.valueLength = valueLength;
  }

  /// A payload for `value` under a fresh blinding key. The caller keeps the value.
  static Payload blinding(SecretValue value, SecureRandom random) {
    byte[] key = new byte[BLINDING_KEY_BYTES];
    byte[] content = value.exposeCopy();
    try {
      random.nextBytes(key);
      byte[] bytes = new byte[bytesFor(content.length)];
      ByteBuffer.wrap(bytes).put(key).putInt(content.length).put(content);
      return new Payload(bytes, content.length);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(content, (byte) 0);
    }
  }

  /// Reads a payload back. Takes the array over, and wipes it when the answer is empty.
  ///
  /// @return empty unless the bytes are exactly what `blinding` makes of some value: a length in
  ///   bounds, a total that follows from it, and nothing but zeros behind the value
  static Optional<Payload> parse(byte[] bytes) {
    Payload payload = null;
    if (bytes.length > VALUE_START) {
      int length = ByteBuffer.wrap(bytes).getInt(BLINDING_KEY_BYTES);
      if (length >= Limits.VALUE_BYTES_MIN
          && length <= Limits.VALUE_BYTES_MAX
          && bytes.length == bytesFor(length)
          && isZeroFrom(VALUE_START + length, bytes)) {
        payload = new Payload(bytes, length);
      }
    }
    if (payload == null) {
      Arrays.fill(bytes, (byte) 0);
    }
    return Optional.ofNullable(payload);
  }

  /// Length of the payload, and so of each share, for a value of `valueLength` bytes.
  static int bytesFor(int valueLength) {
    int multiple = Seal.SHARE_BYTES_MULTIPLE;
    return (VALUE_START + valueLength + multiple - 1) / multiple * multiple;
  }

  private static boolean isZeroFrom(int start, byte[] bytes) {
    int any = 0;
    for (int i = start; i < bytes.length; i++) {
      any |= bytes[i];
    }
    return any == 0;
  }

  /// The bytes to split: the payload's own, wiped with it.
  byte[] bytes() {
    return bytes;
  }

  /// A copy of the value, which the caller owns.
  SecretValue value() {
    return SecretValue.owning(Arrays.copyOfRange(bytes, VALUE_START, VALUE_START + valueLength));
  }

  /// HMAC-SHA-256 under the blinding key over context, length, value and the word for the encoding.
  ///
  /// Hides the value from whoever lacks the key, because HMAC is a pseudo-random function. Binds to
  /// it even against whoever chose the key: two openings would be a collision of SHA-256, since
  /// keys are of one length and shorter than a block.
  byte[] commitment(SealingContext context, ValueEncoding encoding) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(bytes, 0, BLINDING_KEY_BYTES, MAC));
      mac.update(context.toBytes());
      mac.update(bytes, BLINDING_KEY_BYTES, Integer.BYTES + valueLength);
      mac.update(encoding.text().getBytes(StandardCharsets.US_ASCII));
      return mac.doFinal();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this Java has no " + MAC, impossible);
    }
  }

  /// Whether `commitment` is the one of this payload. Takes the same time wherever the two differ.
  boolean matches(Bytes commitment, SealingContext context, ValueEncoding encoding) {
    return MessageDigest.isEqual(commitment(context, encoding), commitment.toArray());
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "Payload[" + bytes.length + " bytes]";
  }
}
