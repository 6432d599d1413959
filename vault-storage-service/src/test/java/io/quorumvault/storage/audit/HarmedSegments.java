package io.quorumvault.storage.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Segments on a real disk that can be told to fail, or to take their time.
final class HarmedSegments implements LogTail.Segments {
  private static final CountDownLatch AT_ONCE = new CountDownLatch(0);

  final AtomicInteger syncs = new AtomicInteger();
  private volatile boolean full;
  private volatile boolean failing;
  private volatile CountDownLatch go = AT_ONCE;
  private volatile CountDownLatch reached = new CountDownLatch(1);

  /// From now on the disk takes half of what is written and then says that it is full.
  void fill(boolean isFull) {
    full = isFull;
  }

  /// From now on a sync fails, after everything was written.
  void failSyncs(boolean fail) {
    failing = fail;
  }

  /// From now on a sync waits until `go`.
  void hold() {
    reached = new CountDownLatch(1);
    go = new CountDownLatch(1);
  }

  void go() {
    go.countDown();
  }

  /// Returns when a sync waits.
  void awaitHeld() throws InterruptedException {
    reached.await();
  }

  @Override
  public Segment create(Path path) throws IOException {
    return new Harmed(LogTail.ON_DISK.create(path));
  }

  @Override
  public Segment open(Path path) throws IOException {
    return new Harmed(LogTail.ON_DISK.open(path));
  }

  private final class Harmed implements Segment {
    private final Segment segment;

    Harmed(Segment segment) {
      this.segment = segment;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      if (full) {
        segment.append(bytes.slice(0, bytes.remaining() / 2));
        throw new IOException("No space left on device");
      }
      segment.append(bytes);
    }

    @Override
    public void sync() throws IOException {
      syncs.incrementAndGet();
      reached.countDown();
      try {
        go.await();
      } catch (InterruptedException stopped) {
        throw new IOException(stopped);
      }
      if (failing) {
        throw new IOException("Input/output error");
      }
      segment.sync();
    }

    @Override
    public long length() {
      return segment.length();
    }

    @Override
    public void checkUntouched() throws IOException {
      segment.checkUntouched();
    }

    @Override
    public void close() throws IOException {
      segment.close();
    }
  }
}
