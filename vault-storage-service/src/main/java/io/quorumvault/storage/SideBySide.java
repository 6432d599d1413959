package io.quorumvault.storage;

import io.helidon.common.context.Contexts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Does the same with many things, each of which mostly waits for other nodes: several at a time,
/// on virtual threads, and returns when all are done.
final class SideBySide {
  /// What is asked at the same time travels in common batches: this many fill a few, and more would
  /// make nothing faster.
  static final int AT_ONCE = 128;

  private SideBySide() {}

  /// @param work given each item once; may be called by several threads at once. When it throws,
  ///   what has not begun is left, what has begun is waited for, and what was thrown comes out here
  static <T> void forEach(List<T> items, Consumer<T> work) {
    if (items.size() == 1) {
      work.accept(items.getFirst());
      return;
    }
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService threads = Contexts.wrap(Executors.newVirtualThreadPerTaskExecutor())) {
      for (int i = 0; i < Math.min(AT_ONCE, items.size()); i++) {
        workers.add(threads.submit(() -> workOff(items, next, work)));
      }
    }
    for (Future<?> worker : workers) {
      if (worker.state() == Future.State.FAILED) {
        switch (worker.exceptionNow()) {
          case RuntimeException failure -> throw failure;
          case Error error -> throw error;
          case Throwable other -> throw new IllegalStateException("a worker failed", other);
        }
      }
    }
  }

  private static <T> void workOff(List<T> items, AtomicInteger next, Consumer<T> work) {
    boolean complete = false;
    try {
      for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
        work.accept(items.get(i));
      }
      complete = true;
    } finally {
      if (!complete) {
        next.set(items.size());
      }
    }
  }
}
