package io.quorumvault.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// What a command finds around it. Everything that differs between a terminal, a script and a test
/// comes from here.
///
/// @param directory the caller's current directory, absolute; relative paths are taken from it
/// @param home the project's root directory, where the services' jars are built
public record Surroundings(
    Map<String, String> environment, Path directory, Path home, Terminal terminal, Clock clock) {
  public Surroundings {
    environment = Map.copyOf(environment);
    directory = directory.toAbsolutePath().normalize();
    home = home.toAbsolutePath().normalize();
  }

  /// An environment variable that is set and not empty.
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  /// `path` as the caller means it.
  public Path resolve(Path path) {
    return directory.resolve(path).normalize();
  }
}
