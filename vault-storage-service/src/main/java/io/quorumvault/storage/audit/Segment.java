package io.quorumvault.storage.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The file that the log is written to. Belongs to one thread.
interface Segment extends Closeable {
  /// Writes all of it at the end. Not durable before `sync`.
  void append(ByteBuffer bytes) throws IOException;

  /// When it returns, everything that was written is on disk.
  void sync() throws IOException;

  /// Bytes that were written.
  long length();

  /// @throws IOException if the file is not what was written: somebody removed it, put another in
  ///   its place, or changed its length. What is written to it then is written to nowhere
  void checkUntouched() throws IOException;
}
