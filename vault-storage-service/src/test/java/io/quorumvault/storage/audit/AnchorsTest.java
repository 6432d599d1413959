package io.quorumvault.storage.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quorumvault.Bytes;
import io.quorumvault.audit.Anchor;
import io.quorumvault.protocol.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnchorsTest {
  @TempDir private Path directory;

  private static Anchor anchor(int node, long seq, int hash) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) hash;
    return new Anchor(new NodeId(node), seq, Bytes.copyOf(bytes));
  }

  private Path file() {
    return directory.resolve("audit-anchors");
  }

  @Test
  void the_farthest_of_each_node_is_kept_over_restarts() throws IOException {
    Anchors anchors = Anchors.open(file());
    assertEquals(Optional.empty(), anchors.remember(anchor(1, 5, 1)));
    assertEquals(Optional.of(anchor(1, 5, 1)), anchors.remember(anchor(1, 9, 2)));
    assertEquals(Optional.of(anchor(1, 9, 2)), anchors.remember(anchor(1, 3, 3)));
    assertEquals(Optional.of(anchor(1, 9, 2)), anchors.remember(anchor(1, 9, 4)));
    assertEquals(Optional.empty(), anchors.remember(anchor(3, 1, 1)));
    anchors.save();
    Anchors again = Anchors.open(file());
    assertEquals(Optional.of(anchor(1, 9, 2)), again.remember(anchor(1, 0, 0)));
    assertEquals(Optional.of(anchor(3, 1, 1)), again.remember(anchor(3, 1, 1)));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    assertEquals(
        List.of(anchor(1, 9, 2), anchor(3, 1, 1)),
        Files.readAllLines(file()).stream().map(Anchor::parse).toList());
  }

  @Test
  void a_line_that_is_no_anchor_takes_no_other_with_it() throws IOException {
    Anchors anchors = Anchors.open(file());
    Optional<Anchor> _ = anchors.remember(anchor(1, 5, 1));
    anchors.save();
    Files.writeString(file(), "{}\n", StandardOpenOption.APPEND);
    assertEquals(Optional.of(anchor(1, 5, 1)), Anchors.open(file()).remember(anchor(1, 6, 1)));
    assertThrows(IllegalArgumentException.class, () -> Anchor.parse("{}"));
  }
}
