package io.quorumvault.cli.dev;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Pause;
import io.quorumvault.cli.Terminal;
import io.quorumvault.cli.dev.HealthProbe.Question;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A vault on this machine: n storage nodes and one API, each a process of its own.
///
/// The cluster lives in its folder, not in this object: any `qv` can look after a cluster that
/// another one started. Safe for use by several threads and several processes.
final class DevCluster {
  /// Six Java processes that start at once need some 20 s on two idle cores, and many times that on
  /// cores that others use as well.
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(5);

  /// One process, its database's recovery included.
  private static final Duration RESTART_TIMEOUT = Duration.ofMinutes(2);

  /// How often the processes are asked; a death is noticed at once.
  private static final Duration ASK_EVERY = Duration.ofMillis(150);

  /// How soon a watcher learns that another `qv` changed the cluster.
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /// How long nothing is said while waiting.
  private static final Duration SILENCE_MAX = Duration.ofSeconds(15);

  /// A cluster left running for a work week does not lose its token on the way. The key that signed
  /// it lies beside it, so a shorter life would protect nothing.
  static final Duration TOKEN_LIFETIME = Duration.ofDays(7);

  /// Enough to hold the cause that a stack trace names first and last.
  private static final int LOG_TAIL_LINES = 20;

  /// Bytes read from the end of a log for its last lines.
  private static final int LOG_TAIL_BYTES = 16 << 10;

