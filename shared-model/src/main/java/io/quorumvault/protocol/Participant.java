package io.quorumvault.protocol;

import io.quorumvault.Limits;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rules of one node: what a request does to what it durably holds.
///
/// | request | accepted only if | then |
/// |---|---|---|
/// | prepare | no outcome, nothing accepted, not staged; its ballot reaches the floor; no name locked; no head newer than its base | stage and lock |
/// | decide | no outcome; ballot at or above the floor and above what was accepted | accept; **nothing else** |
/// | takeover | no outcome; ballot above the floor | promise, also for a transaction never heard of |
/// | settle | no outcome yet | apply, unlock, destroy what must go |
/// | repair | the version is final and live here, the share is its | keep it |
///
/// The floor of a transaction is the higher of the ballot promised for it and the beginning of the
/// node's epoch. Nothing becomes visible, is unlocked or destroyed before `settle`. A joining node
/// answers only greetings. What is asked of the helpers of a circle has rules of its own, in
/// `Circles`.
///
/// Stateless and safe for use by several threads, as long as each step sees the changes of those
/// before it.
public final class Participant {
  /// What one page of settled transactions may hold, counted in parts and in operations that these
  /// remember. Each takes less than 1 KiB, so a page is a few MiB at most, and stays below
  /// `Limits.INTERNAL_BYTES_MAX` whatever single transaction comes last.
  private static final int SETTLED_WEIGHT_MAX = 4096;

  private final ShareJudge judge;

  public Participant(ShareJudge judge) {
    this.judge = judge;
  }

  /// @param nowMillis on the clock that `TransactionRecord.openedMillis` is kept in
  public Step step(NodeView view, Request request, long nowMillis) {
    if (request instanceof Request.Hello hello) {
      return greet(view, hello);
    }
    if (!view.active()) {
      return Step.only(new Reply.Joining());
    }
    return switch (request) {
      case Request.Prepare prepare -> prepare(view, prepare, nowMillis);
      case Request.Decide decide -> decide(view, decide, nowMillis);
      case Request.Takeover takeover -> takeover(view, takeover, nowMillis);
      case Request.Settle settle -> settle(view, settle, nowMillis);
      case Request.Repair repair -> repair(view, repair);
      case Request.ReadHeads read ->
          Step.only(
              new Reply.Heads(
                  read.ids().stream().map(id -> standing(view, id, read.withShares())).toList()));
      case Request.ReadChain read ->
          Step.only(new Reply.Chain(view.chain(read.id(), read.fromSeq(), read.limit())));
      case Request.ReadShare read -> Step.only(new Reply.ShareHeld(shareOf(view, read)));
      case Request.ListHeads list -> list(view, list);
      case Request.Hello hello -> greet(view, hello);
      case Request.Join join -> welcome(view, join);
      case Request.JoinPage page -> {
        List<Reply.ChainLink> links = view.links(page.after(), page.afterSeq(), page.limit());
        yield Step.only(new Reply.JoinedPage(links, links.size() < page.limit()));
      }
      case Request.Forget forget -> forget(view, forget);
      case Request.ReadSettled read -> settled(view, read);
      case Request.Convene convene -> throw ofCircles();
      case Request.HandSeed hand -> throw ofCircles();
      case Request.Contribute contribute -> throw ofCircles();
    };
  }

  private static IllegalArgumentException ofCircles() {
    return new IllegalArgumentException("what a node knows of circles is not on its disk");
  }

