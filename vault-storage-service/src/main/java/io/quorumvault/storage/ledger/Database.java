package io.quorumvault.storage.ledger;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// One HSQLDB file database and the entity manager factory on it, with the settings that make it
/// durable. `open`, `checkpoint` and `close` are for one thread at a time.
final class Database implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Database.class.getName());

  private static final String NAME = "vault";

  /// Every commit is synced; readers see a snapshot and wait for nobody; no lock file, whose
  /// heartbeat would delay a restart by ten seconds (the ledger has its own lock); no memory-mapped
  /// data file, in which a full disk kills the process; at most 16 MiB of rows cached, so that
  /// large shares do not fill the memory; no checkpoints of its own accord, since something must
  /// follow each; warnings and errors, and nothing else, go to java.util.logging.
  private static final String SETTINGS =
      ";hsqldb.write_delay=false"
          + ";hsqldb.tx=mvcc"
          + ";hsqldb.lock_file=false"
          + ";hsqldb.nio_data_file=false"
          + ";hsqldb.cache_size=16384"
          + ";hsqldb.log_size=0"
          + ";hsqldb.extlog=2"
          + ";hsqldb.applog=0"
          + ";shutdown=false";

  private static final Map<String, String> REQUIRED =
      Map.of(
          "hsqldb.write_delay", "false",
          "hsqldb.write_delay_millis", "0",
          "hsqldb.tx", "mvcc",
          "hsqldb.tx_level", "serializable",
          "hsqldb.nio_data_file", "false",
          "hsqldb.log_size", "0",
          "hsqldb.extlog", "2");

  /// Without these files HSQLDB would quietly begin an empty database.
  private static final List<String> FILES = List.of(".script", ".properties", ".data");

  /// Readers beyond it wait: more would only take the processor from each other.
  private static final int CONNECTIONS_MAX = 32;

  private static final int CONNECTION_WAIT_MILLIS = 5_000;

  private final Path directory;
  private final String url;
  private final EntityManagerFactory factory;
  private final StorageAlarm alarm;

  private Database(Path directory, String url, EntityManagerFactory factory, StorageAlarm alarm) {
    this.directory = directory;
    this.url = url;
    this.factory = factory;
    this.alarm = alarm;
  }

  /// Makes the tables of a new database in a directory that has none. Not durable, and open within
  /// this process: `open` and `close` must follow.
  static void create(Path directory) {
    keepLoggingConfiguration();
    byte[] name = new byte[7];
    new SecureRandom().nextBytes(name);
    try (Connection connection = connect(url(directory));
        Statement statement = connection.createStatement()) {
      // Tells the log events of several databases in one process apart.
      statement.execute(
          "SET DATABASE UNIQUE NAME QV" + HexFormat.of().formatHex(name).toUpperCase(Locale.ROOT));
      for (String command : schema().split(";\\s*\n", -1)) {
        if (!command.isBlank()) {
          statement.execute(command);
        }
      }
    } catch (SQLException failure) {
      throw new LedgerException.Failed(directory + ": cannot create the database", failure);
    }
  }

  /// Opens a database that is there and checks that it is set as it must be.
  ///
  /// @param onAlarm told of every failure that the database reports from now on
  /// @throws LedgerException.Corrupt if a file is missing or the database does not open
  static Database open(Path directory, Consumer<LedgerException.Failed> onAlarm) {
    keepLoggingConfiguration();
    String url = url(directory) + ";ifexists=true";
    String name;
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      requireSettings(statement);
      name = single(statement, "VALUES DATABASE_NAME()");
    } catch (SQLException failure) {
      throw new LedgerException.Corrupt(directory + ": the database does not open", failure);
    }
    StorageAlarm alarm = new StorageAlarm(name, onAlarm);
    alarm.ensure();
    return new Database(directory, url, factory(url, name), alarm);
  }

  /// Whether all files are there without which HSQLDB would begin an empty database.
  static void requireFiles(Path directory) {
    for (String suffix : FILES) {
      Path file = directory.resolve(NAME + suffix);
      if (!Files.isRegularFile(file)) {
        throw new LedgerException.Corrupt(file + " is missing");
      }
    }
  }

  EntityManagerFactory factory() {
    return factory;
  }

  StorageAlarm alarm() {
    return alarm;
  }

  /// Bytes of commits since the last checkpoint.
  long logBytes() throws IOException {
    Path log = directory.resolve(NAME + ".log");
    return Files.exists(log) ? Files.size(log) : 0;
  }

  /// Writes the rows to their places and begins a new log. Waits for running readers, and new ones
  /// wait for it. What is committed next is **not** durable before `syncNames`.
  void checkpoint() {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    } catch (SQLException failure) {
      throw new LedgerException.Failed(directory + ": checkpoint", failure);
    }
  }

  /// To be called after the first commit that follows opening or a checkpoint. Only with that
  /// commit does HSQLDB write down that there is a log to be replayed, by renaming a file; a power
  /// cut before the rename is on disk loses the log.
  void syncNames() throws IOException {
    OwnerOnly.files(directory);
    OwnerOnly.sync(directory);
  }

  @Override
  public void close() {
    factory.close();
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
      OwnerOnly.files(directory);
      OwnerOnly.sync(directory);
    } catch (SQLException | IOException failure) {
      throw new LedgerException.Failed(directory + ": shutdown", failure);
    } finally {
      alarm.close();
    }
  }

  /// Lets go of the files without writing anything: after a failure the disk is not asked for more.
  void abandon() {
    alarm.close();
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      factory.close();
      statement.execute("SHUTDOWN IMMEDIATELY");
    } catch (SQLException failure) {
      LOGGER.log(System.Logger.Level.WARNING, "The database was not closed.", failure);
    }
  }

  /// HSQLDB reconfigures java.util.logging unless told not to, before its first class is loaded.
  private static void keepLoggingConfiguration() {
    System.setProperty("hsqldb.reconfig_logging", "false");
  }

  private static String url(Path directory) {
    String path = directory.toAbsolutePath().toString();
    if (path.contains(";")) {
      throw new IllegalArgumentException("data directory (expected: a path without a semicolon)");
    }
    return "jdbc:hsqldb:file:" + path + "/" + NAME + SETTINGS;
  }

  private static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, "SA", "");
  }

  private static EntityManagerFactory factory(String url, String name) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("jakarta.persistence.jdbc.driver", "org.hsqldb.jdbc.JDBCDriver");
    properties.put("jakarta.persistence.jdbc.url", url);
    properties.put("jakarta.persistence.jdbc.user", "SA");
    properties.put("jakarta.persistence.jdbc.password", "");
    properties.put("eclipselink.connection-pool.default.initial", "1");
    // All that were ever needed are kept: their statements are prepared.
    properties.put("eclipselink.connection-pool.default.min", Integer.toString(CONNECTIONS_MAX));
    properties.put("eclipselink.connection-pool.default.max", Integer.toString(CONNECTIONS_MAX));
    properties.put(
        "eclipselink.connection-pool.default.wait", Integer.toString(CONNECTION_WAIT_MILLIS));
    // One session for each ledger: EclipseLink would share it between equal names.
    properties.put("eclipselink.session-name", "ledger-" + name);
    return Persistence.createEntityManagerFactory("vault-ledger", properties);
  }

  private static void requireSettings(Statement statement) throws SQLException {
    for (Map.Entry<String, String> setting : REQUIRED.entrySet()) {
      String value =
          single(
              statement,
              "SELECT property_value FROM information_schema.system_properties"
                  + " WHERE property_name = '"
                  + setting.getKey()
                  + "'");
      if (!setting.getValue().equalsIgnoreCase(value)) {
        throw new LedgerException.Corrupt(
            "database setting "
                + setting.getKey()
                + ": "
                + value
                + " (expected: "
                + setting.getValue()
                + ")");
      }
    }
  }

  private static String single(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "nothing";
    }
  }

  private static String schema() {
    try (InputStream file = Database.class.getResourceAsStream("schema.sql")) {
      if (file == null) {
        throw new IllegalStateException("schema.sql is not on the class path");
      }
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return text.replaceAll("(?m)^--.*$", "");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
