package io.quorumvault.cli;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Tells a person how far long work is, in one line that is written over and gone at the end. Says
/// nothing where nobody looks: in pipes and files, and in the first second.
///
/// Safe for use by several threads.
public final class Progress implements AutoCloseable {
  /// What is over by then needs no explanation.
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private static final String LINE_START = "\r";
  private static final String ERASE_LINE = "\r\u001b[K";

  private final Terminal terminal;
  private final String what;
  private final int total; // 0 when nothing is counted
  private final long start = System.nanoTime();
  private final ScheduledExecutorService clock;
  private int done;
  private boolean shown;
  private boolean over;

  private Progress(Terminal terminal, String what, int total, Duration silence) {
    this.terminal = terminal;
    this.what = what;
    this.total = total;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());
    if (terminal.messagesAreTerminal()) {
      var _ =
          clock.scheduleAtFixedRate(
              this::show, silence.toMillis(), SILENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /// @param what for example `Importing secrets`
  /// @param total how many there are
  public static Progress of(Terminal terminal, String what, int total) {
    return new Progress(terminal, what, total, SILENCE);
  }

  /// For one request that can take long: there is nothing to count but the time.
  public static Progress waiting(Terminal terminal, String what) {
    return new Progress(terminal, what, 0, SILENCE);
  }

  /// The same without the first silence.
  static Progress atOnce(Terminal terminal, String what, int total) {
    return new Progress(terminal, what, total, Duration.ZERO);
  }

  /// So many are done.
  public synchronized void reached(int number) {
    done = number;
    if (shown) {
      show();
    }
  }

  private synchronized void show() {
    if (over) {
      return;
    }
    shown = true;
    terminal.messages().print(LINE_START + line());
    terminal.messages().flush();
  }

  private String line() {
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    return what + (total == 0 ? "" : ": " + done + " of " + total) + " (" + seconds + " s)";
  }

  /// Takes the line away.
  @Override
  public synchronized void close() {
    over = true;
    clock.shutdownNow();
    if (shown) {
      terminal.messages().print(ERASE_LINE);
      terminal.messages().flush();
    }
  }
}