  private Step prepare(NodeView view, Request.Prepare prepare, long nowMillis) {
    TxId txId = prepare.txId();
    if (view.forgotten(txId)) {
      return Step.only(new Reply.Obsolete());
    }
    TransactionRecord known = known(view, txId, nowMillis);
    if (known.outcome() != null) {
      List<Change> late = known.outcome() == Verdict.COMMIT ? lateShares(view, prepare) : List.of();
      return new Step(late, new Reply.Settled(known.outcome(), known.parts()));
    }
    if (known.staged()) {
      if (!known.parts().equals(prepare.parts())) {
        return Step.only(new Reply.Refused(Reply.Refused.Reason.CONTRADICTION));
      }
      // A lock that was learned when joining came without shares: it is no vote, and the prepare is
      // judged like a new one.
      if (holdsStagedShares(view, prepare)) {
        return Step.only(new Reply.Yes());
      }
    }
    if (prepare.epoch() < view.epoch()) {
      return Step.only(new Reply.EpochOver(view.epoch()));
    }
    Ballot floor = floor(view, known);
    if (known.accepted() != null || Ballot.ofCoordinator(prepare.epoch(), txId).below(floor)) {
      return Step.only(new Reply.Outranked(floor));
    }
    List<Reply.Standing> newer = new ArrayList<>();
    for (Part part : prepare.parts()) {
      if (headSeq(view, part.id()) > part.baseSeq()) {
        newer.add(standing(view, part.id(), false));
      }
    }
    if (!newer.isEmpty()) {
      return Step.only(new Reply.Stale(newer));
    }
    for (Part part : prepare.parts()) {
      Optional<TransactionRecord> holder = lockHolder(view, part.id(), txId);
      if (holder.isPresent()) {
        long ageMillis = Math.max(0, nowMillis - holder.get().openedMillis());
        return Step.only(new Reply.Locked(holder.get().id(), ageMillis));
      }
    }
    List<Change> changes = new ArrayList<>();
    raiseEpoch(view, prepare.epoch(), changes);
    changes.add(new Change.PutTransaction(known.stage(prepare.parts())));
    for (Request.Staging staging : prepare.stagings()) {
      Part part = staging.part();
      Share share = staging.share();
      boolean fits =
          part.entry().live()
              ? share != null
                  && share.x() == view.self().index()
                  && judge.vouches(part.id(), part.entry(), share)
              : share == null;
      if (!fits) {
        return Step.only(new Reply.Refused(Reply.Refused.Reason.CONTRADICTION));
      }
      if (share != null) {
        changes.add(new Change.StageShare(txId, part.id(), share));
      }
    }
    return new Step(changes, new Reply.Yes());
  }

  /// A prepare that arrives after its commit brings the share that this node lacks: keep it, never
  /// lock, never stage.
  private List<Change> lateShares(NodeView view, Request.Prepare prepare) {
    List<Change> changes = new ArrayList<>();
    for (Request.Staging staging : prepare.stagings()) {
      if (staging.share() != null) {
        Part part = staging.part();
        Request.Repair repair =
            new Request.Repair(part.id(), part.entry().seq(), prepare.txId(), staging.share());
        changes.addAll(repair(view, repair).changes());
      }
    }
    return changes;
  }

  private Step decide(NodeView view, Request.Decide decide, long nowMillis) {
    if (view.forgotten(decide.txId())) {
      return Step.only(new Reply.Obsolete());
    }
    TransactionRecord known = known(view, decide.txId(), nowMillis);
    if (known.outcome() != null) {
      return Step.only(new Reply.Settled(known.outcome(), known.parts()));
    }
    Acceptance proposal = new Acceptance(decide.ballot(), decide.verdict());
    if (proposal.equals(known.accepted())) {
      return Step.only(new Reply.Accepted(decide.ballot()));
    }
    Ballot floor = floor(view, known);
    boolean acceptedAsHigh =
        known.accepted() != null && !known.accepted().ballot().below(decide.ballot());
    if (decide.ballot().below(floor) || acceptedAsHigh) {
      return Step.only(new Reply.Outranked(floor));
    }
    List<Change> changes = new ArrayList<>();
    raiseEpoch(view, decide.ballot().epoch(), changes);
    changes.add(new Change.PutTransaction(known.accept(proposal, decide.parts())));
    return new Step(changes, new Reply.Accepted(decide.ballot()));
  }

  private Step takeover(NodeView view, Request.Takeover takeover, long nowMillis) {
    if (view.forgotten(takeover.txId())) {
      return Step.only(new Reply.Obsolete());
    }
    TransactionRecord known = known(view, takeover.txId(), nowMillis);
    if (known.outcome() != null) {
      return Step.only(new Reply.Settled(known.outcome(), known.parts()));
    }
    Ballot floor = floor(view, known);
    if (!floor.below(takeover.ballot())) {
      return Step.only(new Reply.Outranked(floor));
    }
    List<Change> changes = new ArrayList<>();
    raiseEpoch(view, takeover.ballot().epoch(), changes);
    changes.add(new Change.PutTransaction(known.promise(takeover.ballot())));
    return new Step(changes, new Reply.Promise(known.accepted(), known.parts()));
  }

