package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterFolderTest {
  @TempDir private Path directory = Path.of("");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void what_is_written_is_private_whole_and_leaves_nothing_beside_it() throws IOException {
    ClusterFolder folder = ClusterFolder.create(directory.resolve("a/b/.qv"));
    folder.write(folder.signingKey(), bytes("one"));

    folder.write(folder.signingKey(), bytes("two"));

    assertEquals("two", Files.readString(folder.signingKey()));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.signingKey())));
    for (Path path : List.of(folder.root(), folder.root().resolve("auth"))) {
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }
    try (Stream<Path> beside = Files.list(folder.root().resolve("auth"))) {
      assertEquals(1, beside.count());
    }
  }

  @Test
  void a_directory_of_ours_that_was_opened_to_others_is_closed_again() throws IOException {
    Path root = Files.createDirectory(directory.resolve(".qv"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));

    ClusterFolder.create(root);

    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)));
  }

  @Test
  void a_directory_of_somebody_else_is_refused_and_unchanged() throws IOException {
    Path root = Files.createDirectory(directory.resolve("home"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(root.resolve("thesis"), "x");
    Path file = Files.createFile(directory.resolve("file"));

    assertThrows(CommandFailure.class, () -> ClusterFolder.create(root));
    assertThrows(CommandFailure.class, () -> ClusterFolder.create(file));

    assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)));
  }

  @Test
  void deleting_the_contents_follows_no_link_out_of_the_directory() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "x");
    ClusterFolder folder = ClusterFolder.create(directory.resolve(".qv"));
    Files.createSymbolicLink(folder.nodeData(1), outside);
    folder.directory(folder.nodeData(2));
    Files.createSymbolicLink(folder.nodeData(2).resolve("link"), outside);

    folder.deleteContents();

    assertTrue(Files.exists(outside.resolve("kept")));
    assertFalse(Files.exists(folder.nodeData(2)));
  }

  @Test
  void each_directory_marks_its_processes_differently() {
    assertNotEquals(
        ClusterFolder.create(directory.resolve("one")).mark(),
        ClusterFolder.create(directory.resolve("two")).mark());
  }

  @Test
  void changes_are_made_one_after_the_other() throws Exception {
    ClusterFolder folder = ClusterFolder.create(directory.resolve(".qv"));
    List<String> happened = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch mayLeave = new CountDownLatch(1);
    Thread first =
        Thread.ofVirtual()
            .start(() -> {
              try {
                folder.locked(() -> {
                  inside.countDown();
                  assertTrue(await(mayLeave));
                  happened.add("first");
                  return true;
                });
              } catch (IOException failed) {
                throw new IllegalStateException(failed);
              }
            });
    assertTrue(await(inside));
    Thread second =
        Thread.ofVirtual()
            .start(() -> {
              try {
                folder.locked(() -> happened.add("second"));
              } catch (IOException failed) {
                throw new IllegalStateException(failed);
              }
            });

    assertFalse(second.join(java.time.Duration.ofMillis(200)), "the second did not wait");
    mayLeave.countDown();
    first.join();
    second.join();

    assertEquals(List.of("first", "second"), happened);
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
