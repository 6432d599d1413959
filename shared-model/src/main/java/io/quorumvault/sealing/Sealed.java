package io.quorumvault.sealing;

import io.quorumvault.sharing.Share;
import java.util.List;

/// A value that was sealed: what every node keeps, and what each node keeps for itself. Closing it
/// wipes the shares.
///
/// @param seal the public description
/// @param shares the shares at x = 1 to n, in this order; each belongs on a node of its own
public record Sealed(Seal seal, List<Share> shares) implements AutoCloseable {
  public Sealed {
    shares = List.copyOf(shares);
  }

  /// The share of the node with index `x`.
  ///
  /// @param x 1 to n
  public Share share(int x) {
    return shares.get(x - 1);
  }

  @Override
  public void close() {
    shares.forEach(Share::close);
  }

  @Override
  public String toString() {
    return "Sealed[" + shares + "]";
  }
}
