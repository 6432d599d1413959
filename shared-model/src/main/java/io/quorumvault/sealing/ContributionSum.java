package io.quorumvault.sealing;

import io.quorumvault.sharing.Share;
import java.util.Arrays;

/// Contributions added up. Wiped when closed. Not safe for use by several threads at once.
///
/// Whether the sum is the lost share only its digest tells: a helper that adds something else
/// changes it, and nothing here notices.
public final class ContributionSum implements AutoCloseable {
  private final byte[] sum;

  /// @param bytes the length of the share
  public ContributionSum(int bytes) {
    this.sum = new byte[bytes];
  }

  /// Adds one, which stays the caller's.
  ///
  /// @return false, and nothing is added, if it is of another length
  public boolean add(Contribution contribution) {
    byte[] bytes = contribution.open();
    if (bytes.length != sum.length) {
      return false;
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] ^= bytes[i];
    }
    return true;
  }

  /// The sum as the share at `x`, which the caller owns.
  public Share toShare(int x) {
    return Share.owning(x, sum.clone());
  }

  @Override
  public void close() {
    Arrays.fill(sum, (byte) 0);
  }

  @Override
  public String toString() {
    return "ContributionSum[" + sum.length + " bytes]";
  }
}
