package io.quorumvault.storage.peers;

import io.quorumvault.Limits;
import io.quorumvault.audit.Anchor;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.sharing.Share;
import io.quorumvault.wire.AnchorAnswer;
import io.quorumvault.wire.AnchorCall;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import io.quorumvault.wire.Terms;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.logging.Logger;

/// One other node: what waits to be sent to it, and whether it answers.
///
/// Writes go through one lane, one batch at a time and in order, so that the notice of an outcome
/// reaches the node before the next prepare on the same name; whatever gathers while a batch is
/// under way travels in the next. Reads go through a few lanes side by side. Safe for use by any
/// number of threads.
final class Peer {
  private static final Logger LOG = Logger.getLogger(Peer.class.getName());

  /// Batches of reads under way at once. Reads cost the peer no sync, so a few in parallel keep
  /// both sides busy.
  private static final int READ_LANES = 8;

  /// Requests waiting for one node. A node so far behind is as good as down; senders treat it so.
  private static final int WAITING_MAX = 8192;

  /// How long a notice waits for a request to ride with. Others that ask for the name meanwhile
  /// have to find out for themselves what is decided already, so it is short.
  private static final long LINGER_MILLIS = 20;

  /// After the last failure a node counts as down for so long, unless it answers before.
  private static final long SUSPICION_NANOS = TimeUnit.SECONDS.toNanos(3);

  private record Waiting(
      Behalf behalf, Request request, long enqueuedNanos, Consumer<Reply> receiver) {}

  private final NodeId node;
  private final Terms terms;
  private final NodeId self;
  private final PeerApi api;
  private final long callNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiting> writes = new ArrayDeque<>();
  private final Deque<Waiting> reads = new ArrayDeque<>();
  private boolean writing;
  private boolean lingering;
  private int reading;
  private volatile long lastFailureNanos;
  private volatile boolean failing;
  private volatile boolean active;
  private volatile boolean disagrees;

  Peer(NodeId node, NodeId self, Terms terms, PeerApi api, long callNanos) {
    this.node = node;
    this.self = self;
    this.terms = terms;
    this.api = api;
    this.callNanos = callNanos;
  }

  /// Sends the request when its turn comes; `receiver` gets the reply, or `Unreachable`, exactly
  /// once.
  ///
  /// @param soonEnough whether it may wait for the next write
  void send(Behalf behalf, Request request, Consumer<Reply> receiver, boolean soonEnough) {
    Waiting waiting = new Waiting(behalf, request, System.nanoTime(), receiver);
    boolean ordered = PeerPath.of(request).ordered();
    lock.lock();
    try {
      Deque<Waiting> lane = ordered ? writes : reads;
      if (lane.size() < WAITING_MAX) {
        lane.add(waiting);
        if (ordered && soonEnough) {
          linger();
        } else if (ordered) {
          beginWriting();
        } else if (reading < READ_LANES) {
          reading++;
          Thread.ofVirtual().name("read-from-" + node).start(() -> drain(false));
        }
        return;
      }
    } finally {
      lock.unlock();
    }
    receiver.accept(new Reply.Unreachable());
  }

  private void linger() {
    if (!writing && !lingering) {
      lingering = true;
      CompletableFuture.delayedExecutor(LINGER_MILLIS, TimeUnit.MILLISECONDS)
          .execute(this::endLingering);
    }
  }

  private void endLingering() {
    lock.lock();
    try {
      lingering = false;
      if (!writes.isEmpty()) {
        beginWriting();
      }
    } finally {
      lock.unlock();
    }
  }

  private void beginWriting() {
    if (!writing) {
      writing = true;
      Thread.ofVirtual().name("write-to-" + node).start(() -> drain(true));
    }
  }

  private void drain(boolean ordered) {
    while (true) {
      List<Waiting> batch;
      lock.lock();
      try {
        batch = nextBatch(ordered ? writes : reads);
        if (batch.isEmpty()) {
          if (ordered) {
            writing = false;
          } else {
            reading--;
          }
          return;
        }
      } finally {
        lock.unlock();
      }
      exchange(batch);
    }
  }