  private Step settle(NodeView view, Request.Settle settle, long nowMillis) {
    TxId txId = settle.txId();
    if (view.forgotten(txId)) {
      return Step.only(new Reply.Obsolete());
    }
    TransactionRecord known = known(view, txId, nowMillis);
    if (known.outcome() != null) {
      if (known.outcome() != settle.verdict()) {
        throw new IllegalStateException(
            "transaction "
                + txId
                + ": told "
                + settle.verdict()
                + ", but it is final as "
                + known.outcome());
      }
      return Step.only(new Reply.Applied());
    }
    List<Change> changes = new ArrayList<>();
    switch (settle.verdict()) {
      case ABORT -> {
        changes.add(new Change.PutTransaction(known.settle(Verdict.ABORT, List.of())));
        changes.add(new Change.DestroyStagedShares(txId));
      }
      case COMMIT -> {
        List<Part> parts = settle.parts().isEmpty() ? known.parts() : settle.parts();
        if (parts.isEmpty()) {
          // A commit that does nothing does not exist: whoever says so must also say what it does.
          return Step.only(new Reply.Refused(Reply.Refused.Reason.CONTRADICTION));
        }
        changes.add(new Change.PutTransaction(known.settle(Verdict.COMMIT, parts)));
        for (Part part : parts) {
          commit(view, txId, part, changes);
        }
      }
    }
    return new Step(changes, new Reply.Applied());
  }

  private static void commit(NodeView view, TxId txId, Part part, List<Change> changes) {
    SecretId id = part.id();
    Entry entry = part.entry();
    Optional<Head> before = view.head(id);
    changes.add(new Change.PutEntry(id, entry));
    Entry head = entry;
    if (before.isPresent() && before.get().entry().seq() >= entry.seq()) {
      head = before.get().entry();
    } else {
      changes.add(new Change.SetHead(id, part.head()));
    }
    if (wanted(entry, head)) {
      changes.add(new Change.AdoptStagedShare(txId, id, entry.seq()));
    } else {
      changes.add(new Change.DestroyStagedShare(txId, id));
    }
    long firstWanted = firstWantedSeq(head);
    if (firstWanted > 1
        && (before.isEmpty() || firstWantedSeq(before.get().entry()) < firstWanted)) {
      changes.add(new Change.DestroySharesBelow(id, firstWanted));
    }
    // What a slower transaction staged at or under the head can only become final as an older
    // entry: its share stays
    // only if such an entry could still be read.
    for (TransactionRecord other : view.openTransactions(id)) {
      for (Part staged : other.parts()) {
        if (!other.id().equals(txId)
            && staged.id().equals(id)
            && staged.entry().seq() <= head.seq()
            && !wanted(staged.entry(), head)) {
          changes.add(new Change.DestroyStagedShare(other.id(), id));
        }
      }
    }
  }

  /// Whether a share of this entry may exist once `head` is final.
  public static boolean wanted(Entry entry, Entry head) {
    return entry.live()
        && head.live()
        && entry.incarnation() == head.incarnation()
        && entry.seq() >= firstWantedSeq(head);
  }

  /// The oldest position whose value can still be read: that of the incarnation's first version
  /// that is not retired.
  public static long firstWantedSeq(Entry head) {
    if (!head.live()) {
      return head.seq() + 1;
    }
    long kept = Math.min(head.version(), Limits.VERSIONS_PER_SECRET_MAX);
    return head.seq() - kept + 1;
  }

  private Step repair(NodeView view, Request.Repair repair) {
    Optional<Entry> entry = view.entry(repair.id(), repair.seq());
    Optional<Head> head = view.head(repair.id());
    if (entry.isEmpty()
        || head.isEmpty()
        || !entry.get().txId().equals(repair.txId())
        || !wanted(entry.get(), head.get().entry())
        || repair.share().x() != view.self().index()
        || !judge.vouches(repair.id(), entry.get(), repair.share())) {
      return Step.only(new Reply.NotWanted());
    }
    if (Scrub.holdsGoodShare(view, judge, repair.id(), entry.get())) {
      return Step.only(new Reply.Installed());
    }
    return new Step(
        List.of(new Change.InstallShare(repair.id(), repair.seq(), repair.share())),
        new Reply.Installed());
  }

  private static Reply.Standing standing(NodeView view, SecretId id, boolean withShare) {
    Optional<Head> head = view.head(id);
    long headSeq = headSeq(view, id);
    Share share = null;
    if (withShare && head.isPresent() && head.get().entry().live()) {
      share = view.share(id, headSeq).orElse(null);
    }
    List<Reply.Pending> pending = new ArrayList<>();
    for (TransactionRecord open : view.openTransactions(id)) {
      Acceptance accepted = open.accepted();
      if (accepted != null && accepted.verdict() == Verdict.COMMIT) {
        for (Part part : open.parts()) {
          if (part.id().equals(id) && part.entry().seq() > headSeq) {
            pending.add(new Reply.Pending(open.id(), accepted.ballot(), part));
          }
        }
      }
    }
    return new Reply.Standing(id, head.orElse(null), share, pending);
  }

