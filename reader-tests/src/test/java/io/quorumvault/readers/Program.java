package io.quorumvault.readers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs a program to its end, with nothing in its environment but what is given and a path.
final class Program {
  /// A reader takes seconds; an installation with a slow network takes longer.
  private static final long SECONDS_MAX = 300;

  record Result(int exit, String out, String err) {}

  private Program() {}

  static Result run(
      Path directory, Map<String, String> environment, String input, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    Map<String, String> kept = new HashMap<>(environment);
    kept.putIfAbsent("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    builder.environment().clear();
    builder.environment().putAll(kept);
    Process process = builder.start();
    try {
      FutureTask<String> out = reading(process.getInputStream());
      FutureTask<String> err = reading(process.getErrorStream());
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException closedEarly) {
        // A program need not read what it is given; its exit code tells more.
      }
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IOException(command.getFirst() + " took longer than " + SECONDS_MAX + " s");
      }
      return new Result(
          process.exitValue(),
          out.get(SECONDS_MAX, TimeUnit.SECONDS),
          err.get(SECONDS_MAX, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException unread) {
      throw new IOException(command.getFirst() + " was not read", unread);
    } finally {
      process.destroyForcibly();
    }
  }

  private static FutureTask<String> reading(java.io.InputStream stream) {
    FutureTask<String> task =
        new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    Thread.ofVirtual().start(task);
    return task;
  }
}
