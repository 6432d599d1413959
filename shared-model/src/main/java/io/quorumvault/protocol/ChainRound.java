package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Collects a stretch of a name's chain, newest first, without gaps.
///
/// Every final entry is a fact wherever it is found, so one node's answer is enough for each
/// position; what a single node missed, the others fill in. The caller has learned by a read round
/// that `fromSeq` is committed.
public final class ChainRound extends SingleRound<ChainRound.Result> {
  /// What came of it.
  public sealed interface Result {
    /// @param entries newest first, from `fromSeq` on without a gap
    record Found(List<Entry> entries) implements Result {}

    /// Some position could not be had from any node that answered.
    record Incomplete(Shortfall why) implements Result {}
  }

  private final Request.ReadChain request;
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();

  /// @param fromSeq highest position wanted, at least 1
  /// @param limit how many positions downwards; the chain's beginning ends it earlier
  public ChainRound(Home home, SecretId id, long fromSeq, int limit, long deadlineMillis) {
    this(home, new Request.ReadChain(id, fromSeq, limit), deadlineMillis);
  }

  private ChainRound(Home home, Request.ReadChain request, long deadlineMillis) {
    super(home, request, deadlineMillis);
    this.request = request;
  }

  @Override
  Optional<Result> assess(Round answers, NodeId from, Reply reply) {
    if (reply instanceof Reply.Chain chain) {
      chain.entries().forEach(entry -> entries.put(entry.seq(), entry));
    }
    long lowest = Math.max(1, request.fromSeq() - request.limit() + 1);
    List<Entry> gapless = new ArrayList<>();
    for (long seq = request.fromSeq(); seq >= lowest && entries.containsKey(seq); seq--) {
      gapless.add(entries.get(seq));
    }
    return gapless.size() == request.fromSeq() - lowest + 1
        ? Optional.of(new Result.Found(gapless))
        : Optional.empty();
  }

  @Override
  Result giveUp(Round answers, boolean late) {
    return new Result.Incomplete(Shortfall.ofAnswers(late));
  }
}
