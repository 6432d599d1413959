package io.quorumvault.storage;

import io.quorumvault.protocol.Participant;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Step;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.storage.ledger.LedgerException;
import io.quorumvault.storage.ledger.LedgerTransaction;
import io.quorumvault.storage.metrics.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The participant with a disk: steps requests, makes their changes durable, then answers.
///
/// Reads take a snapshot of their own. Everything else goes through one writer thread, which steps
/// all requests that wait in one database transaction: so the price of a sync is shared by whoever
/// is there. Safe for use by any number of threads.
public final class ParticipantHost implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ParticipantHost.class.getName());

  /// Requests waiting for the writer. More means that the disk does not keep up: better to refuse
  /// than to queue for longer than any caller waits.
  private static final int WAITING_MAX = 4096;

  /// Most requests of one database transaction, so that none waits long for the others' work.
  private static final int BATCH_MAX = 256;

  private static final Reply CONTRADICTION = new Reply.Refused(Reply.Refused.Reason.CONTRADICTION);

  private record Pending(Request request, CompletableFuture<Reply> reply) {
    void unanswered() {
      reply.complete(new Reply.Unreachable());
    }
  }

  /// After the last request that is still written.
  private static final Pending END =
      new Pending(new Request.ReadHeads(List.of(), false), new CompletableFuture<>());

  private final Ledger ledger;
  private final Participant participant;
  private final NodeClock clock;
  private final Consumer<Violation> violated;
  private final BlockingQueue<Pending> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final Thread writer;
  private volatile boolean serving;
  private volatile boolean closed;

  public ParticipantHost(Ledger ledger, Participant participant, NodeClock clock) {
    this(ledger, participant, clock, violation -> {});
  }

  /// @param violated told of what cannot be
  ParticipantHost(
      Ledger ledger, Participant participant, NodeClock clock, Consumer<Violation> violated) {
    this.violated = violated;
    this.ledger = ledger;
    this.participant = participant;
    this.clock = clock;
    this.writer = Thread.ofPlatform().name("ledger-writer").daemon().start(this::writeLoop);
  }

  /// From now on the node speaks for what it holds: it knows what it may have missed.
  void serve() {
    serving = true;
  }

  public boolean serving() {
    return serving;
  }

  /// Steps a request of another node. Until the node serves, it only greets and tells settled
  /// outcomes.
  public CompletableFuture<Reply> step(Request request) {
    boolean always = request instanceof Request.Hello || request instanceof Request.ReadSettled;
    if (!serving && !always) {
      return CompletableFuture.completedFuture(new Reply.Joining());
    }
    return stepOwn(request);
  }

  /// Steps a request of this node itself, which may be needed before it serves.
  CompletableFuture<Reply> stepOwn(Request request) {
    return switch (request) {
      case Request.ReadHeads read -> answer(read);
      case Request.ReadChain read -> answer(read);
      case Request.ReadShare read -> answer(read);
      case Request.ListHeads read -> answer(read);
      case Request.ReadSettled read -> answer(read);
      case Request.JoinPage read -> answer(read);
      case Request.Prepare write -> queue(write);
      case Request.Decide write -> queue(write);
      case Request.Takeover write -> queue(write);
      case Request.Settle write -> queue(write);
      case Request.Repair write -> queue(write);
      case Request.Hello write -> queue(write);
      case Request.Join write -> queue(write);
      case Request.Forget write -> queue(write);
      case Request.Convene ask -> throw ofCircles();
      case Request.HandSeed ask -> throw ofCircles();
      case Request.Contribute ask -> throw ofCircles();
    };
  }

  private static IllegalArgumentException ofCircles() {
    return new IllegalArgumentException("a node is no helper of its own");
  }

  private CompletableFuture<Reply> answer(Request read) {
    Reply reply;
    try {
      reply = ledger.read(view -> participant.step(view, read, clock.millis()).reply());
    } catch (RuntimeException failed) {
      // A share of a newer program, say: it must not take the other requests of a batch with it.
      logFailure(read, failed);
      reply = new Reply.Unreachable();
    }
    return CompletableFuture.completedFuture(reply);
  }

  private void logFailure(Request request, RuntimeException failed) {
    // The disk has its own alarm, and its damage its own count.
    if (!(failed instanceof LedgerException)) {
      violated.accept(Violation.STEP);
    }
    LOG.log(Level.SEVERE, failed, () -> "request failed: " + request.getClass().getSimpleName());
  }

  private CompletableFuture<Reply> queue(Request write) {
    Pending pending = new Pending(write, new CompletableFuture<>());
    if ((carriesShares(write) && !ledger.hasRoom()) || !waiting.offer(pending)) {
      return CompletableFuture.completedFuture(new Reply.Refused(Reply.Refused.Reason.NO_ROOM));
    }
    if (closed && waiting.remove(pending)) {
      pending.unanswered();
    }
    return pending.reply();
  }

  /// A vote for a delete needs no room, and makes some.
  private static boolean carriesShares(Request write) {
    return write instanceof Request.Repair
        || (write instanceof Request.Prepare prepare
            && prepare.stagings().stream().anyMatch(staging -> staging.share() != null));
  }

  private void writeLoop() {
    List<Pending> batch = new ArrayList<>();
    boolean last = false;
    while (!last) {
      try {
        batch.add(waiting.take());
      } catch (InterruptedException nobodys) {
        LOG.log(Level.WARNING, "The writer goes on: only closing ends it.", nobodys);
        continue;
      }
      waiting.drainTo(batch, BATCH_MAX - 1);
      last = batch.remove(END);
      if (!batch.isEmpty()) {
        write(batch);
      }
      batch.clear();
    }
    waiting.drainTo(batch);
    batch.forEach(Pending::unanswered);
  }

  private void write(List<Pending> batch) {
    List<Reply> replies;
    try {
      replies = ledger.write(transaction -> stepAll(transaction, batch));
    } catch (RuntimeException failed) {
      if (failed instanceof LedgerException.Full && batch.size() == 1) {
        batch.getFirst().reply().complete(new Reply.Refused(Reply.Refused.Reason.NO_ROOM));
      } else if (batch.size() > 1) {
        // One request's failure must not take the others with it.
        batch.forEach(pending -> write(List.of(pending)));
      } else {
        logFailure(batch.getFirst().request(), failed);
        batch.getFirst().reply().complete(new Reply.Unreachable());
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      if (CONTRADICTION.equals(replies.get(i))) {
        violated.accept(Violation.CONTRADICTION);
      }
      batch.get(i).reply().complete(replies.get(i));
    }
  }

  private List<Reply> stepAll(LedgerTransaction transaction, List<Pending> batch) {
    List<Reply> replies = new ArrayList<>();
    for (Pending pending : batch) {
      Step step = participant.step(transaction, pending.request(), clock.millis());
      transaction.apply(step.changes());
      replies.add(step.reply());
    }
    return replies;
  }

  /// Writes and answers what waits; what comes from now on is answered `Unreachable`. The writer is
  /// not interrupted: the database would take that for a failure of the commit under way.
  @Override
  public void close() {
    serving = false;
    try {
      if (!closed) {
        closed = true;
        waiting.put(END);
      }
      writer.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
