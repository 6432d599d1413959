package io.quorumvault.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `cluster.json`: what others may know of a running dev cluster. It exists from the start of the
/// cluster until it is stopped.
///
/// @param token a bearer token for `namespace`; the file is readable by its owner only
/// @param apiProcessId the process that answers at `api`
/// @param nodes in the order of their indexes
public record ClusterFile(
    String namespace, String token, URI api, long apiProcessId, List<Node> nodes) {
  /// The directory a dev cluster lives in unless told otherwise.
  public static final String DEFAULT_DIRECTORY = ".qv";

  /// The name of the file in that directory.
  public static final String FILE_NAME = "cluster.json";

  /// One storage node.
  ///
  /// @param index 1 to n, for ever
  /// @param dataDirectory holds its database
  public record Node(int index, URI url, long processId, Path dataDirectory) {}

  public ClusterFile {
    nodes = List.copyOf(nodes);
  }

  /// The cluster in `data`, or else in the nearest `.qv` here or in a directory above; empty when
  /// it is not running. A file that somebody else could have put there is refused, for it says
  /// where values are sent to.
  public static Optional<ClusterFile> find(Surroundings surroundings, Optional<Path> data) {
    return data.map(surroundings::resolve)
        .or(() -> nearestDirectory(surroundings))
        .map(directory -> directory.resolve(FILE_NAME))
        .filter(Files::exists)
        .map(ClusterFile::readTrusted);
  }

  /// The nearest `.qv` here or in a directory above.
  public static Optional<Path> nearestDirectory(Surroundings surroundings) {
    for (Path here = surroundings.directory(); here != null; here = here.getParent()) {
      Path candidate = here.resolve(DEFAULT_DIRECTORY);
      if (Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static ClusterFile readTrusted(Path file) {
    try {
      Optional<String> self = ProcessHandle.current().info().user();
      String owner = Files.getOwner(file).getName();
      boolean foreign = self.isPresent() && !self.get().equals(owner);
      var permissions = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
      boolean open =
          permissions.contains(PosixFilePermission.GROUP_WRITE)
              || permissions.contains(PosixFilePermission.OTHERS_WRITE);
      if (foreign || open) {
        throw CommandFailure.usage(
            "The cluster file " + file + " could have been written by somebody else.",
            "If it is yours, make it so: chown to you, chmod 600. Else name the vault with --api.");
      }
      return parse(Files.readAllBytes(file));
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The cluster file " + file + " cannot be read: " + unreadable.getMessage(),
          "Stop the cluster with qv dev stop, then start it again.");
    }
  }

  /// @throws IOException when it is not such a file
  public static ClusterFile parse(byte[] text) throws IOException {
    JsonObject document = JsonObject.parse(text);
    JsonObject api =
        document.object("api").orElseThrow(() -> new IOException("api (expected: an object)"));
    List<Node> nodes = new ArrayList<>();
    for (JsonObject node : document.objects("nodes")) {
      nodes.add(
          new Node(
              node.requiredInt("index"),
              uri(node.requiredText("url")),
              node.requiredInt("pid"),
              Path.of(node.requiredText("dataDir"))));
    }
    return new ClusterFile(
        document.requiredText("namespace"),
        document.requiredText("token"),
        uri(api.requiredText("url")),
        api.requiredInt("pid"),
        nodes);
  }

  private static URI uri(String text) throws IOException {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException malformed) {
      throw new IOException("url (expected: an address)", malformed);
    }
  }

  public byte[] toBytes() {
    return JsonObject.builder()
        .with("namespace", namespace)
        .with("token", token)
        .with(
            "api",
            JsonObject.builder().with("url", api.toString()).with("pid", apiProcessId).build())
        .with(
            "nodes",
            nodes.stream()
                .map(node ->
                    JsonObject.builder()
                        .with("index", node.index())
                        .with("url", node.url().toString())
                        .with("pid", node.processId())
                        .with("dataDir", node.dataDirectory().toString())
                        .build())
                .toList())
        .build()
        .toBytes();
  }

  /// Without the token.
  @Override
  public String toString() {
    return "ClusterFile[" + api + ", " + nodes.size() + " nodes]";
  }
}
