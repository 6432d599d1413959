package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// A program of this machine that a test asks for its opinion.
record Tool(Path program) {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  record Result(int exit, String out) {
    /// @return what it wrote
    String expectSuccess(String what) {
      if (exit != 0) {
        fail(what + ": exit status " + exit + "\n" + out);
      }
      return out;
    }
  }

  static Optional<Tool> find(String name) {
    return Arrays.stream(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Tool::new);
  }

  /// Ends the test as not run, aloud, if this machine lacks the program.
  ///
  /// @param origin where one gets it
  static Tool require(String name, String origin) {
    Optional<Tool> tool = find(name);
    if (tool.isEmpty()) {
      notRun(name + " is not installed (" + origin + ")");
    }
    return tool.orElseThrow();
  }

  static void notRun(String reason) {
    PrintStream console = System.out;
    console.println("NOT RUN: " + reason);
    Assumptions.abort("NOT RUN: " + reason);
  }

  /// @param directory where it runs
  /// @param input what it reads
  Result run(Path directory, byte[] input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Path in = Files.createTempFile("input", null);
    Path out = Files.createTempFile("output", null);
    try {
      Files.write(in, input);
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectInput(in.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        fail(command + " did not end within " + DEADLINE);
      }
      return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }
}
