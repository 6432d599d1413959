package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// One cluster, looked at from all sides. No test changes it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RunningDevClusterTest {
  private Workplace workplace = new Workplace(Path.of(""), Path.of(""));
  private Path data = Path.of("");
  private String welcome = "";

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    workplace = Workplace.in(directory);
    data = workplace.data();
    welcome = workplace.start("--nodes", "2").output();
  }

  @AfterAll
  void stop() {
    workplace.close();
  }

  @Test
  void a_started_cluster_runs_says_how_to_get_in_and_is_published_for_its_owner_only()
      throws IOException {
    ClusterFile cluster = workplace.cluster();
    assertEquals("demo", cluster.namespace());
    assertTrue(Workplace.isAlive(cluster.apiProcessId()));
    assertEquals(List.of(1, 2), cluster.nodes().stream().map(ClusterFile.Node::index).toList());
    for (ClusterFile.Node node : cluster.nodes()) {
      assertTrue(Workplace.isAlive(node.processId()));
      assertEquals("https", node.url().getScheme());
      assertEquals(data.toRealPath().resolve("node-" + node.index()), node.dataDirectory());
    }
    assertTrue(welcome.contains("  URL    " + cluster.api()), welcome);
    assertTrue(welcome.contains("  token  " + cluster.token()), welcome);
    assertEquals(3, welcome.lines().filter(line -> line.startsWith("curl ")).count());
    Shell.Ended status = workplace.qv("dev", "status");
    Workplace.assertEnded(ExitCode.OK, status);
    assertEquals(4, status.output().lines().count());
    assertEquals(3, status.output().lines().filter(line -> line.matches(".*yes +yes.*")).count());
    assertTreeIsPrivate();
  }

  @Test
  void the_processes_are_told_everything_they_need_and_nothing_of_the_callers_environment()
      throws IOException {
    Path node = workplace.cluster().nodes().get(1).dataDirectory();
    JsonObject settings = JsonObject.parse(Files.readAllBytes(node.resolve("seen-settings.json")));
    assertEquals("dev", settings.requiredText("vault.cell"));
    assertEquals("2", settings.requiredText("vault.nodes"));
    assertEquals("2", settings.requiredText("vault.threshold"));
    assertEquals("2", settings.requiredText("vault.node.index"));
    assertEquals("127.0.0.1", settings.requiredText("server.host"));
    assertEquals(
        "1=%s,2=%s"
            .formatted(
                workplace.cluster().nodes().get(0).url(), workplace.cluster().nodes().get(1).url()),
        settings.requiredText("vault.peers"));
    assertTrue(settings.text("mp.jwt.verify.publickey.location").isPresent());
    JsonObject api =
        JsonObject.parse(Files.readAllBytes(data.resolve("app").resolve("seen-settings.json")));
    assertEquals(
        Integer.toString(workplace.cluster().api().getPort()), api.requiredText("server.port"));
    assertTrue(api.text("vault.node.index").isEmpty());
    String environment = FakeService.text(node.resolve("seen-environment.json"));
    assertTrue(environment.contains("\"PATH\""), environment);
    Stream.of("MAVEN", "JAVA_HOME", "PWD", "OLDPWD", "SHLVL")
        .forEach(name -> assertFalse(environment.contains("\"" + name), environment));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void the_processes_have_a_session_of_their_own() throws IOException {
    long session = session(workplace.cluster().apiProcessId());
    assertEquals(workplace.cluster().apiProcessId(), session);
    assertNotEquals(session(ProcessHandle.current().pid()), session);
  }

  @Test
  void a_running_cluster_is_not_started_again() throws IOException {
    byte[] before = Files.readAllBytes(data.resolve("cluster.json"));

    for (String option : List.of("--detach", "--fresh")) {
      Shell.Ended second = workplace.qv("dev", option);
      Workplace.assertEnded(ExitCode.USAGE, second);
      assertTrue(second.messages().contains("running already"), second.messages());
    }
    assertTrue(Workplace.isAlive(workplace.cluster().apiProcessId()));
    assertEquals(
        new String(before, StandardCharsets.UTF_8), FakeService.text(data.resolve("cluster.json")));
  }

  @Test
  void the_cluster_runs_copies_that_the_next_build_does_not_touch() throws IOException {
    Path installed = data.resolve("app/vault-storage-service");
    Path built = workplace.home().resolve("vault-storage-service/target");
    assertFalse(
        Files.isSameFile(
            built.resolve("vault-storage-service.jar"),
            installed.resolve("vault-storage-service.jar")));
    assertFalse(
        Files.isSameFile(
            built.resolve("libs/ours-0.1.0-SNAPSHOT.jar"),
            installed.resolve("libs/ours-0.1.0-SNAPSHOT.jar")));
    assertTrue(Files.exists(installed.resolve("libs/released-1.0.jar")));
    assertTrue(
        ProcessHandle.of(workplace.cluster().nodes().getFirst().processId())
            .flatMap(process -> process.info().commandLine())
            .orElse("")
            .contains(installed.toRealPath().toString()));
  }

  private void assertTreeIsPrivate() throws IOException {
    try (Stream<Path> tree = Files.walk(data)) {
      for (Path path : tree.toList()) {
        boolean ofTheService = String.valueOf(path.getFileName()).startsWith("seen-");
        boolean jar = path.toString().endsWith(".jar");
        if (ofTheService || jar) {
          continue; // Behind directories that are private.
        }
        String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
        assertEquals(
            expected,
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path::toString);
      }
    }
  }

  /// The sixth field of the process's line, behind the name in parentheses (proc_pid_stat(5)).
  private static long session(long processId) throws IOException {
    String line = Files.readString(Path.of("/proc", Long.toString(processId), "stat"));
    return Long.parseLong(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[3]);
  }
}
