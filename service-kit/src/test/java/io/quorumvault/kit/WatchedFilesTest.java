package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private final ManualTime time = new ManualTime(Instant.parse("2026-11-01T12:00:00Z"));
  private final List<String> readings = new ArrayList<>();
  private Path file = Path.of("set in each test");

  @BeforeEach
  void create() throws IOException {
    file = folder.resolve("file");
    write(file, "first");
  }

  @Test
  void a_change_is_seen_after_a_second_and_not_before() throws IOException {
    WatchedFiles<String> watched = watched(file);
    time.pass(LONG);
    assertEquals("first", watched.current());
    write(file, "second");
    assertEquals("first", watched.current());
    time.pass(SECOND.minusNanos(1));
    assertEquals("first", watched.current());
    time.pass(Duration.ofNanos(1));
    assertEquals("second", watched.current());
  }

  @Test
  void an_unchanged_file_is_not_read_again() {
    WatchedFiles<String> watched = watched(file);
    for (int i = 0; i < 10; i++) {
      time.pass(LONG);
      assertEquals("first", watched.current());
    }
    assertEquals(List.of("first"), readings);
  }

  @Test
  void a_second_write_that_time_and_size_do_not_show_is_seen_too() throws IOException {
    WatchedFiles<String> watched = watched(file);
    time.pass(LONG);
    FileTime written = FileTime.from(time.instant());
    write(file, "aaaaaa");
    assertEquals("aaaaaa", watched.current());
    Files.writeString(file, "bbbbbb");
    Files.setLastModifiedTime(file, written);
    time.pass(SECOND);
    assertEquals("bbbbbb", watched.current());
  }

  @Test
  void a_swapped_link_is_a_change() throws IOException {
    Path older = folder.resolve("older");
    Path newer = folder.resolve("newer");
    write(older, "old");
    write(newer, "new");
    Files.setLastModifiedTime(newer, Files.getLastModifiedTime(older));
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, older);
    WatchedFiles<String> watched = watched(link);
    time.pass(LONG);
    assertEquals("old", watched.current());
    Path next = folder.resolve("next");
    Files.createSymbolicLink(next, newer);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    time.pass(LONG);
    assertEquals("new", watched.current());
  }

  @Test
  void refused_content_keeps_the_last_good_and_is_complained_of_once_and_not_quoted()
      throws IOException {
    try (CapturedLog log = new CapturedLog(WatchedFiles.class)) {
      WatchedFiles<String> watched = watched(file);
      write(file, "bad: hunter2");
      for (int i = 0; i < 5; i++) {
        time.pass(LONG);
        assertEquals("first", watched.current());
      }
      assertEquals(
          List.of(
              "SEVERE test file ["
                  + file
                  + "]: content (expected: good); the last good content stays in force"),
          log.lines());
      assertEquals(List.of("first", "bad: hunter2"), readings);
      write(file, "good again");
      time.pass(LONG);
      assertEquals("good again", watched.current());
    }
  }

  @Test
  void content_that_returns_to_what_it_was_is_in_force_again() throws IOException {
    WatchedFiles<String> watched = watched(file);
    write(file, "bad");
    time.pass(LONG);
    assertEquals("first", watched.current());
    write(file, "first");
    time.pass(LONG);
    assertEquals("first", watched.current());
    write(file, "second");
    time.pass(LONG);
    assertEquals("second", watched.current());
  }

  @Test
  void a_missing_file_keeps_the_last_good_until_it_is_back() throws IOException {
    try (CapturedLog log = new CapturedLog(WatchedFiles.class)) {
      WatchedFiles<String> watched = watched(file);
      Files.delete(file);
      for (int i = 0; i < 3; i++) {
        time.pass(LONG);
        assertEquals("first", watched.current());
      }
      assertEquals(1, log.lines().size());
      write(file, "back");
      time.pass(LONG);
      assertEquals("back", watched.current());
    }
  }

  @Test
  void a_file_beyond_its_bound_keeps_the_last_good() throws IOException {
    try (CapturedLog log = new CapturedLog(WatchedFiles.class)) {
      WatchedFiles<String> watched = watched(file);
      write(file, "x".repeat(101));
      time.pass(LONG);
      assertEquals("first", watched.current());
      assertTrue(log.lines().getFirst().contains("expected: at most 100 bytes"));
      write(file, "x".repeat(100));
      time.pass(LONG);
      assertEquals("x".repeat(100), watched.current());
    }
  }

  @Test
  void without_good_content_at_the_start_there_is_nothing_to_keep() throws IOException {
    Path missing = folder.resolve("missing");
    assertThrows(IllegalStateException.class, () -> watched(missing));
    write(file, "bad");
    IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> watched(file));
    assertEquals("test file [" + file + "]: content (expected: good)", refusal.getMessage());
  }

  @Test
  void several_files_come_into_force_together() throws IOException {
    Path other = folder.resolve("other");
    write(other, "1");
    WatchedFiles<String> watched = watched(file, other);
    assertEquals("first,1", watched.current());
    write(other, "bad");
    write(file, "second");
    time.pass(LONG);
    assertEquals("first,1", watched.current());
    write(other, "2");
    time.pass(LONG);
    assertEquals("second,2", watched.current());
  }

  @Test
  void contents_are_wiped_once_their_meaning_is_known() {
    List<byte[]> seen = new ArrayList<>();
    WatchedFiles<String> watched =
        new WatchedFiles<>(
            "test file",
            List.of(file),
            100,
            contents -> {
              seen.addAll(contents);
              return new String(contents.getFirst(), UTF_8);
            },
            time,
            time::nanoTime);
    assertEquals("first", watched.current());
    assertArrayEquals(new byte["first".length()], seen.getFirst());
  }

  private WatchedFiles<String> watched(Path... paths) {
    return new WatchedFiles<>(
        "test file", List.of(paths), 100, this::meaning, time, time::nanoTime);
  }

  private String meaning(List<byte[]> contents) {
    String text =
        String.join(",", contents.stream().map(content -> new String(content, UTF_8)).toList());
    readings.add(text);
    if (text.contains("bad")) {
      throw new IllegalArgumentException("content (expected: good)");
    }
    return text;
  }

  /// Each writing at another time, as the clock of the test goes.
  private void write(Path path, String text) throws IOException {
    Files.writeString(path, text);
    Files.setLastModifiedTime(path, FileTime.from(time.instant()));
  }
}
