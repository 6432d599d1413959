package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One pod as a process, see `Cluster`.
final class Pod implements AutoCloseable {
  /// Several Java processes start at once on two cores.
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  private static final Duration ASK_EVERY = Duration.ofMillis(200);

  /// For four processes on a small machine; the manifests' own options stay behind these.
  private static final String SMALL =
      "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData";

  private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

  /// @param address its IP address
  record Placement(String name, int ordinal, String address) {}

  private final Placement placement;
  private final Container container;
  private final Map<String, Path> mounts;
  private final Path home;
  private final boolean contained;
  private final Process process;

  private Pod(
      Placement placement,
      Container container,
      Map<String, Path> mounts,
      Path home,
      boolean contained,
      Process process) {
    this.contained = contained;
    this.placement = placement;
    this.container = container;
    this.mounts = mounts;
    this.home = home;
    this.process = process;
  }

  static Pod start(
      Cluster cluster,
      PodTemplateSpec template,
      Placement placement,
      Map<String, Path> mounts,
      Manifests manifests)
      throws IOException {
    Container container = template.getSpec().getContainers().getFirst();
    assertTrue(container.getCommand().isEmpty(), "the image says what runs");
    Map<String, String> environment = environment(container, placement, manifests);
    List<String> arguments =
        container.getArgs().stream().map(argument -> expand(argument, environment)).toList();
    Path hosts = mounts.getOrDefault("/tmp", cluster.root()).resolve("hosts");
    Files.copy(cluster.hosts(), hosts, StandardCopyOption.REPLACE_EXISTING);
    Path home = Files.createDirectories(cluster.root().resolve("cwd").resolve(placement.name()));
    Path log = cluster.root().resolve(placement.name() + ".log");
    Optional<UnpackedImage> image = cluster.image();
    ProcessBuilder builder =
        new ProcessBuilder(
                image.isPresent()
                    ? image.get().command(placement.name(), mounts, arguments)
                    : onThisMachine(arguments, mounts))
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    String path = builder.environment().get("PATH");
    builder.environment().clear();
    if (image.isPresent() && path != null) {
      builder.environment().put("PATH", path); // for what sets the container up
    }
    environment.forEach((name, value) ->
        builder.environment().put(name, image.isPresent() ? value : onThisMachine(value, mounts)));
    builder.environment().putAll(cluster.substitutes());
    builder
        .environment()
        .put(
            "JDK_JAVA_OPTIONS",
            SMALL
                + (image.isPresent()
                    ? " -Djdk.net.hosts.file=/tmp/hosts"
                    : " -Djdk.net.hosts.file="
                        + hosts
                        + " -Djava.io.tmpdir="
                        + onThisMachine("/tmp", mounts)));
    return new Pod(placement, container, mounts, home, image.isPresent(), builder.start());
  }

