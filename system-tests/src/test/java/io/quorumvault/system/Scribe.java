package io.quorumvault.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// A process that does to a file what it is told, a command a line, and says how that went: for
/// tests of what stands between a process and its disk.
final class Scribe {
  private Scribe() {}

  /// @param arguments the file
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(told(file, path, line.split(" ", -1)));
      }
    }
  }

  private static String told(RandomAccessFile file, Path path, String[] words) {
    try {
      switch (words[0]) {
        case "write" -> {
          file.seek(Long.parseLong(words[1]));
          file.write(words[2].getBytes(StandardCharsets.US_ASCII));
        }
        case "shorten" -> file.setLength(Long.parseLong(words[1]));
        case "sync" -> file.getFD().sync();
        case "space" -> {
          return Files.getFileStore(path).getUsableSpace() > 0 ? "some" : "none";
        }
        case "time" -> {
          return Instant.now().toString();
        }
        default -> {
          return "?";
        }
      }
      return "done";
    } catch (IOException failed) {
      return String.valueOf(failed.getMessage());
    }
  }
}
