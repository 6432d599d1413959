package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/// What a node and an API server really tell of themselves.
///
/// @param directory where `node.txt` and `api.txt` are
record Metrics(Path directory) {
  /// That everything that alerts and the dashboard ask for is there, under the labels they ask for,
  /// and that `promtool` has nothing against the names.
  void check() throws IOException, InterruptedException {
    String text =
        Files.readString(directory.resolve("node.txt"))
            + Files.readString(directory.resolve("api.txt"));
    Set<String> series = new TreeSet<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> series.add(line.substring(0, line.lastIndexOf(' '))));
    assertTrue(series.size() > 50, text);
    Set<String> names = new TreeSet<>();
    series.forEach(one -> names.add(one.replaceAll("\\{.*", "")));
    for (String query : Queries.all()) {
      for (String name : Queries.metrics(query)) {
        assertTrue(names.contains(name), () -> name + " of " + query);
      }
      Queries.ownLabels(query)
          .forEach(label ->
              assertTrue(
                  series.stream().anyMatch(one -> one.contains(label)),
                  () -> label + " of " + query));
    }
    if (Tool.find("promtool").isPresent()) {
      for (String file : new String[] {"node.txt", "api.txt"}) {
        Tool.Result result =
            Tool.find("promtool")
                .orElseThrow()
                .run(directory, Files.readAllBytes(directory.resolve(file)), "check", "metrics");
        assertEquals("", result.expectSuccess("promtool check metrics"));
      }
    } else {
      System.out.println("NOT RUN: promtool check metrics (Debian: prometheus)");
    }
  }
}
