package io.quorumvault.cli.audit;

import io.quorumvault.audit.Anchor;
import io.quorumvault.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The files of one node's audit log.
///
/// @param shown what the caller named
/// @param segments from the oldest to the newest
/// @param anchors what the node remembers of the logs of others
record LogFiles(Path shown, List<Path> segments, List<Anchor> anchors) {
  private static final String LOG = "audit";
  private static final String ANCHORS = "audit-anchors";

  /// @param path a node's data directory, its `audit` directory, or one segment
  static LogFiles at(Path shown, Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return new LogFiles(shown, List.of(path), List.of());
    }
    if (!Files.isDirectory(path)) {
      throw CommandFailure.usage(
          "There is no " + shown + ".", "Name data directories of nodes, or their audit logs.");
    }
    Path log = Files.isDirectory(path.resolve(LOG)) ? path.resolve(LOG) : path;
    Path anchors = log.resolveSibling(ANCHORS);
    try (Stream<Path> files = Files.list(log)) {
      return new LogFiles(
          shown,
          files
              .filter(file -> file.getFileName().toString().matches("audit-[0-9]{15}\\.log"))
              .sorted()
              .toList(),
          Files.isRegularFile(anchors) ? anchors(anchors, anchors) : List.of());
    }
  }

  /// The anchors of a file.
  static List<Anchor> anchors(Path shown, Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw CommandFailure.usage(
          "There is no file " + shown + ".", "It is a node's audit-anchors, or a copy of one.");
    }
    List<Anchor> anchors = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(path, StandardCharsets.ISO_8859_1)) {
        anchors.add(Anchor.parse(line));
      }
    } catch (IllegalArgumentException malformed) {
      throw CommandFailure.usage(
          shown + " has a line that is no anchor.", "Without it a cut-off end may not show.");
    }
    return anchors;
  }
}
