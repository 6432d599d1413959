package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Collects k good shares of one committed version, current or not. Repairs nothing.
public final class ShareRound extends SingleRound<ShareRound.Result> {
  /// What came of it.
  public sealed interface Result {
    record Found(List<Share> shares) implements Result {}

    /// @param held how many good shares there were
    record TooFew(int held, Shortfall why) implements Result {}
  }

  private final Home home;
  private final SecretId id;
  private final Entry entry;
  private final Map<NodeId, Share> good = new TreeMap<>();

  public ShareRound(Home home, SecretId id, Entry entry, long deadlineMillis) {
    super(home, new Request.ReadShare(id, entry.seq(), entry.txId()), deadlineMillis);
    this.home = home;
    this.id = id;
    this.entry = entry;
  }

  @Override
  Optional<Result> assess(Round answers, NodeId from, Reply reply) {
    if (reply instanceof Reply.ShareHeld held
        && held.share() != null
        && held.share().x() == from.index()
        && home.judge().vouches(id, entry, held.share())) {
      good.put(from, held.share());
    }
    return good.size() >= home.membership().threshold()
        ? Optional.of(new Result.Found(List.copyOf(good.values())))
        : Optional.empty();
  }

  @Override
  Result giveUp(Round answers, boolean late) {
    Membership membership = home.membership();
    int silent = membership.nodes() - answers.count(Reply.ShareHeld.class);
    return new Result.TooFew(
        good.size(), Shortfall.ofShares(membership, good.size(), silent, late));
  }
}
