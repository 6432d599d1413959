package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SideBySideTest {
  private static final List<Integer> MANY = IntStream.range(0, 1000).boxed().toList();

  @Test
  void everything_is_done_once() {
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    AtomicInteger times = new AtomicInteger();
    SideBySide.forEach(
        MANY,
        item -> {
          done.add(item);
          times.incrementAndGet();
        });
    assertEquals(Set.copyOf(MANY), done);
    assertEquals(MANY.size(), times.get());
    SideBySide.forEach(List.of(), item -> times.incrementAndGet());
    assertEquals(MANY.size(), times.get());
  }

  @Test
  void as_many_as_said_are_under_way_at_once_and_no_more() {
    CountDownLatch together = new CountDownLatch(SideBySide.AT_ONCE);
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    SideBySide.forEach(
        MANY,
        item -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          together.countDown();
          await(together);
          underWay.decrementAndGet();
        });
    assertEquals(SideBySide.AT_ONCE, most.get());
  }

  @Test
  void one_alone_is_done_by_the_caller() {
    Thread[] by = new Thread[1];
    SideBySide.forEach(List.of(1), item -> by[0] = Thread.currentThread());
    assertSame(Thread.currentThread(), by[0]);
  }

  @Test
  void what_is_thrown_comes_out() {
    RuntimeException thrown = new IllegalStateException("as told");
    AtomicInteger done = new AtomicInteger();
    assertSame(
        thrown,
        assertThrows(
            IllegalStateException.class,
            () ->
                SideBySide.forEach(
                    MANY,
                    item -> {
                      if (item == SideBySide.AT_ONCE) {
                        throw thrown;
                      }
                      done.incrementAndGet();
                    })));
    assertTrue(done.get() < MANY.size());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }
}
