package io.quorumvault.storage;

import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.protocol.ShareSource;
import io.quorumvault.protocol.TxId;
import io.quorumvault.sealing.Opened;
import io.quorumvault.sealing.Sealed;
import io.quorumvault.sealing.Sealer;
import io.quorumvault.sealing.SealingContext;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import java.util.List;
import java.util.Map;

/// The sealer at work in this cell: where entries meet the shares that belong to them. Safe for use
/// by any number of threads.
public final class Sealing implements ShareJudge {
  private final Sealer sealer;
  private final String cell;
  private final Threshold threshold;

  public Sealing(Sealer sealer, Membership membership) {
    this.sealer = sealer;
    this.cell = membership.cell();
    this.threshold = new Threshold(membership.threshold(), membership.nodes());
  }

  /// A value on its way into the vault.
  ///
  /// @param generated whether it was made by chance for this attempt
  record Plain(SecretValue value, ValueEncoding encoding, boolean generated) {}

  /// Shares of these values, fresh for each transaction. The values stay the caller's.
  ShareSource sourceOf(Map<SecretId, Plain> values) {
    return (txId, id) -> {
      Plain plain = values.get(id);
      if (plain == null) {
        throw new IllegalStateException("a write without a value for one of its names");
      }
      Sealed sealed = sealer.seal(context(id, txId), plain.value(), plain.encoding());
      return new ShareSource.Dealt(sealed.seal(), sealed.shares());
    };
  }

  @Override
  public boolean vouches(SecretId id, Entry entry, Share share) {
    return entry.live() && sealer.vouches(context(id, entry.txId()), entry.sealOfVersion(), share);
  }

  /// @return the value and who lied; the caller closes the value
  Opened open(SecretId id, Entry entry, List<Share> shares) {
    return sealer.open(context(id, entry.txId()), entry.sealOfVersion(), shares);
  }

  /// The share of another node, computed from those of k.
  Share repair(SecretId id, Entry entry, List<Share> shares, int x) {
    return sealer.repair(context(id, entry.txId()), entry.sealOfVersion(), shares, x);
  }

  private SealingContext context(SecretId id, TxId txId) {
    return new SealingContext(cell, id, txId.toString(), threshold);
  }
}