  /// The longest run of requests that may travel together, oldest first. What waited too long is
  /// not sent: whoever asked has given up, and the protocol needs no request to arrive.
  private List<Waiting> nextBatch(Deque<Waiting> lane) {
    List<Waiting> batch = new ArrayList<>();
    PeerPath path = null;
    long bytes = 0;
    while (!lane.isEmpty() && batch.size() < PeerBatch.ITEMS_MAX) {
      Waiting next = lane.peek();
      boolean stale = System.nanoTime() - next.enqueuedNanos() > 2 * callNanos;
      if (stale && !(next.request() instanceof Request.Settle)) {
        lane.poll();
        next.receiver().accept(new Reply.Unreachable());
        continue;
      }
      boolean rides = PeerPath.of(next.request()) == PeerPath.SETTLE;
      if (path == null || path == PeerPath.SETTLE) {
        path = PeerPath.of(next.request());
      } else if (!rides && PeerPath.of(next.request()) != path) {
        break;
      }
      bytes += roughBytes(next.request());
      if (!batch.isEmpty() && bytes > Limits.INTERNAL_BYTES_MAX / 2) {
        break;
      }
      batch.add(lane.poll());
    }
    return batch;
  }

  private static long roughBytes(Request request) {
    long perMessage = 512;
    return switch (request) {
      case Request.Prepare prepare -> {
        long bytes = perMessage;
        for (Request.Staging staging : prepare.stagings()) {
          Share share = staging.share();
          bytes += roughBytes(List.of(staging.part())) + (share == null ? 0 : share.length());
        }
        yield bytes;
      }
      case Request.Repair repair -> perMessage + repair.share().length();
      case Request.Decide decide -> perMessage + roughBytes(decide.parts());
      case Request.Settle settle -> perMessage + roughBytes(settle.parts());
      default -> perMessage;
    };
  }

  private static long roughBytes(List<Part> parts) {
    long perPart = 1024;
    long perOperation = 192;
    return parts.stream()
        .mapToLong(part -> perPart + perOperation * part.operations().size())
        .sum();
  }

  private void exchange(List<Waiting> batch) {
    PeerPath path = PeerPath.SETTLE;
    for (Waiting waiting : batch) {
      PeerPath own = PeerPath.of(waiting.request());
      path = own == PeerPath.SETTLE ? path : own;
    }
    List<Reply> replies = List.of();
    try {
      PeerAnswers answers =
          path.on(api)
              .ask(
                  new PeerBatch(
                      terms,
                      self,
                      batch.stream()
                          .map(waiting ->
                              new PeerBatch.Item(waiting.behalf().token(), waiting.request()))
                          .toList()),
                  RequestIds.joined(
                      batch.stream().map(waiting -> waiting.behalf().requestId()).toList()));
      int answered = answers.replies().size();
      if (answered == batch.size() || (answered > 0 && path.answersAtLength())) {
        replies = answers.replies();
        answered(answers.active());
        askAgain(batch.subList(answered, batch.size()));
      } else {
        failed("answered with another number of replies");
      }
    } catch (WebApplicationException refused) {
      int status = refused.getResponse().getStatus();
      disagrees = status == 409;
      failed("refused a batch with status " + status);
    } catch (ProcessingException broken) {
      Throwable cause = broken.getCause() == null ? broken : broken.getCause();
      failed("cannot be reached: " + cause.getClass().getSimpleName());
    } catch (RuntimeException broken) {
      failed("cannot be understood: " + broken.getClass().getSimpleName());
    }
    for (int i = 0; i < (replies.isEmpty() ? batch.size() : replies.size()); i++) {
      batch.get(i).receiver().accept(replies.isEmpty() ? new Reply.Unreachable() : replies.get(i));
    }
  }

  /// Reads whose answers did not fit with those before them: they are the next.
  private void askAgain(List<Waiting> unanswered) {
    lock.lock();
    try {
      for (Waiting waiting : unanswered.reversed()) {
        reads.addFirst(waiting);
      }
    } finally {
      lock.unlock();
    }
  }

  private void answered(boolean isActive) {
    if (failing) {
      LOG.info(() -> node + " answers again");
    }
    failing = false;
    disagrees = false;
    active = isActive;
  }

  private void failed(String how) {
    if (!failing) {
      LOG.warning(() -> node + " " + how);
    }
    failing = true;
    active = false;
    lastFailureNanos = System.nanoTime();
  }

  /// What the node remembers of this one's audit log; empty if it did not answer. It is not taken
  /// for down because of that.
  Optional<AnchorAnswer> anchor(Anchor head) {
    try {
      return Optional.of(api.anchor(new AnchorCall(terms, head)));
    } catch (RuntimeException unanswered) {
      LOG.fine(() -> node + " did not take an anchor: " + unanswered.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  boolean suspect() {
    return failing && System.nanoTime() - lastFailureNanos < SUSPICION_NANOS;
  }

  boolean failing() {
    return failing;
  }

  boolean active() {
    return active;
  }

  /// Whether the node refuses this one because of different terms: an operator has to look.
  boolean disagrees() {
    return disagrees;
  }
}
