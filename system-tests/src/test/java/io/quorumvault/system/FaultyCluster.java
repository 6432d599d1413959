package io.quorumvault.system;

import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Reply.Standing;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A cluster whose processes, network, disks and clocks can be harmed. For one thread.
///
/// It is a cluster that `qv` has started before: its processes are ended, and the same command
/// lines run again, with nothing changed but the addresses of the peers, which are links that can
/// be harmed, and what is loaded between a process and its disk and clock.
final class FaultyCluster implements AutoCloseable {
  /// No process's clock is ever before the day on which the certificates were made.
  static final long CLOCK_AHEAD_SECONDS = TimeUnit.HOURS.toSeconds(2);

  /// Names asked for at once: their shares fit into one answer.
  private static final int NAMES_AT_ONCE = 100;

  /// Looks for shares before they are given up: each reads everything that lacks some.
  private static final int SHARE_LOOKS_MAX = 10;

  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /// Whatever anybody logs, in whatever detail.
  private static final String EVERYTHING =
      """
      handlers=java.util.logging.ConsoleHandler
      java.util.logging.ConsoleHandler.level=ALL
      .level=ALL
      """;

  private static final String PEERS = "-Dvault.peers=";

  /// Runs the services as an operator does, with the optimizing compiler, and not as `qv dev` does
  /// to start soon: `-Dquorumvault.optimized=true`. For what takes long enough.
  private static final boolean OPTIMIZED = Boolean.getBoolean("quorumvault.optimized");

  private static final List<String> QUICK_COMPILER =
      List.of("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=0.1");

  /// How `qv` ran a process.
  private record Program(List<String> words, Map<String, String> environment) {
    /// The same with more options for java, which the first word starts.
    Program with(String... options) {
      List<String> more = new ArrayList<>(words);
      more.addAll(1, List.of(options));
      return new Program(more, environment);
    }
  }

  private final VaultCluster cluster;
  private final List<URI> urls;
  private final Network network;
  private final Map<Integer, Program> programs = new HashMap<>();
  private final Map<Integer, Machine> machines = new HashMap<>();
  private final Map<Integer, Process> processes = new HashMap<>();
  private int spared;
  private int apiMetricsPort;

  private FaultyCluster(VaultCluster cluster, long seed) {
    this.cluster = cluster;
    VaultCluster.Described before = cluster.described();
    this.urls = before.nodes().stream().map(VaultCluster.Described.Node::url).toList();
    this.network = new Network(urls, seed);
    programs.put(Network.API, program(before.apiProcess()));
    before.nodes().forEach(node -> programs.put(node.index(), program(node.process())));
    Machine.library(workplace())
        .ifPresent(file -> {
          for (int party : programs.keySet()) {
            Path place = workplace().resolve(name(party));
            Path files = party == Network.API ? place : before.node(party).dataDirectory();
            Machine machine = new Machine(file, place, files);
            machine.shiftClock(CLOCK_AHEAD_SECONDS);
            machines.put(party, machine);
          }
        });
  }

  /// Takes a cluster over. Returns when it serves.
  static FaultyCluster over(VaultCluster cluster, long seed) {
    return takenOver(new FaultyCluster(cluster, seed));
  }

