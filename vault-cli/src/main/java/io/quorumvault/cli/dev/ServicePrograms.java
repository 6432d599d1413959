package io.quorumvault.cli.dev;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.Surroundings;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// The services as the build leaves them under the project's root, and as a cluster runs them.
///
/// The cluster runs copies of its own: a build while it runs must not change jars under running
/// processes, and a node that is started again is the same program as the others.
///
/// Beside what was built there may be a cache for each service, made by `qv dev train`, with which
/// its JVM starts sooner. A JVM ignores one that is not of its own release, options and jars.
///
/// @param home the project's root
/// @param caches what becomes of the caches
record ServicePrograms(Path home, Caches caches) {
  /// Whether caches are used, made or left alone.
  enum Caches {
    USED,
    MADE,
    IGNORED
  }

  private static final String STORAGE = "vault-storage-service";
  private static final String API = "vault-api-service";

  /// The one node that takes notes: two would write the same file.
  private static final ServiceName FIRST = new ServiceName.Node(1);

  /// Where they lie under the project's root.
  private static final String CACHES = "target/qv-aot";

  /// What a JVM has to say about a cache it cannot use is nobody's concern.
  private static final String SILENCE = "-Xlog:aot*=off";

  /// As `QV_CACHE` says.
  static ServicePrograms of(Surroundings surroundings) {
    boolean off = surroundings.variable("QV_CACHE").filter("off"::equals).isPresent();
    return new ServicePrograms(surroundings.home(), off ? Caches.IGNORED : Caches.USED);
  }

  /// What of java's own options is about the cache.
  List<String> cacheOptions(ServiceName service) {
    Path cache = cache(name(service));
    return switch (caches) {
      case MADE ->
          service.equals(ServiceName.API) || service.equals(FIRST)
              ? withSilence("-XX:AOTCacheOutput=" + unfinished(cache))
              : List.of();
      case USED -> Files.isReadable(cache) ? withSilence("-XX:AOTCache=" + cache) : List.of();
      case IGNORED -> List.of();
    };
  }

  private static List<String> withSilence(String option) {
    return List.of(option, SILENCE);
  }

  private Path cache(String service) {
    return home.resolve(CACHES).resolve(service + ".aot");
  }

  private static Path unfinished(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".next");
  }

  /// Takes the caches that were made into use.
  void keepCaches() throws IOException {
    for (String service : List.of(STORAGE, API)) {
      Path cache = cache(service);
      if (Files.exists(unfinished(cache))) {
        Files.move(unfinished(cache), cache, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /// Takes what was built over into the cluster's folder, while nothing of the cluster runs.
  void install(ClusterFolder folder) throws IOException {
    if (caches == Caches.MADE) {
      Files.createDirectories(home.resolve(CACHES));
      for (String service : List.of(STORAGE, API)) {
        Files.deleteIfExists(unfinished(cache(service)));
      }
    }
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
    copy(target.resolve(jar), installed.resolve(jar));
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
    copy(library, place);
  }

  /// With its age, by which the JVM knows that it is the jar of the cache.
  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /// The program of one process, as what follows java's own options.
  List<String> program(ClusterFolder folder, ServiceName service) {
    String name = name(service);
    return List.of("-jar", folder.program(name).resolve(name + ".jar").toString());
  }

  private static String name(ServiceName service) {
    return switch (service) {
      case ServiceName.Api api -> API;
      case ServiceName.Node node -> STORAGE;
    };
  }
}
