package io.quorumvault.readers;

import io.quorumvault.dotenv.Dialect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A library behind a script that reads many files in one process.
record ScriptReader(
    String name, String version, List<Dialect> dialects, Path directory, List<String> command)
    implements RealReader {
  @Override
  public List<Optional<Map<String, String>>> read(List<String> files)
      throws IOException, InterruptedException {
    StringBuilder input = new StringBuilder();
    for (String file : files) {
      input.append(
          Base64.getEncoder().encodeToString(file.getBytes(StandardCharsets.UTF_8)) + "\n");
    }
    Program.Result result = Program.run(directory, Map.of(), input.toString(), command);
    if (result.exit() != 0) {
      throw new IOException(name + " failed: " + result.err());
    }
    List<Optional<Map<String, String>>> readings = new ArrayList<>();
    for (String line : result.out().split("\n", -1)) {
      if (readings.size() < files.size()) {
        readings.add(line.equals("!") ? Optional.empty() : Optional.of(variables(line)));
      }
    }
    return readings;
  }

  private static Map<String, String> variables(String line) {
    Map<String, String> variables = new HashMap<>();
    for (String variable : line.split(" ", -1)) {
      int colon = variable.indexOf(':');
      if (colon >= 0) {
        variables.put(
            decoded(variable.substring(0, colon)), decoded(variable.substring(colon + 1)));
      }
    }
    return variables;
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
