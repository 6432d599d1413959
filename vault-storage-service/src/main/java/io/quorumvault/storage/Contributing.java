package io.quorumvault.storage;

import io.quorumvault.protocol.Circles;
import io.quorumvault.protocol.Conversation;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.ShareJudge;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.storage.ledger.Ledger;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Helps other nodes to get back the shares they lack. Where background repair is turned off, it
/// helps nobody. Safe for use by any number of threads.
final class Contributing implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Contributing.class.getName());

  private final Circles circles;
  private final boolean willing;
  private final Ledger ledger;
  private final ParticipantHost participant;
  private final Function<Conversation<Reply>, Reply> conversations;
  private final NodeClock clock;

  /// Handing the seeds over must not outlast the call that asks for it.
  private final long convenedWithinMillis;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService wiper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("circles").daemon().factory());

  /// @param conversations holds one to its result
  Contributing(
      NodeConfig config,
      Ledger ledger,
      ParticipantHost participant,
      Function<Conversation<Reply>, Reply> conversations,
      ShareJudge judge,
      NodeClock clock) {
    SecureRandom random = new SecureRandom();
    this.circles =
        new Circles(config.membership(), config.self(), judge, () -> MaskSeed.draw(random));
    this.willing = config.repairInBackground();
    this.ledger = ledger;
    this.participant = participant;
    this.conversations = conversations;
    this.clock = clock;
    this.convenedWithinMillis = config.timing().rpc().toMillis() / 2;
    long everyMillis = Circles.LIFE.toMillis();
    var _ =
        wiper.scheduleWithFixedDelay(
            () -> circles.forget(clock.millis()), everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  static boolean concerns(Request request) {
    return request instanceof Request.Convene
        || request instanceof Request.HandSeed
        || request instanceof Request.Contribute;
  }

  /// Steps a request of another node that concerns a circle.
  CompletableFuture<Reply> step(Request request) {
    if (!participant.serving()) {
      return CompletableFuture.completedFuture(new Reply.Joining());
    }
    return switch (request) {
      case Request.Convene convene when willing -> convene(convene);
      case Request.HandSeed hand when willing ->
          CompletableFuture.completedFuture(circles.take(hand, clock.millis()));
      case Request.Contribute ask when willing ->
          CompletableFuture.completedFuture(contribute(ask));
      default -> CompletableFuture.completedFuture(new Reply.NotWanted());
    };
  }

  private CompletableFuture<Reply> convene(Request.Convene convene) {
    long nowMillis = clock.millis();
    try {
      return circles
          .convene(convene, nowMillis, nowMillis + convenedWithinMillis)
          .map(convening ->
              CompletableFuture.supplyAsync(() -> conversations.apply(convening), threads)
                  .exceptionally(closing -> new Reply.Unreachable()))
          .orElseGet(() -> CompletableFuture.completedFuture(new Reply.NotWanted()));
    } catch (RejectedExecutionException closing) {
      return CompletableFuture.completedFuture(new Reply.Unreachable());
    }
  }

  private Reply contribute(Request.Contribute ask) {
    try {
      return ledger.read(view -> circles.contribute(view, ask, clock.millis()));
    } catch (RuntimeException failed) {
      // A share of a newer program, say: it must not take the other requests of a batch with it.
      LOG.log(Level.SEVERE, failed, () -> "contributing failed");
      return new Reply.Unreachable();
    }
  }

  @Override
  public void close() {
    wiper.shutdownNow();
    threads.shutdownNow();
    circles.close();
  }
}
