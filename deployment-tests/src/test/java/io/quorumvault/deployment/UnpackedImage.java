package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The image as a container runtime lays it out, and a small container runtime: a mount namespace
/// of its own, the image as read-only root, the volumes in their places, and the image's user.
///
/// @param root the file system of the image
/// @param config what the image says of itself
record UnpackedImage(Path root, JsonNode config) {
  /// With `$1` the root and `$2` how many volumes follow, as pairs of where it is and where it
  /// goes; then the user and the command.
  private static final String RUN =
      """
      set -e
      root=$1
      count=$2
      shift 2
      mount --bind "$root" "$root"
      mount --rbind /dev "$root/dev"
      mount --rbind /proc "$root/proc"
      while [ "$count" -gt 0 ]; do
        mount --bind "$1" "$root$2"
        count=$((count - 1))
        shift 2
      done
      mount -o remount,ro,bind "$root"
      user=$1
      shift
      exec chroot --userspec="$user" "$root" "$@"
      """;

  static boolean canRun() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("mount");
    try {
      Optional<Tool> unshare = Tool.find("unshare");
      return unshare.isPresent()
          && Tool.find("chroot").isPresent()
          && unshare
                  .get()
                  .run(directory, new byte[0], "--mount", "mount", "--bind", "/dev", "" + directory)
                  .exit()
              == 0;
    } finally {
      Files.delete(directory);
    }
  }

  /// Builds the image and unpacks it.
  static UnpackedImage build(Path work) throws IOException, InterruptedException {
    Path tar = work.resolve("quorum-vault.tar");
    new Image(Project.ROOT, work.resolve("image")).write(tar, "quorum-vault:test");
    Tool program = Tool.require("tar", "Debian: tar");
    Path files = Files.createDirectories(work.resolve("files"));
    program.run(files, new byte[0], "xf", tar.toString()).expectSuccess("tar");
    JsonNode manifest = json(files.resolve("manifest.json")).get(0);
    assertEquals("quorum-vault:test", manifest.path("RepoTags").get(0).asText());
    Path root = Files.createDirectories(work.resolve("root"));
    for (JsonNode layer : manifest.path("Layers")) {
      program
          .run(root, new byte[0], "xzf", files.resolve(layer.asText()).toString())
          .expectSuccess("tar");
    }
    return new UnpackedImage(
        root, json(files.resolve(manifest.path("Config").asText())).path("config"));
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.builder().build().readTree(Files.readString(file));
  }

  /// That it runs as nobody and has no other program, and nothing that everybody may change.
  void assertBare() throws IOException {
    assertEquals("65532:65532", config.path("User").asText());
    List<Path> programs = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(
            Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE),
            file::toString);
        if (Files.isExecutable(file) && !String.valueOf(file.getFileName()).contains(".so")) {
          programs.add(root.relativize(file));
        }
      }
    }
    assertFalse(programs.isEmpty());
    assertTrue(
        programs.stream().allMatch(program -> program.startsWith("opt/java")), programs::toString);
  }

  /// What to start for a container of this image.
  ///
  /// @param mounts what is where in it
  List<String> command(String name, Map<String, Path> mounts, List<String> arguments)
      throws IOException {
    for (String point : List.of("dev", "proc")) {
      Files.createDirectories(root.resolve(point));
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                RUN,
                name,
                root.toString(),
                "" + mounts.size()));
    for (Map.Entry<String, Path> mount : mounts.entrySet()) {
      Files.createDirectories(root.resolve(mount.getKey().substring(1)));
      command.add(mount.getValue().toString());
      command.add(mount.getKey());
    }
    String user = config.path("User").asText();
    hand(mounts.values(), user);
    command.add(user);
    config.path("Entrypoint").forEach(word -> command.add(word.asText()));
    command.addAll(arguments);
    return command;
  }

  /// As a volume's files belong to the group that a pod names.
  private static void hand(Iterable<Path> volumes, String user) throws IOException {
    int id = Integer.parseInt(user.substring(0, user.indexOf(':')));
    for (Path volume : volumes) {
      try (Stream<Path> files = Files.walk(volume)) {
        for (Path file : files.toList()) {
          Files.setAttribute(file, "unix:uid", id);
          Files.setAttribute(file, "unix:gid", id);
        }
      }
    }
  }
}
