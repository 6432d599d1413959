package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Real processes that are really killed and started again; what a vault would answer is made up.
/// `DemoIT` has a real vault.
final class DemoCommandTest {
  @TempDir private Path directory = Path.of("");
  private Workplace workplace = new Workplace(directory, directory);
  private final List<String> ran = new ArrayList<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  private String value = "";
  private String broken = "";

  @BeforeEach
  void build() throws IOException {
    workplace = Workplace.in(directory);
  }

  @AfterEach
  void stop() {
    workplace.close();
  }

  /// Keeps one value, and notes how many nodes ran at each command.
  private int vault(Surroundings surroundings, String... words) {
    try {
      long alive =
          ClusterFile.parse(Files.readAllBytes(surroundings.directory().resolve("cluster.json")))
              .nodes()
              .stream()
              .filter(node -> Workplace.isAlive(node.processId()))
              .count();
      ran.add(words[0] + " " + alive);
      assertTrue(surroundings.environment().isEmpty());
      if (words[0].equals(broken)) {
        surroundings.terminal().say("qv: too few answered");
        return ExitCode.SERVER.number();
      }
      if (words[0].equals("put") || words[0].equals("update")) {
        value = new String(surroundings.terminal().input().readAllBytes(), StandardCharsets.UTF_8);
      } else if (words[0].equals("get")) {
        surroundings.terminal().output().print(value);
      }
      return ExitCode.OK.number();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private int demo() {
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            new PrintStream(messages, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            _ -> Optional.empty());
    Surroundings surroundings =
        new Surroundings(
            Map.of("QV_TOKEN", "of another vault"),
            workplace.work(),
            workplace.home(),
            terminal,
            Clock.systemUTC());
    return new CommandLine(new DemoCommand(new DevCommand(surroundings), this::vault))
        .setExecutionExceptionHandler((thrown, _, _) -> {
          terminal.say(String.valueOf(thrown.getMessage()));
          return ExitCode.SERVER.number();
        })
        .execute();
  }

  private void heal(int nodes) throws IOException {
    for (int node = 1; node <= nodes; node++) {
      Files.writeString(
          workplace.data().resolve("node-" + node).resolve(FakeService.HEALTH),
          "{\"checks\":[{\"data\":{\"sharesLacking\":0}}]}");
    }
  }

  private String told() {
    return output.toString(StandardCharsets.UTF_8) + messages.toString(StandardCharsets.UTF_8);
  }

  @Test
  void two_nodes_of_five_are_killed_twice_and_everything_goes_on() throws IOException {
    workplace.start("--nodes", "5");
    heal(5);
    ClusterFile before = workplace.cluster();

    assertEquals(0, demo(), this::told);

    assertEquals(
        List.of(
            "put 5",
            "get 5",
            "get 4",
            "update 4",
            "get 4",
            "get 3",
            "update 3",
            "get 3",
            "get 3",
            "delete 5"),
        ran);
    ClusterFile after = workplace.cluster();
    for (int index = 0; index < 4; index++) {
      assertNotEquals(before.nodes().get(index).processId(), after.nodes().get(index).processId());
      assertTrue(Workplace.isAlive(after.nodes().get(index).processId()));
    }
    assertEquals(before.nodes().get(4).processId(), after.nodes().get(4).processId());
    assertTrue(told().contains("2 of 5 nodes were killed, two times"), told());
    assertFalse(told().contains(after.token()));
  }

  @Test
  void a_demonstration_that_fails_leaves_the_cluster_as_it_found_it() throws IOException {
    workplace.start("--nodes", "3");
    heal(3);
    broken = "update";

    assertEquals(ExitCode.SERVER.number(), demo(), this::told);

    assertTrue(told().contains("too few answered"), told());
    Workplace.assertEnded(ExitCode.OK, workplace.qv("dev", "status"));
  }

  @Test
  void another_value_than_was_written_is_not_passed_over() throws IOException {
    workplace.start("--nodes", "3");
    heal(3);
    String[] lost = {""};

    Surroundings surroundings =
        new Surroundings(
            Map.of(),
            workplace.work(),
            workplace.home(),
            new Terminal(
                InputStream.nullInputStream(),
                new PrintStream(output, true, StandardCharsets.UTF_8),
                new PrintStream(messages, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                _ -> Optional.empty()),
            Clock.systemUTC());
    int ended =
        new CommandLine(
                new DemoCommand(
                    new DevCommand(surroundings),
                    (there, words) -> {
                      there.terminal().output().print(lost[0]);
                      return 0;
                    }))
            .setExecutionExceptionHandler((thrown, _, _) -> {
              messages.writeBytes(
                  String.valueOf(thrown.getMessage()).getBytes(StandardCharsets.UTF_8));
              return ExitCode.SERVER.number();
            })
            .execute();

    assertEquals(ExitCode.SERVER.number(), ended);
    assertTrue(told().contains("something else than was written"), told());
  }

  @Test
  void a_cluster_that_bears_no_loss_is_not_used() {
    workplace.start("--nodes", "1");

    assertEquals(ExitCode.SERVER.number(), demo());
    assertTrue(told().contains("bears the loss of none"), told());
    assertEquals(List.of(), ran);
  }

  @Test
  void a_cluster_that_is_not_well_is_not_used() throws Exception {
    workplace.start("--nodes", "3");
    Workplace.kill(workplace.cluster().nodes().getFirst().processId());

    assertEquals(ExitCode.SERVER.number(), demo());
    assertTrue(told().contains("node-1 is not ready"), told());
    assertEquals(List.of(), ran);
  }
}
