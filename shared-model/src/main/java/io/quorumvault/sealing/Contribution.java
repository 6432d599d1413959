package io.quorumvault.sealing;

import io.quorumvault.Limits;
import io.quorumvault.sharing.Shamir;
import io.quorumvault.sharing.Share;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;

/// What one helper gives towards the share of another node: its term of the interpolation, hidden
/// under one mask for each of the other helpers. Wiped when closed. Not safe for use by several
/// threads at once.
///
/// Each mask is in exactly two contributions, and adding is its own inverse here: so the masks
/// cancel in the sum of all k, which is the lost share and nothing else. Any fewer contributions
/// are as good as random to whoever lacks a seed, so no helper's share is told to anybody, and the
/// value appears nowhere.
///
/// Source: recovering a share by masked contributions is from A. Herzberg, S. Jarecki, H. Krawczyk
/// and M. Yung, "Proactive secret sharing, or: how to cope with perpetual leakage", CRYPTO '95,
/// section 4 (there with random polynomials that vanish at the lost point). Masks in pairs, which
/// cost one seed instead of a polynomial, are those of the enrolment protocols for Shamir's scheme;
/// see M. Nojoumian, D. Stinson and M. Grainger, "Unconditionally secure social secret sharing
/// scheme", IET Information Security 4(4), 2010.
public final class Contribution implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private Contribution(byte[] bytes) {
    if (bytes.length < 1 || bytes.length > Limits.SHARE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "contribution of "
              + bytes.length
              + " bytes (expected: 1 to "
              + Limits.SHARE_BYTES_MAX
              + ")");
    }
    this.bytes = bytes;
  }

  /// Takes the array over: the caller must neither use nor keep it.
  ///
  /// @param bytes 1 to `Limits.SHARE_BYTES_MAX`; anything else is an `IllegalArgumentException`
  public static Contribution owning(byte[] bytes) {
    return new Contribution(bytes);
  }

  /// The contribution of the helper that holds `own`. The same question has the same answer. Share
  /// and seeds stay the caller's.
  ///
  /// @param seeds for the point of each of the other helpers the seed shared with it, and no more;
  ///   otherwise, or if `own` is not a helper's, an `IllegalArgumentException`: a contribution with
  ///   a mask too few would tell the share
  public static Contribution of(MaskingContext context, Share own, Map<Integer, MaskSeed> seeds) {
    TreeSet<Integer> all = new TreeSet<>(seeds.keySet());
    boolean others = all.add(own.x());
    if (!others || !all.equals(new TreeSet<>(context.helpers()))) {
      throw new IllegalArgumentException("mask seeds (expected: one for each other helper)");
    }
    byte[] term = Shamir.term(context.x(), own, context.helpers(), context.sealing().threshold());
    boolean complete = false;
    try {
      byte[] form = context.toBytes();
      seeds.values().forEach(seed -> seed.addMask(term, form));
      complete = true;
      return new Contribution(term);
    } finally {
      if (!complete) {
        Arrays.fill(term, (byte) 0);
      }
    }
  }

  public int length() {
    return bytes.length;
  }

  /// A copy, which the caller owns and must wipe.
  public byte[] exposeCopy() {
    return open().clone();
  }

  byte[] open() {
    if (closed) {
      throw new IllegalStateException("the contribution was wiped");
    }
    return bytes;
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Contribution that && MessageDigest.isEqual(bytes, that.bytes);
  }

  /// The length, so that a hash table tells nothing about the content.
  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "Contribution[" + bytes.length + " bytes]";
  }
}
