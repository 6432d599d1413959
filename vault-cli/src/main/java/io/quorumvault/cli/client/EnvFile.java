package io.quorumvault.cli.client;

import io.quorumvault.Limits;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.PrivateFile;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.dotenv.DotenvFile;
import io.quorumvault.dotenv.DotenvParser;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.DotenvText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A `.env` file as it was read: UTF-8, and no larger than the vault takes. It may hold values and
/// is wiped when closed.
final class EnvFile implements AutoCloseable {
  private final Path path;
  private final String label;
  private final byte[] bytes;

  private EnvFile(Path path, String label, byte[] bytes) {
    this.path = path;
    this.label = label;
    this.bytes = bytes;
  }

  /// @param given as the command line names it
  static EnvFile read(Surroundings surroundings, Path given) {
    Path path = surroundings.resolve(given);
    byte[] bytes;
    try {
      bytes = bounded(path);
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The file " + given + " cannot be read: " + reason(unreadable) + ".",
          "Nothing was sent.");
    }
    EnvFile file = new EnvFile(path, given.toString(), bytes);
    if (bytes.length > Limits.ENV_BYTES_MAX || !ValueText.isText(bytes)) {
      try (file) {
        if (DotenvText.decode(bytes) instanceof DotenvText.Undecodable undecodable) {
          throw file.refused(List.of(undecodable.problem()));
        }
      }
    }
    return file;
  }

  /// One byte more than a file can have shows that there is too much.
  private static byte[] bounded(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a directory");
    }
    try (InputStream input = Files.newInputStream(path)) {
      return input.readNBytes(Limits.ENV_BYTES_MAX + 1);
    }
  }

  /// The bytes themselves, which stay the file's.
  byte[] bytes() {
    return bytes;
  }

  /// As the command line named it.
  String label() {
    return label;
  }

  Path path() {
    return path;
  }

  FileInQuestion inQuestion() {
    return FileInQuestion.sentWhole(label);
  }

  /// The file as the vault would understand it.
  ///
  /// @throws CommandFailure with every problem it has
  DotenvFile parsed() {
    if (!(DotenvText.decode(bytes) instanceof DotenvText.Decoded decoded)) {
      throw new IllegalStateException("the bytes were UTF-8 when they were read");
    }
    DotenvFile parsed = DotenvParser.parse(decoded.content());
    if (!parsed.problems().isEmpty()) {
      throw refused(parsed.problems());
    }
    return parsed;
  }

  private CommandFailure refused(List<DotenvProblem> problems) {
    return refusedRules(problems.stream().map(DotenvProblem::violation).map(Rule::of).toList());
  }

  /// The end of a command whose file this program cannot take.
  CommandFailure refusedRules(List<Rule> rules) {
    FileInQuestion file = inQuestion();
    return CommandFailure.usage(
            label + " has " + counted(rules.size(), "problem") + ".", "Nothing was sent.")
        .about(rules.stream().map(file::finding).toList());
  }

  static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /// The file that is to take this one's place.
  ///
  /// @throws CommandFailure when there can be none
  PrivateFile replacement() {
    return replacing(path, label);
  }

  /// @param label as the command line names it
  static PrivateFile replacing(Path path, String label) {
    try {
      return PrivateFile.replacing(path);
    } catch (IOException impossible) {
      throw CommandFailure.usage(
          "The file " + label + " cannot be written: " + reason(impossible) + ".",
          "Nothing was sent.");
    }
  }

  /// @throws IOException when somebody changed the file since it was read
  void checkUnchanged() throws IOException {
    byte[] now = bounded(path);
    boolean same = Arrays.equals(now, bytes);
    Arrays.fill(now, (byte) 0);
    if (!same) {
      throw new IOException("it was changed in the meantime");
    }
  }

  /// What is wrong with a file, without its path.
  static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "there is no such file or directory";
      case NotDirectoryException file -> "a part of its path is no directory";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "EnvFile[" + label + ", " + bytes.length + " bytes]";
  }
}
