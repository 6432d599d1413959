package io.quorumvault.storage.audit;

import io.quorumvault.audit.Anchor;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.storage.ledger.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How far the audit logs of other nodes reached, by what they said: the farthest of each. Safe for
/// use by several threads.
public final class Anchors {
  private static final System.Logger LOG = System.getLogger(Anchors.class.getName());

  private final Path file;
  private final Map<NodeId, Anchor> remembered = new TreeMap<>();
  private final Map<NodeId, Anchor> complainedOf = new TreeMap<>();
  private boolean dirty;

  private Anchors(Path file) {
    this.file = file;
  }

  /// What is remembered in a file. A line that cannot be read is told of and left out.
  public static Anchors open(Path file) throws IOException {
    Anchors anchors = new Anchors(file);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        try {
          Anchor anchor = Anchor.parse(line);
          anchors.remembered.put(anchor.node(), anchor);
        } catch (IllegalArgumentException unreadable) {
          LOG.log(System.Logger.Level.ERROR, "{0} has a line that is no anchor", file);
        }
      }
    }
    return anchors;
  }

  /// Remembers how far a log reaches, unless farther is remembered.
  ///
  /// @return what was remembered before
  public synchronized Optional<Anchor> remember(Anchor head) {
    Anchor before = remembered.get(head.node());
    if (before == null || before.seq() < head.seq()) {
      remembered.put(head.node(), head);
      dirty = true;
    } else if (!before.equals(head) && !before.equals(complainedOf.put(head.node(), before))) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The audit log of {0} is not what it was: it reaches to record {1}, and reached to {2}",
          head.node(),
          head.seq(),
          before.seq());
    }
    return Optional.ofNullable(before);
  }

  /// Writes what is new, durably.
  public synchronized void save() throws IOException {
    if (!dirty) {
      return;
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    String lines =
        remembered.values().stream().map(Anchor::line).collect(Collectors.joining("\n", "", "\n"));
    Path _ = Files.writeString(next, lines, StandardCharsets.US_ASCII);
    OwnerOnly.file(next);
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Path _ =
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    OwnerOnly.sync(file.resolveSibling("."));
    dirty = false;
  }
}