  /// The same. From now on its processes log everything, an API server tells its metrics, and what
  /// anybody puts into a temporary file is in the cluster's directory.
  static FaultyCluster loud(VaultCluster cluster, long seed) {
    FaultyCluster faulty = new FaultyCluster(cluster, seed);
    Path logging = cluster.data().resolve("logging.properties");
    Path temporary = cluster.data().resolve("temporary");
    try (ServerSocket free = new ServerSocket(0)) {
      Files.writeString(logging, EVERYTHING);
      Files.createDirectories(temporary);
      faulty.apiMetricsPort = free.getLocalPort();
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
    faulty.programs.replaceAll((party, program) ->
        program.with(
            "-Djava.util.logging.config.file=" + logging,
            "-Djava.io.tmpdir=" + temporary,
            "-Dvault.api.metrics.port=" + faulty.apiMetricsPort));
    return takenOver(faulty);
  }

  private static FaultyCluster takenOver(FaultyCluster faulty) {
    faulty.cluster.killEverything();
    faulty.launch(IntStream.rangeClosed(Network.API, VaultCluster.NODES).toArray());
    faulty.awaitServing();
    return faulty;
  }

  private Path workplace() {
    return cluster.data().resolve("faults");
  }

  private static String name(int party) {
    return party == Network.API ? "api" : "node-" + party;
  }

  private static Program program(long process) {
    try {
      Path about = Path.of("/proc", Long.toString(process));
      Map<String, String> environment = new HashMap<>();
      for (String word : words(about.resolve("environ"))) {
        int equals = word.indexOf('=');
        if (equals > 0) {
          environment.put(word.substring(0, equals), word.substring(equals + 1));
        }
      }
      return new Program(words(about.resolve("cmdline")), environment);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<String> words(Path file) throws IOException {
    return Stream.of(Files.readString(file, StandardCharsets.UTF_8).split("\0"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  VaultCluster cluster() {
    return cluster;
  }

  VaultClient client() {
    return cluster.client();
  }

  Network network() {
    return network;
  }

  /// Whether disks and clocks can be harmed here.
  boolean hasMachines() {
    return !machines.isEmpty();
  }

  Machine machine(int party) {
    Machine machine = machines.get(party);
    if (machine == null) {
      throw new IllegalStateException("disks and clocks cannot be harmed here");
    }
    return machine;
  }

  /// Where the API of a loud cluster tells its metrics.
  URI apiMetrics() {
    return URI.create("https://127.0.0.1:" + apiMetricsPort);
  }

  Path dataDirectory(int node) {
    return cluster.described().node(node).dataDirectory();
  }

  /// Starts processes that do not run. Does not wait for them.
  void launch(int... parties) {
    for (int party : parties) {
      Program program = programs.get(party);
      if (program == null || runs(party)) {
        throw new IllegalStateException(name(party) + " runs, or never did");
      }
      List<String> command = new ArrayList<>(program.words());
      if (OPTIMIZED) {
        command.removeAll(QUICK_COMPILER);
      }
      command.replaceAll(
          word -> word.startsWith(PEERS) ? PEERS + network.peers(party, urls) : word);
      File log = cluster.data().resolve("logs").resolve(name(party) + ".log").toFile();
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(cluster.data().toFile())
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
      builder.environment().clear();
      builder.environment().putAll(program.environment());
      Machine machine = machines.get(party);
      if (machine != null) {
        machine.writeBack();
        builder.environment().putAll(machine.environment());
      }
      try {
        processes.put(party, builder.start());
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    publish();
  }

  /// Keeps `cluster.json` up to date, as `qv` would.
  private void publish() {
    Path file = cluster.data().resolve("cluster.json");
    try (JsonReader reader = Json.createReader(Files.newInputStream(file))) {
      JsonObject before = reader.readObject();
      JsonArrayBuilder nodes = Json.createArrayBuilder();
      for (JsonObject node : before.getJsonArray("nodes").getValuesAs(JsonObject.class)) {
        nodes.add(
            Json.createObjectBuilder(node).add("pid", processId(node.getInt("index"))).build());
      }
      JsonObject after =
          Json.createObjectBuilder(before)
              .add(
                  "api",
                  Json.createObjectBuilder(before.getJsonObject("api"))
                      .add("pid", processId(Network.API)))
              .add("nodes", nodes)
              .build();
      Path next = file.resolveSibling("cluster.json.next");
      Files.writeString(next, after.toString());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }

  private long processId(int party) {
    return process(party).pid();
  }

  private Process process(int party) {
    Process process = processes.get(party);
    if (process == null) {
      throw new IllegalStateException(name(party) + " was never started");
    }
    return process;
  }

  boolean runs(int party) {
    Process process = processes.get(party);
    return process != null && process.isAlive();
  }

  /// `kill -9` of those that run, all at once. Returns when they are gone.
  void kill(int... parties) {
    for (int party : parties) {
      Process _ = process(party).destroyForcibly();
    }
    for (int party : parties) {
      Eventually.holds(name(party) + " is gone", () -> !runs(party));
    }
  }

  /// Stops processes in the middle of whatever they do.
  void pause(int... parties) {
    for (int party : parties) {
      signal("STOP", party);
    }
  }

  void resume(int... parties) {
    for (int party : parties) {
      signal("CONT", party);
    }
  }

  private void signal(String name, int party) {
    Command _ =
        Command.run(cluster.data(), List.of("sh", "-c", "kill -" + name + " " + processId(party)))
            .succeeded();
  }

  /// Returns when all nodes and the API serve.
  void awaitServing() {
    VaultCluster.Described now = cluster.described();
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      for (int node = 1; node <= VaultCluster.NODES; node++) {
        int index = node;
        Eventually.holds(
            name(index) + " serves",
            () -> {
              throwIfEnded(index);
              return operator.get(now.node(index).url(), "/health/ready").statusCode() == 200;
            });
      }
    }
    try {
      Eventually.holds(
          "the API finds everything in order",
          () -> {
            throwIfEnded(Network.API);
            return "operational".equals(client().status().json().getString("status"));
          });
    } catch (AssertionError never) {
      throw new AssertionError(
          never.getMessage() + "; nodes say of themselves: " + selfPortraits(), never);
    }
  }

  /// What each node answers when it is asked whether it is ready, or that it does not answer.
  private List<String> selfPortraits() {
    VaultCluster.Described now = cluster.described();
    List<String> portraits = new ArrayList<>();
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      for (int node = 1; node <= VaultCluster.NODES; node++) {
        try {
          byte[] told = operator.get(now.node(node).url(), "/health/ready").body();
          portraits.add(new String(told, StandardCharsets.UTF_8));
        } catch (IOException unanswered) {
          portraits.add(unanswered.toString());
        }
      }
    }
    return portraits;
  }

  private void throwIfEnded(int party) {
    if (!runs(party)) {
      throw new IllegalStateException(
          name(party) + " ended with status " + process(party).exitValue());
    }
  }

  /// Starts a node whose files were harmed.
  ///
  /// @return whether it serves in the end; it may also have refused to start
  boolean servesAfterLaunch(int node) {
    launch(node);
    URI url = cluster.described().node(node).url();
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      return Eventually.found(
          name(node) + " serves or ends",
          () ->
              !runs(node)
                  ? Optional.of(false)
                  : Optional.of(true).filter(_ -> serves(operator, url)));
    }
  }

  private static boolean serves(NodeLink operator, URI url) {
    try {
      return operator.get(url, "/health/ready").statusCode() == 200;
    } catch (IOException refused) {
      return false;
    }
  }

  /// Whether it can be borne that this node, which is down, forgets everything: the others hold
  /// enough shares of every secret, and none knows of a commit that is on its way. What is written
  /// from now on does without this node. To be asked while nobody writes.
  boolean canSpareMemoryOf(int node, List<String> names) {
    VaultCluster.Described now = cluster.described();
    List<Integer> others =
        IntStream.rangeClosed(1, VaultCluster.NODES).filter(one -> one != node).boxed().toList();
    Set<String> left = new HashSet<>(names);
    int asker = others.getFirst();
    try (NodeLink link = NodeLink.as(cluster, name(asker))) {
      for (int look = 0; look < SHARE_LOOKS_MAX && !left.isEmpty(); look++) {
        if (look > 0) {
          // As it is read, a secret is repaired.
          left.forEach(name -> {
            Answer _ = client().strict().get(name);
          });
          LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        List<String> asked = List.copyOf(left);
        for (int from = 0; from < asked.size(); from += NAMES_AT_ONCE) {
          List<String> some = asked.subList(from, Math.min(from + NAMES_AT_ONCE, asked.size()));
          List<List<Standing>> told = new ArrayList<>();
          for (int other : others) {
            told.add(link.standings(now, asker, other, some, true));
          }
          for (int i = 0; i < some.size(); i++) {
            int which = i;
            if (isSafe(told.stream().map(standings -> standings.get(which)).toList())) {
              left.remove(some.get(i));
            }
          }
        }
      }
    } catch (IOException unreachable) {
      spared++;
      return false;
    }
    if (!left.isEmpty()) {
      spared++;
    }
    return left.isEmpty();
  }

  /// How often a node's memory could not be spared.
  int spared() {
    return spared;
  }

  private static boolean isSafe(List<Standing> told) {
    long newest = told.stream().mapToLong(FaultyCluster::position).max().orElse(0);
    boolean settled =
        told.stream()
            .flatMap(one -> one.pending().stream())
            .allMatch(pending -> pending.part().entry().seq() <= newest);
    List<Standing> current = told.stream().filter(one -> position(one) == newest).toList();
    boolean gone = newest == 0 || current.stream().allMatch(FaultyCluster::isTombstone);
    long holders = current.stream().filter(one -> one.share() != null).count();
    return settled && (gone || holders >= VaultCluster.THRESHOLD);
  }

  /// Of the newest final entry that a node knows, 0 for none.
  private static long position(Standing one) {
    return one.head() == null ? 0 : one.head().entry().seq();
  }

  private static boolean isTombstone(Standing one) {
    return one.head() != null && one.head().entry().kind() == Entry.Kind.TOMBSTONE;
  }

  /// Loses a node's disk while it is down.
  void loseDisk(int node) {
    cluster.loseDisk(node);
  }

  @Override
  public void close() {
    // One that is paused does not hear that it should end.
    kill(processes.keySet().stream().mapToInt(Integer::intValue).toArray());
    network.close();
  }
}
