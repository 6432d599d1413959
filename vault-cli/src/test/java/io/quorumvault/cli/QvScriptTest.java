package io.quorumvault.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `qv` in a project of its own, whose build leaves a program that says how it was
/// called.
final class QvScriptTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path directory = Path.of("");
  private Path root = Path.of("");
  private Path here = Path.of("");
  private final Map<String, String> environment = new TreeMap<>();

  /// The program.
  public static final class Echo {
    private Echo() {}

    public static void main(String[] arguments) {
      if (List.of(arguments).equals(List.of("environment"))) {
        new TreeMap<>(System.getenv())
            .forEach((name, value) -> System.out.println(name + "=" + value));
        return;
      }
      System.out.println("in " + System.getProperty("user.dir"));
      System.out.println("home " + System.getProperty("qv.home"));
      System.out.println("said " + String.join("|", arguments));
    }
  }

  @BeforeEach
  void project() throws IOException {
    environment.put("QV_CACHE", "off"); // Made by every build, it would take longer than the tests.
    root = Files.createDirectory(directory.resolve("a project")).toRealPath();
    here = Files.createDirectory(directory.resolve("here")).toRealPath();
    Files.copy(PROJECT.resolve("qv"), root.resolve("qv"));
    Files.createDirectory(root.resolve(".mvn"));
    Files.copy(PROJECT.resolve(".mvn/jdk.sh"), root.resolve(".mvn/jdk.sh"));
    Files.createFile(root.resolve("pom.xml"));
    for (String module :
        List.of(
            "shared-model",
            "service-kit",
            "vault-client",
            "vault-cli",
            "vault-storage-service",
            "vault-api-service")) {
      Files.createDirectories(root.resolve(module).resolve("src/main/java"));
      Files.createFile(root.resolve(module).resolve("pom.xml"));
      Files.writeString(root.resolve(module).resolve("src/main/java/Some.java"), "class Some {}");
    }
    FakeJar.write(root.resolve("program.jar"), Echo.class);
    script(
        root.resolve("mvnw"),
        """
        #!/bin/sh
        echo "$*" >> built
        [ ! -e fails ] || exit 1
        for module in vault-cli vault-storage-service vault-api-service; do
          case $* in
          *$module*)
            mkdir -p $module/target/libs
            cp program.jar $module/target/$module.jar
            ;;
          esac
        done
        """);
    age();
  }

  /// Everything here was made before the next build, however coarse the clock of the disk.
  private void age() throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
      }
    }
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Ended(int exitCode, String output, String messages) {}

  private Ended qv(String... arguments) throws Exception {
    return run(root.resolve("qv").toString(), arguments);
  }

  private Ended run(String command, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    Path messages = directory.resolve("messages");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(here.toFile())
            .redirectOutput(output.toFile())
            .redirectError(messages.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Ended(exitCode, Files.readString(output), Files.readString(messages));
  }

  private List<String> builds() throws IOException {
    Path log = root.resolve("built");
    return Files.exists(log) ? Files.readAllLines(log, StandardCharsets.UTF_8) : List.of();
  }

  @Test
  void it_builds_once_says_so_and_runs_in_the_callers_directory() throws Exception {
    Ended first = qv("get", "a name", "--at", "*");
    Ended second = qv("list");

    assertEquals(0, first.exitCode(), first.messages());
    assertEquals("in %s\nhome %s\nsaid get|a name|--at|*\n".formatted(here, root), first.output());
    assertTrue(first.messages().startsWith("qv: building vault-cli"), first.messages());
    assertEquals("", second.messages());
    assertEquals(1, builds().size());
  }

  @Test
  void it_builds_again_when_a_source_changed_appeared_or_went() throws Exception {
    qv();
    Path source = root.resolve("shared-model/src/main/java/Some.java");

    age();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    Files.setLastModifiedTime(root.resolve("target/qv-cli.stamp"), FileTime.from(Instant.now()));
    qv();
    assertEquals(2, builds().size());

    age();
    Files.setLastModifiedTime(
        root.resolve("target/qv-cli.stamp"), FileTime.from(Instant.now().minusSeconds(30)));
    Files.createFile(source.resolveSibling("Another.java"));
    qv();
    assertEquals(3, builds().size());

    age();
    Files.setLastModifiedTime(
        root.resolve("target/qv-cli.stamp"), FileTime.from(Instant.now().minusSeconds(30)));
    Files.delete(source);
    qv();
    assertEquals(4, builds().size());

    qv();
    assertEquals(4, builds().size());
  }

  @Test
  void it_builds_again_when_what_was_built_is_gone() throws Exception {
    qv();
    Files.delete(root.resolve("vault-cli/target/vault-cli.jar"));

    assertEquals(0, qv().exitCode());
    assertEquals(2, builds().size());
  }

  @Test
  void only_starting_a_cluster_builds_the_services() throws Exception {
    qv("dev", "stop");
    qv("dev", "restart-node", "1", "--data", "x");
    qv("dev", "--help");
    qv("put", "dev");
    assertEquals(1, builds().size());
    assertFalse(builds().getFirst().contains("vault-storage-service"), builds().getFirst());

    qv("dev", "--detach");
    assertTrue(builds().getLast().contains("vault-storage-service"), builds().getLast());
    assertTrue(builds().getLast().contains("vault-api-service"), builds().getLast());

    qv("dev");
    qv("get", "name");
    assertEquals(2, builds().size());

    Files.setLastModifiedTime(
        root.resolve("service-kit/pom.xml"), FileTime.from(Instant.now().plusSeconds(5)));
    qv("get", "name");
    assertEquals(2, builds().size());
    qv("dev");
    assertEquals(3, builds().size());
  }

  @Test
  void a_failed_build_runs_nothing_and_is_tried_again() throws Exception {
    Files.createFile(root.resolve("fails"));
    Ended failed = qv("list");
    assertEquals(2, failed.exitCode());
    assertEquals("", failed.output());
    assertTrue(failed.messages().contains("the build failed"), failed.messages());

    Files.delete(root.resolve("fails"));
    assertEquals(0, qv("list").exitCode());
    assertEquals(2, builds().size());
  }

  @Test
  void the_lock_of_a_build_that_was_killed_does_not_hold_up_the_next() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path lock = Files.createDirectories(root.resolve("target/qv-build.lock"));
    Files.writeString(lock.resolve("pid"), dead.pid() + "\n");

    assertEquals(0, qv("list").exitCode());
    assertFalse(Files.exists(lock));
  }

  @Test
  void the_program_that_runs_is_not_the_file_the_next_build_writes() throws Exception {
    qv();

    assertFalse(
        Files.isSameFile(
            root.resolve("vault-cli/target/vault-cli.jar"),
            root.resolve("target/qv/vault-cli.jar")));
    Files.delete(root.resolve("target/qv/vault-cli.jar"));
    assertEquals(0, qv().exitCode());
    assertEquals(2, builds().size());
  }

  @Test
  void the_program_has_the_callers_environment_and_nothing_of_the_scripts() throws Exception {
    String script = Files.readString(PROJECT.resolve("qv"));
    Matcher assigned = Pattern.compile("\\b([A-Za-z_]+)=").matcher(script);
    while (assigned.find()) {
      environment.put(assigned.group(1), "mine");
    }
    environment.keySet().removeIf(name -> name.startsWith("qv_") || name.equals("CDPATH"));
    environment.put("MAVEN_OPTS", "-Dmine=1");
    environment.put("root", "mine");
    qv("list");

    String seen = qv("environment").output();

    environment.forEach(
        (name, value) -> assertTrue(seen.contains(name + "=" + value + "\n"), seen));
    assertTrue(seen.contains("JAVA_HOME=" + System.getProperty("java.home") + "\n"), seen);
    assertFalse(seen.contains("qv_"), seen);
  }

  @Test
  void it_can_be_linked_to_from_anywhere() throws Exception {
    Path link = Files.createSymbolicLink(here.resolve("linked"), Path.of("../a project/qv"));
    Path linkToLink = Files.createSymbolicLink(directory.resolve("twice"), link);

    Ended ended = run(linkToLink.toString(), "list");

    assertEquals("in %s\nhome %s\nsaid list\n".formatted(here, root), ended.output());
  }

  @Test
  void a_cache_that_cannot_be_made_or_used_is_no_failure_and_not_mentioned() throws Exception {
    environment.remove("QV_CACHE");
    script(
        root.resolve("mvnw"),
        """
        #!/bin/sh
        mkdir -p vault-cli/target/libs
        printf 'no jar' > vault-cli/target/vault-cli.jar
        """);
    qv("list");
    Path cache = root.resolve("target/qv/qv.aot");
    assertFalse(Files.exists(cache));
    Files.copy(
        root.resolve("program.jar"),
        root.resolve("target/qv/vault-cli.jar"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    for (String content : List.of("", "not a cache at all", "\0".repeat(100_000))) {
      Files.writeString(cache, content);

      Ended ended = qv("list");

      assertEquals(0, ended.exitCode(), ended.messages());
      assertEquals("", ended.messages());
      assertTrue(ended.output().endsWith("said list\n"), ended.output());
    }
  }
}
