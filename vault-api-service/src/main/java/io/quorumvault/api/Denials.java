package io.quorumvault.api;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.quorumvault.FailureCode;
import io.quorumvault.api.nodes.Attempt;
import io.quorumvault.api.nodes.StorageNode;
import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.policy.Capability;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.DenialAnswer;
import io.quorumvault.wire.DenialCall;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Tells a node of what was denied here, since nodes keep the audit log. The caller's answer does
/// not wait for it, and a denial has no effect that would have to: what cannot be told is counted
/// and its number logged.
///
/// Bounded in memory and in rate: whoever asks in vain as fast as they can must not fill the log,
/// which drops its oldest records when it is full. Safe for use by any number of threads.
public final class Denials implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Denials.class.getName());

  /// Requests whose denials wait to be told.
  private static final int WAITING_MAX = 256;

  /// Denials that may come at once: a file with many names that its sender may not use, a few times
  /// over.
  static final int BURST = 4000;

  /// Denials a second, in the long run. At this rate the log of one node holds more than a day.
  static final int PER_SECOND = 10;

  /// How long one node may take to record them. Two seconds are what it waits for its disk.
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(3);

  /// Nodes that are tried.
  private static final int TRIES = 2;

  private record Told(Errand errand, DenialCall call) {}

  private final StorageNodes nodes;
  private final CoordinatorChoice choice;
  private final Bucket allowance;
  private final BlockingQueue<Told> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final LongAdder untold = new LongAdder();
  private final Thread teller;

  public Denials(StorageNodes nodes, List<NodeId> everyNode) {
    this.nodes = nodes;
    this.choice = new CoordinatorChoice(everyNode);
    this.allowance = allowance(TimeMeter.SYSTEM_NANOTIME);
    this.teller = Thread.ofPlatform().daemon().name("denials").start(this::tellLoop);
  }

  static Bucket allowance(TimeMeter clock) {
    return CallerRates.bucket(BURST, PER_SECOND, clock);
  }

  /// @param name null for what concerns the namespace as a whole
  public static DenialCall.Item item(Capability capability, @Nullable SecretName name) {
    return new DenialCall.Item(capability.text(), name);
  }

  /// Has a denial recorded, soon.
  ///
  /// @param code what the caller is told
  public void tell(
      Errand errand, Namespace namespace, List<DenialCall.Item> items, FailureCode code) {
    DenialCall call = new DenialCall(namespace, items, code);
    if (!allowance.tryConsume(items.size()) || !waiting.offer(new Told(errand, call))) {
      untold.add(items.size());
    }
  }

  private void tellLoop() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Told next = waiting.take();
        if (!told(next)) {
          untold.add(next.call().items().size());
        }
        long missed = untold.sumThenReset();
        if (missed > 0) {
          LOG.log(Level.WARNING, "{0} denials could not be recorded", missed);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException failed) {
        LOG.log(Level.WARNING, "a denial could not be recorded", failed);
      }
    }
  }

  private boolean told(Told one) {
    List<NodeId> order = nodes.preferSound(choice.order(one.call().namespace(), ""));
    for (NodeId node : order.subList(0, Math.min(TRIES, order.size()))) {
      Attempt<DenialAnswer> attempt =
          nodes.attemptInPassing(
              node,
              TOLD_WITHIN,
              (StorageNode client) ->
                  client.denial(
                      one.errand().authorization(), one.errand().requestId(), one.call()));
      if (attempt instanceof Attempt.Answered<DenialAnswer>) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    teller.interrupt();
  }
}
