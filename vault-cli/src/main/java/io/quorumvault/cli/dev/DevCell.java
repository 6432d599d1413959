package io.quorumvault.cli.dev;

import io.quorumvault.cli.Check;
import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.cli.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// A dev cluster as `qv doctor` looks at it: its ports, its certificates and, with the operator's
/// certificate, its nodes.
public final class DevCell {
  /// Whom the dev cluster's tokens are for.
  public static final String AUDIENCE = ClusterSettings.AUDIENCE;

  /// A start renews what ends within 60 days, so what ends this soon was not started for long.
  private static final Duration EXPIRES_SOON = Duration.ofDays(14);

  private final ClusterFolder folder;
  private final ClusterSettings settings;
  private final Map<ServiceName, ProcessHandle> running;

  private DevCell(ClusterFolder folder, ClusterSettings settings) {
    this.folder = folder;
    this.settings = settings;
    this.running = new ServiceProcesses(folder).running();
  }

  /// The cluster in `data`, or else the nearest one, running or not; empty when there is none.
  public static Optional<DevCell> find(Surroundings surroundings, Optional<Path> data)
      throws IOException {
    Optional<ClusterFolder> folder = folder(surroundings, data);
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    return ClusterSettings.read(folder.get()).map(settings -> new DevCell(folder.get(), settings));
  }

  private static Optional<ClusterFolder> folder(Surroundings surroundings, Optional<Path> data) {
    return data.map(surroundings::resolve)
        .or(() -> ClusterFile.nearestDirectory(surroundings))
        .flatMap(ClusterFolder::existing);
  }

  /// Why there is no vault to talk to.
  ///
  /// @param failure what other commands say then
  public static Check whyNotRunning(
      Surroundings surroundings, Optional<Path> data, CommandFailure failure) {
    Optional<ClusterFolder> folder = folder(surroundings, data);
    boolean stopped =
        folder.isPresent()
            && !Files.exists(folder.get().clusterFile())
            && surroundings.variable("QV_API").isEmpty();
    return stopped
        ? Check.failed(
            "vault",
            ExitCode.USAGE,
            "The dev cluster in " + folder.get().root() + " is stopped.",
            "Start it with qv dev, or name another vault with --api or QV_API.")
        : Check.failed("vault", failure);
  }

  /// Whether every process has its port: taken by somebody else, it keeps a process from coming up.
  ///
  /// @param expected whether the processes should run
  public Check ports(boolean expected) {
    List<String> taken = new ArrayList<>();
    List<ServiceName> services = ServiceName.all(settings.nodes());
    for (ServiceName service : services) {
      int port = settings.url(service).getPort();
      if (!running.containsKey(service) && !Ports.isFree(port)) {
        taken.add(port + " of " + service);
      }
    }
    if (taken.isEmpty()) {
      return Check.ok(
          "ports", expected ? "no other program is on them" : "free for the next qv dev");
    }
    String what = "Another program listens on port " + String.join(", ", taken) + ".";
    String next =
        "Stop that program (ss -ltnp shows it), or let qv dev choose: qv dev stop, then qv dev"
            + " --port 0.";
    return expected
        ? Check.failed("ports", ExitCode.USAGE, what, next)
        : Check.warning("ports", what, next);
  }

  /// Whether the certificates between the cluster's processes are there and valid.
  public Check certificates(Instant now) {
    Instant first = Instant.MAX;
    Path which = folder.authority();
    try {
      for (Path file : certificateFiles()) {
        for (Certificate certificate : PemTrust.certificates(file)) {
          if (certificate instanceof X509Certificate x509
              && x509.getNotAfter().toInstant().isBefore(first)) {
            first = x509.getNotAfter().toInstant();
            which = file;
          }
        }
      }
    } catch (IOException unusable) {
      return Check.failed(
          "certificates",
          ExitCode.USAGE,
          "A certificate of the dev cluster is missing or damaged: " + unusable.getMessage(),
          "A start makes what is missing: remove "
              + folder.certificates()
              + ", then qv dev stop and qv dev.");
    }
    if (first.isBefore(now)) {
      return Check.failed(
          "certificates",
          ExitCode.USAGE,
          which + " expired on " + first + ".",
          "A start renews it: qv dev stop, then qv dev. If it was made just now, look at the"
              + " clock.");
    }
    if (first.isBefore(now.plus(EXPIRES_SOON))) {
      return Check.warning(
          "certificates",
          which + " expires on " + first + ".",
          "A start renews it: qv dev stop, then qv dev.");
    }
    return Check.ok("certificates", "those of the dev cluster are valid until " + first);
  }

  private List<Path> certificateFiles() throws IOException {
    List<Path> files = new ArrayList<>(List.of(folder.authority()));
    try (Stream<Path> listed = Files.list(folder.certificates())) {
      listed.filter(file -> file.toString().endsWith(".crt")).sorted().forEach(files::add);
    }
    return files;
  }

