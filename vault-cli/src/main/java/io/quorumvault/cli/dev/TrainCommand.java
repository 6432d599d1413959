package io.quorumvault.cli.dev;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// Makes the caches with which the services start sooner (JEP 514): runs a small cell for a moment
/// while their JVMs take notes.
@Command(
    name = "train",
    hidden = true,
    description = "Makes the caches with which a dev cluster starts sooner.")
public final class TrainCommand implements Callable<Integer> {
  /// At its end the JVM makes the cache, which takes longer than the run.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("put", "a"),
          List.of("get", "a"),
          List.of("update", "a"),
          List.of("history", "a"),
          List.of("list"),
          List.of("delete", "a"));

  /// The smallest cell there can be.
  private static final int NODES = 3;

  private static final int THRESHOLD = 2;

  private final DevCommand dev;
  private final DemoCommand.Commands commands;

  public TrainCommand(DevCommand dev, DemoCommand.Commands commands) {
    this.dev = dev;
    this.commands = commands;
  }

  @Override
  public Integer call() throws IOException {
    Surroundings here = dev.surroundings();
    ServicePrograms programs = new ServicePrograms(here.home(), ServicePrograms.Caches.MADE);
    ClusterFolder folder = ClusterFolder.create(Files.createTempDirectory("qv-train-"));
    try {
      Terminal quiet = quiet();
      DevCluster.Starting starting =
          DevCluster.launch(
              folder,
              new DevCluster.Wishes(NODES, THRESHOLD, 0, false),
              programs,
              quiet,
              here.clock());
      try {
        starting.awaitReady();
        for (List<String> command : COMMANDS) {
          var _ =
              commands.run(
                  new Surroundings(Map.of(), folder.root(), here.home(), quiet(), here.clock()),
                  Stream.concat(command.stream(), Stream.of("--data", folder.root().toString()))
                      .toArray(String[]::new));
        }
      } finally {
        var _ = starting.cluster().stop(PATIENCE);
      }
      programs.keepCaches();
      return ExitCode.OK.number();
    } finally {
      ClusterFolder.deleteTree(folder.root());
    }
  }

  private static Terminal quiet() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Terminal(
        new ByteArrayInputStream(new byte[] {'v'}),
        nowhere,
        nowhere,
        false,
        false,
        false,
        _ -> Optional.empty());
  }
}