  private static List<String> onThisMachine(List<String> arguments, Map<String, Path> mounts) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    arguments.forEach(argument -> command.add(onThisMachine(argument, mounts)));
    return command;
  }

  /// As
  /// https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
  /// says: a reference to what comes later, or to nothing, stays as it is.
  private static Map<String, String> environment(
      Container container, Placement placement, Manifests manifests) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (EnvFromSource source : container.getEnvFrom()) {
      environment.putAll(
          manifests.get(ConfigMap.class, source.getConfigMapRef().getName()).getData());
    }
    for (EnvVar variable : container.getEnv()) {
      environment.put(
          variable.getName(),
          variable.getValueFrom() == null
              ? expand(variable.getValue(), environment)
              : field(variable.getValueFrom().getFieldRef().getFieldPath(), placement));
    }
    return environment;
  }

  private static String field(String path, Placement placement) {
    return switch (path) {
      case "status.podIP" -> placement.address();
      case "metadata.labels['apps.kubernetes.io/pod-index']" ->
          Integer.toString(placement.ordinal());
      default -> throw new AssertionError("a field that no pod has: " + path);
    };
  }

  private static String expand(String text, Map<String, String> environment) {
    return REFERENCE
        .matcher(text)
        .replaceAll(reference ->
            Matcher.quoteReplacement(
                environment.getOrDefault(reference.group(1), reference.group())));
  }

  /// A path in the container as a path here. What is in neither a mount nor the image stays as it
  /// is, and is not found.
  private static String onThisMachine(String text, Map<String, Path> mounts) {
    if (!text.startsWith("/")) {
      return text;
    }
    Map<String, Path> places = new LinkedHashMap<>(mounts);
    places.put(Image.NODE, Project.ROOT.resolve("vault-storage-service/target"));
    places.put(Image.API, Project.ROOT.resolve("vault-api-service/target"));
    return places.keySet().stream()
        .filter(place -> text.equals(place) || text.startsWith(place + "/"))
        .max(Comparator.comparingInt(String::length))
        .map(place -> places.get(place) + text.substring(place.length()))
        .orElse(text);
  }

  /// The address of a port, by its name or number.
  URI uri(String scheme, String port, String path) {
    Map<String, Integer> ports =
        container.getPorts().stream()
            .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    Integer number = ports.get(port);
    if (number == null) {
      throw new AssertionError("no port " + port);
    }
    return URI.create(scheme + "://" + placement.address() + ":" + number + path);
  }

  Container container() {
    return container;
  }

  /// Returns when the probe succeeds.
  void await(Probe probe, HttpClient kubelet) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    String seen = "nothing";
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new AssertionError(placement.name() + " ended:\n" + log());
      }
      seen = ask(probe, kubelet);
      if (seen.startsWith("200")) {
        return;
      }
      // Nothing tells that a process has come up; ends sooner than its time if the process does.
      boolean _ = process.waitFor(ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
    throw new AssertionError(
        placement.name() + " did not answer its probe, at last " + seen + "\n" + log());
  }

  /// How it answers a probe now.
  String ask(Probe probe, HttpClient kubelet) throws InterruptedException {
    HTTPGetAction action = probe.getHttpGet();
    String scheme =
        action.getScheme() == null ? "http" : action.getScheme().toLowerCase(java.util.Locale.ROOT);
    URI uri = uri(scheme, action.getPort().getStrVal(), action.getPath());
    try {
      HttpResponse<String> answer =
          kubelet.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException notYet) {
      return notYet.toString();
    }
  }

  String log() throws IOException {
    Path root = home.getParent();
    if (root == null || root.getParent() == null) {
      return "";
    }
    return Files.readString(root.getParent().resolve(placement.name() + ".log"));
  }

  /// That it has nothing open for writing but in volumes that it may write to, and left nothing in
  /// its working directory: its root may be read-only.
  void assertWritesToItsVolumesOnly() throws IOException {
    try (Stream<Path> left = Files.list(home)) {
      assertEquals(List.of(), left.toList());
    }
    if (contained) {
      return; // Its root is read-only.
    }
    Set<String> readOnly =
        container.getVolumeMounts().stream()
            .filter(mount -> Boolean.TRUE.equals(mount.getReadOnly()))
            .map(mount -> mount.getMountPath())
            .collect(Collectors.toSet());
    List<Path> writable =
        mounts.entrySet().stream()
            .filter(mount -> !readOnly.contains(mount.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    Set<Path> elsewhere = new TreeSet<>();
    Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
    int seen = 0;
    try (Stream<Path> all = Files.list(descriptors)) {
      for (Path descriptor : all.toList()) {
        int number = Integer.parseInt(descriptor.getFileName().toString());
        if (number <= 2) {
          continue; // its output, which the kubelet keeps
        }
        String info =
            Files.readString(
                descriptors.resolveSibling("fdinfo").resolve(descriptor.getFileName()));
        Path file = Files.readSymbolicLink(descriptor);
        if (isForWriting(info) && file.isAbsolute() && !file.startsWith("/dev")) {
          seen++;
          if (writable.stream().noneMatch(file::startsWith)) {
            elsewhere.add(file);
          }
        }
      }
    }
    assertEquals(Set.of(), elsewhere);
    assertTrue(seen > 0 || !placement.name().startsWith("node"), "a node keeps files open");
  }

  /// By the access mode in `flags` of `/proc/PID/fdinfo`, octal: see open(2).
  private static boolean isForWriting(String info) {
    return info.lines()
        .filter(line -> line.startsWith("flags:"))
        .map(line -> Integer.parseInt(line.substring("flags:".length()).strip(), 8))
        .anyMatch(flags -> (flags & 3) != 0);
  }

  /// Asks it to end, as a kubelet does, and waits as long as the manifest grants.
  ///
  /// @return whether it ended by itself
  boolean stop(long graceSeconds) throws InterruptedException {
    process.destroy();
    return process.waitFor(graceSeconds, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    CountDownLatch ended = new CountDownLatch(1);
    var _ = process.onExit().thenRun(ended::countDown);
    try {
      assertTrue(ended.await(30, TimeUnit.SECONDS), placement.name() + " does not end");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
