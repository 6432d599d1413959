package io.quorumvault.sealing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a mask is for: one version, on its way to one point, from one set of helpers in one
/// session. Masks for different contexts have nothing to do with each other.
///
/// @param sealing the secret and the split its shares belong to
/// @param seq the position of the version in its chain
/// @param session drawn by whoever the share is for
/// @param x the point the share is for
/// @param helpers the points of those who help: exactly k, ascending, from 1 to n, `x` not among
///   them; anything else is an `IllegalArgumentException`
public record MaskingContext(
    SealingContext sealing, long seq, long session, int x, List<Integer> helpers) {
  /// Names this form.
  private static final byte[] LABEL =
      "io.quorumvault.masking.v1".getBytes(StandardCharsets.US_ASCII);

  public MaskingContext {
    helpers = List.copyOf(helpers);
    int n = sealing.threshold().n();
    int before = 0;
    for (int helper : helpers) {
      if (helper <= before || helper > n || helper == x) {
        throw new IllegalArgumentException(
            "helpers (expected: ascending, from 1 to " + n + ", without x=" + x + ")");
      }
      before = helper;
    }
    if (helpers.size() != sealing.threshold().k() || x < 1 || x > n) {
      throw new IllegalArgumentException(
          "helpers (expected: k="
              + sealing.threshold().k()
              + " of them, and x from 1 to "
              + n
              + ")");
    }
  }

  /// The one byte form: label, session and position (eight bytes each, big endian), x, the number
  /// of helpers and each of them (one byte each), and the sealing context, which says itself where
  /// it ends.
  byte[] toBytes() {
    byte[] secret = sealing.toBytes();
    ByteBuffer form =
        ByteBuffer.allocate(LABEL.length + 2 * Long.BYTES + 2 + helpers.size() + secret.length);
    form.put(LABEL).putLong(session).putLong(seq).put((byte) x).put((byte) helpers.size());
    helpers.forEach(helper -> form.put(helper.byteValue()));
    return form.put(secret).array();
  }
}
