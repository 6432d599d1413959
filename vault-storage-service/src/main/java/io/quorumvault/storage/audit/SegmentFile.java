package io.quorumvault.storage.audit;

import io.quorumvault.storage.ledger.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A segment on a real disk.
final class SegmentFile implements Segment {
  private final Path path;
  private final FileChannel channel;
  private final @Nullable Object key;
  private long length;

  private SegmentFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.length = channel.size();
    this.key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /// A new file, whose name is on disk when this returns.
  static SegmentFile create(Path path) throws IOException {
    SegmentFile created =
        new SegmentFile(
            path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    OwnerOnly.file(path);
    OwnerOnly.sync(path.resolveSibling("."));
    return created;
  }

  /// A file that is there, to go on at its end.
  static SegmentFile open(Path path) throws IOException {
    return new SegmentFile(path, FileChannel.open(path, StandardOpenOption.WRITE));
  }

  @Override
  public void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      length += channel.write(bytes, length);
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void checkUntouched() throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    if (!Objects.equals(key, now.fileKey()) || now.size() != length) {
      throw new IOException(path + " was changed by somebody else");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
