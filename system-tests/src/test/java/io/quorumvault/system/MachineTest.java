package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a process whose disk and clock are harmed.
class MachineTest {
  @TempDir Path directory;

  private Path file;
  private Machine machine;
  private Process scribe;
  private BufferedReader answers;
  private Writer commands;

  @BeforeEach
  void start() throws IOException {
    Optional<Path> library = Machine.library(directory.resolve("lib"));
    assumeTrue(library.isPresent(), () -> "NOT RUN: needs " + Fault.Needs.MACHINES.told);
    Path files = Files.createDirectories(directory.resolve("disk"));
    file = files.resolve("file");
    machine = new Machine(library.orElseThrow(), directory.resolve("machine"), files);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Scribe.class.getName(),
            file.toString());
    builder.environment().putAll(machine.environment());
    scribe = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    answers = scribe.inputReader();
    commands = scribe.outputWriter();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (scribe != null) {
      int _ = scribe.destroyForcibly().waitFor();
    }
  }

  private String tell(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      return String.valueOf(answers.readLine());
    } catch (IOException broken) {
      throw new AssertionError(broken);
    }
  }

  private String contentAfterPowerCut(long seed) throws IOException {
    try {
      int _ = scribe.destroyForcibly().waitFor();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
    int _ = machine.cutPower(new Random(seed));
    return Files.readString(file);
  }

  @Test
  void what_was_synced_survives_a_power_cut_and_the_rest_goes_from_the_end() throws IOException {
    assertEquals("done", tell("write 0 0123456789"));
    assertEquals("done", tell("sync"));
    assertEquals("done", tell("write 2 xx"));
    assertEquals("done", tell("write 10 yy"));
    assertEquals("done", tell("shorten 5"));
    assertEquals("01xx4", Files.readString(file));
    Set<String> possible = Set.of("0123456789", "01xx456789", "01xx456789yy", "01xx4");
    String content = contentAfterPowerCut(1);
    assertTrue(possible.contains(content), content);
  }

  @Test
  void a_power_cut_may_take_everything_since_the_last_sync() throws IOException {
    assertEquals("done", tell("write 0 old"));
    assertEquals("done", tell("sync"));
    assertEquals("done", tell("write 0 new-and-longer"));
    Set<String> seen = new HashSet<>();
    Random dice = new Random(1);
    // One unsynced write: kept or not, as the dice say.
    long seed = 0;
    while (new Random(seed).nextInt(2) != 0) {
      seed = dice.nextLong();
    }
    seen.add(contentAfterPowerCut(seed));
    assertEquals(Set.of("old"), seen);
  }

  @Test
  void a_sync_that_fails_says_so_and_keeps_nothing() throws IOException {
    assertEquals("done", tell("write 0 old"));
    assertEquals("done", tell("sync"));
    machine.failSyncs(true);
    assertEquals("done", tell("write 0 new"));
    assertFalse("done".equals(tell("sync")));
    machine.failSyncs(false);
    long seed = 0;
    while (new Random(seed).nextInt(2) != 0) {
      seed++;
    }
    assertEquals("old", contentAfterPowerCut(seed));
  }

  @Test
  void a_full_disk_takes_nothing_and_says_so() {
    assertEquals("some", tell("space"));
    machine.fill(Machine.Space.NONE);
    assertTrue(tell("write 0 x").contains("No space left"));
    assertEquals("none", tell("space"));
    machine.fill(Machine.Space.NONE_LEFT_TO_SPARE);
    assertEquals("done", tell("write 0 x"));
    assertEquals("none", tell("space"));
    machine.fill(Machine.Space.ENOUGH);
    assertEquals("some", tell("space"));
  }

  @Test
  void a_stalled_disk_keeps_whoever_writes_waiting() throws Exception {
    assertEquals("done", tell("write 0 x"));
    machine.stall(true);
    CompletableFuture<String> told = CompletableFuture.supplyAsync(() -> tell("write 1 y"));
    assertEquals("x", Files.readString(file));
    assertFalse(told.isDone());
    machine.stall(false);
    assertEquals("done", told.get());
  }

  @Test
  void the_clock_is_off_by_as_much_as_it_is_told() {
    machine.shiftClock(Duration.ofDays(1).toSeconds());
    Instant told = Instant.parse(tell("time"));
    Duration ahead = Duration.between(Instant.now(), told);
    // Roughly: between the two readings the machine may do other things.
    assertTrue(ahead.compareTo(Duration.ofHours(23)) > 0, ahead::toString);
    machine.shiftClock(0);
    Duration none = Duration.between(Instant.now(), Instant.parse(tell("time")));
    assertTrue(none.compareTo(Duration.ofHours(1)) < 0, none::toString);
  }
}
