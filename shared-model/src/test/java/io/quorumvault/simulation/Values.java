package io.quorumvault.simulation;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.protocol.ShareSource;
import io.quorumvault.protocol.TxId;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Shamir;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;

/// Values of a few bytes, split for real, with a seal that is quick to check: what stands where a
/// digest would be is the beginning of the share and a checksum. A cell of this kind keeps no
/// secrets, but it mixes up no polynomials either.
final class Values {
  private static final int SHARE_BYTES = Seal.SHARE_BYTES_MULTIPLE;

  private static final int SHOWN_BYTES = 16;

  /// Differs from every value, so that a wrong join is seen.
  private static final long CHECK = 0x5ea1ed5ea1ed5ea1L;

  private final Threshold threshold;
  private final SecureRandom random;

  Values(Threshold threshold, SecureRandom random) {
    this.threshold = threshold;
    this.random = random;
  }

  ShareSource.Dealt deal(long value) {
    byte[] secret = ByteBuffer.allocate(SHARE_BYTES).putLong(value).putLong(value ^ CHECK).array();
    List<Share> shares = Shamir.split(secret, threshold, random);
    byte[] commitment = new byte[Seal.DIGEST_BYTES];
    random.nextBytes(commitment);
    Seal seal =
        new Seal(
            threshold,
            SHARE_BYTES,
            Bytes.copyOf(commitment),
            shares.stream().map(Values::likeness).toList(),
            ValueEncoding.UTF_8);
    return new ShareSource.Dealt(seal, shares);
  }

  ShareSource source(long value) {
    return (TxId txId, SecretId id) -> deal(value);
  }

  private static Bytes likeness(Share share) {
    byte[] bytes = share.exposeCopy();
    ByteBuffer all = ByteBuffer.wrap(bytes);
    long checksum = 0;
    while (all.remaining() >= Long.BYTES) {
      checksum = checksum * CHECK + all.getLong();
    }
    return Bytes.copyOf(
        ByteBuffer.allocate(Seal.DIGEST_BYTES)
            .put(bytes, 0, SHOWN_BYTES)
            .putLong(checksum)
            .putInt(share.x())
            .array());
  }

  static ShareJudge judge() {
    return (SecretId id, Entry entry, Share share) -> {
      List<Bytes> likenesses = entry.sealOfVersion().shareDigests();
      return share.x() <= likenesses.size()
          && likeness(share).equals(likenesses.get(share.x() - 1));
    };
  }

  /// The value, or a failure if these shares do not belong together.
  long join(Collection<Share> shares) {
    ByteBuffer secret = ByteBuffer.wrap(Shamir.combine(List.copyOf(shares), threshold));
    long value = secret.getLong();
    if (secret.getLong() != (value ^ CHECK)) {
      throw new AssertionError("these shares belong to different polynomials");
    }
    return value;
  }

  Share shareAt(int x, Collection<Share> shares) {
    return Shamir.shareAt(x, List.copyOf(shares), threshold);
  }

  MaskSeed seed() {
    return MaskSeed.draw(random);
  }

  static Contribution corrupted(Contribution contribution) {
    byte[] bytes = contribution.exposeCopy();
    bytes[0] ^= 1;
    return Contribution.owning(bytes);
  }

  static Share corrupted(Share share) {
    byte[] bytes = share.exposeCopy();
    bytes[0] ^= 1;
    return Share.owning(share.x(), bytes);
  }
}
