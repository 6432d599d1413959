package io.quorumvault.system;

import jakarta.json.Json;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// With the TypeScript client, as the build generates it, in Node.
final class TypeScriptWalk implements ContractWalk {
  private static final Path SOURCES = Path.of("vault-client/src/main/typescript");
  private static final Path COMPILED = Path.of("vault-client/target/typescript/built/walk.js");

  private final Route route;

  private TypeScriptWalk(Route route) {
    this.route = route;
  }

  /// Empty where there is no Node.
  static Optional<ContractWalk> ready(Route route) {
    if (!isInstalled("node") || !isInstalled("npm")) {
      return Optional.empty();
    }
    Path root = VaultCluster.root();
    Command _ =
        Command.run(root, List.of(root.resolve(SOURCES).resolve("build").toString())).succeeded();
    return Optional.of(new TypeScriptWalk(route));
  }

  private static boolean isInstalled(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  @Override
  public List<Encounter> walk(WalkScene scene) {
    Path root = VaultCluster.root();
    try {
      // It has tokens in it, which belong into no command line.
      Path told = Files.createTempFile("route", ".json");
      try {
        Files.writeString(
            told,
            Json.createObjectBuilder()
                .add("scene", scene.name())
                .add("codes", Json.createArrayBuilder(scene.codes()))
                .add("crowd", CROWD)
                .add("rounds", ROUNDS_MAX)
                .add("api", route.api())
                .add("namespace", route.namespace())
                .add("token", route.token())
                .add("reader", route.reader())
                .add("prefix", route.prefix())
                .build()
                .toString());
        Command walked =
            Command.run(root, List.of("node", root.resolve(COMPILED).toString(), told.toString()));
        return walked.succeeded().output().lines().map(Encounter::parse).toList();
      } finally {
        Files.delete(told);
      }
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }
}
