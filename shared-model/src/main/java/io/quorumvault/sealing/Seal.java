package io.quorumvault.sealing;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Threshold;
import java.util.List;
import java.util.Objects;

/// The public description of one sealed value, which every node keeps beside its share. Says
/// nothing about the value but its length, rounded up, and its encoding.
///
/// Anything that breaks the bounds below is an `IllegalArgumentException`.
///
/// @param threshold how many shares there are and how many are enough
/// @param shareBytes length of each share, a multiple of `Seal.SHARE_BYTES_MULTIPLE` up to
///   `Limits.SHARE_BYTES_MAX`
/// @param commitment HMAC-SHA-256 over context and value under the blinding key, 32 bytes
/// @param shareDigests SHA-256 over context, x and share, 32 bytes each, for x = 1 to n in this
///   order
/// @param encoding how the value travels in JSON; covered by the commitment
public record Seal(
    Threshold threshold,
    int shareBytes,
    Bytes commitment,
    List<Bytes> shareDigests,
    ValueEncoding encoding) {
  /// Shares are padded to a multiple of this, so that their length tells the value's only roughly.
  public static final int SHARE_BYTES_MULTIPLE = 64;

  /// Length of a commitment and of a share's digest.
  public static final int DIGEST_BYTES = 32;

  /// At most so much longer than its value is a share: what stands before the value, and the
  /// padding.
  public static final int SHARE_BYTES_BEYOND = Payload.bytesFor(0) + SHARE_BYTES_MULTIPLE;

  public Seal {
    Objects.requireNonNull(threshold, "threshold");
    if (shareBytes < SHARE_BYTES_MULTIPLE
        || shareBytes > Limits.SHARE_BYTES_MAX
        || shareBytes % SHARE_BYTES_MULTIPLE != 0) {
      throw new IllegalArgumentException(
          "shares of "
              + shareBytes
              + " bytes (expected: a multiple of "
              + SHARE_BYTES_MULTIPLE
              + " up to "
              + Limits.SHARE_BYTES_MAX
              + ")");
    }
    requireDigest("commitment", commitment);
    shareDigests = List.copyOf(shareDigests);
    if (shareDigests.size() != threshold.n()) {
      throw new IllegalArgumentException(
          shareDigests.size() + " share digests (expected: n=" + threshold.n() + ")");
    }
    for (Bytes digest : shareDigests) {
      requireDigest("share digest", digest);
    }
    Objects.requireNonNull(encoding, "encoding");
  }

  private static void requireDigest(String name, Bytes digest) {
    if (digest.length() != DIGEST_BYTES) {
      throw new IllegalArgumentException(
          name + " of " + digest.length() + " bytes (expected: " + DIGEST_BYTES + ")");
    }
  }

  /// The digest of the share at `x`.
  ///
  /// @param x 1 to n
  Bytes shareDigest(int x) {
    return shareDigests.get(x - 1);
  }
}
