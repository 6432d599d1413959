package io.quorumvault.cli.dev;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Starts a dev cluster, and stops it when it is itself told to end.
@Command(
    name = "dev",
    description = {
      "Starts a vault on this machine: storage nodes and one API, as processes on loopback with a"
          + " throw-away certificate authority and token key.",
      "",
      "Ctrl-C stops it. Its data stays in the directory and is there again at the next start."
    })
public final class DevCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final ServicePrograms programs;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "How many storage nodes (default 5). Fixed at the first start.")
  private @Nullable Integer nodes;

  @Option(
      names = "--threshold",
      paramLabel = "K",
      description =
          "How many nodes give a secret back (default: more than half, 3 of 5). Fixed at the first"
              + " start.")
  private @Nullable Integer threshold;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where the API listens (default 8420; 0 for any that is free).")
  private @Nullable Integer port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "The cluster's directory (default: the nearest .qv here or in a directory above; to"
              + " start, .qv here).")
  private @Nullable Path data;

  @Option(
      names = "--detach",
      description = "Return when the cluster is ready, and leave it running.")
  private boolean detach;

  @Option(
      names = "--fresh",
      description = "Start over: delete the cluster's data, keys and logs first.")
  private boolean fresh;

  @Mixin private final OutputFormat format = new OutputFormat();

  public DevCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.programs = new ServicePrograms(surroundings.home());
  }

  Surroundings surroundings() {
    return surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ClusterFolder folder = ClusterFolder.create(directoryToStartIn());
    Terminal terminal = surroundings.terminal();
    AtomicBoolean leftRunning = new AtomicBoolean();
    AtomicBoolean ending = new AtomicBoolean();
    Thread stopping =
        new Thread(
            () -> {
              ending.set(true);
              if (!leftRunning.get()) {
                stopAtEnd(folder);
              }
            },
            "stop the cluster");
    Runtime.getRuntime().addShutdownHook(stopping);
    boolean launched = false;
    try {
      DevCluster.Wishes wishes = new DevCluster.Wishes(nodes, threshold, port, fresh);
      DevCluster.Starting starting =
          DevCluster.launch(folder, wishes, programs, terminal, surroundings.clock());
      launched = true;
      DevCluster cluster = starting.cluster();
      terminal.say(
          "Starting %d storage nodes and the API in %s ..."
              .formatted(cluster.settings().nodes(), folder.root()));
      starting.awaitReady();
      if (format.isJson()) {
        Welcome.printJson(folder, cluster, surroundings);
      } else {
        Welcome.print(folder, cluster, detach, surroundings);
      }
      if (detach) {
        leftRunning.set(true);
        return ExitCode.OK.number();
      }
      starting.watch();
      if (!ending.get()) {
        leftRunning.set(true);
        terminal.say("The cluster was stopped from elsewhere.");
      }
      return ExitCode.OK.number();
    } catch (IOException | RuntimeException failed) {
      if (!launched) {
        leftRunning.set(true); // What runs there is not of our making.
      }
      throw failed;
    } finally {
      if (!ending.get()) {
        Runtime.getRuntime().removeShutdownHook(stopping);
        if (!leftRunning.get()) {
          stopAtEnd(folder);
        }
      }
    }
  }

  private void stopAtEnd(ClusterFolder folder) {
    try {
      Optional<DevCluster> cluster = DevCluster.in(folder, programs, surroundings.terminal());
      if (cluster.isPresent() && cluster.get().stop() > 0) {
        surroundings.terminal().say("Stopped. The data stays in " + folder.root() + ".");
      }
    } catch (IOException failed) {
      surroundings.terminal().say("qv: could not stop everything: " + failed.getMessage());
    }
  }

  private Path directoryToStartIn() {
    return surroundings.resolve(data == null ? Path.of(ClusterFile.DEFAULT_DIRECTORY) : data);
  }

  /// The folder a subcommand is about.
  ///
  /// @throws CommandFailure when no cluster was ever made there
  ClusterFolder folder() {
    return folder(surroundings, data);
  }

  static ClusterFolder folder(Surroundings surroundings, @Nullable Path data) {
    Optional<Path> directory =
        Optional.ofNullable(data)
            .map(surroundings::resolve)
            .or(() -> ClusterFile.nearestDirectory(surroundings));
    return directory
        .flatMap(ClusterFolder::existing)
        .orElseThrow(() ->
            CommandFailure.usage(
                "There is no dev cluster "
                    + directory.map(where -> "in " + where).orElse("here")
                    + ".",
                "Start one with qv dev, or name its directory with --data."));
  }

  /// The nearest cluster, or the one that was named, if it runs.
  Optional<DevCluster> running() throws IOException {
    Optional<ClusterFolder> found =
        Optional.ofNullable(data)
            .map(surroundings::resolve)
            .or(() -> ClusterFile.nearestDirectory(surroundings))
            .flatMap(ClusterFolder::existing);
    return found.isPresent() && found.get().cluster().isPresent()
        ? in(found.get())
        : Optional.empty();
  }

  Optional<DevCluster> in(ClusterFolder folder) throws IOException {
    return DevCluster.in(folder, programs, surroundings.terminal());
  }

  /// Starts a cluster of the usual size on any ports.
  DevCluster.Starting launch(ClusterFolder folder) throws IOException {
    return DevCluster.launch(
        folder,
        new DevCluster.Wishes(null, null, 0, false),
        programs,
        surroundings.terminal(),
        surroundings.clock());
  }

  /// The cluster a subcommand is about, running or not.
  ///
  /// @throws CommandFailure when none was ever made there
  DevCluster cluster() throws IOException {
    ClusterFolder folder = folder();
    return DevCluster.in(folder, programs, surroundings.terminal())
        .orElseThrow(
            () -> CommandFailure.usage("There is no dev cluster.", "Start one with qv dev."));
  }
}
