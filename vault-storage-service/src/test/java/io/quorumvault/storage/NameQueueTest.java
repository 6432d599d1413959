package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.quorumvault.secret.SecretId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NameQueueTest {
  private static final SecretId A = SecretId.of("demo", "A");
  private static final SecretId B = SecretId.of("demo", "B");
  private static final long SHORT_MILLIS = 1;
  private static final long LONG_MILLIS = 60_000;

  private final NameQueue queue = new NameQueue();

  @Test
  void a_name_that_is_held_is_not_had_in_time() throws Exception {
    try (NameQueue.Held held = queue.enter(List.of(A), SHORT_MILLIS)) {
      assertNotNull(held);
      assertNull(onAnotherThread(List.of(A)));
      assertNotNull(onAnotherThread(List.of(B)));
    }
    assertNotNull(onAnotherThread(List.of(A)));
  }

  @Test
  void who_holds_a_name_can_see_that_others_wait_for_it() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        NameQueue.Held held = queue.enter(List.of(A, B), SHORT_MILLIS)) {
      assertNotNull(held);
      assertFalse(held.othersWait());
      Future<?> waiting =
          executor.submit(() -> {
            try (NameQueue.Held next = queue.enter(List.of(B), LONG_MILLIS)) {
              return next;
            }
          });
      while (!held.othersWait()) {
        assertFalse(waiting.isDone());
        Thread.onSpinWait();
      }
    }
    assertEquals(0, queue.size());
  }

  @Test
  void who_fails_to_get_one_name_gives_back_the_others() throws Exception {
    try (NameQueue.Held held = queue.enter(List.of(B), SHORT_MILLIS)) {
      assertNotNull(held);
      assertNull(onAnotherThread(List.of(A, B)));
      assertNotNull(onAnotherThread(List.of(A)));
    }
  }

  @Test
  void only_one_at_a_time_holds_a_name_and_nothing_is_kept_afterwards() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        List<SecretId> names = i % 3 == 0 ? List.of(A, B) : List.of(i % 2 == 0 ? A : B);
        all.add(
            executor.submit(() -> {
              try (NameQueue.Held held = queue.enter(names, LONG_MILLIS)) {
                assertNotNull(held);
                if (names.contains(A)) {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  Thread.onSpinWait();
                  inside.decrementAndGet();
                }
              }
              return names;
            }));
      }
    }
    for (Future<?> one : all) {
      assertNotNull(one.get());
    }
    assertEquals(1, most.get());
    assertEquals(0, queue.size());
  }

  private NameQueue.@Nullable Held onAnotherThread(List<SecretId> names) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<NameQueue.@Nullable Held> entered =
          executor.submit(() -> {
            NameQueue.Held held = queue.enter(names, SHORT_MILLIS);
            if (held != null) {
              held.close();
            }
            return held;
          });
      return entered.get();
    }
  }
}
