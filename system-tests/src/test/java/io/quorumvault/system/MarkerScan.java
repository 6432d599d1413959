package io.quorumvault.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Looks for a text, or for bytes, in files, in every form in which it could have been written
/// without anybody's wish to hide it.
final class MarkerScan {
  private final Map<String, byte[]> forms = new LinkedHashMap<>();

  /// @param marker ASCII, long enough not to occur by chance
  MarkerScan(String marker) {
    if (marker.length() < 24) {
      throw new IllegalArgumentException("marker (expected: at least 24 characters)");
    }
    addForms(marker.getBytes(StandardCharsets.US_ASCII));
    forms.put(
        "reversed",
        new StringBuilder(marker).reverse().toString().getBytes(StandardCharsets.US_ASCII));
    forms.put("UTF-16 big-endian", marker.getBytes(StandardCharsets.UTF_16BE));
    forms.put("UTF-16 little-endian", marker.getBytes(StandardCharsets.UTF_16LE));
  }

  /// @param marker long enough not to occur by chance
  MarkerScan(byte[] marker) {
    addForms(marker);
  }

  private void addForms(byte[] raw) {
    forms.put("raw", raw);
    forms.put("hex", ascii(HexFormat.of().formatHex(raw)));
    forms.put("upper-case hex", ascii(HexFormat.of().withUpperCase().formatHex(raw)));
    // Wherever the marker begins within a group of three bytes, the middle of its base64 is the
    // same whatever surrounds it. A marker of letters and digits gives no + and no /, except where
    // it is neither: then the URL alphabet differs.
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = new byte[offset + raw.length];
      System.arraycopy(raw, 0, shifted, offset, raw.length);
      int from = offset == 0 ? 0 : 4;
      int whole = shifted.length / 3 * 4;
      String base64 = Base64.getEncoder().encodeToString(shifted).substring(from, whole);
      String url = Base64.getUrlEncoder().encodeToString(shifted).substring(from, whole);
      forms.put("base64 at " + offset, ascii(base64));
      forms.put("base64url at " + offset, ascii(url));
      forms.put("hex of base64 at " + offset, ascii(HexFormat.of().formatHex(ascii(base64))));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// The forms found in some bytes.
  List<String> in(byte[] content) {
    List<String> found = new ArrayList<>();
    forms.forEach((form, needle) -> {
      if (contains(content, needle)) {
        found.add(form);
      }
    });
    return found;
  }

  /// Every file under a directory in which the marker is, with the form.
  List<String> under(Path directory) {
    List<String> found = new ArrayList<>();
    for (Path file : files(directory)) {
      in(content(file)).forEach(form -> found.add(file + " holds it as " + form));
    }
    return found;
  }

  static List<Path> files(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      // Programs are copied and linked into the directory; they were there before any value.
      return tree.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(directory.resolve("app")))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// A file that goes away while it is looked for holds nothing.
  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException gone) {
      if (Files.exists(file)) {
        throw new UncheckedIOException(gone);
      }
      return new byte[0];
    }
  }

  /// Boyer and Moore's search in Horspool's form (1980).
  private static boolean contains(byte[] content, byte[] needle) {
    int last = needle.length - 1;
    int[] skip = new int[256];
    java.util.Arrays.fill(skip, needle.length);
    for (int i = 0; i < last; i++) {
      skip[needle[i] & 0xff] = last - i;
    }
    int at = 0;
    while (at + last < content.length) {
      int i = last;
      while (content[at + i] == needle[i]) {
        if (i == 0) {
          return true;
        }
        i--;
      }
      at += skip[content[at + last] & 0xff];
    }
    return false;
  }
}
