package io.quorumvault.deployment;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// The container image with both programs, made without a daemon and without a registry: a runtime
/// of the modules that the programs need (jlink), the C library of this machine under it, and
/// nothing else: no shell, no package manager. Runs as nobody, and does not write to its root.
public final class Image {
  /// Where the storage node is: its jar, and its libraries in `libs`.
  public static final String NODE = "/app/node";

  /// Where the API server is.
  public static final String API = "/app/api";

  /// What both programs use of the JDK, and the Dockerfile has, too. jdeps tells most of it,
  /// running them the rest: `PodsIT` starts what is built of these.
  static final List<String> MODULES =
      List.of(
          "java.base",
          "java.compiler",
          "java.desktop",
          "java.instrument",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.rmi",
          "java.security.jgss",
          "java.sql",
          "java.transaction.xa",
          "java.xml",
          "jdk.management",
          "jdk.net",
          "jdk.unsupported");

  /// EclipseLink needs the beans of java.desktop, and nobody its windows: what those need of the
  /// system stays out.
  private static final Pattern DESKTOP =
      Pattern.compile("^lib(awt|font|free|jawt|jsound|lcms|mlib|splash|javajpeg)");

  static final String RUNTIME = "/opt/java";

  /// The one that distroless images call nonroot.
  static final String USER = "65532:65532";

  private static final Pattern LIBRARY = Pattern.compile("(/[^ ]+\\.so[^ ]*) \\(0x");

  private final Path root;
  private final Path work;

  /// @param root the project's root, where both services are packaged
  /// @param work a directory for what the image is made of
  public Image(Path root, Path work) {
    this.root = root;
    this.work = work;
  }

  /// Writes the image as `docker load` and `kind load image-archive` take it.
  ///
  /// @param arguments the project's root, the tar file, the name and tag of the image
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]).toAbsolutePath().normalize();
    Path tar = Path.of(arguments[1]).toAbsolutePath();
    Path directory = tar.getParent();
    new Image(root, (directory == null ? root : directory).resolve("image"))
        .write(tar, arguments[2]);
    PrintStream console = System.out;
    console.println("The image is in " + tar);
  }

  /// Makes the runtime anew and writes the image.
  public void write(Path tar, String name) throws IOException {
    try {
      Path runtime = runtime();
      JibContainerBuilder image =
          Jib.fromScratch()
              .setPlatforms(Set.of(new Platform(architecture(), "linux")))
              .addFileEntriesLayer(systemLayer(runtime))
              .addFileEntriesLayer(layer("runtime", runtime, RUNTIME))
              .addFileEntriesLayer(
                  layer("node libraries", service("storage").resolve("libs"), NODE + "/libs"))
              .addFileEntriesLayer(
                  layer("api libraries", service("api").resolve("libs"), API + "/libs"))
              .addFileEntriesLayer(
                  FileEntriesLayer.builder()
                      .setName("programs")
                      .addEntry(
                          service("storage").resolve("vault-storage-service.jar"),
                          AbsoluteUnixPath.get(NODE + "/vault-storage-service.jar"))
                      .addEntry(
                          service("api").resolve("vault-api-service.jar"),
                          AbsoluteUnixPath.get(API + "/vault-api-service.jar"))
                      .build())
              .setUser(USER)
              .setWorkingDirectory(AbsoluteUnixPath.get("/"))
              .addLabel("org.opencontainers.image.title", "Quorum Vault")
              .addLabel("org.opencontainers.image.licenses", "Apache-2.0")
              .setExposedPorts(Port.tcp(8443), Port.tcp(9443), Port.tcp(8081))
              .setEntrypoint(RUNTIME + "/bin/java");
      image.containerize(
          Containerizer.to(TarImage.at(tar).named(name))
              .setOfflineMode(true)
              .setBaseImageLayersCache(work.resolve("cache"))
              .setApplicationLayersCache(work.resolve("cache")));
    } catch (InvalidImageReferenceException
        | CacheDirectoryCreationException
        | RegistryException
        | ExecutionException failed) {
      throw new IOException("the image cannot be written", failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", stopped);
    }
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch")) {
      case "aarch64" -> "arm64";
      default -> "amd64";
    };
  }

  private Path service(String name) {
    return root.resolve("vault-" + name + "-service").resolve("target");
  }

  private Path runtime() throws IOException {
    Path runtime = work.resolve("runtime");
    delete(runtime);
    Files.createDirectories(work);
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    int exit =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IOException("no jlink in this JDK"))
            .run(
                writer,
                writer,
                "--add-modules",
                String.join(",", MODULES),
                "--no-header-files",
                "--no-man-pages",
                "--output",
                runtime.toString());
    if (exit != 0) {
      throw new IOException("jlink: " + output);
    }
    return runtime;
  }

  private static void delete(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static FileEntriesLayer layer(String name, Path source, String target)
      throws IOException {
    return FileEntriesLayer.builder()
        .setName(name)
        .addEntryRecursive(source, AbsoluteUnixPath.get(target), (file, _) -> permissions(file))
        .build();
  }

  private static FilePermissions permissions(Path file) {
    return FilePermissions.fromOctalString(
        Files.isDirectory(file) || Files.isExecutable(file) ? "755" : "644");
  }

  /// The C library that the runtime's programs and libraries name, at the place where they expect
  /// it, and who nobody is.
  private FileEntriesLayer systemLayer(Path runtime) throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("system");
    for (String library : libraries(runtime)) {
      layer.addEntry(
          Path.of(library).toRealPath(),
          AbsoluteUnixPath.get(library),
          FilePermissions.fromOctalString("755"));
    }
    Path files = Files.createDirectories(work.resolve("etc"));
    layer.addEntry(
        Files.writeString(
            files.resolve("passwd"), "nonroot:x:65532:65532:nonroot:/:/sbin/nologin\n"),
        AbsoluteUnixPath.get("/etc/passwd"));
    layer.addEntry(
        Files.writeString(files.resolve("group"), "nonroot:x:65532:\n"),
        AbsoluteUnixPath.get("/etc/group"));
    return layer.build();
  }

  private static Set<String> libraries(Path runtime) throws IOException {
    Set<String> libraries = new TreeSet<>();
    List<Path> binaries;
    try (Stream<Path> files = Files.walk(runtime)) {
      binaries =
          files
              .filter(file -> file.endsWith("bin/java") || file.toString().endsWith(".so"))
              .filter(file -> !DESKTOP.matcher(String.valueOf(file.getFileName())).find())
              .sorted()
              .toList();
    }
    for (Path binary : binaries) {
      Process ldd = new ProcessBuilder("ldd", binary.toString()).redirectErrorStream(true).start();
      String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      LIBRARY
          .matcher(output)
          .results()
          .map(found -> found.group(1))
          .filter(library -> !library.startsWith(runtime.toString()))
          .forEach(libraries::add);
    }
    return libraries;
  }
}
