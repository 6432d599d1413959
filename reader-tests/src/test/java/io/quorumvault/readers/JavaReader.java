package io.quorumvault.readers;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import io.quorumvault.dotenv.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// dotenv-java, in this process.
record JavaReader(String version, Path directory) implements RealReader {
  @Override
  public String name() {
    return "dotenv-java";
  }

  @Override
  public List<Dialect> dialects() {
    return List.of(Dialect.JAVA);
  }

  @Override
  public List<Optional<Map<String, String>>> read(List<String> files) throws IOException {
    List<Optional<Map<String, String>>> readings = new ArrayList<>();
    for (String file : files) {
      Files.writeString(directory.resolve("java.env"), file);
      try {
        Dotenv dotenv =
            Dotenv.configure().directory(directory.toString()).filename("java.env").load();
        Map<String, String> variables = new HashMap<>();
        for (DotenvEntry entry : dotenv.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
          variables.put(entry.getKey(), entry.getValue());
        }
        readings.add(Optional.of(variables));
      } catch (DotenvException malformed) {
        readings.add(Optional.empty());
      }
    }
    return readings;
  }
}
