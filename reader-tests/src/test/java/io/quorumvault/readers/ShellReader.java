package io.quorumvault.readers;

import io.quorumvault.dotenv.Dialect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A shell that sources files. What it says on standard error is a file it did not take: a command
/// it looked for, or a quote that it misses.
record ShellReader(String name, String version, Path directory, List<String> command)
    implements RealReader {
  private static final Set<String> OF_THE_SHELL = Set.of("_", "PWD", "OLDPWD", "SHLVL", "PATH");

  @Override
  public List<Dialect> dialects() {
    return List.of(Dialect.PORTABLE, Dialect.POSIX);
  }

  @Override
  public boolean takesCarriageReturns() {
    return false;
  }

  @Override
  public List<Optional<Map<String, String>>> read(List<String> files)
      throws IOException, InterruptedException {
    Path inputs = Files.createDirectories(directory.resolve("files"));
    Path empty = Files.createDirectories(directory.resolve("empty"));
    StringBuilder paths = new StringBuilder();
    for (int i = 0; i < files.size(); i++) {
      paths.append(Files.writeString(inputs.resolve(i + ".env"), files.get(i))).append('\n');
    }
    Program.Result result = Program.run(empty, Map.of(), paths.toString(), command);
    if (result.exit() != 0 || !result.err().isEmpty()) {
      throw new IOException(name + " complained: " + result.err());
    }
    try (var left = Files.list(empty)) {
      if (left.findAny().isPresent()) {
        throw new IOException(name + " ran a command that left a file");
      }
    }
    List<Optional<Map<String, String>>> readings = new ArrayList<>();
    for (String line : result.out().split("\n", -1)) {
      if (readings.size() < files.size()) {
        readings.add(Optional.of(variables(line)));
      }
    }
    return readings;
  }

  private static Map<String, String> variables(String base64) {
    String environment = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    Map<String, String> variables = new HashMap<>();
    for (String variable : environment.split("\0", -1)) {
      int equals = variable.indexOf('=');
      if (equals > 0 && !OF_THE_SHELL.contains(variable.substring(0, equals))) {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return variables;
  }
}
