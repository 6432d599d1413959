package io.quorumvault.storage.ledger;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.hsqldb.Session;
import org.hsqldb.jdbc.JDBCConnection;
import org.hsqldb.lib.FileAccess.FileSync;

/// Stands between HSQLDB and the sync of its log: sees what is on disk beyond doubt, and can let
/// the sync fail. HSQLDB opens another log after a checkpoint, which this does not see.
final class SyncProbe implements FileSync {
  private final FileSync original;
  private final Path log;
  private long syncedBytes;
  private boolean failing;

  private SyncProbe(FileSync original, Path log) {
    this.original = original;
    this.log = log;
  }

  /// Takes the place of the sync of the log that is open now.
  static SyncProbe on(Ledger ledger, Path dataDirectory) {
    return ledger.read(view -> {
      try {
        Connection connection = ((LedgerView) view).entities.unwrap(Connection.class);
        Session session = (Session) connection.unwrap(JDBCConnection.class).getSession();
        Object writer = get(get(session.getDatabase().logger, "log"), "dbLogWriter");
        Field sync = field(writer.getClass(), "outDescriptor");
        SyncProbe probe =
            new SyncProbe((FileSync) sync.get(writer), dataDirectory.resolve("ledger/vault.log"));
        sync.set(writer, probe);
        return probe;
      } catch (ReflectiveOperationException | java.sql.SQLException changed) {
        throw new IllegalStateException("HSQLDB is not built as it was", changed);
      }
    });
  }

  private static Object get(Object from, String name) throws ReflectiveOperationException {
    return field(from.getClass(), name).get(from);
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    for (Class<?> above = type; above != null; above = above.getSuperclass()) {
      for (Field field : above.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new NoSuchFieldException(name);
  }

  @Override
  public void sync() throws IOException {
    if (failing) {
      throw new IOException("Input/output error");
    }
    original.sync();
    syncedBytes = Files.size(log);
  }

  /// How much of the log a power cut leaves in any case.
  long syncedBytes() {
    return syncedBytes;
  }

  void fail() {
    failing = true;
  }
}
