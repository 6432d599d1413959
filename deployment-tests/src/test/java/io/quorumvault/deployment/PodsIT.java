package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.certmanager.api.model.v1.Certificate;
import io.quorumvault.cli.dev.DevKeys;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The pods of the overlays, as processes.
class PodsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static HttpResponse<String> send(
      HttpClient client, String method, URI uri, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(DEADLINE)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /// Sends it again while the vault says that it cannot now: processes that have just been started
  /// on a small machine are slower than a vault has to be.
  private static HttpResponse<String> sendUntil(
      int status, HttpClient client, String method, URI uri, String body, String... headers)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<String> answer = send(client, method, uri, body, headers);
      if (answer.statusCode() == status) {
        return answer;
      }
      assertTrue(
          answer.statusCode() >= 503 && System.nanoTime() < deadline,
          () -> answer.statusCode() + " " + answer.body());
    }
  }

  /// Stays after the test, logs and all; contains the keys of nobody.
  private static Path emptyDirectory(String name) throws IOException {
    Path directory = Project.TARGET.resolve("pods").resolve(name);
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(directory);
  }

  /// The image, built and unpacked, if this machine lets us run a container of it.
  private static Optional<UnpackedImage> image() throws IOException, InterruptedException {
    if (!UnpackedImage.canRun()) {
      System.out.println("NOT RUN: the image (it takes root, and Linux)");
      return Optional.empty();
    }
    UnpackedImage image = UnpackedImage.build(emptyDirectory("image"));
    image.assertBare();
    return Optional.of(image);
  }

  @Test
  void the_dev_overlay_run_from_the_image_is_a_cell_that_keeps_a_secret_and_ends_in_peace()
      throws IOException, InterruptedException {
    Path root = emptyDirectory("dev");
    Manifests manifests = Manifests.of("dev");
    int nodes = manifests.nodes().getSpec().getReplicas();
    DevKeys keys = DevKeys.make(root.resolve("qv"), nodes);
    try (Cluster cluster = new Cluster(manifests, root.resolve("cluster"), image());
        HttpClient kubelet = Https.anonymous();
        HttpClient operator =
            Https.as(
                keys.root().resolve("tls/operator.crt"), keys.root().resolve("tls/operator.key"))) {
      // As k8s/README.md says to.
      List<Path> secrets = new ArrayList<>(List.of(keys.root().resolve("ca/ca.crt")));
      try (Stream<Path> files = Files.list(keys.root().resolve("tls"))) {
        secrets.addAll(files.toList());
      }
      cluster.makeByHand("dev-tls", secrets.toArray(Path[]::new));
      cluster.makeByHand("token-keys", keys.root().resolve("auth/jwks.json"));

      Pod first = cluster.start("node", 1);
      first.await(first.container().getStartupProbe(), kubelet);
      first.await(first.container().getLivenessProbe(), kubelet);
      // Alone it lives, and is not ready.
      assertEquals(
          "503 {\"status\":\"DOWN\"}", first.ask(first.container().getReadinessProbe(), kubelet));

      List<Pod> pods = new ArrayList<>(List.of(first));
      for (int index = 2; index <= nodes; index++) {
        pods.add(cluster.start("node", index));
      }
      Pod api = cluster.start("api", 1);
      pods.add(api);
      for (Pod pod : pods) {
        pod.await(pod.container().getStartupProbe(), kubelet);
        pod.await(pod.container().getLivenessProbe(), kubelet);
        pod.await(pod.container().getReadinessProbe(), kubelet);
      }

      URI secretsUri = api.uri("https", "https", "/v1/namespaces/demo/secrets");
      String[] asCaller = {
        "Authorization", "Bearer " + keys.token(),
        "Content-Type", "application/json",
        "Idempotency-Key", "the-only-write"
      };
      HttpResponse<String> _ =
          sendUntil(
              201,
              kubelet,
              "POST",
              secretsUri,
              "{\"name\":\"a\",\"value\":\"kept in pods\"}",
              asCaller);
      HttpResponse<String> read =
          sendUntil(200, kubelet, "GET", URI.create(secretsUri + "/a"), "", asCaller);
      assertTrue(read.body().contains("kept in pods"));

      Pod node = pods.getFirst();
      healthWithoutCertificateIsYesOrNo(node, kubelet);
      Path metrics = Files.createDirectories(Project.TARGET.resolve("metrics"));
      Files.writeString(
          metrics.resolve("node.txt"),
          send(operator, "GET", node.uri("https", "https", "/metrics"), "").body());
      Files.writeString(
          metrics.resolve("api.txt"),
          send(operator, "GET", api.uri("https", "metrics", "/metrics"), "").body());
      new Metrics(metrics).check();

      for (Pod pod : pods) {
        pod.assertWritesToItsVolumesOnly();
        assertLogsAreJson(pod.log());
      }
      // A drain ends one of them.
      long grace =
          manifests.nodes().getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds();
      assertTrue(node.stop(grace));
      HttpResponse<String> _ =
          sendUntil(200, kubelet, "GET", URI.create(secretsUri + "/a"), "", asCaller);
      // Nobody else ends for it.
      for (Pod pod : pods.subList(1, pods.size())) {
        assertTrue(pod.ask(pod.container().getLivenessProbe(), kubelet).startsWith("200"));
      }
    }
  }

  /// All but what the JVM itself says before the program begins: that it takes options from the
  /// environment.
  private static void assertLogsAreJson(String log) {
    List<String> lines = log.lines().filter(line -> !line.startsWith("NOTE: Picked up ")).toList();
    assertFalse(lines.isEmpty());
    for (String line : lines) {
      try (JsonReader reader = Json.createReader(new StringReader(line))) {
        JsonObject said = reader.readObject();
        assertTrue(said.keySet().containsAll(Set.of("ts", "level", "logger", "message")), line);
      } catch (JsonException notJson) {
        throw new AssertionError(line, notJson);
      }
    }
  }

  private static void healthWithoutCertificateIsYesOrNo(Pod node, HttpClient anybody)
      throws IOException, InterruptedException {
    HttpResponse<String> ready =
        send(anybody, "GET", node.uri("http", "health", "/health/ready"), "");
    assertEquals("{\"status\":\"UP\"}", ready.body());
    for (String path : List.of("/metrics", "/health", "/", "/v1/status", "/peer/standing")) {
      HttpResponse<String> other = send(anybody, "GET", node.uri("http", "health", path), "");
      assertEquals(404, other.statusCode(), path);
      assertFalse(other.body().contains("quorumvault"), path);
    }
  }

  @Test
  void the_prod_overlay_starts_with_what_it_asks_cert_manager_for()
      throws IOException, InterruptedException {
    Path root = emptyDirectory("prod");
    Manifests manifests = Manifests.of("prod");
    Certificate operatorCertificate = Manifests.of("monitoring").get(Certificate.class, "operator");
    try (Cluster cluster = new Cluster(manifests, root.resolve("cluster"), Optional.empty());
        HttpClient kubelet = Https.anonymous()) {
      // The issuer is not within reach of this machine; its keys are.
      cluster.substitute(
          "MP_JWT_VERIFY_PUBLICKEY_LOCATION",
          Files.writeString(root.resolve("jwks.json"), "{\"keys\":[]}").toString());
      // All of them: a new cell begins when everybody is there.
      List<Pod> nodes = new ArrayList<>();
      for (int index = 1; index <= manifests.nodes().getSpec().getReplicas(); index++) {
        nodes.add(cluster.start("node", index));
      }
      for (Pod node : nodes) {
        node.await(node.container().getStartupProbe(), kubelet);
        node.await(node.container().getLivenessProbe(), kubelet);
        node.await(node.container().getReadinessProbe(), kubelet);
      }
      Path issued = cluster.issue(operatorCertificate);
      try (HttpClient operator = Https.as(issued.resolve("tls.crt"), issued.resolve("tls.key"))) {
        HttpResponse<String> metrics =
            send(operator, "GET", nodes.getFirst().uri("https", "https", "/metrics"), "");
        assertTrue(metrics.body().contains("quorumvault_node_serving 1"), metrics::body);
      }
      Pod api = cluster.start("api", 1);
      api.await(api.container().getStartupProbe(), kubelet);
      api.await(api.container().getLivenessProbe(), kubelet);
      api.await(api.container().getReadinessProbe(), kubelet);
    }
  }
}
