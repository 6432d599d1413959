package io.quorumvault.storage.ledger;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Hears what HSQLDB only writes into its log: that a sync failed or the disk is full, while the
/// commit goes on as if nothing had happened.
///
/// HSQLDB reports such a failure on the committing thread and before the commit returns, so a
/// listener that stops the process is in time. The database has no warning that is harmless: every
/// event from `WARNING` up counts. Reconfiguring `java.util.logging` removes handlers, so `ensure`
/// is called before each commit.
final class StorageAlarm extends Handler {
  private final Logger logger;
  private final Consumer<LedgerException.Failed> onAlarm;

  /// @param databaseName the unique name that HSQLDB logs under
  StorageAlarm(String databaseName, Consumer<LedgerException.Failed> onAlarm) {
    // Held for as long as this lives: loggers are only weakly held by the LogManager.
    this.logger = Logger.getLogger("hsqldb.db." + databaseName);
    this.onAlarm = onAlarm;
    setLevel(Level.WARNING);
  }

  /// Makes sure that this is heard, whatever was done to the logging configuration.
  void ensure() {
    if (!Arrays.asList(logger.getHandlers()).contains(this)) {
      logger.addHandler(this);
    }
    if (!logger.isLoggable(Level.WARNING)) {
      logger.setLevel(Level.WARNING);
    }
  }

  @Override
  public void publish(LogRecord event) {
    if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
      onAlarm.accept(
          new LedgerException.Failed(
              "the database reports: " + event.getMessage(), event.getThrown()));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