  /// Small enough for a laptop to run six, ample for values of 1 MiB. A process that runs out of
  /// memory ends instead of going on half-dead. The quick compiler alone, and early: with six young
  /// processes on two cores, the optimizing one takes the time it would save, and running code
  /// uncompiled costs more than compiling it.
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:CompileThresholdScaling=0.1",
          "-XX:+ExitOnOutOfMemoryError");

  private final ClusterFolder folder;
  private final ClusterSettings settings;
  private final ServicePrograms programs;
  private final ServiceProcesses processes;
  private final Terminal terminal;

  private DevCluster(
      ClusterFolder folder, ClusterSettings settings, ServicePrograms programs, Terminal terminal) {
    this.folder = folder;
    this.settings = settings;
    this.programs = programs;
    this.processes = new ServiceProcesses(folder);
    this.terminal = terminal;
  }

  /// What is asked of a start; null leaves it as it was, or at its default.
  record Wishes(
      @Nullable Integer nodes, @Nullable Integer threshold, @Nullable Integer port, boolean fresh) {
    private static final int NODES = 5;
    private static final int PORT = 8420;

    /// The settings of a cluster that was `before`, with free ports.
    private ClusterSettings settings(Optional<ClusterSettings> before) {
      int n = orElse(nodes, before.map(ClusterSettings::nodes).orElse(NODES));
      int k = orElse(threshold, before.map(ClusterSettings::threshold).orElse(n / 2 + 1));
      if (before.isPresent() && (before.get().nodes() != n || before.get().threshold() != k)) {
        throw CommandFailure.usage(
            "The cluster here has %d nodes and threshold %d, and its data cannot change that."
                .formatted(before.get().nodes(), before.get().threshold()),
            "Leave --nodes and --threshold out, name another --data DIR, or start over with"
                + " --fresh, which deletes the data.");
      }
      Ports ports = new Ports();
      int api = orElse(port, before.map(ClusterSettings::apiPort).orElse(PORT));
      return new ClusterSettings(
          n,
          k,
          api == 0 ? ports.any() : ports.exactly(api),
          before
              .map(settings -> ports.preferably(settings.nodePorts()))
              .orElseGet(() -> Stream.generate(ports::any).limit(n).toList()));
    }

    private static int orElse(@Nullable Integer given, int otherwise) {
      return given == null ? otherwise : given;
    }
  }

  /// The cluster that was made in a folder before, running or not; empty when there was none.
  static Optional<DevCluster> in(ClusterFolder folder, ServicePrograms programs, Terminal terminal)
      throws IOException {
    return ClusterSettings.read(folder)
        .map(settings -> new DevCluster(folder, settings, programs, terminal));
  }

  /// A cluster whose processes are coming up.
  ///
  /// @param processes all of them, as they were started
  record Starting(DevCluster cluster, Map<ServiceName, ProcessHandle> processes) {
    /// Returns when every process is ready.
    ///
    /// @throws CommandFailure when one ends before, or the time is up; the others go on
    void awaitReady() throws IOException {
      cluster.await(processes, Question.READY, READY_TIMEOUT);
    }

    /// Returns when the cluster is stopped by somebody else. Says when one of its processes ends,
    /// also when it ended before this call.
    void watch() throws IOException {
      cluster.watch(processes);
    }
  }

  /// Starts the processes of a cluster and returns while they come up.
  ///
  /// @throws CommandFailure when it runs already, or the wishes cannot be met; nothing was started
  static Starting launch(
      ClusterFolder folder, Wishes wishes, ServicePrograms programs, Terminal terminal, Clock clock)
      throws IOException {
    return folder.locked(() -> {
      refuseIfRunning(folder);
      if (wishes.fresh()) {
        folder.deleteContents();
      }
      ClusterSettings settings = wishes.settings(ClusterSettings.read(folder));
      settings.write(folder);
      DevCluster cluster = new DevCluster(folder, settings, programs, terminal);
      return new Starting(cluster, cluster.launchAll(clock));
    });
  }

  private static void refuseIfRunning(ClusterFolder folder) throws IOException {
    Map<ServiceName, ProcessHandle> running = new ServiceProcesses(folder).running();
    if (running.isEmpty()) {
      return;
    }
    String where = folder.cluster().map(cluster -> " at " + cluster.api()).orElse("");
    throw CommandFailure.usage(
        "The cluster in "
            + folder.root()
            + " is running already"
            + where
            + " ("
            + running.size()
            + " processes).",
        "Look at it with qv dev status, stop it with qv dev stop.");
  }

  private Map<ServiceName, ProcessHandle> launchAll(Clock clock) throws IOException {
    new CertificateIssuer(folder, clock).issue(ClusterSettings.CELL, settings.nodes());
    TokenSigner signer = new TokenSigner(folder, clock);
    signer.prepare();
    if (!Files.exists(folder.policy())) {
      folder.write(folder.policy(), policy());
    }
    String token =
        signer.sign(
            new TokenSigner.Claims(
                ClusterSettings.SUBJECT, List.of(), ClusterSettings.AUDIENCE, TOKEN_LIFETIME));
    folder.write(
        folder.authorizationHeader(),
        ("Authorization: Bearer " + token + "\n").getBytes(StandardCharsets.US_ASCII));
    programs.install(folder);
    Map<ServiceName, ProcessHandle> started = new LinkedHashMap<>();
    try {
      for (ServiceName service : ServiceName.all(settings.nodes())) {
        started.put(service, launch(service));
      }
      Map<ServiceName, Long> ids = new HashMap<>();
      started.forEach((service, process) -> ids.put(service, process.pid()));
      publish(token, ids);
      return started;
    } catch (IOException | RuntimeException failed) {
      processes.stop(started.values());
      throw failed;
    }
  }

  private ProcessHandle launch(ServiceName service) throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    String holder = service.toString();
    properties.put("vault.cell", ClusterSettings.CELL);
    properties.put("vault.nodes", Integer.toString(settings.nodes()));
    properties.put("vault.threshold", Integer.toString(settings.threshold()));
    properties.put("vault.peers", settings.peers());
    properties.put("vault.tls.certificate", folder.certificate(holder).toString());
    properties.put("vault.tls.key", folder.key(holder).toString());
    properties.put("vault.tls.trust", folder.authority().toString());
    properties.put("vault.policy.file", folder.policy().toString());
    properties.put("server.host", "127.0.0.1");
    properties.put("server.port", Integer.toString(settings.url(service).getPort()));
    properties.put("mp.jwt.verify.issuer", ClusterSettings.ISSUER);
    properties.put("mp.jwt.verify.audiences", ClusterSettings.AUDIENCE);
    properties.put("mp.jwt.verify.publickey.location", folder.keySet().toString());
    if (service instanceof ServiceName.Node node) {
      Path data = folder.directory(folder.nodeData(node.index()));
      properties.put("vault.node.index", Integer.toString(node.index()));
      properties.put("vault.node.data-dir", data.toString());
    }
    return processes
        .start(service, JAVA_OPTIONS, properties, programs.program(folder, service))
        .toHandle();
  }

  private static byte[] policy() {
    JsonObject rule =
        JsonObject.builder()
            .with("subjects", List.of(ClusterSettings.SUBJECT))
            .with("groups", List.of())
            .with("namespace", ClusterSettings.NAMESPACE)
            .with("prefix", "")
            .with(
                "capabilities",
                List.of("create", "read", "update", "delete", "list", "history", "env", "audit"))
            .withNull("notBefore")
            .withNull("notAfter")
            .build();
    return JsonObject.builder().with("version", 1).with("rules", List.of(rule)).build().toBytes();
  }

  private void publish(String token, Map<ServiceName, Long> ids) throws IOException {
    List<ClusterFile.Node> nodes =
        IntStream.rangeClosed(1, settings.nodes())
            .mapToObj(index ->
                new ClusterFile.Node(
                    index,
                    settings.nodeUrl(index),
                    ids.getOrDefault(new ServiceName.Node(index), 0L),
                    folder.nodeData(index)))
            .toList();
    ClusterFile file =
        new ClusterFile(
            ClusterSettings.NAMESPACE,
            token,
            settings.apiUrl(),
            ids.getOrDefault(ServiceName.API, 0L),
            nodes);
    folder.write(folder.clusterFile(), file.toBytes());
  }

  ClusterSettings settings() {
    return settings;
  }

  /// What is published of the cluster while it runs.
  ///
  /// @throws CommandFailure when it does not run
  ClusterFile published() throws IOException {
    return folder.cluster().orElseThrow(this::notRunning);
  }

  private CommandFailure notRunning() {
    return CommandFailure.usage(
        "The cluster in " + folder.root() + " is not running.", "Start it with qv dev.");
  }

  private void await(Map<ServiceName, ProcessHandle> started, Question question, Duration timeout)
      throws IOException {
    List<ServiceName> pending = new ArrayList<>(started.keySet());
    long start = System.nanoTime();
    long lastWord = start;
    try (HealthProbe probe = new HealthProbe(folder, settings);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (true) {
        for (Map.Entry<ServiceName, ProcessHandle> entry : started.entrySet()) {
          if (!entry.getValue().isAlive()) {
            throw ended(entry.getKey(), entry.getValue());
          }
        }
        pending.removeAll(answering(pending, question, probe, threads));
        if (pending.isEmpty()) {
          return;
        }
        long now = System.nanoTime();
        if (now - start > timeout.toNanos()) {
          throw late(pending, timeout);
        }
        if (now - lastWord > SILENCE_MAX.toNanos()) {
          terminal.say("Still waiting for " + names(pending) + ".");
          lastWord = now;
        }
        ServiceProcesses.awaitAnyExit(started.values(), ASK_EVERY);
      }
    }
  }

  private CommandFailure late(List<ServiceName> pending, Duration timeout) throws IOException {
    ServiceName first = pending.getFirst();
    return CommandFailure.of(
        ExitCode.SERVER,
        "%s did not get ready within %d s. The end of the log of %s:\n%s"
            .formatted(names(pending), timeout.toSeconds(), first, tail(first)),
        "The whole log: " + folder.log(first));
  }

  private static List<ServiceName> answering(
      List<ServiceName> asked, Question question, HealthProbe probe, ExecutorService threads) {
    List<CompletableFuture<Optional<ServiceName>>> answers =
        asked.stream()
            .map(service ->
                CompletableFuture.supplyAsync(
                    () -> Optional.of(service).filter(which -> probe.ask(which, question)),
                    threads))
            .toList();
    return answers.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList();
  }

  private CommandFailure ended(ServiceName service, ProcessHandle process) throws IOException {
    Optional<ClusterFile> now = folder.cluster();
    if (now.isEmpty()) {
      return CommandFailure.of(ExitCode.SERVER, "The cluster was stopped while it started.");
    }
    if (processId(now.get(), service) != process.pid()) {
      return CommandFailure.of(ExitCode.SERVER, service + " was started again by another qv.");
    }
    return CommandFailure.of(
        ExitCode.SERVER,
        service + " ended while it started. The end of its log:\n" + tail(service),
        "The whole log: " + folder.log(service));
  }

  private static long processId(ClusterFile file, ServiceName service) {
    return switch (service) {
      case ServiceName.Api api -> file.apiProcessId();
      case ServiceName.Node node -> file.nodes().get(node.index() - 1).processId();
    };
  }

  /// The last lines of a process's log.
  private String tail(ServiceName service) throws IOException {
    Path log = folder.log(service);
    if (!Files.exists(log)) {
      return "  (no log)";
    }
    byte[] end;
    try (var channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - LOG_TAIL_BYTES));
      ByteBuffer buffer = ByteBuffer.allocate(LOG_TAIL_BYTES);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // Reads on to the end.
      }
      end = Arrays.copyOf(buffer.array(), buffer.position());
    }
    List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
    return lines.isEmpty()
        ? "  (empty)"
        : lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()).stream()
            .map(line -> "  " + line)
            .collect(Collectors.joining("\n"));
  }

  private static String names(List<ServiceName> services) {
    return services.stream().map(ServiceName::toString).collect(Collectors.joining(", "));
  }

  /// Stops what runs; the data stays. Can be repeated.
  ///
  /// @return how many processes ran
  int stop() throws IOException {
    return stop(ServiceProcesses.TERMINATION_TIMEOUT);
  }

  /// @param patience how long they have before they are killed
  int stop(Duration patience) throws IOException {
    return folder.locked(() -> {
      // First: whoever watches the cluster learns from it that its end is meant.
      Files.deleteIfExists(folder.clusterFile());
      Map<ServiceName, ProcessHandle> running = processes.running();
      int count = running.size();
      ProcessHandle api = running.remove(ServiceName.API);
      if (api != null) {
        processes.stop(List.of(api), patience);
      }
      processes.stop(running.values(), patience);
      return count;
    });
  }

  /// Starts a node again, after stopping it if it runs. Returns when it has come up, whether or not
  /// the others are there.
  ///
  /// @return the new process id
  long restart(int index) throws IOException {
    if (index < 1 || index > settings.nodes()) {
      throw CommandFailure.usage(
          "Node " + index + " (expected: 1 to " + settings.nodes() + ").", "See qv dev status.");
    }
    ServiceName node = new ServiceName.Node(index);
    ProcessHandle started =
        folder.locked(() -> {
          String token = published().token();
          Map<ServiceName, Long> ids = knownIds();
          ProcessHandle before = processes.running().get(node);
          if (before != null) {
            processes.stop(List.of(before));
          }
          ProcessHandle process = launch(node);
          ids.put(node, process.pid());
          publish(token, ids);
          return process;
        });
    await(Map.of(node, started), Question.STARTED, RESTART_TIMEOUT);
    return started.pid();
  }

  /// Ends a node as a power cut would, and returns when it is gone.
  void kill(int index) throws IOException {
    ProcessHandle process = processes.running().get(new ServiceName.Node(index));
    if (process != null) {
      processes.kill(List.of(process));
    }
  }

  /// Returns when nodes are ready and lack no share, as they tell.
  ///
  /// @throws CommandFailure when the time is up
  void awaitHealed(List<Integer> indexes) throws IOException {
    long deadline = System.nanoTime() + RESTART_TIMEOUT.toNanos();
    List<Integer> pending = new ArrayList<>(indexes);
    try (HealthProbe probe = new HealthProbe(folder, settings)) {
      while (true) {
        pending.removeIf(index -> isHealed(probe, new ServiceName.Node(index)));
        if (pending.isEmpty()) {
          return;
        }
        if (System.nanoTime() > deadline) {
          throw CommandFailure.of(
              ExitCode.SERVER,
              "After %d s node %s is not ready or still lacks shares."
                  .formatted(RESTART_TIMEOUT.toSeconds(), pending),
              "qv doctor tells more; the logs are in " + folder.root().resolve("logs") + ".");
        }
        Pause.of(ASK_EVERY);
      }
    }
  }

  private static boolean isHealed(HealthProbe probe, ServiceName.Node node) {
    return probe.ask(node, Question.READY)
        && probe
            .news(node)
            .flatMap(news -> news.count("sharesLacking"))
            .filter(lacking -> lacking == 0)
            .isPresent();
  }

  Path directory() {
    return folder.root();
  }

  private Map<ServiceName, Long> knownIds() throws IOException {
    ClusterFile published = published();
    Map<ServiceName, Long> ids = new HashMap<>();
    for (ServiceName service : ServiceName.all(settings.nodes())) {
      ids.put(service, processId(published, service));
    }
    return ids;
  }

  /// How one process is.
  ///
  /// @param processId empty when it does not run
  record State(ServiceName service, Optional<Long> processId, boolean ready, URI url) {
    boolean isAlive() {
      return processId.isPresent();
    }
  }

  /// How every process is, asked now.
  List<State> states() throws IOException {
    Map<ServiceName, ProcessHandle> running = processes.running();
    List<ServiceName> alive =
        ServiceName.all(settings.nodes()).stream().filter(running::containsKey).toList();
    List<ServiceName> ready = List.of();
    if (!alive.isEmpty()) {
      try (HealthProbe probe = new HealthProbe(folder, settings);
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        ready = answering(alive, Question.READY, probe, threads);
      }
    }
    List<State> states = new ArrayList<>();
    for (ServiceName service : ServiceName.all(settings.nodes())) {
      states.add(
          new State(
              service,
              Optional.ofNullable(running.get(service)).map(ProcessHandle::pid),
              ready.contains(service),
              settings.url(service)));
    }
    return states;
  }

  private void watch(Map<ServiceName, ProcessHandle> started) throws IOException {
    Map<ServiceName, ProcessHandle> watched = started;
    while (folder.cluster().isPresent()) {
      ServiceProcesses.awaitAnyExit(watched.values(), LOOK_EVERY);
      Map<ServiceName, ProcessHandle> now = processes.running();
      if (folder.cluster().isEmpty()) {
        return;
      }
      for (ServiceName service : watched.keySet()) {
        if (!now.containsKey(service)) {
          terminal.say(
              switch (service) {
                case ServiceName.Node node ->
                    node + " ended. Start it again: qv dev restart-node " + node.index();
                case ServiceName.Api api -> "The API ended.\n" + tail(service);
              });
        }
      }
      watched = now;
    }
  }
}
