package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `qv` against a vault that is one.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(2)
final class CommandLineIT {
  private static final int SECRETS = 300;

  @Test
  void the_doctor_finds_nothing_wrong_with_a_cluster_that_is_well(VaultCluster cluster) {
    cluster.awaitServing(1, 2, 3, 4, 5);
    Eventually.holds(
        "qv doctor finds nothing failed, and says so of each node",
        () -> {
          Command doctor = VaultCluster.qv("doctor", "--data", cluster.data().toString());
          return doctor.exitCode() == 0
              && List.of("connection", "api", "clock", "token", "access", "node-1", "node-5")
                  .stream()
                  .allMatch(check ->
                      doctor.output().lines().anyMatch(line -> line.matches(check + " +ok .*")));
        });
  }

  @Test
  void an_export_of_another_vault_is_checked_then_imported_as_a_whole(
      VaultCluster cluster, @TempDir Path directory) throws IOException {
    String data = cluster.data().toString();
    Path export = directory.resolve("export.json");
    Files.writeString(
        export,
        IntStream.range(0, SECRETS)
            .mapToObj(i -> "\"app/part-%d\":{\"key\":\"imported %d\"}".formatted(i, i))
            .collect(Collectors.joining(",", "{", "}")));

    Command dry =
        VaultCluster.qv("import", export.toString(), "--prefix", "it", "--data", data).succeeded();
    assertTrue(dry.output().contains("it.app.part-7.key"), dry.output());
    cluster.client().get("it.app.part-7.key").expectProblem(404, "secret-not-found");

    Command applied =
        VaultCluster.qv("import", export.toString(), "--prefix", "it", "--apply", "--data", data)
            .succeeded();
    assertFalse(applied.output().contains("imported"), applied.output());
    for (int i : List.of(0, 7, SECRETS - 1)) {
      assertEquals(
          "imported " + i,
          cluster.client().get("it.app.part-%d.key".formatted(i)).expect(200).valueText());
    }
    assertEquals(
        4,
        VaultCluster.qv("import", export.toString(), "--prefix", "it", "--apply", "--data", data)
            .exitCode());
    VaultCluster.qv(
            "import",
            export.toString(),
            "--prefix",
            "it",
            "--apply",
            "--skip-existing",
            "--data",
            data)
        .succeeded();
  }
}
