package io.quorumvault.cli.audit;

import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.ChainCheck;
import io.quorumvault.audit.Flaw;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.protocol.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Walks along audit logs and tells whether they are what was written. Needs no vault and no key,
/// and only reads: it may be run on copies, and on the logs of nodes that run.
@Command(
    name = "verify",
    description = {
      "Says whether audit logs are what was written, and if not, names the first bad record.",
      "",
      "Ends with 0 if they are and with 4 if not. Whether the end of a log was cut off only others"
          + " can tell: name the directories of several nodes, each of which remembers how far the"
          + " logs of the others reached, or files of anchors with --anchors.",
      "",
      "  qv audit verify .qv/node-1 .qv/node-2 .qv/node-3"
    })
public final class AuditVerifyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "A node's data directory, its audit directory, or one segment of a log.")
  private List<Path> logs = List.of();

  @Option(
      names = "--anchors",
      paramLabel = "FILE",
      description = "A node's audit-anchors, or a copy of one. May be given several times.")
  private List<Path> anchorFiles = List.of();

  public AuditVerifyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try {
      List<LogFiles> all = new ArrayList<>();
      List<Anchor> anchors = new ArrayList<>();
      for (Path log : logs) {
        all.add(LogFiles.at(log, surroundings.resolve(log)));
        anchors.addAll(all.getLast().anchors());
      }
      for (Path file : anchorFiles) {
        anchors.addAll(LogFiles.anchors(file, surroundings.resolve(file)));
      }
      boolean whole = true;
      for (LogFiles log : all) {
        whole &= verify(log, anchors);
      }
      return (whole ? ExitCode.OK : ExitCode.REFUSED).number();
    } catch (IOException | UncheckedIOException unreadable) {
      throw CommandFailure.of(
          ExitCode.USAGE,
          "A log cannot be read: " + unreadable.getMessage(),
          "Its files belong to the user the node runs as.");
    }
  }

  private boolean verify(LogFiles log, List<Anchor> anchors) throws IOException {
    ChainCheck check = new ChainCheck(anchors);
    // Line of the log at which each segment begins.
    TreeMap<Long, Path> begins = new TreeMap<>();
    long seen = 0;
    boolean unfinished = false;
    for (Path segment : log.segments()) {
      boolean newest = segment.equals(log.segments().getLast());
      begins.put(seen + 1, segment);
      try (LogLines lines = new LogLines(segment)) {
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
          if (newest && !lines.ended()) {
            // A record being written, or one that a crash left: never acknowledged.
            unfinished = true;
          } else {
            seen++;
            var _ = check.next(line.get());
          }
        }
      }
    }
    if (seen == 0) {
      print(log.shown() + ": there is no record in it");
      return false;
    }
    List<Flaw> flaws = check.end();
    if (flaws.isEmpty()) {
      print(log.shown() + ": " + whole(check, anchors, unfinished));
      return true;
    }
    print(log.shown() + ": NOT what was written");
    for (Flaw flaw : flaws) {
      Map.Entry<Long, Path> segment = begins.floorEntry(Math.max(flaw.line(), 1));
      print(
          "  "
              + segment.getValue().getFileName()
              + ":"
              + (Math.max(flaw.line(), 1) - segment.getKey() + 1)
              + ": "
              + flaw.told());
    }
    if (flaws.size() >= ChainCheck.FLAWS_MAX) {
      print("  and more");
    }
    return false;
  }

  private static String whole(ChainCheck check, List<Anchor> anchors, boolean unfinished) {
    NodeId node = check.node().orElseThrow();
    long known = anchors.stream().filter(anchor -> anchor.node().equals(node)).count();
    return node
        + ", "
        + check.lines()
        + " records up to "
        + check.reached()
        + ", whole"
        + (known == 0
            ? "; no anchor is given that would show whether its end was cut off"
            : ", and reaches as far as " + known + " anchors say")
        + (unfinished ? "; its last line has no end and does not count" : "");
  }

  private void print(String line) {
    surroundings.terminal().print(line);
  }
}
