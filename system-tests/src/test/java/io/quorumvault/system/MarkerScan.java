package io.quorumvault.system;

import jakarta.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Looks for texts, or for bytes, in files, in every form in which they could have been written
/// without anybody's wish to hide them.
final class MarkerScan {
  /// All forms are looked for in one pass, by how they begin: there may be hundreds, and gigabytes
  /// to look through.
  private static final int START_BYTES = Long.BYTES;

  /// Few enough that what says of most places that nothing begins there fits into a cache.
  private static final int HINT_BITS = 18;

  /// Long enough not to occur by chance.
  private static final int TEXT_MIN = 24;

  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  private record Form(String name, byte[] bytes) {}

  private final Map<Long, List<Form>> byStart = new HashMap<>();
  private final BitSet hints = new BitSet(1 << HINT_BITS);

  /// @param marker ASCII, long enough not to occur by chance
  MarkerScan(String marker) {
    if (marker.length() < TEXT_MIN) {
      throw new IllegalArgumentException("marker (expected: at least 24 characters)");
    }
    addForms("it", ascii(marker));
  }

  /// @param marker long enough not to occur by chance
  MarkerScan(byte[] marker) {
    addForms("it", marker);
  }

  /// Several at once.
  ///
  /// @param markers by what they are called in what is found
  MarkerScan(Map<String, byte[]> markers) {
    markers.forEach(this::addForms);
  }

  private void addForms(String what, byte[] raw) {
    add(what, "raw", raw);
    add(what, "hex", ascii(HexFormat.of().formatHex(raw)));
    add(what, "upper-case hex", ascii(HexFormat.of().withUpperCase().formatHex(raw)));
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
      add(what, "base64 at " + offset, ascii(base64));
      add(what, "base64url at " + offset, ascii(url));
      add(what, "hex of base64 at " + offset, ascii(HexFormat.of().formatHex(ascii(base64))));
    }
    String characters = new String(raw, StandardCharsets.ISO_8859_1);
    String reversed = new StringBuilder(characters).reverse().toString();
    add(what, "reversed", reversed.getBytes(StandardCharsets.ISO_8859_1));
    add(what, "UTF-8", characters.getBytes(StandardCharsets.UTF_8));
    add(what, "UTF-16 big-endian", characters.getBytes(StandardCharsets.UTF_16BE));
    add(what, "UTF-16 little-endian", characters.getBytes(StandardCharsets.UTF_16LE));
    String json = Json.createValue(characters).toString();
    add(what, "JSON", json.substring(1, json.length() - 1).getBytes(StandardCharsets.UTF_8));
    add(what, "escaped JSON", ascii(each(raw, "\\u%04x", "")));
    add(what, "numbers", ascii(each(raw, "%d", ", ")));
    add(
        what,
        "signed numbers",
        ascii(
            IntStream.range(0, raw.length)
                .mapToObj(i -> Byte.toString(raw[i]))
                .collect(Collectors.joining(", "))));
  }

  private static String each(byte[] raw, String format, String between) {
    return IntStream.range(0, raw.length)
        .mapToObj(i -> format.formatted(raw[i] & 0xff))
        .collect(Collectors.joining(between));
  }

  private void add(String what, String form, byte[] bytes) {
    long start = start(bytes, 0);
    List<Form> same = byStart.computeIfAbsent(start, _ -> new ArrayList<>());
    // Of letters and digits several forms are the same: the first names it.
    if (same.stream().noneMatch(one -> Arrays.equals(one.bytes(), bytes))) {
      same.add(new Form(what + " as " + form, bytes));
    }
    hints.set(hint(start));
  }

  private static long start(byte[] bytes, int at) {
    long start = 0;
    for (int i = at; i < at + START_BYTES; i++) {
      start = (start << Byte.SIZE) | (bytes[i] & 0xff);
    }
    return start;
  }

  /// Fibonacci hashing (Knuth, vol. 3, section 6.4).
  private static int hint(long start) {
    return (int) ((start * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - HINT_BITS));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// What was found in some bytes, and in which forms.
  List<String> in(byte[] content) {
    Set<String> found = new LinkedHashSet<>();
    if (content.length < START_BYTES) {
      return List.of();
    }
    long start = start(content, 0) >>> Byte.SIZE;
    for (int at = 0; at <= content.length - START_BYTES; at++) {
      start = (start << Byte.SIZE) | (content[at + START_BYTES - 1] & 0xff);
      if (hints.get(hint(start))) {
        for (Form form : byStart.getOrDefault(start, List.of())) {
          byte[] bytes = form.bytes();
          int end = at + bytes.length;
          if (end <= content.length && Arrays.equals(content, at, end, bytes, 0, bytes.length)) {
            found.add(form.name());
          }
        }
      }
    }
    return List.copyOf(found);
  }

  /// Every file under a directory in which a marker is, with the form.
  List<String> under(Path directory) {
    List<String> found = new ArrayList<>();
    for (Path file : files(directory)) {
      in(content(file)).forEach(form -> found.add(file + " holds " + form));
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
}
