package io.quorumvault.storage.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Directories that only their owner may look into, and the syncing and removing of them.
public final class OwnerOnly {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private static final System.Logger LOGGER = System.getLogger(OwnerOnly.class.getName());

  private OwnerOnly() {}

  /// Makes the directory if it does not exist, and takes it away from everybody else.
  public static void directory(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (posix(directory)) {
      Files.setPosixFilePermissions(directory, DIRECTORY);
    }
  }

  /// Takes one file away from everybody else.
  public static void file(Path file) throws IOException {
    if (posix(file)) {
      restrict(file);
    }
  }

  /// Takes the files of the directory away from everybody else. The directory already keeps others
  /// out; this is for copies of the files.
  static void files(Path directory) throws IOException {
    if (!posix(directory)) {
      return;
    }
    for (Path file : list(directory)) {
      restrict(file);
    }
  }

  /// The database removes files of its own while it works: one that is gone needs no guard.
  private static void restrict(Path file) throws IOException {
    try {
      Files.setPosixFilePermissions(file, FILE);
    } catch (NoSuchFileException gone) {
      LOGGER.log(System.Logger.Level.DEBUG, "A file was removed meanwhile.", gone);
    }
  }

  /// Syncs the names in the directory: files that were made, renamed or removed stay so.
  public static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Syncs every file of the directory and the directory itself.
  static void syncAll(Path directory) throws IOException {
    for (Path file : list(directory)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
    sync(directory);
  }

  static void remove(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static boolean posix(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView("posix");
  }
}
