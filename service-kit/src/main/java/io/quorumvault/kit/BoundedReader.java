package io.quorumvault.kit;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what the web server reads of a connection, and is strict about chunks where it is not (RFC
/// 9112, section 7.1): their sizes are short and plain, and behind each there is the end of a line.
/// After a chunk that is not in order nothing more is read, since where the next request begins is
/// anybody's guess.
final class BoundedReader extends DataReader {
  /// Longest line that the web server reads without a bound of its own: the size of a chunk, or
  /// what ends all chunks.
  private static final int LINE_BYTES_MAX = 64;

  private static final int LINE_END_BYTES = 2;

  /// Without extensions and blanks, and without more digits than a body can have.
  private static final Pattern SIZE = Pattern.compile("0*[0-9A-Fa-f]{1,7}");

  private static final Pattern LAST_SIZE = Pattern.compile("0+");

  /// Reading content, which is not looked at, however short it is.
  private boolean taking;

  private boolean behindLastChunk;
  private boolean broken;

  BoundedReader(Supplier<byte @Nullable []> source) {
    super(source);
  }

  /// Every way to read begins with this.
  @Override
  public void ensureAvailable() {
    if (broken) {
      throw new CloseConnectionException("a chunk was not in order");
    }
    super.ensureAvailable();
  }

  /// Only asked for the sizes of chunks, and once behind the last one, where no trailers are taken.
  @Override
  public String readLine() {
    int length = lineLength();
    String line = length < LINE_BYTES_MAX ? readAsciiString(length) : "too long";
    if (behindLastChunk ? !line.isEmpty() : !SIZE.matcher(line).matches()) {
      throw badChunk();
    }
    behindLastChunk = !behindLastChunk && LAST_SIZE.matcher(line).matches();
    skip(LINE_END_BYTES);
    return line;
  }

  private int lineLength() {
    try {
      return findNewLine(LINE_BYTES_MAX);
    } catch (IncorrectNewLineException lone) {
      throw badChunk();
    }
  }

  @Override
  public BufferData readBuffer() {
    taking = true;
    try {
      return super.readBuffer();
    } finally {
      taking = false;
    }
  }

  @Override
  public BufferData readBuffer(int length) {
    taking = true;
    try {
      return super.readBuffer(length);
    } finally {
      taking = false;
    }
  }

  /// The web server skips two bytes wherever a line must end, behind a chunk without looking.
  @Override
  public void skip(int bytes) {
    if (!taking && bytes == LINE_END_BYTES && !startsWithNewLine()) {
      throw badChunk();
    }
    super.skip(bytes);
  }

  private RequestException badChunk() {
    broken = true;
    return RequestException.builder()
        .type(EventType.BAD_REQUEST)
        .message("A chunk has no proper size or end.")
        .setKeepAlive(false)
        .build();
  }
}
