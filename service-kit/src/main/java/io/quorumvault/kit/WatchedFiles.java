package io.quorumvault.kit;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.quorumvault.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What some files mean, read again when they change and used. Several files count as one: they are
/// read together, and only if all of them can be read does the new meaning come into force.
///
/// At most once a second a use looks whether a file has another modification time, size or identity
/// (a mounted Kubernetes volume changes by swapping a link). Content that cannot be read or is
/// refused leaves the last good meaning in force and is logged once, without any of the content.
/// Safe for use by several threads: one looks, the others go on with what is there.
final class WatchedFiles<T> {
  private static final System.Logger LOG = System.getLogger(WatchedFiles.class.getName());

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  /// A file written this recently may be written again without its times and size showing it, so it
  /// is read again until it is older.
  private static final Duration RECENT = Duration.ofSeconds(2);

  private final String what;
  private final List<Path> paths;
  private final int fileBytesMax;
  private final Function<List<byte[]>, T> meaning;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  private final ReentrantLock looking = new ReentrantLock();
  private volatile T current;
  private volatile Instant since;
  private volatile long nextLook;
  private @Nullable List<Stamp> stamps;
  private @Nullable Bytes fingerprint;
  private @Nullable String lastComplaint;

  /// Reads the files for the first time.
  ///
  /// @param what what the files are, for messages
  /// @param meaning of the contents, in the order of the paths; refuses with an
  ///   `IllegalArgumentException` whose message contains nothing of the content. The arrays are
  ///   wiped when it returns
  /// @throws IllegalStateException if they cannot be read or are refused: a service must not start
  ///   without them
  WatchedFiles(
      String what,
      List<Path> paths,
      int fileBytesMax,
      Function<List<byte[]>, T> meaning,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.what = what;
    this.paths = List.copyOf(paths);
    this.fileBytesMax = fileBytesMax;
    this.meaning = meaning;
    this.clock = clock;
    this.nanoTime = nanoTime;
    try {
      this.current = readAgain(stampsNow()).orElseThrow();
      this.since = clock.instant();
    } catch (IOException unreadable) {
      throw new IllegalStateException(what + " " + paths + " cannot be read", unreadable);
    } catch (IllegalArgumentException refusal) {
      throw new IllegalStateException(what + " " + paths + ": " + refusal.getMessage(), refusal);
    }
    this.nextLook = nanoTime.getAsLong() + LOOK_INTERVAL.toNanos();
  }

  /// The meaning in force.
  T current() {
    if (nanoTime.getAsLong() - nextLook >= 0 && looking.tryLock()) {
      try {
        look();
        nextLook = nanoTime.getAsLong() + LOOK_INTERVAL.toNanos();
      } finally {
        looking.unlock();
      }
    }
    return current;
  }

  /// Since when the meaning in force is.
  Instant since() {
    return since;
  }

  private void look() {
    try {
      List<Stamp> found = stampsNow();
      if (!found.equals(stamps)) {
        readAgain(found)
            .ifPresent(fresh -> {
              current = fresh;
              since = clock.instant();
              LOG.log(INFO, "{0} {1} changed and was read again", what, paths);
            });
      }
      lastComplaint = null;
    } catch (IllegalArgumentException refusal) {
      complain(String.valueOf(refusal.getMessage()));
    } catch (IOException unreadable) {
      stamps = null;
      fingerprint = null;
      complain("cannot be read: " + unreadable);
    }
  }

  /// What the files mean now, empty if they contain what they did at the last reading. Content that
  /// is refused is remembered too, so that it is refused once.
  private Optional<T> readAgain(List<Stamp> found) throws IOException {
    List<byte[]> contents = read();
    try {
      Bytes before = fingerprint;
      fingerprint = fingerprintOf(contents);
      stamps = found.stream().anyMatch(this::isRecent) ? null : found;
      return Objects.equals(fingerprint, before)
          ? Optional.empty()
          : Optional.of(meaning.apply(contents));
    } finally {
      contents.forEach(content -> Arrays.fill(content, (byte) 0)); // one may be a private key
    }
  }

  private void complain(String reason) {
    if (!reason.equals(lastComplaint)) {
      LOG.log(ERROR, "{0} {1}: {2}; the last good content stays in force", what, paths, reason);
    }
    lastComplaint = reason;
  }

  private List<Stamp> stampsNow() throws IOException {
    List<Stamp> found = new ArrayList<>(paths.size());
    for (Path path : paths) {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      found.add(new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
    }
    return found;
  }

  private List<byte[]> read() throws IOException {
    List<byte[]> read = new ArrayList<>(paths.size());
    for (Path path : paths) {
      try (InputStream in = Files.newInputStream(path)) {
        byte[] content = in.readNBytes(fileBytesMax + 1);
        if (content.length > fileBytesMax) {
          throw new IOException(path + " (expected: at most " + fileBytesMax + " bytes)");
        }
        read.add(content);
      }
    }
    return read;
  }

  private boolean isRecent(Stamp stamp) {
    return stamp.modified().toInstant().isAfter(clock.instant().minus(RECENT));
  }

  private static Bytes fingerprintOf(List<byte[]> contents) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (byte[] content : contents) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.length));
        sha256.update(content);
      }
      return Bytes.copyOf(sha256.digest());
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  private record Stamp(FileTime modified, long size, @Nullable Object identity) {}
}
