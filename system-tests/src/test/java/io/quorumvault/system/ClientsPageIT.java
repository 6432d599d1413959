package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `docs/clients.md` says to paste. Not in every build: it generates and compiles each client
/// once more, as somebody does who reads the page.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(10)
final class ClientsPageIT {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private static List<String> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(VaultCluster.root().resolve("docs/clients.md")))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"1,from-typescript", "2,from-python", "3,from-java"})
  void from_the_contract_to_a_call_that_works_by_copy_and_paste(
      int block, String name, VaultCluster cluster) throws IOException {
    assertTrue(blocks().getFirst().contains("export QV_API="), "the page begins otherwise");
    VaultCluster.Described now = cluster.described();
    Path root = VaultCluster.root();
    // Where the page's first lines would have left a shell.
    Command pasted =
        Command.run(
            root,
            List.of(
                "env",
                "QV_API=" + now.api(),
                "QV_TOKEN=" + now.token(),
                "sh",
                "-e",
                "-c",
                blocks().get(block)));
    assertEquals(
        "version 1 has 28 characters", pasted.succeeded().output().strip(), pasted::messages);
    assertEquals(
        "correct horse battery staple", cluster.client().get(name).expect(200).valueText());
    cluster.client().delete(name).expect(204);
  }
}
