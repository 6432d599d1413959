package io.quorumvault.cli.dev;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// Shows what the vault bears, on processes that are really killed.
@Command(
    name = "demo",
    description = {
      "Stores a secret, kills storage nodes under it one after the other, reads and writes all the"
          + " while, starts them again, and shows that they have their shares back. Tells in plain"
          + " words what happens.",
      "",
      "Uses the dev cluster that runs here, whose other secrets it does not touch, or else one of"
          + " its own, which is gone afterwards."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String FIRST = "correct horse battery staple";
  private static final int NAME_BYTES = 4;

  private final DevCommand dev;
  private final Commands commands;

  /// Runs `qv`.
  @FunctionalInterface
  public interface Commands {
    /// @return the exit code
    int run(Surroundings surroundings, String... words);
  }

  public DemoCommand(DevCommand dev, Commands commands) {
    this.dev = dev;
    this.commands = commands;
  }

  @Override
  public Integer call() throws IOException {
    Optional<DevCluster> running = dev.running();
    if (running.isPresent()) {
      show(running.get(), false);
      return ExitCode.OK.number();
    }
    Path directory = Files.createTempDirectory("qv-demo-");
    ClusterFolder folder = ClusterFolder.create(directory);
    Thread clearing = new Thread(() -> clear(folder), "clear the demo away");
    Runtime.getRuntime().addShutdownHook(clearing);
    try {
      say("No dev cluster runs here: starting one for the demonstration, in " + directory + " ...");
      DevCluster.Starting starting = dev.launch(folder);
      starting.awaitReady();
      show(starting.cluster(), true);
      return ExitCode.OK.number();
    } finally {
      if (Runtime.getRuntime().removeShutdownHook(clearing)) {
        clear(folder);
      }
    }
  }

  private void clear(ClusterFolder folder) {
    try {
      Optional<DevCluster> cluster = dev.in(folder);
      if (cluster.isPresent()) {
        var _ = cluster.get().stop();
      }
      ClusterFolder.deleteTree(folder.root());
    } catch (IOException failed) {
      dev.surroundings()
          .terminal()
          .say(
              "qv: could not clear everything away: " + folder.root() + ": " + failed.getMessage());
    }
  }

  private void show(DevCluster cluster, boolean ours) throws IOException {
    int bears = cluster.settings().spare();
    if (bears == 0) {
      throw CommandFailure.usage(
          "A cluster of %d nodes with threshold %d bears the loss of none."
              .formatted(cluster.settings().nodes(), cluster.settings().threshold()),
          "Start one of five nodes elsewhere: qv dev --data DIR, then qv dev demo --data DIR.");
    }
    requireAllReady(cluster);
    Play play = new Play(cluster, Math.min(2, bears));
    Thread advising = new Thread(play::advise, "say what is dead");
    if (!ours) {
      Runtime.getRuntime().addShutdownHook(advising);
    }
    try {
      play.run();
    } finally {
      if (!ours && Runtime.getRuntime().removeShutdownHook(advising)) {
        play.restartDead();
      }
    }
  }

  private static void requireAllReady(DevCluster cluster) throws IOException {
    String down =
        cluster.states().stream()
            .filter(state -> !state.ready())
            .map(state -> state.service().toString())
            .collect(Collectors.joining(", "));
    if (!down.isEmpty()) {
      throw CommandFailure.of(
          ExitCode.SERVER,
          "The demonstration begins with everything well, and " + down + " is not ready.",
          "Start it again: qv dev restart-node I; or wait. qv dev status shows it.");
    }
  }

  private void say(String line) {
    dev.surroundings().terminal().print(line);
    dev.surroundings().terminal().output().flush();
  }

  /// One performance.
  private final class Play {
    private final DevCluster cluster;
    private final int losses;
    private final String name;
    private final List<Integer> dead = new ArrayList<>();
    private int step;
    private int written;

    Play(DevCluster cluster, int losses) {
      this.cluster = cluster;
      this.losses = losses;
      byte[] random = new byte[NAME_BYTES];
      new SecureRandom().nextBytes(random);
      this.name = "demo-" + HexFormat.of().formatHex(random);
    }

    void run() throws IOException {
      int n = cluster.settings().nodes();
      int k = cluster.settings().threshold();
      List<Integer> first = IntStream.rangeClosed(1, losses).boxed().toList();
      List<Integer> others = IntStream.rangeClosed(losses + 1, 2 * losses).boxed().toList();

      step(
          "%d storage nodes are up. A value is split over them: any %d give it back, %d know nothing."
              .formatted(n, k, k - 1));
      write();
      read();

      for (int node : first) {
        kill(node);
        say(
            "   What was written stays readable, and writing goes on, with "
                + (n - dead.size())
                + " of "
                + n
                + " nodes:");
        read();
        write();
        read();
      }

      step(
          "Starting "
              + nodes(first)
              + " again. What was written meanwhile they have never seen; they find out by"
              + " themselves and get their own shares back from the others, and nobody has to read"
              + " anything for it.");
      for (int node : first) {
        restart(node);
      }
      cluster.awaitHealed(first);
      say("   No share is lacking there any more.");

      step(
          "Is that true? Now "
              + nodes(others)
              + " are killed, which were up all the while. The last value can be put together only"
              + " if "
              + nodes(first)
              + " really have their shares of it.");
      for (int node : others) {
        killQuietly(node);
      }
      read();

      step(
          "Starting "
              + nodes(others)
              + " again and deleting the secret: its shares are destroyed.");
      for (int node : others) {
        restart(node);
      }
      cluster.awaitHealed(others);
      command(new byte[0], "delete", name);

      say("");
      say(
          "%d of %d nodes were killed, two times, and nothing was lost: %d values written, every one read."
              .formatted(losses, n, written));
    }

    private void step(String what) {
      say("");
      say(++step + ". " + what);
    }

    private String value() {
      return written == 1 ? FIRST : FIRST + " " + written;
    }

    private void write() {
      written++;
      command(value().getBytes(StandardCharsets.UTF_8), written == 1 ? "put" : "update", name);
    }

    private void read() {
      String read = command(new byte[0], "get", name);
      if (!read.equals(value())) {
        throw CommandFailure.of(
            ExitCode.SERVER,
            "The vault gave something else than was written last.",
            "That must never be: keep the logs and tell whoever makes it.");
      }
    }

    /// Shows and runs a command against the cluster, whatever else the environment names.
    private String command(byte[] input, String... words) {
      say(
          "   $ "
              + (input.length == 0
                  ? ""
                  : "printf %s '" + new String(input, StandardCharsets.UTF_8) + "' | ")
              + "qv "
              + String.join(" ", words));
      Surroundings here = dev.surroundings();
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      ByteArrayOutputStream messages = new ByteArrayOutputStream();
      Terminal terminal =
          new Terminal(
              new ByteArrayInputStream(input),
              new PrintStream(output, false, StandardCharsets.UTF_8),
              new PrintStream(messages, true, StandardCharsets.UTF_8),
              false,
              false,
              false,
              _ -> Optional.empty());
      Path root = cluster.directory();
      int exitCode =
          commands.run(
              new Surroundings(Map.of(), root, here.home(), terminal, here.clock()),
              Stream.concat(Arrays.stream(words), Stream.of("--data", root.toString()))
                  .toArray(String[]::new));
      String said = output.toString(StandardCharsets.UTF_8);
      if (exitCode != ExitCode.OK.number()) {
        throw CommandFailure.of(
            ExitCode.SERVER,
            "qv "
                + words[0]
                + " ended with "
                + exitCode
                + ":\n"
                + messages.toString(StandardCharsets.UTF_8).strip(),
            "On a busy machine a request can take longer than it may: try again. The logs: "
                + root.resolve("logs"));
      }
      said.lines().forEach(line -> say("   " + line));
      return said;
    }

    private void kill(int node) throws IOException {
      step(
          "Killing node "
              + node
              + " (kill -9, process "
              + processId(node)
              + "): no warning, no"
              + " goodbye.");
      killQuietly(node);
    }

    private long processId(int node) throws IOException {
      return cluster.states().stream()
          .filter(state -> state.service().equals(new ServiceName.Node(node)))
          .findFirst()
          .flatMap(DevCluster.State::processId)
          .orElse(0L);
    }

    private void killQuietly(int node) throws IOException {
      synchronized (dead) {
        dead.add(node);
      }
      cluster.kill(node);
    }

    private void restart(int node) throws IOException {
      say("   $ qv dev restart-node " + node);
      long processId = cluster.restart(node);
      say("   Node " + node + " is up, process " + processId + ".");
      synchronized (dead) {
        dead.remove(Integer.valueOf(node));
      }
    }

    /// A cluster that is somebody's is left as it was found, however this ended.
    void restartDead() throws IOException {
      for (int node : List.copyOf(dead)) {
        restart(node);
      }
    }

    /// When there is no time to start what was killed.
    void advise() {
      synchronized (dead) {
        dead.forEach(node ->
            dev.surroundings()
                .terminal()
                .say("Node " + node + " is still dead: qv dev restart-node " + node));
      }
    }

    private static String nodes(List<Integer> nodes) {
      return (nodes.size() == 1 ? "node " : "nodes ")
          + nodes.stream().map(String::valueOf).collect(Collectors.joining(" and "));
    }
  }
}
