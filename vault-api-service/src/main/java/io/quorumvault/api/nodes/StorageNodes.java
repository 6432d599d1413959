package io.quorumvault.api.nodes;

import io.helidon.common.context.Contexts;
import io.helidon.faulttolerance.CircuitBreaker;
import io.helidon.faulttolerance.CircuitBreakerOpenException;
import io.quorumvault.VaultFailure;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.wire.StandingAnswer;
import jakarta.ws.rs.ProcessingException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All nodes of the cell: asks one within a bounded time, and remembers which failed.
///
/// A node that failed once is *doubtful*, its circuit breaker open: it is asked after all others,
/// so that requests do not each pay for it, and a watch asks it on the side how it is, until it
/// says that it is active and reaches enough of the others. No caller's request is spent on trying
/// whether it is back. With every node doubtful all are tried as before, so a wrong doubt costs
/// nothing but order.
///
/// Safe for use by several threads.
public final class StorageNodes implements AutoCloseable {
  /// How often doubtful nodes are asked how they are: a node that is back serves again within this,
  /// and a cell full of dead nodes costs two refused connections a second each.
  private static final Duration WATCH_PERIOD = Duration.ofMillis(500);

  /// When a doubtful node may be asked again: before the next watch, so that each watch asks.
  private static final Duration TRIAL_AFTER = WATCH_PERIOD.dividedBy(2);

  private static final Logger LOG = System.getLogger(StorageNodes.class.getName());

  private final SortedMap<NodeId, StorageNode> clients;
  private final Duration standingTimeout;
  private final SortedMap<NodeId, CircuitBreaker> breakers;
  private final ExecutorService calls = Contexts.wrap(Executors.newVirtualThreadPerTaskExecutor());
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-watch").factory());

