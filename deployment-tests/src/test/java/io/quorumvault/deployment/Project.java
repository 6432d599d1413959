package io.quorumvault.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where things are in the project.
final class Project {
  static final Path ROOT =
      Path.of(System.getProperty("quorumvault.root", "..")).toAbsolutePath().normalize();

  static final Path TARGET = ROOT.resolve("deployment-tests").resolve("target");

  private Project() {}

  static Path overlay(String name) {
    return ROOT.resolve("k8s").resolve("overlays").resolve(name);
  }

  /// What an overlay was recorded to render to.
  static Path rendered(String overlay) {
    return ROOT.resolve("deployment-tests/src/test/resources/rendered").resolve(overlay + ".yaml");
  }

  static String text(String path) {
    try {
      return Files.readString(ROOT.resolve(path));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
