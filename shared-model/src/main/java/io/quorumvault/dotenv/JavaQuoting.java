package io.quorumvault.dotenv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// dotenv-java, strict: `"…"` without escapes; single quotes are part of the value.
enum JavaQuoting implements Quoting {
  INSTANCE;

  @Override
  public String objection(Frame frame, String variable) {
    return frame.exported() ? "dotenv-java does not know 'export'" : "";
  }

  @Override
  public boolean admits(byte[] inserted) {
    return !Scan.containsAny(inserted, "\"\n\r\0");
  }

  @Override
  public @Nullable String readOwn(Quote quote, String raw) {
    return raw;
  }

  @Override
  public @Nullable String readWhole(Quote quote, String raw) {
    return switch (quote) {
      case BARE -> Quoting.hasAny(raw, "\"#") || Quoting.hasOddBlanks(raw) ? null : raw;
      case DOUBLE -> Quoting.hasAny(raw, "\"\n\r") ? null : raw;
      case SINGLE, BACKTICK -> null;
    };
  }

  @Override
  public boolean writeWhole(byte[] value, ByteSink out) {
    if (Scan.isBare(value)) {
      out.append(value);
      return true;
    }
    if (Scan.containsAny(value, "\"\n\r")) {
      return false;
    }
    Quoting.enclose(value, '"', out, "", "");
    return true;
  }

  @Override
  public boolean writeWithin(Quote quote, List<Piece> pieces, byte[] value, ByteSink out) {
    boolean fits =
        switch (quote) {
          case BARE -> Scan.isBare(value);
          case DOUBLE -> !Scan.containsAny(value, "\"\n\r");
          case SINGLE, BACKTICK -> false;
        };
    if (fits) {
      Quoting.copy(quote, pieces, out);
    }
    return fits;
  }

  @Override
  public boolean writeInterpolated(Quote quote, List<Piece> pieces, ByteSink out) {
    return false;
  }
}
