package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import jakarta.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarkerScanTest {
  private static final String MARKER = "marker-Kq7ZpX2mVt9LwB4sRd8Jf3";

  private final MarkerScan scan = new MarkerScan(MARKER);

  @Test
  void a_marker_is_found_in_every_form_wherever_it_begins() {
    for (int before = 0; before < 7; before++) {
      for (int after = 0; after < 4; after++) {
        String text = "x".repeat(before) + MARKER + "y".repeat(after);
        byte[] raw = text.getBytes(StandardCharsets.US_ASCII);
        assertFound(raw);
        assertFound(
            new StringBuilder(text).reverse().toString().getBytes(StandardCharsets.US_ASCII));
        assertFound(HexFormat.of().formatHex(raw).getBytes(StandardCharsets.US_ASCII));
        assertFound(
            HexFormat.of().withUpperCase().formatHex(raw).getBytes(StandardCharsets.US_ASCII));
        assertFound(text.getBytes(StandardCharsets.UTF_16LE));
        assertFound(text.getBytes(StandardCharsets.UTF_16BE));
        byte[] base64 = Base64.getEncoder().encode(raw);
        assertFound(base64);
        assertFound(HexFormat.of().formatHex(base64).getBytes(StandardCharsets.US_ASCII));
        assertFound(Base64.getUrlEncoder().withoutPadding().encode(raw));
      }
    }
  }

  @Test
  void bytes_are_found_as_the_text_that_a_program_makes_of_them() {
    byte[] marker = new byte[32];
    for (int i = 0; i < marker.length; i++) {
      marker[i] = (byte) (i * 37 + 11);
    }
    MarkerScan bytes = new MarkerScan(marker);
    String latin = new String(marker, StandardCharsets.ISO_8859_1);
    for (String text :
        List.of(
            "value=" + Arrays.toString(marker),
            Json.createValue(latin).toString(),
            latin.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining()),
            latin.chars().mapToObj(Integer::toString).collect(Collectors.joining(", ")),
            latin)) {
      assertEquals(1, bytes.in(text.getBytes(StandardCharsets.UTF_8)).size(), text);
    }
  }

  @Test
  void several_markers_are_told_apart_even_if_they_begin_alike() {
    MarkerScan several =
        new MarkerScan(
            Map.of(
                "one", MARKER.getBytes(StandardCharsets.US_ASCII),
                "other", (MARKER + "b").getBytes(StandardCharsets.US_ASCII)));
    assertEquals(List.of("one as raw"), several.in(MARKER.getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        Set.of("one as raw", "other as raw"),
        Set.copyOf(several.in((MARKER + "b").getBytes(StandardCharsets.US_ASCII))));
  }

  private void assertFound(byte[] content) {
    assertFalse(scan.in(content).isEmpty());
  }

  @Test
  void nothing_is_found_in_what_does_not_hold_it() {
    byte[] almost = MARKER.substring(1).getBytes(StandardCharsets.US_ASCII);
    assertEquals(List.of(), scan.in(almost));
    assertEquals(List.of(), scan.in(new byte[0]));
    assertEquals(
        List.of(),
        scan.in(Base64.getEncoder().encode("x".repeat(99).getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void a_file_deep_down_is_found_and_named(@TempDir Path directory) throws IOException {
    Path deep = Files.createDirectories(directory.resolve("a/b")).resolve("c.log");
    Files.writeString(deep, "noise\n" + MARKER + "\nnoise");
    Files.writeString(directory.resolve("other"), "noise");
    assertEquals(List.of(deep + " holds it as raw"), scan.under(directory));
  }
}
