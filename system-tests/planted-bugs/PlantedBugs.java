import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// Plants bugs one by one and reports which tests find them. A check that cannot fail is not a
/// check.
///
/// Not part of the build: `system-tests/planted-bugs/run` runs it, from the root of the project and
/// after compiling. It changes copies of the sources only. For a bug in the protocol it also counts
/// how far the simulator and the crash sweep, which know nothing of it, get without noticing.
public final class PlantedBugs {
  private static final String PACKAGE = "io/quorumvault/";
  private static final String HARD_SCHEDULES = "io.quorumvault.simulation.HardSchedulesTest";
  private static final String SIMULATION =
      "io.quorumvault.simulation.SimulationTest#whatever_happens_the_cell_keeps_its_promises";
  private static final String CRASH_SWEEP = "io.quorumvault.simulation.CrashSweepTest";

  /// Tests that a bug sends round in circles are ended, and count as failed.
  private static final long TEST_SECONDS = 240;

  private static final Pattern SEED = Pattern.compile("seed (\\d+)");
  private static final Pattern SCENE = Pattern.compile("([A-Z_]+) in Membership.*at point (\\d+)");

  private final Path work;
  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

  private PlantedBugs() throws IOException {
    this.work = Files.createTempDirectory("planted-bugs");
  }

  public static void main(String[] arguments) throws Exception {
    boolean quick = arguments.length > 0 && arguments[0].equals("--quick");
    String only = arguments.length > 0 && !quick ? arguments[0] : "";
    System.exit(new PlantedBugs().run(only, !quick) ? 0 : 1);
  }

  /// One bug, as bugs.txt describes it.
  private record Bug(Map<String, String> field) {
    String of(String name) {
      String value = field.get(name);
      if (value == null) {
        throw new IllegalArgumentException(field + " (expected: a line " + name + ")");
      }
      return value;
    }

    String text(String name) {
      return of(name).replace("\\n", "\n");
    }

    Path module() {
      return Path.of(field.getOrDefault("module", "shared-model"));
    }

    String file() {
      String file = of("file");
      return PACKAGE + (file.contains("/") ? file : "protocol/" + file);
    }

    boolean isOfTheProtocol() {
      return file().startsWith(PACKAGE + "protocol/");
    }

    String test() {
      String test = of("test");
      return test.startsWith("io.") ? test : HARD_SCHEDULES + "#" + test;
    }
  }

  /// @param search whether to try the simulator and the crash sweep, too
  private boolean run(String only, boolean search) throws Exception {
    List<Bug> bugs =
        read(Path.of("system-tests/planted-bugs/bugs.txt")).stream()
            .filter(bug -> bug.of("bug").contains(only))
            .toList();
    boolean allFound = true;
    List<String> rows = new ArrayList<>();
    Set<String> sound = new HashSet<>();
    for (Bug bug : bugs) {
      if (sound.add(bug.test())) {
        failure(bug, bug.test(), work.resolve("nothing"))
            .ifPresent(failure -> {
              throw new IllegalStateException("fails without a bug: " + bug.test() + ": " + failure);
            });
      }
    }
    for (Bug bug : bugs) {
      Path classes = plant(bug, work.resolve("bug-" + rows.size()));
      Optional<String> found = failure(bug, bug.test(), classes);
      allFound &= found.isPresent();
      String simulator = "";
      String sweep = "";
      if (search && bug.isOfTheProtocol()) {
        simulator = first(SEED, failure(bug, SIMULATION, classes), "seed $1");
        sweep = first(SCENE, failure(bug, CRASH_SWEEP, classes), "$1, point $2");
      }
      System.out.printf(
          "%-9s  %s | %s | %s | %s%n",
          found.isPresent() ? "found" : "NOT FOUND",
          bug.of("bug"),
          found.orElse(bug.test()),
          simulator,
          sweep);
      rows.add(
          "| %s | `%s` | %s%s | %s | %s |"
              .formatted(
                  bug.of("bug"),
                  bug.of("rule"),
                  found.isPresent() ? "" : "**not by** ",
                  named(bug.test()),
                  simulator,
                  sweep));
    }
    System.out.println(rows.size() + " bugs, " + (allFound ? "all found" : "SOME NOT FOUND"));
    if (only.isEmpty()) {
      report(rows);
    }
    return allFound;
  }

