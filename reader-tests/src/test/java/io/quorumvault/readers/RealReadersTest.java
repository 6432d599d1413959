package io.quorumvault.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.EnvTask;
import io.quorumvault.dotenv.RenderedFile;
import io.quorumvault.dotenv.SecretRead;
import io.quorumvault.dotenv.readers.HostileValues;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.testing.Gen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Thousands of hostile values, each opened into a file and read back by the programs that files
/// are for. `-Dreaders.write=true` writes the table of `docs/dotenv-readers.md` anew.
class RealReadersTest {
  private static final int VALUES = 4_000;
  private static final int VALUES_PER_FILE = 100;
  private static final int READERS_MIN = 3;

  private static final Path PAGE =
      Path.of(System.getProperty("quorumvault.root", ".."), "docs", "dotenv-readers.md");
  private static final String TABLE_START = "<!-- what the tests found -->";

  /// What an author may have around a reference, with `%` for it. The first is the reference alone.
  private static final List<String> PLACES =
      List.of(
          "%",
          "'%'",
          "\"%\"",
          "u:%@h/db",
          "\"pre % post\"",
          "'pre % post'",
          "b#%",
          "a b/%/c",
          "%%",
          "%  # it's",
          "'%' # \"c",
          "'a\n% #'",
          "b=%;",
          "\"it's %\"",
          "'{\"k\": \"%\"}'");

  /// What was found with one reader and one dialect.
  private static final class Finding {
    int held;
    int assignments;
    int mismatches;
    int strays;
    String first = "";
  }

  private record Assignment(String place, String value) {
    /// What the author means, once the value is in it.
    String meaning() {
      String meant = place;
      int comment = place.lastIndexOf(" #");
      if (comment > 0 && place.indexOf('\n') < 0) {
        meant = place.substring(0, comment).stripTrailing();
      }
      if (meant.startsWith("'") || meant.startsWith("\"")) {
        meant = meant.substring(1, meant.length() - 1);
      }
      return meant.replace("%", value);
    }
  }

