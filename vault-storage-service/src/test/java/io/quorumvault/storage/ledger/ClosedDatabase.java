package io.quorumvault.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/// The database of a ledger that is closed, changed behind its back.
final class ClosedDatabase {
  private ClosedDatabase() {}

  /// @param values of the statement's parameters, in order
  static void edit(Path data, String statement, Object... values) throws SQLException {
    String url = "jdbc:hsqldb:file:" + data.resolve("ledger/vault") + ";hsqldb.lock_file=false";
    try (Connection connection = DriverManager.getConnection(url, "SA", "");
        PreparedStatement prepared = connection.prepareStatement(statement);
        Statement shutdown = connection.createStatement()) {
      for (int i = 0; i < values.length; i++) {
        prepared.setObject(i + 1, values[i]);
      }
      assertTrue(prepared.executeUpdate() > 0, statement);
      shutdown.execute("SHUTDOWN");
    }
  }
}