  /// A test's name as a sentence, with its class unless that is the usual one.
  private static String named(String test) {
    String name = test.substring(test.lastIndexOf('.') + 1);
    int method = name.indexOf('#');
    String sentence = method < 0 ? "" : name.substring(method + 1).replace('_', ' ');
    String type = method < 0 ? name : name.substring(0, method);
    return test.startsWith(HARD_SCHEDULES) ? sentence : ("`" + type + "` " + sentence).strip();
  }

  private static String first(Pattern pattern, Optional<String> failure, String shown) {
    if (failure.isEmpty()) {
      return "–";
    }
    Matcher matcher = pattern.matcher(failure.get());
    return matcher.find()
        ? Pattern.compile(pattern.pattern()).matcher(matcher.group()).replaceAll(shown)
        : "yes";
  }

  /// The classes that replace the sound ones.
  private Path plant(Bug bug, Path directory) throws IOException {
    Path original = bug.module().resolve("src/main/java").resolve(bug.file());
    String source = Files.readString(original);
    String from = bug.text("from");
    int first = source.indexOf(from);
    if (first < 0 || source.indexOf(from, first + 1) >= 0) {
      throw new IllegalArgumentException(bug.file() + " (expected: exactly one \"" + from + "\")");
    }
    Path changed = directory.resolve("source").resolve(bug.file());
    Files.createDirectories(changed.getParent());
    Files.writeString(changed, source.replace(from, bug.text("to")));
    Path classes = Files.createDirectories(directory.resolve("classes"));
    compile(changed, classes, classPath(bug.module()));
    return classes;
  }

  private void compile(Path source, Path classes, String classPath) {
    int failed =
        compiler.run(
            null,
            null,
            null,
            "-Xlint:none",
            "-nowarn",
            "-proc:none",
            "-d",
            classes.toString(),
            "-cp",
            classPath,
            source.toString());
    if (failed != 0) {
      throw new IllegalStateException("does not compile: " + source);
    }
  }

  private static String classPath(Path module) throws IOException {
    return String.join(
        System.getProperty("path.separator"),
        module.resolve("target/classes").toString(),
        module.resolve("target/test-classes").toString(),
        Files.readString(module.resolve("target/test-classpath.txt")).strip());
  }

  /// What a test says, in a process of its own; empty if it passes.
  private Optional<String> failure(Bug bug, String test, Path before) throws Exception {
    Path runner = work.resolve("runner");
    String classPath = classPath(bug.module());
    if (!Files.exists(runner)) {
      compile(
          Path.of("system-tests/planted-bugs/RunTest.java"),
          Files.createDirectories(runner),
          classPath);
    }
    Path said = Files.createTempFile(work, "said", ".txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Dsimulation.seeds=1500",
                "-cp",
                String.join(
                    System.getProperty("path.separator"),
                    before.toString(),
                    runner.toString(),
                    classPath),
                "RunTest",
                test)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(TEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return Optional.of("did not end");
    }
    List<String> lines = Files.readString(said, StandardCharsets.UTF_8).lines().toList();
    if (process.exitValue() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        lines.stream()
            .filter(line -> line.startsWith("FAILED "))
            .findFirst()
            .map(line -> line.substring("FAILED ".length()))
            .map(line -> line.length() > 200 ? line.substring(0, 200) + "…" : line)
            .orElseThrow(() ->
                new IllegalStateException(test + " was not run: " + String.join("\n", lines))));
  }

  private static List<Bug> read(Path file) throws IOException {
    List<Bug> all = new ArrayList<>();
    Map<String, String> fields = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.add("");
    for (String line : lines) {
      if (line.isBlank() && !fields.isEmpty()) {
        all.add(new Bug(fields));
        fields = new LinkedHashMap<>();
      } else if (!line.isBlank() && !line.startsWith("#")) {
        int colon = line.indexOf(':');
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return all;
  }

  private static void report(List<String> rows) throws IOException {
    Path page = Path.of("docs/planted-bugs.md");
    String text = Files.readString(page);
    int table = text.indexOf("| bug |");
    Files.writeString(
        page,
        text.substring(0, table)
            + "| bug | where | found by | simulator | crash sweep |\n|---|---|---|---|---|\n"
            + String.join("\n", rows)
            + "\n");
  }
}
