package io.quorumvault.cli.dev;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Pause;
import io.quorumvault.cli.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The directory of a dev cluster: what lies where, and that nobody but its owner can read it.
///
/// Directories are 0700 and files 0600 from the moment they exist. A file is replaced as a whole,
/// so a reader sees the old or the new one. Safe for use by several processes; what reads and then
/// writes does so while `locked`.
final class ClusterFolder {
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> NEW_DIRECTORY =
      PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY);
  private static final FileAttribute<?> NEW_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /// Stopping a node that does not react is the longest anybody holds the lock.
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration LOCK_RETRY = Duration.ofMillis(50);

  private static final String SETTINGS = "settings.json";
  private static final String LOCK = "lock";

  /// What a cluster leaves in its directory, nodes' data aside. Nothing else is ever deleted.
  private static final List<String> CONTENTS =
      List.of("ca", "tls", "auth", "logs", "app", ClusterFile.FILE_NAME, "policy.json", SETTINGS);

  private final Path root;

  private ClusterFolder(Path root) {
    this.root = root;
  }

  /// The folder at `root`, made if it is not there.
  ///
  /// @throws CommandFailure when something else is there, for `--fresh` would delete it
  static ClusterFolder create(Path root) {
    try {
      Files.createDirectories(parentOf(root));
      if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(root, NEW_DIRECTORY);
      }
      if (!Files.isDirectory(root) || !(Files.exists(root.resolve(SETTINGS)) || isVacant(root))) {
        throw CommandFailure.usage(
            root + " holds something other than a dev cluster.",
            "Name another directory with --data.");
      }
      Files.setPosixFilePermissions(root, OWNER_DIRECTORY);
      return new ClusterFolder(root.toRealPath());
    } catch (IOException unusable) {
      throw CommandFailure.usage(
          "The directory " + root + " cannot be used: " + unusable.getMessage(),
          "Name another with --data.");
    }
  }

  /// The folder at `root`; empty when no cluster was ever made there.
  static Optional<ClusterFolder> existing(Path root) {
    try {
      return Files.exists(root.resolve(SETTINGS))
          ? Optional.of(new ClusterFolder(root.toRealPath()))
          : Optional.empty();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Path parentOf(Path root) {
    Path parent = root.toAbsolutePath().getParent();
    return parent == null ? root : parent;
  }

  /// Whether nothing but a start that did not get far left something here.
  private static boolean isVacant(Path root) throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.allMatch(entry -> entry.endsWith(LOCK));
    }
  }

  Path root() {
    return root;
  }

  Path clusterFile() {
    return root.resolve(ClusterFile.FILE_NAME);
  }

  Path settings() {
    return root.resolve(SETTINGS);
  }

  Path policy() {
    return root.resolve("policy.json");
  }

  /// The authority's certificate, which every process trusts.
  Path authority() {
    return root.resolve("ca").resolve("ca.crt");
  }

  Path authorityKey() {
    return root.resolve("ca").resolve("ca.key");
  }

  /// Everybody else's certificates and keys.
  Path certificates() {
    return root.resolve("tls");
  }

  Path certificate(String holder) {
    return certificates().resolve(holder + ".crt");
  }

  Path key(String holder) {
    return certificates().resolve(holder + ".key");
  }

  /// The private key that signs tokens.
  Path signingKey() {
    return root.resolve("auth").resolve("signing.key");
  }

  /// Its public half, for those who check tokens.
  Path keySet() {
    return root.resolve("auth").resolve("jwks.json");
  }

  /// The header with the dev token, as curl takes it with `-H @file`: the token stays off command
  /// lines and out of shell histories.
  Path authorizationHeader() {
    return root.resolve("auth").resolve("header");
  }

  Path log(ServiceName service) {
    return root.resolve("logs").resolve(service + ".log");
  }

  Path nodeData(int index) {
    return root.resolve("node-" + index);
  }

  /// The services' jars as this cluster runs them.
  Path program(String service) {
    return root.resolve("app").resolve(service);
  }

  /// The text that marks this cluster's processes on their command lines.
  String mark() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(root.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  Path directory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, NEW_DIRECTORY);
    }
    return directory;
  }

  /// Replaces a file as a whole.
  void write(Path file, byte[] content) throws IOException {
    directory(parentOf(file));
    try (PrivateFile next = PrivateFile.replacing(file)) {
      next.write(content);
    }
  }

  /// An empty file for a process to write to; what was there is kept as the one before.
  Path emptyLog(ServiceName service) throws IOException {
    Path log = log(service);
    directory(parentOf(log));
    if (Files.exists(log)) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    return Files.createFile(log, NEW_FILE);
  }

  Optional<ClusterFile> cluster() throws IOException {
    return Files.exists(clusterFile())
        ? Optional.of(ClusterFile.parse(Files.readAllBytes(clusterFile())))
        : Optional.empty();
  }

  /// Deletes everything a cluster left here: keys, data, logs. Nothing else.
  void deleteContents() throws IOException {
    List<Path> doomed;
    try (Stream<Path> entries = Files.list(root)) {
      doomed =
          entries
              .filter(entry -> {
                String name = String.valueOf(entry.getFileName());
                return CONTENTS.contains(name) || name.matches("node-[1-9][0-9]{0,2}");
              })
              .toList();
    }
    for (Path entry : doomed) {
      deleteTree(entry);
    }
  }

  static void deleteTree(Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /// What is done while no other `qv` changes this cluster.
  @FunctionalInterface
  interface Change<T> {
    T make() throws IOException;
  }

  /// Makes a change alone. The lock ends with this process at the latest.
  ///
  /// @throws CommandFailure when another `qv` does not let go of the lock
  <T> T locked(Change<T> change) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            root.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            NEW_FILE)) {
      lock(channel);
      return change.make();
    }
  }

  /// Until the channel is closed.
  private void lock(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + LOCK_TIMEOUT.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (channel.tryLock() != null) {
          return;
        }
      } catch (OverlappingFileLockException ours) {
        // Another thread of this process holds it: this one stops what that one is starting.
      }
      Pause.of(LOCK_RETRY);
    }
    throw CommandFailure.of(
        ExitCode.SERVER, "Another qv has been changing the cluster in " + root + " for long.");
  }
}
