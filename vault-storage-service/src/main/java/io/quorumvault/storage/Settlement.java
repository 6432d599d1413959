package io.quorumvault.storage;

import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.Finish;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Sweeper;
import io.quorumvault.protocol.TxId;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.metrics.Violation;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Does what the sweeper finds due, once a second, on a thread of its own. `opened` and `heard` may
/// be called from any thread, and never wait.
final class Settlement implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Settlement.class.getName());

  /// How often to look, with up to as much again at random, so that nodes do not look at the same
  /// moment.
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /// How long one attempt to finish a transaction may take.
  private static final Duration FINISH_TIME = Duration.ofSeconds(5);

  private final Home home;
  private final Ledger ledger;
  private final NodeClock clock;

  /// What the sweeper has not been told yet, in order. A few small entries per write, taken out
  /// every second.
  private final Queue<Consumer<Sweeper>> news = new ConcurrentLinkedQueue<>();

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("settlement").daemon().factory());
  private final Consumer<Violation> violated;
  private @Nullable Sweeper sweeper;
  private volatile int open;
  private volatile int inDoubt;
  private volatile boolean closed;

  /// @param violated told of what cannot be
  Settlement(Home home, Ledger ledger, NodeClock clock, Consumer<Violation> violated) {
    this.home = home;
    this.ledger = ledger;
    this.clock = clock;
    this.violated = violated;
  }

  /// Transactions that were not settled here when it last looked.
  int open() {
    return open;
  }

  /// Of these, how many were left by whoever began them.
  int inDoubt() {
    return inDoubt;
  }

  /// A transaction of this node begins. Called in the order of its counters.
  void opened(TxId txId) {
    news.add(known -> known.opened(txId));
  }

  /// A node answered.
  void heard(Call call, Reply reply) {
    if (Sweeper.listensTo(call)) {
      news.add(known -> known.heard(call, reply));
    }
  }

  /// Begins to look after transactions, those of this node's earlier lives included.
  void start(Conversations conversations) {
    executor.execute(() -> round(conversations));
  }

  private void round(Conversations conversations) {
    try {
      sweep(conversations);
    } catch (RuntimeException failed) {
      if (!closed) {
        violated.accept(Violation.BACKGROUND);
        LOG.log(Level.WARNING, "settling failed, will try again", failed);
      }
    }
    if (!closed) {
      var _ =
          executor.schedule(
              () -> round(conversations),
              PERIOD.toMillis() + home.jitterMillis(PERIOD.toMillis()),
              TimeUnit.MILLISECONDS);
    }
  }

  private void sweep(Conversations conversations) {
    Sweeper known = sweeper;
    if (known == null) {
      known = ledger.read(view -> new Sweeper(home, view));
      sweeper = known;
    }
    for (Consumer<Sweeper> next = news.poll(); next != null; next = news.poll()) {
      next.accept(known);
    }
    Sweeper looking = known;
    Sweeper.Work work = ledger.read(view -> looking.due(view, ledger.start(), clock.millis()));
    open = work.open();
    inDoubt = work.inDoubt();
    for (TxId txId : work.unfinished()) {
      Thread.ofVirtual().name("finish-" + txId).start(() -> finish(conversations, txId));
    }
    work.notices().forEach(call -> conversations.tell(call, null));
  }

  private void finish(Conversations conversations, TxId txId) {
    try {
      Finish.Result result =
          conversations.hold(new Finish(home, txId, clock.millis() + FINISH_TIME.toMillis()), null);
      LOG.info(() -> "transaction " + txId + " of another's hand: " + outcome(result));
    } catch (RuntimeException failed) {
      if (!closed) {
        violated.accept(Violation.BACKGROUND);
        LOG.log(Level.WARNING, failed, () -> "could not finish " + txId + ", will try again");
      }
    } finally {
      news.add(known -> known.finished(txId));
    }
  }

  private static String outcome(Finish.Result result) {
    return switch (result) {
      case Finish.Result.Fixed fixed -> "settled as " + fixed.verdict();
      case Finish.Result.Forgotten forgotten -> "settled everywhere before";
      case Finish.Result.GaveUp gaveUp -> "too few nodes answered, will try again";
    };
  }

  @Override
  public void close() {
    closed = true;
    executor.shutdownNow();
  }
}
