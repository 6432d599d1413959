package io.quorumvault.system;

import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// A browser without a window, driven by a script. The packages that drive it are installed into
/// `target/npm`, from the lock file and without any script of theirs.
///
/// @param node what runs the script
/// @param chromium the browser
/// @param modules where the packages are
record Browser(Path node, Path chromium, Path modules) {
  private static final Path HERE = VaultCluster.root().resolve("system-tests");
  private static final Path SCRIPT = HERE.resolve("src/test/resources/page/page.mjs");
  private static final Path LOCK = HERE.resolve("npm/package-lock.json");

  /// Where it puts what it saw, for people.
  static final Path SHOTS = HERE.resolve("target/page");

  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /// Ends the test as not run, aloud, if this machine lacks one of them.
  static Browser ofThisMachine() {
    Path node = require("node", "Debian: nodejs, npm");
    Path _ = require("npm", "Debian: npm");
    Path chromium = require("chromium", "Debian: chromium");
    Path modules = HERE.resolve("target/npm");
    Path installed = modules.resolve("package-lock.json");
    try {
      if (!Files.exists(installed) || Files.mismatch(installed, LOCK) >= 0) {
        Files.createDirectories(modules);
        Files.copy(LOCK.resolveSibling("package.json"), replaced(modules.resolve("package.json")));
        Files.copy(LOCK, replaced(installed));
        Command install =
            Command.run(
                modules, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        if (install.exitCode() != 0) {
          Files.delete(installed);
          notRun("npm ci ended with " + install.exitCode() + ", as it does without a network");
        }
      }
    } catch (IOException failed) {
      throw new AssertionError("cannot install what drives the browser", failed);
    }
    return new Browser(node, chromium, modules);
  }

  private static Path replaced(Path file) throws IOException {
    Files.deleteIfExists(file);
    return file;
  }

  private static Path require(String name, String origin) {
    Optional<Path> program =
        Arrays.stream(
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
            .filter(directory -> !directory.isEmpty())
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      notRun(name + " is not installed (" + origin + ")");
    }
    return program.orElseThrow();
  }

  private static void notRun(String reason) {
    System.out.println("NOT RUN: the page in a browser: " + reason);
    Assumptions.abort("NOT RUN: " + reason);
  }

  /// Runs the script. What it is to do goes through a pipe: there are tokens in it.
  void run(JsonObject task) {
    try {
      Path told = Files.createTempFile("browser", ".out");
      Process process =
          new ProcessBuilder(node.toString(), SCRIPT.toString())
              .redirectErrorStream(true)
              .redirectOutput(told.toFile())
              .start();
      try (var in = process.getOutputStream()) {
        in.write(task.toString().getBytes(StandardCharsets.UTF_8));
      }
      boolean ended = process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      String text = Files.readString(told, StandardCharsets.UTF_8);
      Files.delete(told);
      System.out.print(text);
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(
            (ended ? "" : "did not end within " + DEADLINE + ": ")
                + text
                + "\nWhat it saw is in "
                + SHOTS);
      }
    } catch (IOException failed) {
      throw new AssertionError("cannot drive the browser", failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }
}
