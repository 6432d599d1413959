package io.quorumvault.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// A file about to be replaced as a whole by one that only its owner can read: a reader sees the
/// old or the new one, never a part, and no copy of either is kept.
///
/// The new file exists beside the old one from the beginning, empty and 0600, so that a directory
/// that cannot be written is found out before anything else is done. Closed without a `write`, or
/// after one that failed, it is removed and the old one untouched; the same when the process is
/// asked to end. Belongs to one thread.
public final class PrivateFile implements AutoCloseable {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path target;
  private final Path next;

  private PrivateFile(Path target, Path next) {
    this.target = target;
    this.next = next;
  }

  /// @param target need not exist; where it is a link, what the link leads to is replaced
  /// @throws IOException when its directory cannot be written, or something other than a file is
  ///   there
  public static PrivateFile replacing(Path target) throws IOException {
    Path real =
        Files.exists(target, LinkOption.NOFOLLOW_LINKS)
            ? target.toRealPath()
            : target.toAbsolutePath();
    if (Files.exists(real) && !Files.isRegularFile(real)) {
      throw new IOException("it is no regular file");
    }
    Path next = Files.createTempFile(directory(real), ".", ".new", OWNER_ONLY);
    next.toFile().deleteOnExit();
    return new PrivateFile(real, next);
  }

  private static Path directory(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  /// When this returns, the content is on disk under the target's name. When it throws, the target
  /// is what it was; only after a failure to sync the directory it may be the new content already.
  ///
  /// @param content stays the caller's
  public void write(byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(directory(target), StandardOpenOption.READ)) {
      directory.force(true); // or the name would still lead to the old content after a power cut
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(next);
    } catch (IOException stays) {
      throw new UncheckedIOException(stays);
    }
  }
}
