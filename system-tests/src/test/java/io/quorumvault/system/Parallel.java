package io.quorumvault.system;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Does many things at the same moment.
final class Parallel {
  private Parallel() {}

  /// One of many.
  interface Task<T> {
    T run(int number) throws Exception;
  }

  /// Runs `count` tasks, none of which begins before all are there.
  ///
  /// @return what they came to, in the order of their numbers from 0 on
  static <T> List<T> run(int count, Task<T> task) {
    CountDownLatch ready = new CountDownLatch(count);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        running.add(
            threads.submit(() -> {
              ready.countDown();
              ready.await();
              return task.run(number);
            }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    } catch (ExecutionException failed) {
      throw new AssertionError("one of " + count + " parallel tasks failed", failed.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }
}