  @Test
  void every_installed_reader_gives_back_what_was_written_for_it_and_nothing_else()
      throws IOException, InterruptedException {
    List<String> rows = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<String> missing = new ArrayList<>();
    try (Installed installed = Installed.onThisMachine()) {
      Map<Dialect, List<Assignment>> held = new HashMap<>();
      Map<Dialect, Integer> representable = new HashMap<>();
      for (RealReader reader : installed.readers()) {
        names.add(reader.name());
        for (Dialect dialect : reader.dialects()) {
          List<Assignment> assignments =
              held.computeIfAbsent(dialect, d -> assignments(d, representable));
          Finding finding = read(reader, dialect, assignments);
          finding.held = representable.getOrDefault(dialect, 0);
          String row =
              "| %s | %s | %s | %,d | %,d | %,d | %d | %d |"
                  .formatted(
                      reader.name(),
                      reader.version(),
                      dialect,
                      VALUES,
                      finding.held,
                      finding.assignments,
                      finding.mismatches,
                      finding.strays);
          rows.add(row);
          if (finding.mismatches + finding.strays > 0) {
            wrong.add(row + " first: " + finding.first);
          }
        }
      }
      for (Installed.Missing one : installed.missing()) {
        missing.add("| %s | NOT RUN: %s | | | | | | |".formatted(one.name(), one.reason()));
      }
    }
    String table =
        """
        | reader | version | dialect | values | held | assignments read | mismatches | strays |
        |---|---|---|---:|---:|---:|---:|---:|
        """
            + String.join("\n", rows)
            + "\n"
            + String.join("\n", missing)
            + "\n";
    System.out.println(table);
    assertEquals(List.of(), wrong);
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(names.size() >= READERS_MIN, () -> "readers that ran: " + names);
    }
    compareWithThePage(rows, table);
  }

  private static void compareWithThePage(List<String> rows, String table) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf(TABLE_START) + TABLE_START.length();
    if (Boolean.getBoolean("readers.write")) {
      Files.writeString(PAGE, page.substring(0, start) + "\n\n" + table);
      return;
    }
    Map<String, String> published =
        page.lines()
            .filter(line -> line.startsWith("| "))
            .collect(Collectors.toMap(RealReadersTest::key, line -> line, (one, other) -> one));
    for (String row : rows) {
      assertEquals(
          published.getOrDefault(key(row), row), row, "run with -Dreaders.write=true and commit");
    }
  }

  /// Reader, version and dialect.
  private static String key(String row) {
    return String.join(
        "|", List.of(row.split("[|]", -1)).subList(0, Math.min(4, row.split("[|]", -1).length)));
  }

  /// Every value in two places, as far as the dialect can write it there.
  private static List<Assignment> assignments(
      Dialect dialect, Map<Dialect, Integer> representable) {
    List<Assignment> held = new ArrayList<>();
    Gen gen = new Gen(1);
    for (int i = 0; i < VALUES; i++) {
      String value = HostileValues.next(gen);
      String other = gen.pick(PLACES.subList(1, PLACES.size()));
      for (String place : List.of(PLACES.getFirst(), other)) {
        Assignment assignment = new Assignment(place, value);
        if (open("V0=" + place.replace("%", "secret(S0)") + "\n", dialect, List.of(assignment))
            .isPresent()) {
          held.add(assignment);
          if (place.equals("%")) {
            representable.merge(dialect, 1, Integer::sum);
          }
        }
      }
    }
    return held;
  }

  private static Finding read(RealReader reader, Dialect dialect, List<Assignment> assignments)
      throws IOException, InterruptedException {
    List<String> files = new ArrayList<>();
    List<Map<String, String>> expected = new ArrayList<>();
    for (int from = 0; from < assignments.size(); from += VALUES_PER_FILE) {
      List<Assignment> some =
          assignments.subList(from, Math.min(assignments.size(), from + VALUES_PER_FILE));
      String lineEnd =
          reader.takesCarriageReturns() && dialect != Dialect.POSIX && files.size() % 4 == 3
              ? "\r\n"
              : "\n";
      StringBuilder file = new StringBuilder("# a file" + lineEnd + "PLAIN=b" + lineEnd);
      Map<String, String> variables = new HashMap<>(Map.of("PLAIN", "b", "END", "e"));
      for (int i = 0; i < some.size(); i++) {
        Assignment assignment = some.get(i);
        file.append("V" + i + "=" + assignment.place().replace("%", "secret(S" + i + ")"));
        file.append(lineEnd);
        if (i % 10 == 0) {
          file.append(lineEnd + "# it's \"c" + lineEnd);
        }
        variables.put("V" + i, assignment.meaning());
      }
      file.append("END=e");
      files.add(
          open(file.toString(), dialect, some)
              .orElseThrow(() -> new AssertionError("each could be written, and together not")));
      expected.add(variables);
    }
    Finding finding = new Finding();
    finding.assignments = assignments.size();
    List<Optional<Map<String, String>>> readings = reader.read(files);
    assertEquals(files.size(), readings.size(), reader.name());
    for (int i = 0; i < files.size(); i++) {
      compare(expected.get(i), readings.get(i).orElse(Map.of()), finding);
    }
    return finding;
  }

  private static void compare(
      Map<String, String> expected, Map<String, String> actual, Finding finding) {
    expected.forEach((name, value) -> {
      if (!value.equals(actual.get(name))) {
        finding.mismatches++;
        if (finding.first.isEmpty()) {
          finding.first = escaped(value) + " read as " + escaped(actual.get(name));
        }
      }
    });
    for (String name : actual.keySet()) {
      if (!expected.containsKey(name)) {
        finding.strays++;
        if (finding.first.isEmpty()) {
          finding.first = "stray " + escaped(name);
        }
      }
    }
  }

  private static String escaped(@org.jspecify.annotations.Nullable String text) {
    StringBuilder escaped = new StringBuilder();
    String.valueOf(text)
        .chars()
        .forEach(c ->
            escaped.append(
                c > ' ' && c < 0x7f ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
    return escaped.toString();
  }

  /// The file with its values, where `S0` is the first; nothing if that is refused.
  private static Optional<String> open(String file, Dialect dialect, List<Assignment> values) {
    EnvTask task = new EnvTask(file, Map.of(), EnvMode.OPEN, dialect, false);
    return switch (EnvPlan.of(task, bytes -> {})) {
      case EnvRefusal refusal -> Optional.empty();
      case EnvPlan plan -> {
        Map<SecretRead, SecretValue> resolved = new HashMap<>();
        for (SecretRead read : plan.reads()) {
          String value = values.get(Integer.parseInt(read.name().text().substring(1))).value();
          resolved.put(read, SecretValue.owning(value.getBytes(StandardCharsets.UTF_8)));
        }
        try (plan) {
          yield switch (plan.render(resolved)) {
            case EnvRefusal refusal -> Optional.<String>empty();
            case RenderedFile rendered -> {
              try (rendered) {
                yield Optional.of(new String(rendered.exposeCopy(), StandardCharsets.UTF_8));
              }
            }
          };
        }
      }
    };
  }
}
