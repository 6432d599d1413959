package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that forgot is named for what it is, where an operator looks.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(18)
final class RollbackIT {
  private static String told(VaultCluster cluster, int node, String path) {
    try (NodeLink operator = NodeLink.as(cluster, "operator")) {
      return new String(
          operator.get(cluster.described().node(node).url(), path).body(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new AssertionError("node " + node + " does not tell " + path, failed);
    }
  }

  private static void assertTold(
      VaultCluster cluster, int node, boolean rolledBack, boolean memoryLost) {
    String ready = told(cluster, node, "/health/ready");
    assertTrue(ready.contains("\"rolledBack\":" + rolledBack), ready);
    assertTrue(ready.contains("\"memoryLost\":" + memoryLost), ready);
    List<String> metrics = told(cluster, node, "/metrics").lines().toList();
    assertEquals(
        List.of(
            "quorumvault_storage_lost " + (memoryLost ? "1.0" : "0.0"),
            "quorumvault_storage_rolled_back " + (rolledBack ? "1.0" : "0.0")),
        metrics.stream().filter(line -> line.startsWith("quorumvault_storage_")).sorted().toList());
  }

  @Test
  void an_old_copy_of_a_disk_is_told_as_a_rollback_and_an_empty_one_as_a_lost_memory(
      VaultCluster cluster, @TempDir Path copies) throws IOException {
    VaultClient client = cluster.client();
    client.create("rollback", "v1").expect(201);
    assertTold(cluster, 2, false, false);

    cluster.kill(2);
    Path disk = cluster.described().node(2).dataDirectory();
    Path copy = copies.resolve("disk");
    copyTree(disk, copy);
    // It goes on, so that the others remember more of it than the copy does.
    cluster.restart(2);
    client.update("rollback", "v2").expect(200);
    cluster.kill(2);
    VaultCluster.deleteTree(disk);
    copyTree(copy, disk);
    cluster.restart(2);
    assertTold(cluster, 2, true, false);

    cluster.kill(2);
    cluster.loseDisk(2);
    cluster.restart(2);
    assertTold(cluster, 2, false, true);

    // What it tells is of its process: it is the node that it should be again.
    cluster.kill(2);
    cluster.restart(2);
    assertTold(cluster, 2, false, false);
    assertEquals("v2", client.get("rollback").expect(200).valueText());
  }

  private static void copyTree(Path from, Path to) throws IOException {
    List<Path> sources;
    try (Stream<Path> found = Files.walk(from)) {
      sources = found.toList();
    }
    for (Path source : sources) {
      Files.copy(source, to.resolve(from.relativize(source)), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }
}
