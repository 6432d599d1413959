package io.quorumvault.api.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.protocol.NodeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HedgingTest {
  private static final NodeId FIRST = new NodeId(1);
  private static final NodeId SECOND = new NodeId(2);
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofMinutes(5);

  private final Hedging hedging = new Hedging(1);
  private final Map<NodeId, CompletableFuture<Attempt<String>>> attempts =
      new ConcurrentHashMap<>(
          Map.of(FIRST, new CompletableFuture<>(), SECOND, new CompletableFuture<>()));
  private final BlockingQueue<NodeId> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> unwanted = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    attempts.values().forEach(attempt -> attempt.complete(new Attempt.NotSent<>()));
    hedging.close();
  }

  private CompletableFuture<List<Attempt<String>>> ask(List<NodeId> nodes, Duration quiet) {
    return CompletableFuture.supplyAsync(() ->
        hedging.ask(
            nodes,
            quiet,
            node -> {
              asked.add(node);
              return attempt(node).join();
            },
            attempt -> attempt instanceof Attempt.Answered<String>,
            unwanted::add));
  }

  private CompletableFuture<Attempt<String>> attempt(NodeId node) {
    return Objects.requireNonNull(attempts.get(node));
  }

  private static Attempt<String> answered(String answer) {
    return new Attempt.Answered<>(answer);
  }

  /// In whatever order: each is asked by a thread of its own.
  private void awaitAsked(NodeId... nodes) throws InterruptedException {
    Set<NodeId> heard = new HashSet<>();
    for (int i = 0; i < nodes.length; i++) {
      heard.add(Objects.requireNonNull(asked.poll(1, TimeUnit.MINUTES), "nobody else is asked"));
    }
    assertEquals(Set.of(nodes), heard);
  }

  private static <T> T within(CompletableFuture<T> future) {
    return future.orTimeout(1, TimeUnit.MINUTES).join();
  }

  @Test
  void a_node_that_answers_soon_is_the_only_one_asked() {
    attempt(FIRST).complete(answered("one"));
    assertEquals(List.of(answered("one")), within(ask(List.of(FIRST, SECOND), LONG)));
    assertEquals(List.of(FIRST), List.copyOf(asked));
  }

  @Test
  void a_node_that_fails_soon_is_left_to_the_caller() {
    attempt(FIRST).complete(new Attempt.NotSent<>());
    assertEquals(List.of(new Attempt.NotSent<>()), within(ask(List.of(FIRST, SECOND), LONG)));
    assertEquals(List.of(FIRST), List.copyOf(asked));
  }

  @Test
  void while_one_node_is_silent_the_answer_of_another_is_taken() throws Exception {
    attempt(SECOND).complete(answered("two"));
    assertEquals(List.of(answered("two")), within(ask(List.of(FIRST, SECOND), AT_ONCE)));

    attempt(FIRST).complete(answered("late"));
    assertEquals("late", unwanted.poll(1, TimeUnit.MINUTES), "a value nobody takes is wiped");
  }

  @Test
  void a_slow_node_may_still_be_the_first_to_answer() throws Exception {
    CompletableFuture<List<Attempt<String>>> answer = ask(List.of(FIRST, SECOND), AT_ONCE);
    awaitAsked(FIRST, SECOND);
    attempt(FIRST).complete(answered("one"));
    assertEquals(List.of(answered("one")), within(answer));

    attempt(SECOND).complete(answered("late"));
    assertEquals("late", unwanted.poll(1, TimeUnit.MINUTES));
  }

  @Test
  void when_one_fails_the_other_is_waited_for() throws Exception {
    CompletableFuture<List<Attempt<String>>> answer = ask(List.of(FIRST, SECOND), AT_ONCE);
    awaitAsked(FIRST, SECOND);
    attempt(SECOND).complete(new Attempt.Unanswered<>());
    assertFalse(answer.isDone());
    attempt(FIRST).complete(answered("one"));
    assertEquals(List.of(answered("one")), within(answer));
    assertTrue(unwanted.isEmpty());
  }

  @Test
  void when_both_fail_the_caller_is_told_of_both() throws Exception {
    Attempt<String> refused =
        new Attempt.Refused<>(VaultFailure.of(FailureCode.INSUFFICIENT_SHARES, "alone"));
    CompletableFuture<List<Attempt<String>>> answer = ask(List.of(FIRST, SECOND), AT_ONCE);
    awaitAsked(FIRST, SECOND);
    attempt(SECOND).complete(new Attempt.Unanswered<>());
    attempt(FIRST).complete(refused);
    assertEquals(List.of(refused, new Attempt.Unanswered<>()), within(answer));
  }

  @Test
  void the_last_node_is_not_asked_twice() {
    attempt(FIRST).complete(new Attempt.Unanswered<>());
    assertEquals(List.of(new Attempt.Unanswered<>()), within(ask(List.of(FIRST), AT_ONCE)));
  }

  @Test
  void when_all_are_slow_nobody_is_asked_twice() throws Exception {
    CompletableFuture<List<Attempt<String>>> hedged = ask(List.of(FIRST, SECOND), AT_ONCE);
    awaitAsked(FIRST, SECOND);
    CompletableFuture<List<Attempt<String>>> beyond = ask(List.of(FIRST, SECOND), AT_ONCE);
    awaitAsked(FIRST);
    attempt(FIRST).complete(answered("one"));
    assertEquals(List.of(answered("one")), within(beyond));
    assertEquals(List.of(answered("one")), within(hedged));
    assertTrue(asked.isEmpty(), "the second was asked again");

    attempt(SECOND).complete(answered("late"));
    assertEquals("late", unwanted.poll(1, TimeUnit.MINUTES));
  }

  @Test
  void room_for_asking_twice_comes_back() throws Exception {
    for (int i = 0; i < 3; i++) {
      boolean twice = false;
      for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1); !twice; ) {
        assertTrue(System.nanoTime() < end, "it does not");
        CompletableFuture<Attempt<String>> slow = new CompletableFuture<>();
        attempts.put(FIRST, slow);
        attempts.put(SECOND, CompletableFuture.completedFuture(answered("two")));
        CompletableFuture<List<Attempt<String>>> answer = ask(List.of(FIRST, SECOND), AT_ONCE);
        NodeId one = asked.poll(1, TimeUnit.MINUTES);
        twice = SECOND.equals(one) || SECOND.equals(asked.poll(100, TimeUnit.MILLISECONDS));
        slow.complete(answered("one"));
        assertEquals(1, within(answer).size());
        asked.clear();
      }
    }
  }
}
