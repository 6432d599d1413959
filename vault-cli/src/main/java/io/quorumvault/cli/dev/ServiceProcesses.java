package io.quorumvault.cli.dev;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// The running processes of one cluster.
///
/// Each carries a mark as an argument that names the cluster's directory and which of its processes
/// it is. Processes are looked up by that mark among all that run, so no remembered process id is
/// ever trusted: one that was reused is not signalled, and one that was lost is still found.
final class ServiceProcesses {
  /// A node closes its database within this; it also survives not getting the time.
  static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(10);

  /// The kernel ends a killed process at once, unless it hangs in a disk.
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

  /// What processes get of the caller's environment. Nothing else: a variable that happens to be
  /// set must not configure a node, and a token must not be handed on.
  private static final Set<String> INHERITED =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

  /// An end that is not announced, as of another process's child, is noticed this much later.
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final ClusterFolder folder;

  ServiceProcesses(ClusterFolder folder) {
    this.folder = folder;
  }

  private String marks() {
    return "-Dqv.process=" + folder.mark() + "/";
  }

  /// Those that run now.
  Map<ServiceName, ProcessHandle> running() {
    Map<ServiceName, ProcessHandle> found = new HashMap<>();
    ProcessHandle.allProcesses()
        .forEach(process -> service(process).ifPresent(service -> found.put(service, process)));
    return found;
  }

  /// Which of this cluster's processes it is; empty for a stranger and for one that has ended, even
  /// while nobody has collected its exit status.
  private Optional<ServiceName> service(ProcessHandle process) {
    String marks = marks();
    return words(process)
        .filter(word -> word.startsWith(marks))
        .map(word -> ServiceName.parse(word.substring(marks.length())))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /// The words of a command line; of a very long one at least the first, where the mark is.
  private static Stream<String> words(ProcessHandle process) {
    ProcessHandle.Info info = process.info();
    return info.arguments()
        .map(Arrays::stream)
        .or(() -> info.commandLine().map(line -> Arrays.stream(line.split(" ", -1))))
        .orElseGet(Stream::empty);
  }

  /// Starts a process in a session of its own, so that neither Ctrl-C nor the end of this terminal
  /// reaches it. Its output goes to its log.
  ///
  /// @param settings system properties, which other users of the machine can read
  /// @param program what follows java's own options: `-jar` and a file, or a class
  Process start(
      ServiceName service,
      List<String> javaOptions,
      Map<String, String> settings,
      List<String> program)
      throws IOException {
    List<String> command = new ArrayList<>(ownSession());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(marks() + service);
    command.addAll(javaOptions);
    settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(program);
    File log = folder.emptyLog(service).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.root().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().keySet().retainAll(INHERITED);
    return builder.start();
  }

  /// What to put before a command to run it in a new session under the same process id.
  private static List<String> ownSession() {
    if (onPath("setsid")) {
      return List.of("setsid");
    }
    // macOS has no setsid command, but always perl.
    return onPath("perl")
        ? List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV or die")
        : List.of();
  }

  private static boolean onPath(String program) {
    String path = System.getenv("PATH");
    return path != null
        && Arrays.stream(path.split(File.pathSeparator, -1))
            .filter(directory -> !directory.isEmpty())
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /// Ends processes of this cluster: asks first, then kills those that do not listen. Returns when
  /// they are gone.
  ///
  /// @throws IOException when one is still there after being killed
  void stop(Collection<ProcessHandle> processes) throws IOException {
    stop(processes, TERMINATION_TIMEOUT);
  }

  /// @param patience how long they have before they are killed
  void stop(Collection<ProcessHandle> processes, Duration patience) throws IOException {
    processes.forEach(ProcessHandle::destroy);
    kill(leftAfter(patience, processes));
  }

  /// Ends processes of this cluster without asking. Returns when they are gone.
  ///
  /// @throws IOException when one is still there after being killed
  void kill(Collection<ProcessHandle> processes) throws IOException {
    processes.forEach(ProcessHandle::destroyForcibly);
    List<ProcessHandle> left = leftAfter(KILL_TIMEOUT, processes);
    if (!left.isEmpty()) {
      throw new IOException("process " + left.getFirst().pid() + " does not end when killed");
    }
  }

  /// Those that have not ended when the time is up.
  private List<ProcessHandle> leftAfter(Duration timeout, Collection<ProcessHandle> processes) {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<ProcessHandle> left = stillRunning(processes);
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      awaitAnyExit(left, LOOK_EVERY);
      left = stillRunning(left);
    }
    return left;
  }

  private List<ProcessHandle> stillRunning(Collection<ProcessHandle> processes) {
    return processes.stream()
        .filter(process -> process.isAlive() && service(process).isPresent())
        .toList();
  }

  /// Until one of them ends, or the time is up.
  static void awaitAnyExit(Collection<ProcessHandle> processes, Duration timeout) {
    CompletableFuture<?>[] ends =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.anyOf(ends).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException time) {
      // As agreed.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
