package io.quorumvault.storage;

import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.Conversation;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Turn;
import io.quorumvault.storage.peers.Behalf;
import io.quorumvault.storage.peers.Peers;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Drives conversations: sends what they ask for, feeds them what is heard, on the thread of
/// whoever wants the result.
public final class Conversations {
  private record Heard(Call call, Reply reply) {}

  private final NodeId self;
  private final ParticipantHost participant;
  private final Peers peers;
  private final NodeClock clock;
  private final Settlement settlement;

  Conversations(
      NodeId self,
      ParticipantHost participant,
      Peers peers,
      NodeClock clock,
      Settlement settlement) {
    this.self = self;
    this.participant = participant;
    this.peers = peers;
    this.clock = clock;
    this.settlement = settlement;
  }

  /// Runs a conversation to its result.
  ///
  /// @param errand of the caller on whose behalf it is held, null for the node's own business
  <R> R hold(Conversation<R> conversation, @Nullable Errand errand) {
    return hold(conversation, errand, () -> true, () -> {}, () -> false);
  }

  /// Runs a write to its result.
  ///
  /// @param moreFollows whether the next write of a name is about to begin: then the notices of
  ///   this one's outcome are kept back for a moment and ride with it, which saves every node a
  ///   request and a sync
  <R> R holdWrite(Conversation<R> write, Errand errand, BooleanSupplier moreFollows) {
    return hold(write, errand, () -> true, () -> {}, moreFollows);
  }

  /// Runs a conversation to its result, and goes on listening in the background until `enough` says
  /// so, or nothing more is heard for a call's time; then runs `after`.
  <R> R hold(
      Conversation<R> conversation,
      @Nullable Errand errand,
      BooleanSupplier enough,
      Runnable after) {
    return hold(conversation, errand, enough, after, () -> false);
  }

  private <R> R hold(
      Conversation<R> conversation,
      @Nullable Errand errand,
      BooleanSupplier enough,
      Runnable after,
      BooleanSupplier moreFollows) {
    BlockingQueue<Heard> inbox = new LinkedBlockingQueue<>();
    Turn<R> turn = conversation.begin(clock.millis());
    while (true) {
      boolean soonEnough = turn.outcome() != null && moreFollows.getAsBoolean();
      for (Call call : turn.calls()) {
        send(call, errand, inbox, soonEnough);
      }
      if (turn.outcome() != null) {
        if (enough.getAsBoolean()) {
          after.run();
        } else {
          Thread.ofVirtual()
              .name("after-read")
              .start(() -> listen(conversation, inbox, enough, after));
        }
        return turn.outcome();
      }
      Heard heard = next(inbox, turn.wakeAtMillis());
      turn =
          heard == null
              ? conversation.woken(clock.millis())
              : conversation.heard(clock.millis(), heard.call(), heard.reply());
    }
  }

  private <R> void listen(
      Conversation<R> conversation,
      BlockingQueue<Heard> inbox,
      BooleanSupplier enough,
      Runnable after) {
    long untilMillis = clock.millis() + peers.callMillis();
    while (!enough.getAsBoolean() && clock.millis() < untilMillis) {
      Heard heard = next(inbox, untilMillis);
      if (heard != null) {
        conversation.heard(clock.millis(), heard.call(), heard.reply());
      }
    }
    after.run();
  }

  private @Nullable Heard next(BlockingQueue<Heard> inbox, long wakeAtMillis) {
    try {
      long waitMillis = Math.max(0, Math.min(wakeAtMillis - clock.millis(), Turn.NEVER / 2));
      return inbox.poll(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for other nodes", closing);
    }
  }

  /// Sends a request outside any conversation; nobody waits for the reply.
  void tell(Call call, @Nullable Errand errand) {
    send(call, errand, null, false);
  }

  private void send(
      Call call,
      @Nullable Errand errand,
      @Nullable BlockingQueue<Heard> inbox,
      boolean soonEnough) {
    Consumer<Reply> receiver =
        reply -> {
          settlement.heard(call, reply);
          if (inbox != null) {
            inbox.add(new Heard(call, reply));
          }
        };
    if (call.to().equals(self)) {
      // The node asked itself: nobody to authorise but the caller, who was before the conversation
      // began.
      var _ = participant.stepOwn(call.request()).thenAccept(receiver);
    } else if (soonEnough && call.request() instanceof Request.Settle) {
      peers.sendSoon(call.to(), behalf(errand), call.request(), receiver);
    } else {
      peers.send(call.to(), behalf(errand), call.request(), receiver);
    }
  }

  private static Behalf behalf(@Nullable Errand errand) {
    return errand == null ? Behalf.NOBODY : new Behalf(errand.token(), errand.requestId());
  }
}
