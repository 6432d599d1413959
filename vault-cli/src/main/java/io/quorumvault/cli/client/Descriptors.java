package io.quorumvault.cli.client;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The open files of this process that its caller handed down, as told before the first connection.
/// The Java runtime opens some that a program it becomes would inherit too.
final class Descriptors {
  private static final int STANDARD = 3;
  private static final Path LINUX = Path.of("/proc/self/fd");
  private static final Path ELSEWHERE = Path.of("/dev/fd");

  private final Map<Integer, String> handedDown;

  private Descriptors(Map<Integer, String> handedDown) {
    this.handedDown = handedDown;
  }

  /// To be asked before anything is opened.
  static Descriptors handedDown() {
    Map<Integer, String> found = open();
    found.values().removeIf(Descriptors::isOfTheRuntime);
    return new Descriptors(found);
  }

  /// The runtime reads its modules, the class path, and randomness for the first hash table.
  private static boolean isOfTheRuntime(String target) {
    return target.startsWith(System.getProperty("java.home"))
        || target.endsWith(".jar")
        || target.equals("/dev/random")
        || target.equals("/dev/urandom");
  }

  /// What is open now and was not handed down; standard input and outputs never belong to it.
  List<Integer> own() {
    List<Integer> own = new ArrayList<>();
    open()
        .forEach((descriptor, target) -> {
          if (!target.equals(handedDown.get(descriptor))) {
            own.add(descriptor);
          }
        });
    return own;
  }

  /// Every descriptor beyond the three standard ones with what it leads to, where that is known.
  private static Map<Integer, String> open() {
    Map<Integer, String> found = new HashMap<>();
    Path directory = Files.isDirectory(LINUX) ? LINUX : ELSEWHERE;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "[0-9]*")) {
      for (Path entry : entries) {
        int descriptor = Integer.parseInt(String.valueOf(entry.getFileName()));
        if (descriptor >= STANDARD) {
          found.put(descriptor, target(entry));
        }
      }
    } catch (IOException | NumberFormatException unknown) {
      // Without such a directory nothing is known to be handed down, nor to be ours.
    }
    return found;
  }

  private static String target(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (IOException | UnsupportedOperationException noLink) {
      return "";
    }
  }
}
