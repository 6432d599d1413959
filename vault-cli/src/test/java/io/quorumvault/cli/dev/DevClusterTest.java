package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.FakeJar;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Pause;
import io.quorumvault.cli.Qv;
import io.quorumvault.cli.Shell;
import io.quorumvault.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes, sessions, signals, certificates and files; only what the services do is made up.
final class DevClusterTest {
  @TempDir private Path directory = Path.of("");
  private Path data = Path.of("");
  private Workplace workplace = new Workplace(data, data);

  @BeforeEach
  void build() throws IOException {
    workplace = Workplace.in(directory);
    data = workplace.data();
  }

  @AfterEach
  void stop() {
    workplace.close();
  }

  private Shell.Ended qv(String... arguments) {
    return workplace.qv(arguments);
  }

  private ClusterFile cluster() throws IOException {
    return workplace.cluster();
  }

  /// What a cluster of n nodes that does not run leaves behind at the least.
  private ClusterFolder prepare(int nodes) throws IOException {
    ClusterFolder folder = ClusterFolder.create(data);
    List<Integer> ports = IntStream.range(0, nodes).mapToObj(index -> 20_001 + index).toList();
    new ClusterSettings(nodes, nodes, 8420, ports).write(folder);
    return folder;
  }

  // Starting.

  @Test
  void a_stopped_cluster_comes_back_with_its_ports_data_keys_and_policy() throws IOException {
    workplace.start("--nodes", "1");
    ClusterFile before = cluster();
    Files.writeString(data.resolve("node-1/ledger"), "kept");
    Files.writeString(data.resolve("policy.json"), "{\"version\":1,\"rules\":[]}");
    byte[] authority = Files.readAllBytes(data.resolve("ca/ca.crt"));
    byte[] keys = Files.readAllBytes(data.resolve("auth/jwks.json"));
    Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));
    assertFalse(Files.exists(data.resolve("cluster.json")));
    assertFalse(Workplace.isAlive(before.apiProcessId()));

    Workplace.assertEnded(ExitCode.OK, qv("dev", "--detach"));

    assertEquals(before.api(), cluster().api());
    assertEquals(
        before.nodes().stream().map(ClusterFile.Node::url).toList(),
        cluster().nodes().stream().map(ClusterFile.Node::url).toList());
    assertEquals("kept", FakeService.text(data.resolve("node-1/ledger")));
    assertTrue(FakeService.text(data.resolve("policy.json")).contains("\"rules\":[]"));
    assertEquals(
        new String(authority, StandardCharsets.US_ASCII),
        FakeService.text(data.resolve("ca/ca.crt")));
    assertEquals(
        new String(keys, StandardCharsets.US_ASCII),
        FakeService.text(data.resolve("auth/jwks.json")));
  }

  @Test
  void a_fresh_start_keeps_nothing_of_the_cluster_and_everything_else() throws IOException {
    ClusterFolder folder = prepare(2);
    Files.writeString(folder.directory(folder.nodeData(1)).resolve("ledger"), "old");
    Files.writeString(data.resolve("notes"), "mine");
    folder.write(folder.keySet(), new byte[0]);

    workplace.start("--nodes", "1", "--fresh");

    assertFalse(Files.exists(data.resolve("node-1/ledger")));
    assertNotEquals("", FakeService.text(data.resolve("auth/jwks.json")));
    assertEquals("mine", FakeService.text(data.resolve("notes")));
  }

  @Test
  void the_number_of_nodes_of_existing_data_cannot_change() throws IOException {
    prepare(2);

    Shell.Ended more = qv("dev", "--nodes", "3", "--detach");

    Workplace.assertEnded(ExitCode.USAGE, more);
    assertTrue(more.messages().contains("--fresh"), more.messages());
    assertFalse(Files.exists(data.resolve("cluster.json")));
  }

  @Test
  void impossible_clusters_are_refused_before_anything_is_made() {
    for (List<String> wishes :
        List.of(
            List.of("--nodes", "0"),
            List.of("--nodes", "17"),
            List.of("--nodes", "2", "--threshold", "3"),
            List.of("--threshold", "0"))) {
      List<String> arguments = new ArrayList<>(List.of("dev", "--detach", "--port", "0"));
      arguments.addAll(wishes);
      Workplace.assertEnded(ExitCode.USAGE, qv(arguments.toArray(String[]::new)));
      assertFalse(Files.exists(data.resolve("seen-settings.json")));
    }
  }

  @Test
  void a_directory_that_holds_something_else_is_left_alone() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("thesis"), "years of work");

    Shell.Ended ended = qv("dev", "--fresh", "--detach", "--data", other.toString());

    Workplace.assertEnded(ExitCode.USAGE, ended);
    assertEquals("years of work", FakeService.text(other.resolve("thesis")));
  }

  @Test
  void a_port_that_is_taken_is_named() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());

      Shell.Ended ended = qv("dev", "--nodes", "1", "--detach", "--port", port);

      Workplace.assertEnded(ExitCode.USAGE, ended);
      assertTrue(ended.messages().contains("Port " + port), ended.messages());
    }
  }

  @Test
  void a_service_that_is_not_built_is_named() throws IOException {
    Files.delete(workplace.home().resolve("vault-api-service/target/vault-api-service.jar"));

    Shell.Ended ended = qv("dev", "--nodes", "1", "--port", "0", "--detach");

    Workplace.assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("vault-api-service.jar"), ended.messages());
  }

  // Failing to start.

  @Test
  void a_process_that_ends_while_it_starts_is_shown_and_the_others_are_stopped()
      throws IOException {
    ClusterFolder folder = prepare(2);
    Files.createFile(folder.directory(folder.nodeData(2)).resolve(FakeService.DIES));

    Shell.Ended ended = qv("dev", "--detach", "--port", "0");

    Workplace.assertEnded(ExitCode.SERVER, ended);
    assertTrue(ended.messages().contains("node-2 ended"), ended.messages());
    assertTrue(ended.messages().contains("cannot open the ledger"), ended.messages());
    assertFalse(Files.exists(data.resolve("cluster.json")));
    assertEquals(
        0, qv("dev", "status").output().lines().filter(line -> line.contains("yes")).count());
  }

  // Looking after it.

  @Test
  void a_killed_node_is_reported_started_again_on_its_port_and_published() throws Exception {
    workplace.start("--nodes", "2");
    ClusterFile before = cluster();
    Workplace.kill(before.nodes().get(1).processId());
    Shell.Ended status = qv("dev", "status", "--output", "json");
    Workplace.assertEnded(ExitCode.SERVER, status);
    JsonObject dead = JsonObject.parse(status.outputBytes()).objects("processes").get(1);
    assertEquals("node-2", dead.requiredText("process"));
    assertFalse(dead.isTrue("alive"));
    assertTrue(dead.number("pid").isEmpty());

    Workplace.assertEnded(ExitCode.OK, qv("dev", "restart-node", "2"));

    ClusterFile after = cluster();
    assertNotEquals(before.nodes().get(1).processId(), after.nodes().get(1).processId());
    assertEquals(before.nodes().get(1).url(), after.nodes().get(1).url());
    assertEquals(before.nodes().get(0), after.nodes().get(0));
    assertEquals(before.apiProcessId(), after.apiProcessId());
    Workplace.assertEnded(ExitCode.OK, qv("dev", "status"));
  }

  @Test
  void a_living_node_is_stopped_before_it_is_started_again() throws IOException {
    workplace.start("--nodes", "1");
    long before = cluster().nodes().getFirst().processId();

    Workplace.assertEnded(ExitCode.OK, qv("dev", "restart-node", "1"));

    assertFalse(Workplace.isAlive(before));
    assertTrue(Workplace.isAlive(cluster().nodes().getFirst().processId()));
  }

  @Test
  void a_node_comes_up_while_all_others_are_dead_and_itself_not_ready() throws Exception {
    workplace.start("--nodes", "2");
    ClusterFile before = cluster();
    for (ClusterFile.Node node : before.nodes()) {
      Workplace.kill(node.processId());
    }
    Workplace.kill(before.apiProcessId());
    Files.createFile(data.resolve("node-1").resolve(FakeService.IS_NEVER_READY));

    Workplace.assertEnded(ExitCode.OK, qv("dev", "restart-node", "1"));

    assertTrue(Workplace.isAlive(cluster().nodes().getFirst().processId()));
    Workplace.assertEnded(ExitCode.SERVER, qv("dev", "status"));
  }

  @Test
  void a_node_that_does_not_come_up_again_shows_its_log() throws Exception {
    workplace.start("--nodes", "2");
    Workplace.kill(cluster().nodes().getFirst().processId());
    Files.createFile(data.resolve("node-1").resolve(FakeService.DIES));

    Shell.Ended ended = qv("dev", "restart-node", "1");

    Workplace.assertEnded(ExitCode.SERVER, ended);
    assertTrue(ended.messages().contains("cannot open the ledger"), ended.messages());
    assertTrue(Workplace.isAlive(cluster().nodes().get(1).processId()));
    assertTrue(Files.exists(data.resolve("logs/node-1.log.1")));
  }

  @Test
  void nodes_that_do_not_exist_and_stopped_clusters_have_no_node_to_restart() {
    workplace.start("--nodes", "1");
    Workplace.assertEnded(ExitCode.USAGE, qv("dev", "restart-node", "2"));
    Workplace.assertEnded(ExitCode.USAGE, qv("dev", "restart-node", "0"));
    qv("dev", "stop");

    Shell.Ended ended = qv("dev", "restart-node", "1");

    Workplace.assertEnded(ExitCode.USAGE, ended);
    assertTrue(ended.messages().contains("not running"), ended.messages());
  }

  @Test
  void a_node_that_does_not_listen_is_killed() throws IOException {
    ClusterFolder folder = prepare(1);
    Files.createFile(folder.directory(folder.nodeData(1)).resolve(FakeService.STAYS));
    workplace.start("--nodes", "1");
    long deaf = cluster().nodes().getFirst().processId();

    Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));

    assertFalse(Workplace.isAlive(deaf));
  }

  @Test
  void a_stranger_that_got_a_process_id_of_the_cluster_is_not_touched() throws Exception {
    workplace.start("--nodes", "1");
    ClusterFile real = cluster();
    Process stranger = new ProcessBuilder("sleep", "300").start();
    try {
      ClusterFile.Node node = real.nodes().getFirst();
      Files.write(
          data.resolve("cluster.json"),
          new ClusterFile(
                  real.namespace(),
                  real.token(),
                  real.api(),
                  stranger.pid(),
                  List.of(
                      new ClusterFile.Node(1, node.url(), stranger.pid(), node.dataDirectory())))
              .toBytes());

      Workplace.assertEnded(ExitCode.OK, qv("dev", "restart-node", "1"));
      Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));

      assertTrue(stranger.isAlive());
      assertFalse(Workplace.isAlive(node.processId()));
      assertFalse(Workplace.isAlive(real.apiProcessId()));
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void two_clusters_side_by_side_do_not_stop_each_other() throws IOException {
    workplace.start("--nodes", "1");
    Path other = directory.resolve("other");
    Workplace.assertEnded(
        ExitCode.OK,
        qv("dev", "--nodes", "1", "--port", "0", "--detach", "--data", other.toString()));
    try {
      Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));

      Workplace.assertEnded(ExitCode.OK, qv("dev", "status", "--data", other.toString()));
    } finally {
      Workplace.assertEnded(ExitCode.OK, qv("dev", "stop", "--data", other.toString()));
    }
  }

  @Test
  void stopping_what_does_not_run_is_fine_and_what_never_was_is_not() throws IOException {
    Workplace.assertEnded(ExitCode.USAGE, qv("dev", "stop"));
    Workplace.assertEnded(ExitCode.USAGE, qv("dev", "status"));
    workplace.start("--nodes", "1");
    Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));
    Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));
    Workplace.assertEnded(ExitCode.SERVER, qv("dev", "status"));
  }

  // In the foreground, as a process of its own.

  private Process foreground(int nodes) throws IOException {
    Path jar = directory.resolve("qv.jar");
    FakeJar.write(jar, Qv.class);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dqv.home=" + workplace.home(),
            "-jar",
            jar.toString(),
            "dev",
            "--nodes",
            Integer.toString(nodes),
            "--port",
            "0")
        .directory(workplace.work().toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("said").toFile())
        .start();
  }

  private String said() {
    try {
      return FakeService.text(directory.resolve("said"));
    } catch (IOException notYet) {
      return "";
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Workplace.PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "no " + what + "; last said:\n" + said());
      Pause.of(Duration.ofMillis(50));
    }
  }

  @Test
  void a_foreground_cluster_ends_with_the_program() throws Exception {
    Process program = foreground(1);
    try {
      await("ready cluster", () -> said().contains("Ctrl-C stops it"));
      ClusterFile cluster = cluster();

      program.destroy();

      assertTrue(program.waitFor(Workplace.PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertFalse(Workplace.isAlive(cluster.apiProcessId()));
      assertFalse(Workplace.isAlive(cluster.nodes().get(0).processId()));
      assertFalse(Files.exists(data.resolve("cluster.json")));
      assertTrue(said().contains("Stopped."), said());
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void a_foreground_cluster_outlives_its_nodes_and_ends_when_stopped_from_elsewhere()
      throws Exception {
    Process program = foreground(2);
    try {
      await("ready cluster", () -> said().contains("Ctrl-C stops it"));

      Workplace.kill(cluster().nodes().get(1).processId());
      await("word of the dead node", () -> said().contains("qv dev restart-node 2"));
      assertTrue(program.isAlive());
      Workplace.assertEnded(ExitCode.OK, qv("dev", "restart-node", "2"));
      long restarted = cluster().nodes().get(1).processId();
      Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));

      assertTrue(program.waitFor(Workplace.PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertEquals(0, program.exitValue(), said());
      assertFalse(Workplace.isAlive(restarted));
      assertTrue(said().contains("stopped from elsewhere"), said());
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void a_node_that_ends_before_anybody_watches_is_not_overlooked() throws Exception {
    ClusterFolder folder = ClusterFolder.create(data);
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    DevCluster.Starting starting =
        DevCluster.launch(
            folder,
            new DevCluster.Wishes(1, 1, 0, false),
            new ServicePrograms(workplace.home()),
            terminal(messages),
            Clock.systemUTC());
    starting.awaitReady();
    Workplace.kill(cluster().nodes().get(0).processId());

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> watching =
          threads.submit(() -> {
            starting.watch();
            return true;
          });
      await(
          "word of the dead node",
          () -> messages.toString(StandardCharsets.UTF_8).contains("qv dev restart-node 1"));
      Workplace.assertEnded(ExitCode.OK, qv("dev", "stop"));
      watching.get(Workplace.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static Terminal terminal(ByteArrayOutputStream messages) {
    return new Terminal(
        InputStream.nullInputStream(),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        new PrintStream(messages, true, StandardCharsets.UTF_8),
        false,
        false,
        false,
        prompt -> Optional.empty());
  }

  @Test
  void starting_and_stopping_is_told_to_programs() throws IOException {
    JsonObject started =
        JsonObject.parse(workplace.start("--nodes", "1", "-o", "json").outputBytes());
    assertEquals(cluster().api().toString(), started.requiredText("api"));
    assertEquals("demo", started.requiredText("namespace"));
    assertEquals(cluster().token(), started.requiredText("token"));
    assertEquals(1, started.requiredInt("nodes"));
    assertEquals(1, started.requiredInt("threshold"));

    JsonObject token =
        JsonObject.parse(qv("token", "--subject", "ci", "--ttl", "1h", "-o", "json").outputBytes());
    assertEquals(3, token.requiredText("token").split("\\.", -1).length);
    assertEquals("ci", token.requiredText("subject"));
    assertTrue(Instant.parse(token.requiredText("expiresAt")).isAfter(Instant.now()));

    JsonObject restarted =
        JsonObject.parse(qv("dev", "restart-node", "1", "-o", "json").outputBytes());
    assertEquals(1, restarted.requiredInt("node"));
    assertEquals(cluster().nodes().getFirst().processId(), restarted.requiredInt("pid"));

    JsonObject stopped = JsonObject.parse(qv("dev", "stop", "-o", "json").outputBytes());
    assertEquals(2, stopped.requiredInt("stopped"));
  }
}
