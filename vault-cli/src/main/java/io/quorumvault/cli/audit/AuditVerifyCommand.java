package io.quorumvault.cli.audit;

import io.quorumvault.audit.Anchor;
import io.quorumvault.audit.ChainCheck;
import io.quorumvault.audit.Flaw;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
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
import picocli.CommandLine.Mixin;
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

  @Mixin private final OutputFormat format = new OutputFormat();

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
      List<JsonObject> documents = new ArrayList<>();
      for (LogFiles log : all) {
        Verdict verdict = verify(log, anchors);
        whole &= verdict.whole();
        if (format.isJson()) {
          documents.add(verdict.document());
        } else {
          verdict.lines().forEach(this::print);
        }
      }
      if (format.isJson()) {
        OutputFormat.print(
            surroundings,
            JsonObject.builder().with("whole", whole).with("logs", documents).build());
      }
      return (whole ? ExitCode.OK : ExitCode.REFUSED).number();
    } catch (IOException | UncheckedIOException unreadable) {
      throw CommandFailure.of(
          ExitCode.USAGE,
          "A log cannot be read: " + unreadable.getMessage(),
          "Its files belong to the user the node runs as.");
    }
  }

  /// What became of one log, for people and for programs.
  private record Verdict(boolean whole, List<String> lines, JsonObject document) {}

  private Verdict verify(LogFiles log, List<Anchor> anchors) throws IOException {
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
      return new Verdict(
          false,
          List.of(log.shown() + ": there is no record in it"),
          document(log, false, 0, List.of()).build());
    }
    List<Flaw> flaws = check.end();
    if (flaws.isEmpty()) {
      return new Verdict(
          true,
          List.of(log.shown() + ": " + whole(check, anchors, unfinished)),
          document(log, true, check.lines(), List.of())
              .with("node", check.node().orElseThrow().toString())
              .with("reached", check.reached())
              .with("anchors", anchorsOf(check.node().orElseThrow(), anchors))
              .with("lastLineUnfinished", unfinished)
              .build());
    }
    List<String> lines = new ArrayList<>(List.of(log.shown() + ": NOT what was written"));
    List<JsonObject> told = new ArrayList<>();
    for (Flaw flaw : flaws) {
      Map.Entry<Long, Path> segment = begins.floorEntry(Math.max(flaw.line(), 1));
      String file = String.valueOf(segment.getValue().getFileName());
      long line = Math.max(flaw.line(), 1) - segment.getKey() + 1;
      lines.add("  " + file + ":" + line + ": " + flaw.told());
      told.add(
          JsonObject.builder()
              .with("segment", file)
              .with("line", line)
              .with("flaw", flaw.told())
              .build());
    }
    if (flaws.size() >= ChainCheck.FLAWS_MAX) {
      lines.add("  and more");
    }
    return new Verdict(false, lines, document(log, false, seen, told).build());
  }

  private static JsonObject.Builder document(
      LogFiles log, boolean whole, long records, List<JsonObject> flaws) {
    return JsonObject.builder()
        .with("log", String.valueOf(log.shown()))
        .with("whole", whole)
        .with("records", records)
        .with("flaws", flaws);
  }

  private static long anchorsOf(NodeId node, List<Anchor> anchors) {
    return anchors.stream().filter(anchor -> anchor.node().equals(node)).count();
  }

  private static String whole(ChainCheck check, List<Anchor> anchors, boolean unfinished) {
    NodeId node = check.node().orElseThrow();
    long known = anchorsOf(node, anchors);
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
