package io.quorumvault.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TargetOptionsTest {
  private final FakeVault vault = FakeVault.start();

  @TempDir private Path directory = Path.of("");

  @AfterEach
  void stop() {
    vault.close();
  }

  /// A running dev cluster's file, whose API is the fake vault.
  private Path cluster(Path where) throws IOException {
    Files.createDirectories(where);
    Path file = where.resolve("cluster.json");
    Files.write(
        file, new ClusterFile("demo", FakeVault.TOKEN, vault.url(), 1, List.of()).toBytes());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static void assertEnded(ExitCode expected, Shell.Ended ended) {
    assertEquals(expected.number(), ended.exitCode(), ended::everything);
  }

  @Test
  void the_nearest_dev_cluster_is_used_from_any_directory_below() throws IOException {
    cluster(directory.resolve(".qv"));
    Path below = Files.createDirectories(directory.resolve("a/b/c"));

    assertEnded(ExitCode.OK, Shell.in(below).run("list"));
    assertEquals("Bearer " + FakeVault.TOKEN, vault.requests().getFirst().authorization());
  }

  @Test
  void a_cluster_in_another_directory_is_named() throws IOException {
    cluster(directory.resolve("elsewhere"));

    assertEnded(ExitCode.OK, Shell.in(directory).run("list", "--data", "elsewhere"));
    assertEnded(ExitCode.USAGE, Shell.in(directory).run("list"));
  }

  @Test
  void the_command_line_goes_before_the_environment_and_that_before_the_cluster()
      throws IOException {
    cluster(directory.resolve(".qv"));
    Files.writeString(directory.resolve("token"), FakeVault.TOKEN + "\n");

    assertEnded(ExitCode.REFUSED, Shell.in(directory).with("QV_TOKEN", "another").run("list"));
    assertEnded(
        ExitCode.OK,
        Shell.in(directory).with("QV_TOKEN", "another").run("list", "--token-file", "token"));
    assertEnded(ExitCode.NOT_FOUND, Shell.in(directory).with("QV_NAMESPACE", "other").run("list"));
    assertEnded(
        ExitCode.OK, Shell.in(directory).with("QV_NAMESPACE", "other").run("list", "-n", "demo"));
    assertEnded(
        ExitCode.OK,
        Shell.in(directory)
            .with("QV_API", "http://127.0.0.1:1")
            .run("list", "--api", vault.url().toString()));
  }

  @Test
  void the_token_of_the_dev_cluster_is_not_sent_to_another_vault() throws IOException {
    cluster(directory.resolve(".qv"));
    try (FakeVault other = FakeVault.start()) {
      Shell.Ended ended =
          Shell.in(directory).run("list", "-n", "demo", "--api", other.url().toString());

      assertEnded(ExitCode.USAGE, ended);
      assertEquals(List.of(), other.requests());
    }
  }

  @Test
  void plain_http_is_for_this_machine_only() {
    for (String api :
        List.of("http://vault.example.org", "http://10.0.0.1:8420", "http://localhost.evil.org")) {
      Shell.Ended ended =
          Shell.in(directory).with("QV_TOKEN", "t").run("list", "-n", "demo", "--api", api);

      assertEnded(ExitCode.USAGE, ended);
      assertTrue(ended.messages().contains("https"), ended.messages());
    }
  }

  @Test
  void what_is_no_address_is_refused() {
    for (String api :
        List.of(
            "vault", "ftp://localhost", "http://u:p@localhost", "http://localhost/v1", "http:/x")) {
      assertEnded(
          ExitCode.USAGE,
          Shell.in(directory).with("QV_TOKEN", "t").run("list", "-n", "demo", "--api", api));
    }
  }

  @Test
  void a_cluster_file_that_others_can_write_is_not_believed() throws IOException {
    Path file = cluster(directory.resolve(".qv"));
    for (String permissions : List.of("rw--w----", "rw-----w-")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

      assertEnded(ExitCode.USAGE, Shell.in(directory).run("list"));
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void a_token_that_would_break_out_of_its_header_is_refused_and_not_repeated() throws IOException {
    cluster(directory.resolve(".qv"));
    for (String token : List.of("tok\r\nX-Evil: 1", "tok en", "", "t".repeat(9000))) {
      Files.writeString(directory.resolve("token"), token);
      Shell.Ended ended = Shell.in(directory).run("list", "--token-file", "token");

      assertEnded(ExitCode.USAGE, ended);
      assertFalse(ended.everything().contains("Evil"));
    }
    assertEquals(List.of(), vault.requests());
  }

  @Test
  void the_cluster_file_is_exactly_what_others_read() {
    ClusterFile file =
        new ClusterFile(
            "demo",
            "t",
            URI.create("http://127.0.0.1:8420"),
            4711,
            List.of(
                new ClusterFile.Node(
                    1, URI.create("https://127.0.0.1:20001"), 4712, Path.of("/x/node-1"))));

    assertEquals(
        """
        {
          "namespace" : "demo",
          "token" : "t",
          "api" : {
            "url" : "http://127.0.0.1:8420",
            "pid" : 4711
          },
          "nodes" : [
            {
              "index" : 1,
              "url" : "https://127.0.0.1:20001",
              "pid" : 4712,
              "dataDir" : "/x/node-1"
            }
          ]
        }
        """,
        new String(file.toBytes(), java.nio.charset.StandardCharsets.UTF_8));
    assertFalse(file.toString().contains("\"t\""));
  }
}
