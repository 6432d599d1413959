package io.quorumvault.cli.dev;

import io.quorumvault.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The services as the build leaves them under the project's root, and as a cluster runs them.
///
/// The cluster runs copies of its own: a build while it runs must not change jars under running
/// processes, and a node that is started again is the same program as the others.
///
/// @param home the project's root
record ServicePrograms(Path home) {
  private static final String STORAGE = "vault-storage-service";
  private static final String API = "vault-api-service";

  /// Takes what was built over into the cluster's folder, while nothing of the cluster runs.
  void install(ClusterFolder folder) throws IOException {
    for (String service : List.of(STORAGE, API)) {
      install(
          home.resolve(service).resolve("target"),
          service + ".jar",
          folder,
          folder.program(service));
    }
  }

  private static void install(Path target, String jar, ClusterFolder folder, Path installed)
      throws IOException {
    Path libraries = target.resolve("libs");
    if (!Files.exists(target.resolve(jar)) || !Files.isDirectory(libraries)) {
      throw CommandFailure.usage(
          target.resolve(jar) + " is not there.",
          "Run qv from the project's root, where it builds what is missing.");
    }
    ClusterFolder.deleteTree(installed);
    folder.directory(installed.resolve("libs"));
    Files.copy(target.resolve(jar), installed.resolve(jar));
    List<Path> files;
    try (Stream<Path> listed = Files.list(libraries)) {
      files = listed.toList();
    }
    for (Path library : files) {
      place(library, installed.resolve("libs").resolve(library.getFileName()));
    }
  }

  /// A released library never changes and is linked; our own modules are rebuilt in place and
  /// copied.
  private static void place(Path library, Path place) throws IOException {
    if (!place.toString().contains("SNAPSHOT")) {
      try {
        Files.createLink(place, library);
        return;
      } catch (FileAlreadyExistsException twice) {
        throw twice;
      } catch (FileSystemException | UnsupportedOperationException anotherFileSystem) {
        // Falls through: a copy serves as well.
      }
    }
    Files.copy(library, place);
  }

  /// The program of one process, as what follows java's own options.
  List<String> program(ClusterFolder folder, ServiceName service) {
    String name =
        switch (service) {
          case ServiceName.Api api -> API;
          case ServiceName.Node node -> STORAGE;
        };
    return List.of("-jar", folder.program(name).resolve(name + ".jar").toString());
  }
}
