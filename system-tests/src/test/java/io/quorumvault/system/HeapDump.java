package io.quorumvault.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a Java process of this user has in its heap and can still reach.
final class HeapDump {
  private HeapDump() {}

  /// After a full collection, in the format of HPROF: arrays of bytes as they are, of characters as
  /// UTF-16, big-endian.
  ///
  /// @param folder for the dump, which is deleted again: it holds all that the process knows
  static byte[] of(long process, Path folder) {
    Path file = folder.resolve(process + ".hprof");
    try {
      // Without -all, the collection comes first and only what it leaves is written.
      Command _ =
          Command.run(
                  folder,
                  List.of(
                      tool(process), "" + process, "GC.heap_dump", "-overwrite", file.toString()))
              .succeeded();
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    } finally {
      delete(file);
    }
  }

  /// `jcmd` stands beside the `java` that runs.
  private static String tool(long process) {
    return ProcessHandle.of(process)
        .flatMap(running -> running.info().command())
        .map(java -> Path.of(java).resolveSibling("jcmd").toString())
        .orElseThrow(() -> new AssertionError("process " + process + " does not run"));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}