  /// How the cell is, then how each node is.
  public List<Check> nodes() throws IOException {
    List<ServiceName.Node> all = new ArrayList<>();
    for (int index = 1; index <= settings.nodes(); index++) {
      all.add(new ServiceName.Node(index));
    }
    List<Check> nodes = new ArrayList<>();
    List<NodeNews> told = new ArrayList<>();
    int ready = 0;
    try (HealthProbe probe = new HealthProbe(folder, settings);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Optional<NodeNews>>> asked =
          all.stream()
              .map(node -> CompletableFuture.supplyAsync(() -> probe.news(node), threads))
              .toList();
      for (ServiceName.Node node : all) {
        boolean serves = probe.ask(node, HealthProbe.Question.READY);
        Optional<NodeNews> news = asked.get(node.index() - 1).join();
        ready += serves ? 1 : 0;
        news.ifPresent(told::add);
        nodes.add(node(node, serves, news));
      }
    }
    nodes.addFirst(cell(ready, told));
    return nodes;
  }

  private Check cell(int ready, List<NodeNews> told) {
    int margin = ready - settings.threshold();
    int quorum = settings.quorum();
    String count =
        ready
            + " of "
            + settings.nodes()
            + " nodes are ready, "
            + settings.threshold()
            + " give a secret back";
    String seen =
        told.stream()
            .flatMap(news -> news.shareMargin().stream())
            .min(Long::compare)
            .map(least -> "; least share margin of the last minutes' reads " + least)
            .orElse("");
    String next = "Start the others again: qv dev restart-node I.";
    if (ready < quorum) {
      return Check.failed(
          "cell",
          ExitCode.SERVER,
          count
              + (margin < 0 ? ": nothing can be read or written" : ": nothing can be written")
              + seen,
          next);
    }
    long lacking = told.stream().mapToLong(news -> news.count("sharesLacking").orElse(0L)).sum();
    if (ready < settings.nodes()) {
      return Check.warning("cell", count + ", margin " + margin + seen, next);
    }
    return lacking > 0
        ? Check.warning(
            "cell",
            count
                + ", margin "
                + margin
                + seen
                + "; "
                + lacking
                + " shares are still being repaired",
            "Wait until they are before you stop a node. qv doctor tells.")
        : Check.ok("cell", count + ", margin " + margin + seen);
  }

  private Check node(ServiceName.Node node, boolean ready, Optional<NodeNews> news) {
    String name = node.toString();
    String again = "qv dev restart-node " + node.index();
    String log = folder.log(node).toString();
    if (!running.containsKey(node)) {
      return Check.failed(
          name, ExitCode.SERVER, "It does not run.", "Start it again: " + again + ".");
    }
    if (news.isEmpty()) {
      return Check.failed(
          name,
          ExitCode.SERVER,
          "It runs and does not answer.",
          "It may be starting. Else see " + log + ", then " + again + ".");
    }
    NodeNews said = news.get();
    if (said.isNot("auditWritable")) {
      return Check.failed(
          name,
          ExitCode.SERVER,
          "It cannot write its audit log and refuses requests.",
          "Look at the disk under " + folder.nodeData(node.index()) + "; see " + log + ".");
    }
    if (said.isNot("diskAnswers")) {
      return Check.failed(
          name,
          ExitCode.SERVER,
          "Its disk does not answer.",
          "Look at the disk under " + folder.nodeData(node.index()) + ".");
    }
    if (said.count("peersSetUpDifferently").orElse(0L) > 0) {
      return Check.failed(
          name,
          ExitCode.SERVER,
          "It is set up differently than other nodes, which do not talk to it.",
          "Start the whole cluster again: qv dev stop, then qv dev. See " + log + ".");
    }
    if (!ready) {
      return said.is("joining")
          ? Check.warning(
              name, "It is getting its memory back from the others.", "Wait; qv doctor tells.")
          : Check.failed(
              name,
              ExitCode.SERVER,
              "It runs and is not ready.",
              "It may be starting, or lack others to agree with. See " + log + ".");
    }
    if (said.is("rolledBack") || said.is("memoryLost")) {
      return Check.warning(
          name,
          "Its storage was older or emptier than it should be; it joined anew.",
          "Expected after its disk was replaced. Else find out why; see docs/operations.md.");
    }
    long damaged = said.count("sharesFoundDamaged").orElse(0L);
    if (damaged > 0) {
      return Check.warning(
          name,
          damaged + " times a share could not be opened and was restored.",
          "Look at the disk under " + folder.nodeData(node.index()) + ".");
    }
    long lacking = said.count("sharesLacking").orElse(0L);
    if (lacking > 0) {
      return Check.warning(
          name,
          "It lacks " + lacking + " shares and is getting them.",
          "Wait before you stop another node; qv doctor tells.");
    }
    return Check.ok(name, "ready, process " + running.get(node).pid());
  }
}
