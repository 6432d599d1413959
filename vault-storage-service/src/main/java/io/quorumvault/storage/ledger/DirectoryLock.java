package io.quorumvault.storage.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps a data directory for one ledger: against other processes by a lock on a file, within this
/// process by a list. The list comes first, since POSIX takes a process's lock on a file away as
/// soon as the process closes any channel to that file.
final class DirectoryLock implements AutoCloseable {
  private static final String FILE = "ledger.lock";

  private static final Set<Path> HERE = new HashSet<>();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /// @throws LedgerException.InUse if a ledger of this or of another process has the directory
  static DirectoryLock take(Path directory) throws IOException {
    Path real = directory.toRealPath();
    synchronized (HERE) {
      if (!HERE.add(real)) {
        throw inUse(directory);
      }
    }
    Path file = directory.resolve(FILE);
    FileChannel channel = null;
    FileLock held = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      OwnerOnly.file(file);
      held = channel.tryLock();
      if (held == null) {
        throw inUse(directory);
      }
      return new DirectoryLock(real, channel);
    } finally {
      if (held == null) {
        release(real, channel);
      }
    }
  }

  private static LedgerException.InUse inUse(Path directory) {
    return new LedgerException.InUse(
        directory + " is in use by another process: one node, one data directory");
  }

  private static void release(Path real, @Nullable FileChannel channel) throws IOException {
    try (channel) {
      synchronized (HERE) {
        HERE.remove(real);
      }
    }
  }

  @Override
  public void close() throws IOException {
    release(directory, channel);
  }
}
