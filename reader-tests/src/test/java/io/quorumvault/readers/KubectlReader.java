package io.quorumvault.readers;

import io.quorumvault.dotenv.Dialect;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The command line of Kubernetes, which is asked for a config map and no server.
record KubectlReader(String version, Path directory) implements RealReader {
  @Override
  public String name() {
    return "kubectl";
  }

  @Override
  public List<Dialect> dialects() {
    return List.of(Dialect.KUBE);
  }

  @Override
  public List<Optional<Map<String, String>>> read(List<String> files)
      throws IOException, InterruptedException {
    List<Optional<Map<String, String>>> readings = new ArrayList<>();
    for (String file : files) {
      Path path = Files.writeString(directory.resolve("kube.env"), file);
      Program.Result result =
          Program.run(
              directory,
              Map.of("HOME", directory.toString()),
              "",
              List.of(
                  "kubectl",
                  "create",
                  "configmap",
                  "c",
                  "--from-env-file=" + path,
                  "--dry-run=client",
                  "-o",
                  "json"));
      readings.add(result.exit() == 0 ? Optional.of(variables(result.out())) : Optional.empty());
    }
    return readings;
  }

  private static Map<String, String> variables(String json) {
    try (var reader = Json.createReader(new StringReader(json))) {
      JsonObject data = reader.readObject().getJsonObject("data");
      Map<String, String> variables = new HashMap<>();
      data.keySet().forEach(name -> variables.put(name, data.getString(name)));
      return variables;
    }
  }
}