  private static @Nullable Share shareOf(NodeView view, Request.ReadShare read) {
    Optional<Entry> entry = view.entry(read.id(), read.seq());
    if (entry.isEmpty() || !entry.get().txId().equals(read.txId())) {
      return null;
    }
    return view.share(read.id(), read.seq()).orElse(null);
  }

  private static Step list(NodeView view, Request.ListHeads list) {
    List<SecretId> ids = view.names(list.namespace(), list.prefix(), list.after(), list.limit());
    return Step.only(
        new Reply.Listing(
            ids.stream().map(id -> standing(view, id, false)).toList(), ids.size() < list.limit()));
  }

  private static Step greet(NodeView view, Request.Hello hello) {
    Optional<Reply.Remembered> before = view.remembered(hello.from());
    // Another storage than the remembered one is not taken note of here: the node has to join
    // first.
    boolean news =
        before.isEmpty()
            || (before.get().life() == hello.life() && before.get().start() < hello.start());
    List<Change> changes =
        news
            ? List.of(
                new Change.Remember(
                    hello.from(), new Reply.Remembered(hello.life(), hello.start())))
            : List.of();
    return new Step(changes, new Reply.Greeting(view.epoch(), view.active(), before.orElse(null)));
  }

  private static Step welcome(NodeView view, Request.Join join) {
    List<Change> changes = new ArrayList<>();
    raiseEpoch(view, join.epoch(), changes);
    changes.add(new Change.Remember(join.from(), new Reply.Remembered(join.life(), join.start())));
    return new Step(
        changes,
        new Reply.Welcome(
            Math.max(view.epoch(), join.epoch()), view.openTransactions(), view.acquaintances()));
  }

  private static Step settled(NodeView view, Request.ReadSettled read) {
    List<TransactionRecord> known = view.settledTransactions(read.after(), read.limit());
    int fitting = 0;
    int weight = 0;
    while (fitting < known.size()
        && (fitting == 0 || weight + known.get(fitting).weight() <= SETTLED_WEIGHT_MAX)) {
      weight += known.get(fitting).weight();
      fitting++;
    }
    return Step.only(
        new Reply.SettledPage(
            known.subList(0, fitting),
            view.marks(),
            fitting == known.size() && known.size() < read.limit()));
  }

  private static Step forget(NodeView view, Request.Forget forget) {
    boolean stillOpen =
        view.openTransactions().stream()
            .anyMatch(record ->
                record.id().coordinator().equals(forget.coordinator())
                    && record.id().start() == forget.start()
                    && record.id().counter() <= forget.counter());
    if (stillOpen) {
      return Step.only(new Reply.NotWanted());
    }
    if (view.forgotten(new TxId(forget.coordinator(), forget.start(), forget.counter()))) {
      return Step.only(new Reply.Noted());
    }
    Reply.Mark mark = new Reply.Mark(forget.coordinator(), forget.start(), forget.counter());
    return new Step(List.of(new Change.Forget(mark)), new Reply.Noted());
  }

  private static TransactionRecord known(NodeView view, TxId txId, long nowMillis) {
    return view.transaction(txId).orElseGet(() -> TransactionRecord.heardOf(txId, nowMillis));
  }

  private static Ballot floor(NodeView view, TransactionRecord known) {
    Ballot ofEpoch = Ballot.floor(view.epoch());
    Ballot promised = known.promised();
    return promised == null ? ofEpoch : Ballot.max(promised, ofEpoch);
  }

  private static boolean holdsStagedShares(NodeView view, Request.Prepare prepare) {
    return prepare.parts().stream()
        .filter(part -> part.entry().live())
        .allMatch(part -> view.holdsStagedShare(prepare.txId(), part.id()));
  }

  private static Optional<TransactionRecord> lockHolder(NodeView view, SecretId id, TxId butNot) {
    return view.openTransactions(id).stream()
        .filter(record -> record.locks() && !record.id().equals(butNot))
        .findFirst();
  }

  private static long headSeq(NodeView view, SecretId id) {
    return view.head(id).map(head -> head.entry().seq()).orElse(0L);
  }

  private static void raiseEpoch(NodeView view, long epoch, List<Change> changes) {
    if (epoch > view.epoch()) {
      changes.add(new Change.RaiseEpoch(epoch));
    }
  }
}
