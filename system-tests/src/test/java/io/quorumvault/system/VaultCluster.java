package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A cluster of real processes: five storage nodes, of which any three give a secret back, and one
/// API. Started, restarted and stopped with `qv`, killed by process id.
///
/// Its directory is deleted at the end, unless something failed.
final class VaultCluster implements AutoCloseable {
  static final int NODES = 5;
  static final int THRESHOLD = 3;

  /// Enough for every node to coordinate some.
  private static final int WARM_UPS = 12;

  /// Lines of each log that are shown when something failed.
  private static final int LOG_TAIL_LINES = 15;

  private final Path data;
  private String welcome;
  private VaultClient client;
  private boolean kept;

  /// What `cluster.json` says.
  record Described(String namespace, String token, URI api, long apiProcess, List<Node> nodes) {
    /// One storage node.
    record Node(int index, URI url, long process, Path dataDirectory) {}

    Node node(int index) {
      return nodes.get(index - 1);
    }
  }

  private VaultCluster(Path data) {
    this.data = data;
    this.welcome = dev();
    this.client = connected();
  }

  /// A new cluster that is ready.
  static VaultCluster start(String name) {
    Path data = root().resolve("system-tests/target/clusters").resolve(name);
    deleteTree(data);
    try {
      Files.createDirectories(data.getParent());
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
    VaultCluster cluster = new VaultCluster(data);
    try {
      cluster.warmUp();
      return cluster;
    } catch (Throwable failure) {
      failure.addSuppressed(new AssertionError(cluster.logTails()));
      cluster.keep();
      cluster.close();
      throw failure;
    }
  }

  /// On a busy machine the first requests may take programs that have just started longer than the
  /// vault's patience lasts.
  private void warmUp() {
    for (int number = 0; number < WARM_UPS; number++) {
      client.create("warm-up-" + number, "warm").expect(201);
      assertEquals("warm", client.get("warm-up-" + number).expect(200).valueText());
    }
  }

  /// The root of the project, where `qv` is.
  static Path root() {
    return Path.of(System.getProperty("quorumvault.root", "..")).toAbsolutePath().normalize();
  }

  /// Runs `qv`.
  static Command qv(String... words) {
    List<String> command = new ArrayList<>(List.of(root().resolve("qv").toString()));
    command.addAll(List.of(words));
    return Command.run(root(), command);
  }

  private String dev() {
    List<String> words = new ArrayList<>(List.of("dev", "--detach", "--data", data.toString()));
    if (!Files.exists(data)) {
      // Later starts take over what the first one settled, the port included.
      words.addAll(List.of("--port", "0", "--nodes", "" + NODES, "--threshold", "" + THRESHOLD));
    }
    Command command = qv(words.toArray(String[]::new));
    if (command.exitCode() != 0) {
      throw new AssertionError(command.messages() + logTails());
    }
    return command.output();
  }

  private VaultClient connected() {
    Described now = described();
    return VaultClient.of(now.api(), now.namespace(), now.token());
  }

  /// What `qv dev` printed when the cluster was ready.
  String welcome() {
    return welcome;
  }

  /// For the cluster's own token, until the next start of everything.
  VaultClient client() {
    return client;
  }

  Path data() {
    return data;
  }

  Path authority() {
    return data.resolve("ca/ca.crt");
  }

  Path authorityKey() {
    return data.resolve("ca/ca.key");
  }

  /// @param holder `node-1`, `api` or `operator`
  Path certificate(String holder) {
    return data.resolve("tls").resolve(holder + ".crt");
  }

  Path key(String holder) {
    return data.resolve("tls").resolve(holder + ".key");
  }

  Path policy() {
    return data.resolve("policy.json");
  }

  Described described() {
    try (JsonReader reader =
        Json.createReader(Files.newInputStream(data.resolve("cluster.json")))) {
      JsonObject file = reader.readObject();
      assertEquals(Set.of("namespace", "token", "api", "nodes"), file.keySet());
      JsonObject api = file.getJsonObject("api");
      assertEquals(Set.of("url", "pid"), api.keySet());
      List<Described.Node> nodes = new ArrayList<>();
      for (JsonObject node : file.getJsonArray("nodes").getValuesAs(JsonObject.class)) {
        assertEquals(Set.of("index", "url", "pid", "dataDir"), node.keySet());
        nodes.add(
            new Described.Node(
                node.getInt("index"),
                URI.create(node.getString("url")),
                node.getJsonNumber("pid").longValueExact(),
                Path.of(node.getString("dataDir"))));
        assertEquals(nodes.size(), nodes.getLast().index());
      }
      return new Described(
          file.getString("namespace"),
          file.getString("token"),
          URI.create(api.getString("url")),
          api.getJsonNumber("pid").longValueExact(),
          nodes);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// `kill -9`, all at once. Returns when they are gone.
  void kill(int... nodes) {
    Described now = described();
    killProcesses(Arrays.stream(nodes).mapToLong(index -> now.node(index).process()).toArray());
  }

  /// `kill -9` of the nodes and the API, all at once. Returns when they are gone.
  void killEverything() {
    Described now = described();
    killProcesses(
        Stream.concat(
                Stream.of(now.apiProcess()), now.nodes().stream().map(Described.Node::process))
            .mapToLong(Long::longValue)
            .toArray());
  }

  private static void killProcesses(long... ids) {
    List<ProcessHandle> processes =
        Arrays.stream(ids)
            .mapToObj(id ->
                ProcessHandle.of(id)
                    .filter(VaultCluster::runs)
                    .orElseThrow(() -> new AssertionError("process " + id + " does not run")))
            .toList();
    for (ProcessHandle process : processes) {
      if (!process.destroyForcibly()) {
        throw new AssertionError("process " + process.pid() + " cannot be killed");
      }
    }
    Eventually.holds(
        "killed processes are gone", () -> processes.stream().noneMatch(VaultCluster::runs));
  }

  /// A process has ended when its last thread has: until then its connections may still be open,
  /// and somebody may send it something. After that it may stay in the list of processes, because
  /// its parent has not asked for its exit code.
  private static boolean runs(ProcessHandle process) {
    Path about = Path.of("/proc", Long.toString(process.pid()));
    try (Stream<Path> threads = Files.list(about.resolve("task"))) {
      return threads.count() > 1
          || !Files.readString(about.resolve("stat"))
              .replaceFirst("(?s).*\\)", "")
              .strip()
              .startsWith("Z");
    } catch (IOException | UncheckedIOException gone) {
      return process.isAlive();
    }
  }

  /// Starts nodes again with `qv dev restart-node`, all at once; a node that runs is stopped first.
  /// Returns when they serve.
  void restart(int... nodes) {
    launch(nodes);
    awaitServing(nodes);
  }

  /// The same, without waiting until they serve.
  void launch(int... nodes) {
    List<Command> _ =
        Parallel.run(
            nodes.length,
            number ->
                qv("dev", "restart-node", "" + nodes[number], "--data", data.toString())
                    .succeeded());
  }

  /// Returns when these nodes say that they may speak.
  void awaitServing(int... nodes) {
    Described now = described();
    try (NodeLink operator = NodeLink.as(this, "operator")) {
      for (int index : nodes) {
        Eventually.holds(
            "node " + index + " serves",
            () -> operator.get(now.node(index).url(), "/health/ready").statusCode() == 200);
      }
    }
  }

  /// Starts a cluster again of which nothing runs. Returns when it is ready.
  void startAgain() {
    client.close();
    welcome = dev();
    client = connected();
  }

  /// Loses a node's disk while it is down.
  void loseDisk(int node) {
    Path disk = described().node(node).dataDirectory();
    try (Stream<Path> content = Files.list(disk)) {
      if (content.findAny().isEmpty()) {
        throw new AssertionError(disk + " holds nothing that could be lost");
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    deleteTree(disk);
  }

  /// A token of the cluster's own key for another subject.
  String token(String... options) {
    List<String> words = new ArrayList<>(List.of("token", "--data", data.toString()));
    words.addAll(List.of(options));
    return qv(words.toArray(String[]::new)).succeeded().output().strip();
  }

  /// Keeps the directory for whoever looks into the failure.
  void keep() {
    kept = true;
  }

  /// The last lines of every log.
  String logTails() {
    StringBuilder tails = new StringBuilder();
    for (String service :
        Stream.concat(Stream.of("api"), IntStream.rangeClosed(1, NODES).mapToObj(i -> "node-" + i))
            .toList()) {
      Path log = data.resolve("logs").resolve(service + ".log");
      tails.append("\n--- ").append(service).append('\n');
      try {
        List<String> lines =
            Files.exists(log)
                ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList()
                : List.of("(no log)");
        lines.stream()
            .skip(Math.max(0, lines.size() - LOG_TAIL_LINES))
            .forEach(line -> tails.append(line).append('\n'));
      } catch (IOException unreadable) {
        tails.append("(unreadable)\n");
      }
    }
    return tails.toString();
  }

  @Override
  public void close() {
    client.close();
    Command _ = qv("dev", "stop", "--data", data.toString()).succeeded();
    if (!kept) {
      deleteTree(data);
    }
  }

  static void deleteTree(Path top) {
    if (!Files.exists(top)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(top)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}
