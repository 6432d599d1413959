package io.quorumvault.storage.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The files of a data directory as a power cut, a thief or a careless restore sees them.
final class Tree {
  private Tree() {}

  /// All files below the directory, by their path from there.
  static Map<String, Path> files(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      Map<String, Path> files = new TreeMap<>();
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(directory.relativize(file).toString(), file));
      return files;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Map<String, byte[]> contents(Path directory) {
    Map<String, byte[]> contents = new TreeMap<>();
    files(directory).forEach((name, file) -> contents.put(name, read(file)));
    return contents;
  }

  /// The content of a file that is there.
  static byte[] content(Map<String, byte[]> contents, String name) {
    return Objects.requireNonNull(contents.get(name), name);
  }

  /// Writes the files into a directory that does not exist.
  static Path restore(Map<String, byte[]> contents, Path directory) {
    contents.forEach((name, bytes) -> write(directory.resolve(name), bytes));
    return directory;
  }

  static Path copy(Path from, Path to) {
    return restore(contents(from), to);
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// The names of the files that hold one of the patterns.
  static List<String> holding(Map<String, byte[]> contents, List<byte[]> patterns) {
    return contents.entrySet().stream()
        .filter(
            file -> patterns.stream().anyMatch(pattern -> indexOf(file.getValue(), pattern) >= 0))
        .map(Map.Entry::getKey)
        .toList();
  }

  static int indexOf(byte[] text, byte[] pattern) {
    for (int at = 0; at <= text.length - pattern.length; at++) {
      int same = 0;
      while (same < pattern.length && text[at + same] == pattern[same]) {
        same++;
      }
      if (same == pattern.length) {
        return at;
      }
    }
    return -1;
  }
}
