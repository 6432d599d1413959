package io.quorumvault.api.nodes;

import io.helidon.common.context.Contexts;
import io.quorumvault.protocol.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Asks a second node when the first keeps its caller waiting, and takes the answer that comes
/// first: so a node that has just gone costs nobody the time it takes to be sure of that.
///
/// Hedged requests (Dean and Barroso, The Tail at Scale, Communications of the ACM 56(2), 2013).
/// Only for what may be done twice. Safe for use by several threads.
public final class Hedging implements AutoCloseable {
  /// Second requests at once. When more wait, it is not one node that is slow but all of them, and
  /// asking twice would make it worse.
  private static final int HEDGES_MAX = 16;

  private final ExecutorService threads =
      Contexts.wrap(Executors.newVirtualThreadPerTaskExecutor());
  private final Semaphore hedges;

  public Hedging() {
    this(HEDGES_MAX);
  }

  Hedging(int hedgesMax) {
    this.hedges = new Semaphore(hedgesMax);
  }

  /// Asks the first of the nodes, and the second, too, if there is one and the first has not come
  /// to an end within `quiet`.
  ///
  /// @param ask returns within a bounded time, whatever the node does
  /// @param settles whether nothing better can come from the other node
  /// @param unwanted gets an answer that comes after another was taken
  /// @return the attempt that settles it; if none does, all that were made, in the order of the
  ///   nodes
  public <A> List<Attempt<A>> ask(
      List<NodeId> nodes,
      Duration quiet,
      Function<NodeId, Attempt<A>> ask,
      Predicate<Attempt<A>> settles,
      Consumer<A> unwanted) {
    CompletableFuture<Attempt<A>> first = start(nodes.getFirst(), ask);
    if (isOver(first, quiet) || nodes.size() < 2 || !hedges.tryAcquire()) {
      return List.of(ended(first));
    }
    CompletableFuture<Attempt<A>> second = start(nodes.get(1), ask);
    CompletableFuture<List<Attempt<A>>> taken = new CompletableFuture<>();
    CompletableFuture<Void> both =
        CompletableFuture.allOf(
            first.thenAccept(attempt -> offer(attempt, settles, taken, unwanted)),
            second.thenAccept(attempt -> offer(attempt, settles, taken, unwanted)));
    var _ =
        both.whenComplete((_, bug) -> {
          hedges.release();
          if (bug != null) {
            taken.completeExceptionally(bug);
          } else if (!taken.isDone()) {
            taken.complete(List.of(first.join(), second.join()));
          }
        });
    return ended(taken);
  }

  private <A> CompletableFuture<Attempt<A>> start(NodeId node, Function<NodeId, Attempt<A>> ask) {
    return CompletableFuture.supplyAsync(() -> ask.apply(node), threads);
  }

  private static <A> void offer(
      Attempt<A> attempt,
      Predicate<Attempt<A>> settles,
      CompletableFuture<List<Attempt<A>>> taken,
      Consumer<A> unwanted) {
    if (settles.test(attempt)
        && !taken.complete(List.of(attempt))
        && attempt instanceof Attempt.Answered<A>(A answer)) {
      unwanted.accept(answer);
    }
  }

  private static boolean isOver(CompletableFuture<?> attempt, Duration within) {
    try {
      Object _ = attempt.get(within.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException bug) {
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static <T> T ended(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException bug) {
      throw new IllegalStateException("asking a node failed", bug.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
