package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A project that is built and a directory to start clusters in. Ends with nothing left running.
///
/// @param home the project's root
/// @param work the current directory
record Workplace(Path home, Path work) implements AutoCloseable {
  static final long PATIENCE_SECONDS = 60;

  static Workplace in(Path directory) throws IOException {
    return new Workplace(
        FakeService.home(directory.resolve("home")),
        Files.createDirectory(directory.resolve("work")));
  }

  /// Where a cluster lives unless told otherwise.
  Path data() {
    return work.resolve(".qv");
  }

  Shell.Ended qv(String... arguments) {
    return Shell.in(work).home(home).run(arguments);
  }

  Shell.Ended start(String... more) {
    List<String> arguments = new ArrayList<>(List.of("dev", "--port", "0", "--detach"));
    arguments.addAll(List.of(more));
    Shell.Ended started = qv(arguments.toArray(String[]::new));
    assertEnded(ExitCode.OK, started);
    return started;
  }

  ClusterFile cluster() throws IOException {
    return ClusterFile.parse(Files.readAllBytes(data().resolve("cluster.json")));
  }

  @Override
  public void close() {
    if (Files.exists(data())) {
      qv("dev", "stop");
    }
  }

  static void assertEnded(ExitCode expected, Shell.Ended ended) {
    assertEquals(expected.number(), ended.exitCode(), ended::everything);
  }

  /// Whether it is a cluster's process and runs.
  static boolean isAlive(long processId) {
    return ProcessHandle.of(processId)
        .filter(ProcessHandle::isAlive)
        .flatMap(process -> process.info().commandLine())
        .filter(line -> line.contains("-Dqv.process="))
        .isPresent();
  }

  static void kill(long processId) throws Exception {
    ProcessHandle process = ProcessHandle.of(processId).orElseThrow();
    process.destroyForcibly();
    process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
