package io.quorumvault.protocol;

import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.sealing.MaskingContext;
import io.quorumvault.sealing.SealingContext;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The circles a node helps in, and its rules there.
///
/// | request | accepted only if | then | reply |
/// |---|---|---|---|
/// | convene | k helpers of this cell, this node among them | draw a seed for each helper above, hand it over | `Convened`, else `NotWanted` |
/// | hand seed | the giver is a helper below this node; no other seed came from it | keep it | `Noted`, else `NotWanted` |
/// | contribute | a seed is shared with every other helper; the version is final and wanted here | – | `Contributed`, else `NotWanted` |
///
/// What a target gets for a version in one circle is its own share, if all contribute, and else
/// nothing: so no caller's token is asked for. The host must see to it that only the target itself
/// convenes and asks, and only the giver hands over, by their certificates.
///
/// Kept in memory only, for a short while, and wiped then; a crash loses it, and nobody minds. Safe
/// for use by any number of threads.
public final class Circles implements AutoCloseable {
  /// How long a circle lasts. Its target asks for everything at once and has its answers in
  /// seconds.
  public static final Duration LIFE = Duration.ofSeconds(60);

  /// Circles of one target; beyond it its oldest goes. A node that restores several batches at
  /// once, each with some sets of helpers that do not work, has fewer.
  public static final int PER_TARGET_MAX = 64;

  /// What is known of one circle.
  private static final class Seeds {
    final long untilMillis;
    final Map<NodeId, MaskSeed> shared = new TreeMap<>();

    Seeds(long untilMillis) {
      this.untilMillis = untilMillis;
    }

    void wipe() {
      shared.values().forEach(MaskSeed::close);
    }
  }

  private final Membership membership;
  private final NodeId self;
  private final ShareJudge judge;
  private final Supplier<MaskSeed> draw;
  private final ReentrantLock lock = new ReentrantLock();

  /// Oldest first.
  private final LinkedHashMap<Circle, Seeds> circles = new LinkedHashMap<>();

  /// @param draw a fresh seed each time
  public Circles(Membership membership, NodeId self, ShareJudge judge, Supplier<MaskSeed> draw) {
    this.membership = membership;
    this.self = self;
    this.judge = judge;
    this.draw = draw;
  }

  /// What this node has to do before it answers: the conversation's result is the reply.
  ///
  /// @param deadlineMillis until when the other helpers must have taken their seeds
  /// @return empty if it takes no part in such a circle: the reply is `NotWanted`
  public Optional<Conversation<Reply>> convene(
      Request.Convene convene, long nowMillis, long deadlineMillis) {
    Circle circle = convene.circle();
    Map<NodeId, MaskSeed> handed = new TreeMap<>();
    lock.lock();
    try {
      if (!takesPart(circle)) {
        return Optional.empty();
      }
      Seeds seeds = seeds(circle, nowMillis);
      for (NodeId other : circle.helpers()) {
        if (self.compareTo(other) < 0) {
          handed.put(other, seeds.shared.computeIfAbsent(other, node -> draw.get()));
        }
      }
      return Optional.of(new Convening(circle, self, handed, deadlineMillis));
    } finally {
      lock.unlock();
    }
  }

  /// Keeps a seed. The request's own is wiped.
  public Reply take(Request.HandSeed hand, long nowMillis) {
    Circle circle = hand.circle();
    lock.lock();
    try (MaskSeed given = hand.seed()) {
      boolean meant =
          takesPart(circle)
              && circle.helpers().contains(hand.from())
              && hand.from().compareTo(self) < 0;
      if (!meant) {
        return new Reply.NotWanted();
      }
      // A seed is never replaced: both helpers must have the same one until the circle is over.
      MaskSeed kept =
          seeds(circle, nowMillis).shared.computeIfAbsent(hand.from(), node -> given.copy());
      return kept.equals(given) ? new Reply.Noted() : new Reply.NotWanted();
    } finally {
      lock.unlock();
    }
  }

  public Reply contribute(NodeView view, Request.Contribute ask, long nowMillis) {
    if (!view.active()) {
      return new Reply.Joining();
    }
    Optional<Entry> entry =
        view.entry(ask.id(), ask.seq()).filter(found -> found.txId().equals(ask.txId()));
    Optional<Head> head = view.head(ask.id());
    Map<Integer, MaskSeed> seeds = sharedWithAll(ask.circle(), nowMillis);
    try {
      if (seeds.isEmpty()
          || entry.isEmpty()
          || head.isEmpty()
          || !Participant.wanted(entry.get(), head.get().entry())) {
        return new Reply.NotWanted();
      }
      Optional<Share> own = view.share(ask.id(), ask.seq());
      try {
        return new Reply.Contributed(
            own.filter(share -> judge.vouches(ask.id(), entry.get(), share))
                .map(share -> Contribution.of(context(ask), share, seeds))
                .orElse(null));
      } finally {
        own.ifPresent(Share::close);
      }
    } finally {
      seeds.values().forEach(MaskSeed::close);
    }
  }

  private MaskingContext context(Request.Contribute ask) {
    Circle circle = ask.circle();
    SecretId id = ask.id();
    Threshold threshold = new Threshold(membership.threshold(), membership.nodes());
    return new MaskingContext(
        new SealingContext(membership.cell(), id, ask.txId().toString(), threshold),
        ask.seq(),
        circle.session(),
        circle.target().index(),
        circle.points());
  }

  private boolean takesPart(Circle circle) {
    return circle.fits(membership) && circle.helpers().contains(self);
  }

  /// Copies of the seeds shared with every other helper, by their points; empty if one is missing.
  private Map<Integer, MaskSeed> sharedWithAll(Circle circle, long nowMillis) {
    Map<Integer, MaskSeed> copies = new HashMap<>();
    lock.lock();
    try {
      forgetOld(nowMillis);
      Seeds seeds = circles.get(circle);
      if (seeds != null && seeds.shared.size() == circle.helpers().size() - 1) {
        seeds.shared.forEach((node, seed) -> copies.put(node.index(), seed.copy()));
      }
      return copies;
    } finally {
      lock.unlock();
    }
  }

  private Seeds seeds(Circle circle, long nowMillis) {
    forgetOld(nowMillis);
    Seeds known = circles.get(circle);
    if (known != null) {
      return known;
    }
    long ofTarget =
        circles.keySet().stream().filter(other -> other.target().equals(circle.target())).count();
    if (ofTarget >= PER_TARGET_MAX) {
      Circle oldest =
          circles.keySet().stream()
              .filter(other -> other.target().equals(circle.target()))
              .findFirst()
              .orElseThrow();
      Optional.ofNullable(circles.remove(oldest)).ifPresent(Seeds::wipe);
    }
    Seeds made = new Seeds(nowMillis + LIFE.toMillis());
    circles.put(circle, made);
    return made;
  }

  /// Wipes what is over. To be called now and then, for a node that nobody asks any more.
  public void forget(long nowMillis) {
    lock.lock();
    try {
      forgetOld(nowMillis);
    } finally {
      lock.unlock();
    }
  }

  private void forgetOld(long nowMillis) {
    Iterator<Seeds> oldestFirst = circles.values().iterator();
    while (oldestFirst.hasNext()) {
      Seeds seeds = oldestFirst.next();
      if (nowMillis < seeds.untilMillis) {
        return;
      }
      seeds.wipe();
      oldestFirst.remove();
    }
  }

  @Override
  public void close() {
    forget(Long.MAX_VALUE);
  }

  @Override
  public String toString() {
    return "Circles[" + self + "]";
  }
}
