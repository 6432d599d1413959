package io.quorumvault.storage.audit;

import io.quorumvault.storage.ledger.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The segments of a log: files named after their first record, so that their names are in the
/// order of the log.
final class SegmentDirectory {
  private static final Pattern NAME = Pattern.compile("audit-([0-9]{15})\\.log");

  private final Path directory;

  SegmentDirectory(Path directory) {
    this.directory = directory;
  }

  void make() throws IOException {
    OwnerOnly.directory(directory);
  }

  /// From the oldest to the newest.
  List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  Path segment(long firstSeq) {
    return directory.resolve("audit-%015d.log".formatted(firstSeq));
  }

  static long firstSeq(Path segment) {
    return Long.parseLong(segment.getFileName().toString().substring(6, 21));
  }

  /// All of a segment, which is never much longer than `Limits.AUDIT_SEGMENT_BYTES`.
  static String read(Path segment) throws IOException {
    return new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1);
  }

  /// Cuts off what is behind `length`, durably.
  void truncate(Path segment, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      FileChannel _ = channel.truncate(length);
      channel.force(true);
    }
  }

  /// Takes a segment out of the log and keeps it as it is, under a name that no segment has.
  ///
  /// @return where it is now
  Path setAside(Path segment) throws IOException {
    Path kept = segment;
    for (int number = 1; Files.exists(kept); number++) {
      kept = segment.resolveSibling(segment.getFileName() + ".damaged-" + number);
    }
    Path _ = Files.move(segment, kept, StandardCopyOption.ATOMIC_MOVE);
    OwnerOnly.sync(directory);
    return kept;
  }

  void delete(Path segment) throws IOException {
    boolean _ = Files.deleteIfExists(segment);
    OwnerOnly.sync(directory);
  }
}
