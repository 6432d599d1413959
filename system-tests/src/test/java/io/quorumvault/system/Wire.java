package io.quorumvault.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// One direction of a link: what happens to bytes that travel on it. Safe for use by any number of
/// threads.
///
/// It harms like a network under TCP does. Bytes that meet a cut are held back and sent on when it
/// heals, even if whoever sent them has gone by then: they arrive late, not never. Lost are they
/// only with their connection.
final class Wire {
  /// What one write to a socket brings, at most.
  private static final int CHUNK_BYTES = 16 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition mended = lock.newCondition();
  private final Random dice;
  private boolean cut;
  private volatile int delayMillis;
  private volatile int lossPercent;

  /// @param dice decides what is lost
  Wire(Random dice) {
    this.dice = dice;
  }

  void cut() {
    lock.lock();
    try {
      cut = true;
    } finally {
      lock.unlock();
    }
  }

  /// Every piece travels so long.
  void delay(int millis) {
    delayMillis = millis;
  }

  /// So many pieces of a hundred are lost, each with its connection.
  void lose(int percent) {
    lossPercent = percent;
  }

  /// Ends all harm. What was held back goes on.
  void mend() {
    delayMillis = 0;
    lossPercent = 0;
    lock.lock();
    try {
      cut = false;
      mended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Where what travels comes out; asked for when the first piece arrives.
  interface Outlet {
    OutputStream open() throws IOException;
  }

  /// Carries bytes until there are no more.
  ///
  /// @throws IOException when either end breaks, or the connection is lost
  void carry(InputStream from, Outlet to) throws IOException, InterruptedException {
    byte[] chunk = new byte[CHUNK_BYTES];
    while (true) {
      int length = from.read(chunk);
      travel();
      if (length < 0) {
        return;
      }
      OutputStream out = to.open();
      out.write(chunk, 0, length);
      out.flush();
    }
  }

  private void travel() throws IOException, InterruptedException {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
    lock.lockInterruptibly();
    try {
      while (cut) {
        mended.await();
      }
    } finally {
      lock.unlock();
    }
    int percent = lossPercent;
    if (percent > 0 && dice.nextInt(100) < percent) {
      throw new IOException("lost");
    }
  }
}
