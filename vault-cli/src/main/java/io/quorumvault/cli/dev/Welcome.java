package io.quorumvault.cli.dev;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What is said when a cluster is ready: where it is, how to get in, and three lines to paste.
final class Welcome {
  /// How long the vault has to say which names are taken; without an answer the first is proposed.
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private static final String NAME = "greeting";

  private Welcome() {}

  static void print(
      ClusterFolder folder, DevCluster cluster, boolean detached, Surroundings surroundings)
      throws IOException {
    ClusterFile published = cluster.published();
    Terminal terminal = surroundings.terminal();
    String header = "-H @" + quoted(folder.authorizationHeader().toString());
    String secrets = published.api() + "/v1/namespaces/" + published.namespace() + "/secrets";
    String name = freeName(published, secrets);
    terminal.print("");
    terminal.print(
        "Quorum Vault is ready: %d storage nodes, any %d of them give a secret back."
            .formatted(cluster.settings().nodes(), cluster.settings().threshold()));
    terminal.print("");
    terminal.print("  URL    " + published.api());
    terminal.print("  token  " + published.token());
    terminal.print("");
    terminal.print("Create a secret, read it, see its versions:");
    terminal.print("");
    terminal.print(
        "curl -sS "
            + header
            + " -H 'Content-Type: application/json' -d '{\"name\":\""
            + name
            + "\",\"value\":\"hello\"}' "
            + secrets);
    terminal.print("curl -sS " + header + " " + secrets + "/" + name);
    terminal.print("curl -sS " + header + " " + secrets + "/" + name + "/versions");
    terminal.print("");
    String where = dataOption(folder, surroundings);
    terminal.print(
        detached
            ? "It runs until: qv dev stop" + where
            : "Ctrl-C stops it; the data stays in " + folder.root() + ".");
    terminal.output().flush();
  }

  /// The same for programs.
  static void printJson(ClusterFolder folder, DevCluster cluster, Surroundings surroundings)
      throws IOException {
    ClusterFile published = cluster.published();
    OutputFormat.print(
        surroundings,
        JsonObject.builder()
            .with("api", published.api().toString())
            .with("namespace", published.namespace())
            .with("token", published.token())
            .with("nodes", cluster.settings().nodes())
            .with("threshold", cluster.settings().threshold())
            .with("data", folder.root().toString())
            .build());
    surroundings.terminal().output().flush();
  }

  /// The option that leads other commands to this cluster, when they would not find it themselves.
  private static String dataOption(ClusterFolder folder, Surroundings surroundings)
      throws IOException {
    Path found = ClusterFile.nearestDirectory(surroundings).orElse(null);
    return found != null && found.toRealPath().equals(folder.root())
        ? ""
        : " --data " + quoted(folder.root().toString());
  }

  /// For a POSIX shell.
  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./:@%+,=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /// A name that is not taken, so that the line that creates it works.
  private static String freeName(ClusterFile published, String secrets) {
    Set<String> taken = Set.of();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(secrets + "?limit=1000&prefix=" + NAME))
                  .timeout(ANSWER_TIMEOUT)
                  .header("Authorization", "Bearer " + published.token())
                  .build(),
              BodyHandlers.ofByteArray());
      taken =
          JsonObject.parse(answer.body()).objects("secrets").stream()
              .flatMap(secret -> secret.text("name").stream())
              .collect(Collectors.toSet());
    } catch (IOException noAnswer) {
      // The cluster just said that it is ready; the reader will see for themselves.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    Set<String> avoided = taken;
    return avoided.contains(NAME)
        ? IntStream.rangeClosed(2, avoided.size() + 2)
            .mapToObj(number -> NAME + "-" + number)
            .filter(name -> !avoided.contains(name))
            .findFirst()
            .orElse(NAME)
        : NAME;
  }
}
