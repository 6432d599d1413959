package io.quorumvault.sealing;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Shamir;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Seals values into shares, and opens, checks and repairs them. Safe for use by any number of
/// threads; the shares and values it is given are the caller's, who closes them.
///
/// Security guarantees: fewer than k shares, together with the seal, give nothing to test a guess
/// of the value against. A value is returned only if it is the one that was sealed in this context,
/// with this encoding. A share that is not the one sealed at its x is never used.
///
/// The caller must take the `Seal` from where it can be trusted: from an entry a quorum agreed on,
/// not from the node whose share it checks. A forged seal cannot make another value out of honest
/// shares, but it can make honest nodes look like liars.
public final class Sealer {
  private static final String DIGEST = "SHA-256";

  private final SecureRandom random;

  /// @param random makes blinding keys and polynomials: `k-1` bytes per byte of payload, so a fast
  ///   one pays for large values
  public Sealer(SecureRandom random) {
    this.random = random;
  }

  /// Seals `value` for `context`. The caller keeps the value, and closes the answer once each share
  /// is on its way. Sealing twice gives shares that do not fit together.
  public Sealed seal(SealingContext context, SecretValue value, ValueEncoding encoding) {
    Threshold threshold = context.threshold();
    try (Payload payload = Payload.blinding(value, random)) {
      Bytes commitment = Bytes.copyOf(payload.commitment(context, encoding));
      List<Share> shares = Shamir.split(payload.bytes(), threshold, random);
      List<Bytes> digests =
          shares.stream().map(share -> Bytes.copyOf(digest(context, share))).toList();
      Seal seal = new Seal(threshold, payload.bytes().length, commitment, digests, encoding);
      return new Sealed(seal, shares);
    }
  }

  /// Whether `share` is, bit for bit, the one that was sealed at its x.
  public boolean vouches(SealingContext context, Seal seal, Share share) {
    return seal.threshold().equals(context.threshold())
        && share.x() <= seal.threshold().n()
        && share.length() == seal.shareBytes()
        && MessageDigest.isEqual(digest(context, share), seal.shareDigest(share.x()).toArray());
  }

  /// Each x under which `shares` has one that is not the one sealed there, or a second one. What
  /// `open` reports with a value, for when there are too few good shares for a value.
  public Set<Integer> liars(SealingContext context, Seal seal, List<Share> shares) {
    return sort(context, seal, shares).liars();
  }

  /// The value. Bad shares are left out and named; any k good ones are enough.
  ///
  /// @throws VaultFailure `INSUFFICIENT_SHARES` with fewer than k good shares: try again with more.
  ///   `INTEGRITY_FAILURE` when the seal is for another threshold than the context, or when enough
  ///   good shares do not give the value the commitment stands for: what was stored is not what was
  ///   sealed, and trying again does not help
  public Opened open(SealingContext context, Seal seal, List<Share> shares) {
    Sorted sorted = enough(context, seal, shares);
    byte[] joined = Shamir.combine(sorted.good(), seal.threshold());
    try (Payload payload = Payload.parse(joined).orElseThrow(Sealer::notAuthentic)) {
      if (!payload.matches(seal.commitment(), context, seal.encoding())) {
        throw notAuthentic();
      }
      return new Opened(payload.value(), sorted.liars());
    }
  }

  /// The share that was sealed at `x`, computed from k good ones without the value appearing
  /// anywhere; bit for bit the lost one, or a failure. The caller owns it.
  ///
  /// @param x 1 to n, otherwise an `IllegalArgumentException`
  /// @throws VaultFailure as `open`
  public Share repair(SealingContext context, Seal seal, List<Share> shares, int x) {
    Share share = Shamir.shareAt(x, enough(context, seal, shares).good(), seal.threshold());
    if (!vouches(context, seal, share)) {
      share.close();
      throw notAuthentic();
    }
    return share;
  }

  private record Sorted(List<Share> good, Set<Integer> liars) {}

  private Sorted enough(SealingContext context, Seal seal, List<Share> shares) {
    if (!seal.threshold().equals(context.threshold())) {
      throw notAuthentic();
    }
    Sorted sorted = sort(context, seal, shares);
    if (sorted.good().size() < seal.threshold().k()) {
      throw VaultFailure.of(
          FailureCode.INSUFFICIENT_SHARES,
          "Too few nodes gave a good share of this secret; try again.");
    }
    return sorted;
  }

  private Sorted sort(SealingContext context, Seal seal, List<Share> shares) {
    List<Share> good = new ArrayList<>();
    Set<Integer> used = new TreeSet<>();
    Set<Integer> liars = new TreeSet<>();
    for (Share share : shares) {
      if (!used.contains(share.x()) && vouches(context, seal, share)) {
        used.add(share.x());
        good.add(share);
      } else {
        liars.add(share.x());
      }
    }
    return new Sorted(good, liars);
  }

  private static VaultFailure notAuthentic() {
    return VaultFailure.of(
        FailureCode.INTEGRITY_FAILURE,
        "The stored shares of this secret do not give the value that was written.");
  }

  /// Over context, x (one byte) and share. The context ends where its own form says, so the three
  /// need nothing between them.
  private static byte[] digest(SealingContext context, Share share) {
    byte[] bytes = share.exposeCopy();
    try {
      MessageDigest digest = MessageDigest.getInstance(DIGEST);
      digest.update(context.toBytes());
      digest.update((byte) share.x());
      return digest.digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("this Java has no " + DIGEST, impossible);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
