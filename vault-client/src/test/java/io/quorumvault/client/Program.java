package io.quorumvault.client;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// A program of this machine that a test needs.
final class Program {
  /// The first build gets a compiler from its registry.
  private static final int MINUTES_MAX = 4;

  private Program() {}

  /// @param said all that it wrote
  record Ended(int exitCode, String said) {}

  /// Ends the test as not run, aloud, if this machine lacks the program.
  static void require(String program, String otherwise) {
    boolean there =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    if (!there) {
      notRun(otherwise + " (no " + program + " here)");
    }
  }

  static void notRun(String what) {
    System.out.println("NOT RUN: " + what);
    Assumptions.abort("NOT RUN: " + what);
  }

  static Ended run(Path directory, Path scratch, String... command)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile(scratch, "said", null);
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      Assertions.fail(String.join(" ", command) + " did not end in time");
    }
    return new Ended(process.exitValue(), Files.readString(said));
  }
}
