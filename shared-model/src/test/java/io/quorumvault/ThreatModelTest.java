package io.quorumvault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The page about who may learn what names a test for each promise.
final class ThreatModelTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))`");

  /// The columns: who, what they learn, why not more, and the tests.
  private static final int TESTS_COLUMN = 4;

  @Test
  void every_test_that_the_threat_model_names_is_there() throws IOException {
    Set<String> named = testsIn(page());
    assertTrue(named.size() > 10, named::toString);
    named.removeAll(testClasses());
    assertEquals(Set.of(), named);
  }

  @Test
  void every_line_of_the_threat_model_names_a_test_or_says_that_nothing_stops_this()
      throws IOException {
    List<String> lines = page().lines().filter(line -> line.startsWith("|")).skip(2).toList();
    assertTrue(lines.size() > 10, lines::toString);
    for (String line : lines) {
      boolean shown = !testsIn(line.split("\\|", -1)[TESTS_COLUMN]).isEmpty();
      assertTrue(shown || line.contains("nothing stops this"), line);
    }
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/threat-model.md"));
  }

  private static Set<String> testsIn(String text) {
    return TEST.matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Of all modules, by the names of their files.
  private static Set<String> testClasses() throws IOException {
    Set<String> classes = new TreeSet<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".java"))
                .forEach(name -> classes.add(name.substring(0, name.length() - 5)));
          }
        }
      }
    }
    return classes;
  }
}