  /// @param clients owned by this from now on
  /// @param standingTimeout how long one node may take to say how it is
  public StorageNodes(SortedMap<NodeId, StorageNode> clients, Duration standingTimeout) {
    this.clients = new TreeMap<>(clients);
    this.breakers = new TreeMap<>();
    clients.keySet().forEach(node -> breakers.put(node, breaker(node)));
    this.standingTimeout = standingTimeout;
    ScheduledFuture<?> _ =
        watch.scheduleWithFixedDelay(
            this::askDoubtful,
            WATCH_PERIOD.toMillis(),
            WATCH_PERIOD.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /// One failure opens it: what a node cannot do for one request it cannot do for the next. Half
  /// open it is when the node may be asked how it is.
  private static CircuitBreaker breaker(NodeId node) {
    return CircuitBreaker.builder()
        .name(node.toString())
        .volume(1)
        .errorRatio(100)
        .delay(TRIAL_AFTER)
        .successThreshold(1)
        .build();
  }

  /// The nodes in this order, doubtful ones last.
  public List<NodeId> preferSound(List<NodeId> order) {
    return order.stream().sorted(Comparator.comparing(this::doubtful)).toList();
  }

  private boolean doubtful(NodeId node) {
    return breakerOf(node).state() != CircuitBreaker.State.CLOSED;
  }

  /// How long to wait for one node.
  ///
  /// @param budget until it must have answered
  /// @param quiet after which it is asked whether it lives, and again each time
  /// @param standing how long it may take to say so; one that does not is left for another, while
  ///   one that is merely busy is waited for
  public record Patience(Duration budget, Duration quiet, Duration standing) {}

  /// Asks one node, and returns when the patience with it ends.
  public <A> Attempt<A> attempt(NodeId node, Patience patience, Function<StorageNode, A> call) {
    Attempt<A> attempt =
        attemptUnrecorded(
            node,
            patience.budget(),
            patience.quiet(),
            call,
            () -> says(node, patience.standing(), StandingAnswer::active));
    switch (attempt) {
      case Attempt.Answered<A> _ -> trust(node);
      case Attempt.Refused<A> _ -> {}
      case Attempt.NotSent<A> _, Attempt.Unanswered<A> _ -> doubt(node);
    }
    return attempt;
  }

  /// Asks one node without making anything of how it comes out.
  public <A> Attempt<A> attemptInPassing(
      NodeId node, Duration budget, Function<StorageNode, A> call) {
    return attemptUnrecorded(node, budget, budget, call, () -> true);
  }

  /// Asks every node the same, all at once, and returns when the patience with each has ended.
  public <A> List<Attempt<A>> attemptAll(Patience patience, Function<StorageNode, A> call) {
    List<Future<Attempt<A>>> asked = new ArrayList<>();
    clients.keySet().forEach(node -> asked.add(calls.submit(() -> attempt(node, patience, call))));
    List<Attempt<A>> attempts = new ArrayList<>();
    for (Future<Attempt<A>> one : asked) {
      try {
        attempts.add(one.get());
      } catch (ExecutionException bug) {
        throw new IllegalStateException("asking every node failed", bug);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        attempts.add(new Attempt.Unanswered<>());
      }
    }
    return attempts;
  }

  /// Asks this node after the others until it says that it is active.
  public void doubt(NodeId node) {
    boolean before = doubtful(node);
    try {
      breakerOf(node)
          .invoke(() -> {
            throw new NotActive();
          });
    } catch (NotActive | CircuitBreakerOpenException _) {
      // The breaker is open, as it should be.
    }
    if (!before) {
      LOG.log(
          Level.WARNING, "{0} is doubtful: asked last until it answers that it is active", node);
    }
  }

  /// How many are doubtful.
  public int doubtful() {
    return (int) clients.keySet().stream().filter(this::doubtful).count();
  }

  private void trust(NodeId node) {
    if (doubtful(node)) {
      breakerOf(node).state(CircuitBreaker.State.CLOSED);
    }
  }

  /// For breakers, which count exceptions; carries nothing.
  private static final class NotActive extends RuntimeException {
    private static final long serialVersionUID = 1;

    private NotActive() {
      super("not active", null, false, false);
    }
  }

  private CircuitBreaker breakerOf(NodeId node) {
    return of(breakers, node);
  }

  private <T> T of(SortedMap<NodeId, T> all, NodeId node) {
    T one = all.get(node);
    if (one == null) {
      throw new IllegalArgumentException(node + " (expected: one of " + clients.keySet() + ")");
    }
    return one;
  }

  /// Asks every node how it is, all at once, and returns within the time set for one; a node that
  /// does not answer by then stands empty.
  public Map<NodeId, Optional<StandingAnswer>> standings() {
    Map<NodeId, Future<Attempt<StandingAnswer>>> asked = new TreeMap<>();
    clients
        .keySet()
        .forEach(node -> asked.put(node, calls.submit(() -> standing(node, standingTimeout))));
    Map<NodeId, Optional<StandingAnswer>> standings = new TreeMap<>();
    asked.forEach((node, answer) -> standings.put(node, standingOf(answer)));
    return standings;
  }

  @Override
  public void close() {
    watch.shutdownNow();
    calls.shutdownNow();
    for (StorageNode client : clients.values()) {
      try {
        client.close();
      } catch (IOException unclosed) {
        LOG.log(Level.DEBUG, "a client did not close", unclosed);
      }
    }
  }

  /// Whether it can be a coordinator: one that hears nobody is alive, and lets each request wait in
  /// vain.
  private boolean canCoordinate(NodeId node) {
    return says(node, standingTimeout, standing -> standing.active() && standing.reads());
  }

  private boolean says(NodeId node, Duration within, Predicate<StandingAnswer> what) {
    return standing(node, within)
            instanceof Attempt.Answered<StandingAnswer>(StandingAnswer standing)
        && what.test(standing);
  }

  private Attempt<StandingAnswer> standing(NodeId node, Duration within) {
    return attemptUnrecorded(node, within, within, StorageNode::standing, () -> true);
  }

  /// @param worthWaiting asked after each `quiet` time, until the budget is spent
  private <A> Attempt<A> attemptUnrecorded(
      NodeId node,
      Duration budget,
      Duration quiet,
      Function<StorageNode, A> call,
      BooleanSupplier worthWaiting) {
    StorageNode client = of(clients, node);
    Sending sending = new Sending();
    // A thread of its own: writing to a socket has no time limit, interrupting its thread closes
    // it.
    Future<A> answer =
        calls.submit(
            () -> ScopedValue.where(Sending.CURRENT, sending).call(() -> call.apply(client)));
    try {
      return new Attempt.Answered<>(await(answer, budget, quiet, worthWaiting));
    } catch (ExecutionException failed) {
      return failure(node, sending, failed.getCause());
    } catch (TimeoutException tooLate) {
      boolean neverSent = sending.abandon();
      answer.cancel(true);
      LOG.log(Level.INFO, "{0} gave no answer in time", node);
      return neverSent ? new Attempt.NotSent<>() : new Attempt.Unanswered<>();
    } catch (InterruptedException stopped) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new Attempt.Unanswered<>();
    }
  }

  private static <A> A await(
      Future<A> answer, Duration budget, Duration quiet, BooleanSupplier worthWaiting)
      throws ExecutionException, TimeoutException, InterruptedException {
    long endNanos = System.nanoTime() + budget.toNanos();
    while (endNanos - System.nanoTime() > quiet.toNanos()) {
      try {
        return answer.get(quiet.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException unanswered) {
        if (!worthWaiting.getAsBoolean() && !answer.isDone()) {
          throw unanswered;
        }
      }
    }
    return answer.get(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private static <A> Attempt<A> failure(NodeId node, Sending sending, @Nullable Throwable failure) {
    return switch (failure) {
      case null -> throw new IllegalStateException("a call failed without a cause");
      case VaultFailure refusal -> new Attempt.Refused<>(refusal);
      case ProcessingException broken -> {
        LOG.log(Level.INFO, "{0} could not be asked: {1}", node, rootOf(broken).getClass());
        yield sending.committed() ? new Attempt.Unanswered<>() : new Attempt.NotSent<>();
      }
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      default -> throw new IllegalStateException("a node's client threw " + failure.getClass());
    };
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static Optional<StandingAnswer> standingOf(Future<Attempt<StandingAnswer>> answer) {
    try {
      return answer.get() instanceof Attempt.Answered<StandingAnswer>(StandingAnswer standing)
          ? Optional.of(standing)
          : Optional.empty();
    } catch (ExecutionException bug) {
      throw new IllegalStateException("asking a node how it is failed", bug);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void askDoubtful() {
    breakers.forEach((node, breaker) -> {
      if (breaker.state() == CircuitBreaker.State.HALF_OPEN) {
        calls.execute(() -> askHowItIs(node, breaker));
      }
    });
  }

  /// Closes a half-open breaker if its node says that it can coordinate, and opens it again
  /// otherwise.
  private void askHowItIs(NodeId node, CircuitBreaker breaker) {
    try {
      breaker.invoke(() -> {
        if (!canCoordinate(node)) {
          throw new NotActive();
        }
        return node;
      });
      LOG.log(Level.INFO, "{0} is active again", node);
    } catch (NotActive | CircuitBreakerOpenException _) {
      // It is asked again after the breaker's delay, or is being asked.
    }
  }
}
