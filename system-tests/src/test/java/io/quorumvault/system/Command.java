package io.quorumvault.system;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs a program to its end.
///
/// @param output what it wrote to standard output
/// @param messages what it wrote to standard error
record Command(int exitCode, String output, String messages) {
  /// A first `qv dev` on a slow machine is the longest that any of these takes.
  private static final Duration DEADLINE = Duration.ofMinutes(4);

  static Command run(Path directory, List<String> words) {
    // Through files: a pipe would stay open as long as any process that the program left running.
    @Nullable Path output = null;
    @Nullable Path messages = null;
    try {
      output = Files.createTempFile("command", ".out");
      messages = Files.createTempFile("command", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .redirectError(messages.toFile());
      // What a developer has set for their own vault must not reach the ones under test.
      builder.environment().keySet().removeIf(name -> name.startsWith("QV_"));
      // The build that runs these tests has packaged everything just now.
      builder.environment().put("QV_BUILD", "never");
      Process process = builder.start();
      if (!process.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            words + " did not end within " + DEADLINE + ":\n" + Files.readString(messages));
      }
      return new Command(
          process.exitValue(),
          Files.readString(output, StandardCharsets.UTF_8),
          Files.readString(messages, StandardCharsets.UTF_8));
    } catch (IOException failed) {
      throw new AssertionError("cannot run " + words, failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + words, stopped);
    } finally {
      delete(output);
      delete(messages);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException left) {
        throw new AssertionError("cannot delete " + file, left);
      }
    }
  }

  /// This, if the program was content.
  Command succeeded() {
    if (exitCode != 0) {
      throw new AssertionError("exit code " + exitCode + ":\n" + output + messages);
    }
    return this;
  }
}
