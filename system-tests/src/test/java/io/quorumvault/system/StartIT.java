package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(1)
final class StartIT {
  @Test
  void five_nodes_and_the_api_are_up(VaultCluster cluster) {
    VaultCluster.Described now = cluster.described();
    assertEquals(VaultCluster.NODES, now.nodes().size());
    cluster.awaitServing(1, 2, 3, 4, 5);
    Eventually.holds(
        "the status says so",
        () ->
            cluster
                .client()
                .asNobody()
                .status()
                .expect(200)
                .json()
                .getString("status")
                .equals("operational"));
    long processes =
        now.nodes().stream().map(VaultCluster.Described.Node::process).distinct().count();
    assertEquals(VaultCluster.NODES, processes);
    for (VaultCluster.Described.Node node : now.nodes()) {
      assertTrue(ProcessHandle.of(node.process()).orElseThrow().isAlive());
      assertTrue(Files.isDirectory(node.dataDirectory()));
    }
  }

  @Test
  void the_printed_curl_lines_work_when_pasted(VaultCluster cluster, @TempDir Path elsewhere) {
    List<String> lines =
        cluster.welcome().lines().filter(line -> line.startsWith("curl ")).toList();
    assertEquals(3, lines.size(), cluster.welcome());
    JsonObject created = pasted(elsewhere, lines.get(0));
    assertEquals(1, created.getInt("version"), created::toString);
    JsonObject read = pasted(elsewhere, lines.get(1));
    assertEquals(created.getString("name"), read.getString("name"));
    assertEquals(
        cluster.client().get(created.getString("name")).expect(200).json().getString("value"),
        read.getString("value"));
    JsonObject versions = pasted(elsewhere, lines.get(2));
    assertEquals(1, versions.getJsonArray("versions").size());
  }

  /// Runs a line in a shell, exactly as it was printed.
  private static JsonObject pasted(Path directory, String line) {
    Command command = Command.run(directory, List.of("sh", "-c", line)).succeeded();
    try (JsonReader reader = Json.createReader(new StringReader(command.output()))) {
      return reader.readObject();
    }
  }

  /// What each block of the README prints, in its order, that a reader would look for. The first
  /// two started this cluster and this build.
  private static final List<List<String>> README_PRINTS =
      List.of(
          List.of(),
          List.of(),
          List.of("correct horse battery staple"),
          List.of("VERSION", "correct horse battery staple"),
          List.of("DB_PASSWORD=secret(DB_PASSWORD)", "postgres://app:hunter2@db/app"));

  @Test
  void the_commands_of_the_readme_work_when_pasted(VaultCluster cluster, @TempDir Path elsewhere)
      throws IOException {
    List<String> blocks = blocks("sh", "README.md");
    assertEquals(List.of("./qv dev\n", "./mvnw verify\n"), blocks.subList(0, 2));
    besideTheCluster(cluster, elsewhere);
    assertPrints(
        README_PRINTS.subList(2, README_PRINTS.size()),
        blocks.subList(2, blocks.size()),
        elsewhere);
    cluster.client().get("db-password").expectProblem(404, "secret-not-found");
  }

  @Test
  void the_commands_of_the_operations_page_work_when_pasted(
      VaultCluster cluster, @TempDir Path elsewhere) throws IOException {
    besideTheCluster(cluster, elsewhere);
    cluster.client().create("db-password", "v").expect(201);
    String policy =
        blocks("json", "docs/operations.md").stream()
            .filter(block -> block.contains("\"rules\""))
            .findFirst()
            .orElseThrow();
    Files.writeString(elsewhere.resolve("policy.json"), policy);
    Files.copy(cluster.data().resolve("ca/ca.crt"), elsewhere.resolve("peer-ca.pem"));
    VaultCluster.Described now = cluster.described();
    List<String> blocks =
        blocks("sh", "docs/operations.md").stream()
            .map(block ->
                Pattern.compile("/var/lib/vault/node-(\\d)")
                    .matcher(block)
                    .replaceAll(node ->
                        now.node(Integer.parseInt(node.group(1))).dataDirectory().toString()))
            .map(block -> block.replaceAll("(?m)^qv ", "./qv "))
            .toList();
    assertPrints(
        List.of(List.of("allow"), List.of("node"), List.of("is destroyed")), blocks, elsewhere);
  }

  private static List<String> blocks(String language, String page) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(VaultCluster.root().resolve(page)))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  /// As in the project's root beside a running cluster.
  private static void besideTheCluster(VaultCluster cluster, Path directory) throws IOException {
    Files.createSymbolicLink(directory.resolve("qv"), VaultCluster.root().resolve("qv"));
    Files.createSymbolicLink(directory.resolve(".qv"), cluster.data());
  }

  private static void assertPrints(List<List<String>> wanted, List<String> blocks, Path directory) {
    assertEquals(wanted.size(), blocks.size(), "somebody looks at what each block prints");
    for (int i = 0; i < blocks.size(); i++) {
      Command pasted = Command.run(directory, List.of("sh", "-e", "-c", blocks.get(i))).succeeded();
      for (String line : wanted.get(i)) {
        assertTrue(pasted.output().contains(line), blocks.get(i) + pasted.output());
      }
    }
  }

  @Test
  void the_printed_address_and_token_are_the_cluster_s_own(VaultCluster cluster) {
    assertTrue(cluster.welcome().contains(cluster.described().api().toString()));
    assertTrue(cluster.welcome().contains(cluster.described().token()));
  }

  @Test
  void nobody_but_the_owner_can_read_the_cluster_s_files(VaultCluster cluster) throws IOException {
    for (Path file : MarkerScan.files(cluster.data())) {
      String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      Path directory = file.getParent();
      boolean closedAbove =
          PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))
              .equals("rwx------");
      assertTrue(permissions.endsWith("------") || closedAbove, () -> file + " has " + permissions);
    }
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(cluster.data())));
  }
}
