package io.quorumvault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The page about bounds tells of all of them, and of tests that there are.
class LimitsTest {
  private static final Path ROOT = Path.of("..");

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/limits.md"));
  }

  @Test
  void every_bound_is_on_the_page() throws IOException {
    Set<String> bounds =
        Arrays.stream(Limits.class.getDeclaredFields())
            .filter(field -> Modifier.isPublic(field.getModifiers()))
            .map(Field::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(bounds, found("`Limits\\.([A-Z_]+)`", page()));
  }

  @Test
  void every_row_names_a_test_and_each_test_is_there() throws IOException {
    Set<String> tests;
    try (Stream<Path> files = Files.find(ROOT, 12, (path, _) -> isTest(path))) {
      tests =
          files
              .map(path -> path.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    List<String> rows =
        page().lines().filter(line -> line.startsWith("| ") && !line.startsWith("| what")).toList();
    assertTrue(rows.size() > 30, () -> rows.size() + " rows");
    for (String row : rows) {
      Set<String> named = found("`([A-Za-z]+(?:Test|IT))`", row);
      assertTrue(!named.isEmpty() && tests.containsAll(named), row);
    }
  }

  private static boolean isTest(Path path) {
    return path.getFileName().toString().endsWith(".java")
        && path.toString().contains("src/test/java");
  }
}
