package io.quorumvault.api;

import io.quorumvault.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;

/// Names one request of a caller, so that however often and through however many servers it is
/// sent, it takes effect once.
///
/// @param digest 32 bytes
/// @param keyed whether the caller chose the name with an Idempotency-Key
public record OperationId(Bytes digest, boolean keyed) {
  private static final String DOMAIN = "quorumvault/operation/v1";
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /// The same for the same caller and key, from any API server; for another caller's equal key a
  /// different one.
  ///
  /// @param issuer who vouches for the subject
  public static OperationId ofKey(String issuer, String subject, String key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(DOMAIN, issuer, subject, key)) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha256.update(bytes);
      }
      return new OperationId(Bytes.copyOf(sha256.digest()), true);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  /// A new one, for a request without a key: only our own attempts at it share it.
  public static OperationId fresh() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new OperationId(Bytes.copyOf(bytes), false);
  }
}
