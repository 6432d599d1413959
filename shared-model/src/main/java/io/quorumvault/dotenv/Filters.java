package io.quorumvault.dotenv;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Applies filters to the bytes of a value.
final class Filters {
  private Filters() {}

  /// The value filtered; null if it would be longer than `bytesMax`.
  ///
  /// @param value stays the caller's
  static @Nullable Inserted apply(List<Filter> filters, byte[] value, int bytesMax) {
    byte[] filtered = value.clone();
    for (Filter filter : filters) {
      byte[] before = filtered;
      byte[] after = apply(filter, before, bytesMax);
      Arrays.fill(before, (byte) 0);
      if (after == null) {
        return null;
      }
      filtered = after;
    }
    return new Inserted(filtered);
  }

  private static byte @Nullable [] apply(Filter filter, byte[] value, int bytesMax) {
    if (filter == Filter.BASE64) {
      return (value.length + 2L) / 3 * 4 > bytesMax ? null : Base64.getEncoder().encode(value);
    }
    try (ByteSink out = new ByteSink(bytesMax)) {
      if (filter == Filter.URLENCODE) {
        urlencode(value, out);
      } else {
        json(value, out);
      }
      return out.overflown() ? null : out.toArray();
    }
  }

  private static void urlencode(byte[] value, ByteSink out) {
    HexFormat hex = HexFormat.of().withUpperCase();
    for (byte b : value) {
      if ((b >= 'a' && b <= 'z')
          || (b >= 'A' && b <= 'Z')
          || (b >= '0' && b <= '9')
          || b == '-'
          || b == '.'
          || b == '_'
          || b == '~') {
        out.append(b);
      } else {
        out.append('%');
        out.append(hex.toHighHexDigit(b));
        out.append(hex.toLowHexDigit(b));
      }
    }
  }

  private static void json(byte[] value, ByteSink out) {
    HexFormat hex = HexFormat.of();
    out.append('"');
    for (byte b : value) {
      int named = b < 0 ? -1 : "\"\\\b\f\n\r\t".indexOf(b);
      if (named >= 0) {
        out.append('\\');
        out.append("\"\\bfnrt".charAt(named));
      } else if (b >= 0 && b < ' ') {
        out.append("\\u00");
        out.append(hex.toHighHexDigit(b));
        out.append(hex.toLowHexDigit(b));
      } else {
        out.append(b);
      }
    }
    out.append('"');
  }
}
