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

  @Test
  void the_commands_of_the_readme_work_when_pasted(VaultCluster cluster, @TempDir Path elsewhere)
      throws IOException {
    List<String> blocks =
        Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(VaultCluster.root().resolve("README.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertEquals(List.of("./qv dev\n", "./mvnw verify\n"), blocks.subList(0, 2));
    // As in the project's root beside a running cluster.
    Files.createSymbolicLink(elsewhere.resolve("qv"), VaultCluster.root().resolve("qv"));
    Files.createSymbolicLink(elsewhere.resolve(".qv"), cluster.data());
    Command pasted = Command.run(elsewhere, List.of("sh", "-e", "-c", blocks.get(2))).succeeded();
    assertTrue(pasted.output().contains("correct horse battery staple"), pasted.output());
    cluster.client().get("db-password").expectProblem(404, "secret-not-found");
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
