package io.quorumvault.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// The disk and the clock of one process, which can be harmed: `faulty.c` stands between, compiled
/// and loaded into the process. Needs Linux and a C compiler, and no rights.
final class Machine {
  /// `cc` is what POSIX calls it.
  private static final String COMPILER = "cc";

  /// How `struct switches` of `faulty.c` is laid out: numbers of 8 bytes.
  private enum Switch {
    CLOCK_SECONDS(0),
    STALLED(1),
    SYNC_FAILS(2),
    FULL(3);

    final int place;

    Switch(int place) {
      this.place = place;
    }
  }

  private static final int NUMBER_BYTES = Long.BYTES;

  /// What the switch `FULL` may say.
  enum Space {
    ENOUGH(0),
    /// Nothing can be written, and the disk says so.
    NONE(1),
    /// The disk says that it is full, but takes what is written.
    NONE_LEFT_TO_SPARE(2);

    private final int told;

    Space(int told) {
      this.told = told;
    }
  }

  private final Path library;
  private final Path switches;
  private final Path undo;
  private final Path files;

  /// @param workplace for what this needs to keep
  /// @param files of the process, on the disk that can be harmed
  Machine(Path library, Path workplace, Path files) {
    this.library = library;
    this.switches = workplace.resolve("switches");
    this.undo = workplace.resolve("undo");
    this.files = files;
    try {
      Files.createDirectories(undo);
      Files.write(switches, new byte[NUMBER_BYTES * Switch.values().length]);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }

  /// What stands between, compiled.
  ///
  /// @return empty where that is not possible
  static Optional<Path> library(Path workplace) {
    Path source = VaultCluster.root().resolve("system-tests/src/test/c/faulty.c");
    Path library = workplace.resolve("faulty.so");
    if (!Files.isDirectory(Path.of("/proc/self")) || !onPath()) {
      return Optional.empty();
    }
    try {
      Files.createDirectories(workplace);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
    Command _ =
        Command.run(
                workplace,
                List.of(
                    COMPILER,
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-O2",
                    "-shared",
                    "-fPIC",
                    "-o",
                    library.toString(),
                    source.toString(),
                    "-ldl",
                    "-lpthread"))
            .succeeded();
    return Optional.of(library);
  }

  private static boolean onPath() {
    return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, COMPILER)));
  }

  /// What a process must find in its environment to run on this machine.
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "QV_FAULTS_SWITCHES", switches.toString(),
        "QV_FAULTS_FILES", files.toString(),
        "QV_FAULTS_UNDO", undo.toString());
  }

  /// How far the time of day is from what it is.
  void shiftClock(long seconds) {
    set(Switch.CLOCK_SECONDS, seconds);
  }

  /// While it is stalled, whoever writes or syncs waits.
  void stall(boolean stalled) {
    set(Switch.STALLED, stalled ? 1 : 0);
  }

  void failSyncs(boolean fail) {
    set(Switch.SYNC_FAILS, fail ? 1 : 0);
  }

  void fill(Space left) {
    set(Switch.FULL, left.told);
  }

  private void set(Switch which, long number) {
    ByteBuffer bytes =
        ByteBuffer.allocate(NUMBER_BYTES).order(ByteOrder.nativeOrder()).putLong(0, number);
    try (FileChannel channel = FileChannel.open(switches, StandardOpenOption.WRITE)) {
      int _ = channel.write(bytes, (long) which.place * NUMBER_BYTES);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }

  /// To be called before the process starts again: what an earlier one wrote has reached the disk
  /// by now, unless the power was cut.
  void writeBack() {
    for (Path one : listed(undo)) {
      delete(one);
    }
  }

  /// To be called when the process has ended: takes back what it wrote and did not sync. Of the
  /// unsynced writes to a file, as many of the first are kept as the dice say.
  ///
  /// @return how many writes were taken back
  int cutPower(Random dice) {
    int taken = 0;
    List<Path> notes = listed(undo);
    for (Path file : MarkerScan.files(files)) {
      Path note = undo.resolve(inode(file));
      if (notes.contains(note)) {
        List<Before> writes = writes(note);
        int kept = writes.isEmpty() ? 0 : dice.nextInt(writes.size() + 1);
        List<Before> lost = writes.subList(kept, writes.size());
        takeBack(file, lost.reversed());
        taken += lost.size();
      }
    }
    writeBack();
    return taken;
  }

  private static String inode(Path file) {
    try {
      return Files.getAttribute(file, "unix:ino").toString();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// How a file was before one write.
  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  private record Before(long at, long size, byte[] bytes) {}

  private static List<Before> writes(Path note) {
    List<Before> writes = new ArrayList<>();
    try {
      ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(note)).order(ByteOrder.nativeOrder());
      while (content.remaining() >= 3 * NUMBER_BYTES) {
        long at = content.getLong();
        long size = content.getLong();
        byte[] bytes = new byte[Math.toIntExact(content.getLong())];
        if (bytes.length > content.remaining()) {
          // The process was killed while it noted this: the write itself never came.
          break;
        }
        content.get(bytes);
        writes.add(new Before(at, size, bytes));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return writes;
  }

  private static void takeBack(Path file, List<Before> newestFirst) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (Before before : newestFirst) {
        ByteBuffer bytes = ByteBuffer.wrap(before.bytes());
        while (bytes.hasRemaining()) {
          int _ = channel.write(bytes, before.at() + bytes.position());
        }
        FileChannel _ = channel.truncate(before.size());
      }
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }

  private static List<Path> listed(Path directory) {
    try (Stream<Path> list = Files.list(directory)) {
      return list.toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}
