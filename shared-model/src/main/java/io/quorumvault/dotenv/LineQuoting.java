package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The env files of the docker and kubectl command lines: behind the `=` everything up to the line
/// end is the value, blanks, quotes and `#` included.
enum LineQuoting implements Quoting {
  DOCKER,
  KUBE;

  /// Longest line the env file readers of docker and kubectl take, line end not counted: they scan
  /// with a buffer of 64 KiB, which has to hold the LF too.
  static final int LINE_BYTES_MAX = (64 << 10) - 1;

  @Override
  public String objection(Frame frame, String variable) {
    if (frame.exported()) {
      return "'export' is taken as part of the name";
    }
    if (frame.blankBeforeEquals() || frame.blankAfterEquals()) {
      return "blanks around the '=' are refused, or taken as part of the value";
    }
    if (frame.comment() != Frame.Comment.NONE) {
      return "a comment behind the value is taken as part of it";
    }
    if (frame.blankAfterValue()) {
      return "blanks behind the value are taken as part of it";
    }
    return "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return !Scan.containsAny(inserted, "\n\r\0");
  }

  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    return raw;
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    return quote == Quote.BARE && raw.indexOf('\r') < 0 ? raw : null;
  }

  /// A value wrapped in quotes is refused: a release that takes them off would not tell.
  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.containsAny(value, "\n\r")
        || (value.length > 1
            && value[0] == value[value.length - 1]
            && (value[0] == '"' || value[0] == '\''))) {
      return false;
    }
    out.append(value);
    return true;
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    return false;
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    return false;
  }
}
