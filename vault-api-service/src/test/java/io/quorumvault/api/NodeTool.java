package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/// Runs programs of others on the contract, with `openapi/tool`. On a machine that cannot, the test
/// ends as not run, aloud.
final class NodeTool {
  /// The first run installs them.
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /// Of `openapi/tool`: this machine cannot run it.
  private static final int NOT_RUN = 69;

  private NodeTool() {}

  /// @param text what it wrote: results, or if there were none, messages
  record Output(int exit, String text) {}

  static Output run(Path directory, List<String> words) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", null);
    Path messages = Files.createTempFile(directory, "messages", null);
    Process process =
        builder(words)
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(messages.toFile())
            .start();
    if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      fail(words + " did not end within " + DEADLINE);
    }
    String said = Files.readString(messages);
    if (process.exitValue() == NOT_RUN) {
      PrintStream console = System.out;
      console.println(said.lines().collect(Collectors.joining(" ")));
      Assumptions.abort(said);
    }
    String text = Files.readString(output);
    return new Output(process.exitValue(), text.isBlank() ? said : text);
  }

  /// Starts one that goes on. What it writes is dropped: there may be values in it.
  static Process start(List<String> words) throws IOException {
    return builder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static ProcessBuilder builder(List<String> words) {
    List<String> command =
        new ArrayList<>(List.of(PlantedChange.OPENAPI.resolve("tool").toString()));
    command.addAll(words);
    return new ProcessBuilder(command).redirectInput(Path.of("/dev/null").toFile());
  }
}
