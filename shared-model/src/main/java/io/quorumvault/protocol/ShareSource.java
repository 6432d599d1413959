package io.quorumvault.protocol;

import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.List;

/// Where the shares of a write come from. Each transaction id gives a fresh polynomial.
@FunctionalInterface
public interface ShareSource {
  /// @param shares of x = 1 to n, in that order
  record Dealt(Seal seal, List<Share> shares) {
    public Dealt {
      shares = List.copyOf(shares);
    }
  }

  Dealt deal(TxId txId, SecretId id);
}
