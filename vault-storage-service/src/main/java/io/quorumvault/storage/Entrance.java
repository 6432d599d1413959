package io.quorumvault.storage;

import io.quorumvault.protocol.CatchUp;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Introduction;
import io.quorumvault.protocol.Rejoin;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.ledger.NodeMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How a node comes into the cell when its process starts: it finds out whether its memory is the
/// one it had, gets it from the others if not, learns what it missed, and only then serves. Tries
/// again by itself until that worked.
final class Entrance implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Entrance.class.getName());

  /// How long to wait for the others to answer who this node is. A restarted node goes on without
  /// those that do not: its memory is its own, and one that lies is found out by the first that
  /// answers.
  private static final Duration GREETING_TIME = Duration.ofMillis(1500);

  /// How long to wait for a page of missed outcomes from each of the others. Reads ask a quorum
  /// anyway; what was missed is told again by its coordinator.
  private static final Duration CATCH_UP_TIME = Duration.ofSeconds(3);

  /// How long copying the chains of the whole cell may take before it begins anew.
  private static final Duration REJOIN_TIME = Duration.ofMinutes(10);

  /// Between two tries.
  private static final Duration RETRY = Duration.ofMillis(300);

  private final Home home;
  private final Ledger ledger;
  private final ParticipantHost participant;
  private final Conversations conversations;
  private final NodeClock clock;
  private final Runnable audit;
  private final Runnable rehearsal;
  private final Runnable served;
  private boolean introduced;
  private volatile boolean rolledBack;
  private volatile boolean memoryLost;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("entrance").daemon().factory());

  /// @param audit run once, before the node begins to serve: lets the audit log be written
  /// @param rehearsal run once, before the node begins to serve
  /// @param served run once, when the node begins to serve
  Entrance(
      Home home,
      Ledger ledger,
      ParticipantHost participant,
      Conversations conversations,
      NodeClock clock,
      Runnable audit,
      Runnable rehearsal,
      Runnable served) {
    this.home = home;
    this.ledger = ledger;
    this.participant = participant;
    this.conversations = conversations;
    this.clock = clock;
    this.audit = audit;
    this.rehearsal = rehearsal;
    this.served = served;
  }

  void start() {
    executor.execute(this::attempt);
  }

  /// Whether the storage was found older than what others remember, since the process started.
  boolean rolledBack() {
    return rolledBack;
  }

  /// Whether it was found new though others remember the node, since the process started.
  boolean memoryLost() {
    return memoryLost;
  }

  private void attempt() {
    boolean entered = false;
    try {
      entered = enter();
    } catch (RuntimeException failed) {
      LOG.log(Level.WARNING, "entering the cell failed, will try again", failed);
    }
    if (entered) {
      audit.run();
      rehearsal.run();
      participant.serve();
      LOG.info("serving");
      served.run();
    } else if (!executor.isShutdown()) {
      var _ = executor.schedule(this::attempt, RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private boolean enter() {
    if (introduced) {
      // Those who answered remember the start number now: asked with it again, they would know it
      // as used.
      ledger.raiseStart(ledger.start() + 1);
    }
    introduced = true;
    if (ledger.mode() == NodeMode.JOINING) {
      return rejoin() && catchUp();
    }
    boolean wasActive = ledger.mode() == NodeMode.ACTIVE;
    Introduction.Result known =
        conversations.hold(
            new Introduction(
                home,
                ledger.life(),
                ledger.start(),
                wasActive,
                clock.millis() + GREETING_TIME.toMillis()),
            null);
    return switch (known.standing()) {
      case UNCLEAR -> false;
      case NEW -> {
        ledger.activate();
        LOG.info("first start: a new member of the cell");
        yield true;
      }
      case KNOWN -> catchUp();
      case LOST -> {
        if (wasActive) {
          rolledBack = true;
        } else {
          memoryLost = true;
        }
        LOG.warning(
            "the others remember more of this node than its own storage does: joining anew");
        ledger.becomeJoining();
        ledger.raiseStart(known.startAtLeast());
        yield rejoin() && catchUp();
      }
    };
  }

  private boolean rejoin() {
    Rejoin.Result result =
        conversations.hold(
            new Rejoin(
                home, ledger.life(), ledger.start(), clock.millis() + REJOIN_TIME.toMillis()),
            null);
    return switch (result) {
      case Rejoin.Result.TryLater later -> false;
      case Rejoin.Result.Outdated outdated -> {
        rolledBack = true;
        LOG.warning("the others remember a later start of this node: its storage is an older copy");
        ledger.raiseStart(outdated.startAtLeast());
        yield false;
      }
      case Rejoin.Result.Learned learned -> {
        ledger.write(transaction -> {
          transaction.apply(learned.changes());
          return true;
        });
        LOG.info("joined; shares come by repair");
        yield true;
      }
    };
  }

  private boolean catchUp() {
    CatchUp part = new CatchUp(home, pageDeadlineMillis());
    CatchUp.Result missed = learned(part);
    int outcomes = missed.settles().size();
    while (missed.more()) {
      part = part.next(pageDeadlineMillis());
      missed = learned(part);
      outcomes += missed.settles().size();
    }
    LOG.log(
        Level.INFO,
        "caught up with {0} outcomes of {1} nodes",
        new Object[] {outcomes, missed.sources()});
    return true;
  }

  private long pageDeadlineMillis() {
    return clock.millis() + CATCH_UP_TIME.toMillis();
  }

  private CatchUp.Result learned(CatchUp part) {
    CatchUp.Result missed = conversations.hold(part, null);
    // All at once, so that they share syncs; the participant takes them in this order.
    List<CompletableFuture<Reply>> applied = new ArrayList<>();
    for (Request.Settle settle : missed.settles()) {
      applied.add(participant.stepOwn(settle));
    }
    applied.forEach(CompletableFuture::join);
    return missed;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
