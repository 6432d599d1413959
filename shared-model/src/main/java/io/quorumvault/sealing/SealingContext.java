package io.quorumvault.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Threshold;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// What a value is sealed for. Shares and commitment fit this context and no other, so a record
/// cannot be passed off as another secret's, another write's or another cluster's.
///
/// @param cell the cluster, 1 to `TEXT_CHARS_MAX` visible ASCII characters
/// @param secret the secret the value belongs to
/// @param writeId the transaction that wrote it, which is also the split its shares belong to; as
///   `cell`. Anything else is an `IllegalArgumentException`
/// @param threshold how the value is split
public record SealingContext(String cell, SecretId secret, String writeId, Threshold threshold) {
  /// Longest cell or write id. Far more than either needs; it bounds what is hashed per share.
  public static final int TEXT_CHARS_MAX = 255;

  /// Names this form. A change of payload, context or digests gets another label, and the two never
  /// verify as one another.
  private static final String LABEL = "io.quorumvault.sealing.v1";

  private static final Pattern TEXT = Pattern.compile("[!-~]{1," + TEXT_CHARS_MAX + "}");

  public SealingContext {
    requireText("cell", cell);
    Objects.requireNonNull(secret, "secret");
    requireText("writeId", writeId);
    Objects.requireNonNull(threshold, "threshold");
  }

  private static void requireText(String name, String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(name + " (expected: " + TEXT + ")");
    }
  }

  /// The one byte form: label, cell, namespace, name and write id, each as its length in four bytes
  /// (big endian) and its characters in ASCII, then n and k in one byte each. No two contexts share
  /// one, and none is the beginning of another.
  byte[] toBytes() {
    List<byte[]> texts =
        List.of(
            ascii(LABEL),
            ascii(cell),
            ascii(secret.namespace().text()),
            ascii(secret.name().text()),
            ascii(writeId));
    int length = texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum() + 2;
    ByteBuffer form = ByteBuffer.allocate(length);
    texts.forEach(text -> form.putInt(text.length).put(text));
    form.put((byte) threshold.n()).put((byte) threshold.k());
    return form.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
