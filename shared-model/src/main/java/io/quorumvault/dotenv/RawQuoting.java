package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// No quoting at all: the value goes where the reference stood.
enum RawQuoting implements Quoting {
  /// Without what a reader could take for another line, or for a command.
  SAFE,
  /// Everything but NUL.
  UNSAFE;

  @Override
  public String objection(Frame frame, String variable) {
    return "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return this == UNSAFE
        ? !Scan.containsAny(inserted, "\0")
        : !Scan.containsAny(inserted, "\n\r`\0") && !Scan.containsPair(inserted, '$', '(');
  }

  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    return raw;
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    return PortableQuoting.INSTANCE.readWhole(quote, raw);
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    out.append(value);
    return true;
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    Quoting.copy(quote, pieces, out);
    return true;
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    return false;
  }
}
