package io.quorumvault.storage.ledger;

import io.quorumvault.secret.SecretId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A process of its own that writes until its disk fails, and says on its standard output which
/// writes it acknowledged.
final class Acknowledger {
  /// The one that the ledger refused because the directory is in use.
  static final int EXIT_IN_USE = 3;

  /// Nothing failed.
  static final int EXIT_DONE = 0;

  private static final String ACKNOWLEDGED = "acknowledged ";

  /// How a process ended.
  record End(int status, List<Integer> acknowledged) {}

  private Acknowledger() {}

  /// @param arguments data directory, bytes of a share, bytes of log that start a checkpoint, most
  ///   writes
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    int shareBytes = Integer.parseInt(arguments[1]);
    LedgerConfig production = LedgerConfig.of(directory, Desk.SELF, Desk.CELL);
    LedgerConfig config =
        new LedgerConfig(
            directory,
            Desk.SELF,
            Desk.CELL,
            0,
            Long.parseLong(arguments[2]),
            production.onFailure());
    int writes = Integer.parseInt(arguments[3]);
    try (Desk desk = Desk.open(config)) {
      for (int i = 1; i <= writes; i++) {
        desk.put(name(i), desk.shareBytes(shareBytes));
        System.out.println(ACKNOWLEDGED + i);
      }
    } catch (LedgerException.InUse refused) {
      System.exit(EXIT_IN_USE);
    }
  }

  static SecretId name(int i) {
    return SecretId.of("demo", "n" + i);
  }

  /// Runs one and waits for its end.
  ///
  /// @param fileKibibytesMax no file of the process grows beyond it, as if the disk were full
  static End run(Path directory, int shareBytes, long logBytesMax, int writes, int fileKibibytesMax)
      throws InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String limit = fileKibibytesMax == 0 ? "" : "ulimit -f " + fileKibibytesMax * 2 + "; ";
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            limit + "exec \"$@\"",
            "sh",
            java,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Acknowledger.class.getName(),
            directory.toString(),
            Integer.toString(shareBytes),
            Long.toString(logBytesMax),
            Integer.toString(writes));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      List<Integer> acknowledged;
      try (BufferedReader lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
        acknowledged =
            lines
                .lines()
                .filter(line -> line.startsWith(ACKNOWLEDGED))
                .map(line -> Integer.parseInt(line.substring(ACKNOWLEDGED.length())))
                .toList();
      }
      return new End(process.waitFor(), acknowledged);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
