package io.quorumvault.readers;

import io.quorumvault.dotenv.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The readers of this machine, and those that it has not, with the reason. What npm has is
/// installed into `target/npm`, from the lock file and without any script of the packages.
final class Installed implements AutoCloseable {
  record Missing(String name, String reason) {}

  private static final Path NPM = Path.of("npm").toAbsolutePath();
  private static final Path SCRIPTS = Path.of("src/test/resources/readers").toAbsolutePath();
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private static final Pattern VERSION = Pattern.compile("v?([0-9]+([.][0-9]+)+)");

  private final List<RealReader> readers = new ArrayList<>();
  private final List<Missing> missing = new ArrayList<>();

  List<RealReader> readers() {
    return readers;
  }

  List<Missing> missing() {
    return missing;
  }

  static Installed onThisMachine() throws IOException, InterruptedException {
    Installed installed = new Installed();
    installed.node();
    installed.python();
    installed.shells();
    installed.readers.add(
        new JavaReader(System.getProperty("readers.dotenvJava", "?"), directory("java")));
    installed.docker();
    installed.kubectl();
    installed.missing.add(
        new Missing(
            "compose", "no program gives back what Compose read; its small reader is tested"));
    return installed;
  }

  private void node() throws IOException, InterruptedException {
    List<String> names = List.of("dotenv", "dotenv (fast)", "dotenvx");
    if (version("node", "--version").isEmpty()) {
      names.forEach(name -> missing.add(new Missing(name, "node is not installed")));
      return;
    }
    Path modules = directory("npm");
    String refusal = npm(modules);
    if (!refusal.isEmpty()) {
      names.forEach(name -> missing.add(new Missing(name, refusal)));
      return;
    }
    for (String name : names) {
      boolean dotenvx = name.equals("dotenvx");
      Path manifest =
          modules.resolve("node_modules").resolve(dotenvx ? "@dotenvx/dotenvx" : "dotenv");
      Matcher version =
          Pattern.compile("\"version\": *\"([^\"]+)\"")
              .matcher(Files.readString(manifest.resolve("package.json")));
      readers.add(
          new ScriptReader(
              name,
              version.find() ? version.group(1) : "?",
              dotenvx ? List.of(Dialect.PORTABLE) : List.of(Dialect.PORTABLE, Dialect.NODE),
              modules,
              List.of(
                  "node",
                  SCRIPTS.resolve("node.cjs").toString(),
                  modules.resolve("node_modules").toString(),
                  dotenvx ? name : name.contains("fast") ? "fast" : "classic")));
    }
  }

  /// Why there are no packages; empty if there are.
  private static String npm(Path modules) throws IOException, InterruptedException {
    Path installed = modules.resolve("node_modules/.package-lock.json");
    Path lock = modules.resolve("package-lock.json");
    boolean current =
        Files.exists(installed)
            && Files.exists(lock)
            && Arrays.equals(
                Files.readAllBytes(lock), Files.readAllBytes(NPM.resolve("package-lock.json")));
    if (current) {
      return "";
    }
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.write(modules.resolve(file), Files.readAllBytes(NPM.resolve(file)));
    }
    Program.Result result;
    try {
      result =
          Program.run(
              modules,
              System.getenv(),
              "",
              List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    } catch (IOException none) {
      return "npm is not installed";
    }
    if (result.exit() != 0) {
      Files.deleteIfExists(lock);
      return "npm ci ended with " + result.exit() + ", as it does without a network";
    }
    return "";
  }

  private void python() throws IOException, InterruptedException {
    boolean found = false;
    for (String python : List.of("python3", "/usr/bin/python3")) {
      String version =
          version(
              python,
              "-c",
              "import dotenv; from importlib.metadata import version; print(version('python-dotenv'))");
      if (!version.isEmpty()
          && readers.stream()
              .noneMatch(r -> r.name().equals("python-dotenv") && r.version().equals(version))) {
        found = true;
        readers.add(
            new ScriptReader(
                "python-dotenv",
                version,
                List.of(Dialect.PORTABLE, Dialect.PYTHON),
                directory("python"),
                List.of(python, SCRIPTS.resolve("python.py").toString())));
      }
    }
    if (!found) {
      missing.add(
          new Missing("python-dotenv", "not installed; Debian's package is python3-dotenv"));
    }
  }

  private void shells() throws IOException, InterruptedException {
    String bash = version("bash", "--version");
    if (bash.isEmpty()) {
      missing.add(new Missing("bash", "not installed"));
    } else {
      shell("bash", bash, List.of("bash", "--norc", "--noprofile"));
    }
    if (Files.isExecutable(Path.of("/bin/dash"))) {
      shell("dash", "of /bin", List.of("/bin/dash"));
    } else {
      missing.add(new Missing("dash", "not installed"));
    }
  }

  private void shell(String name, String version, List<String> command) throws IOException {
    List<String> whole = new ArrayList<>(command);
    whole.add(SCRIPTS.resolve("shell.sh").toString());
    readers.add(new ShellReader(name, version, directory(name), whole));
  }

  private void docker() throws IOException, InterruptedException {
    String version = version("docker", "--version");
    if (version.isEmpty()) {
      missing.add(new Missing("docker", "not installed"));
    } else {
      readers.add(new DockerReader(version, directory("docker")));
    }
  }

  private void kubectl() throws IOException, InterruptedException {
    String version = version("kubectl", "version", "--client");
    if (version.isEmpty()) {
      missing.add(new Missing("kubectl", "not installed"));
    } else {
      readers.add(new KubectlReader(version, directory("kubectl")));
    }
  }

  private static Path directory(String name) throws IOException {
    return Files.createDirectories(TARGET.resolve(name));
  }

  /// The first version that the command prints; empty if there is no such command or it fails.
  private static String version(String... command) throws IOException, InterruptedException {
    try {
      Program.Result result =
          Program.run(
              TARGET,
              Map.of(
                  "HOME",
                  System.getProperty("user.home", "/"),
                  "DOCKER_CONFIG",
                  directory("docker").toString()),
              "",
              List.of(command));
      Matcher version = VERSION.matcher(result.out());
      return result.exit() == 0 && version.find() ? String.valueOf(version.group(1)) : "";
    } catch (IOException none) {
      return "";
    }
  }

  @Override
  public void close() {
    readers.forEach(RealReader::close);
  }
}
