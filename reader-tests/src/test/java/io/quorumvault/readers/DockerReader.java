package io.quorumvault.readers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorumvault.dotenv.Dialect;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The command line of Docker, in front of a daemon on the loopback address that does nothing but
/// to remember which variables a container was to have.
final class DockerReader implements RealReader {
  private final String version;
  private final Path directory;
  private final HttpServer daemon;
  private final AtomicReference<Optional<Map<String, String>>> asked =
      new AtomicReference<>(Optional.empty());

  DockerReader(String version, Path directory) throws IOException {
    this.version = version;
    this.directory = directory;
    this.daemon = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    daemon.createContext("/", this::answer);
    daemon.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean create = exchange.getRequestURI().getPath().endsWith("/containers/create");
      if (create) {
        asked.set(Optional.of(variables(body)));
      }
      byte[] answer =
          (create ? "{\"Id\":\"0\",\"Warnings\":[]}" : "OK").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Api-Version", "1.45");
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(create ? 201 : 200, head ? -1 : answer.length);
      if (!head) {
        exchange.getResponseBody().write(answer);
      }
    }
  }

  private static Map<String, String> variables(byte[] body) {
    try (var reader = Json.createReader(new ByteArrayInputStream(body))) {
      JsonObject container = reader.readObject();
      Map<String, String> variables = new HashMap<>();
      for (JsonString variable : container.getJsonArray("Env").getValuesAs(JsonString.class)) {
        String text = variable.getString();
        int equals = text.indexOf('=');
        variables.put(equals < 0 ? text : text.substring(0, equals), text.substring(equals + 1));
      }
      return variables;
    }
  }

  @Override
  public String name() {
    return "docker";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public List<Dialect> dialects() {
    return List.of(Dialect.DOCKER);
  }

  @Override
  public List<Optional<Map<String, String>>> read(List<String> files)
      throws IOException, InterruptedException {
    String host = "tcp://127.0.0.1:" + daemon.getAddress().getPort();
    List<Optional<Map<String, String>>> readings = new ArrayList<>();
    for (String file : files) {
      Path path = Files.writeString(directory.resolve("docker.env"), file);
      asked.set(Optional.empty());
      Program.run(
          directory,
          Map.of("DOCKER_HOST", host, "DOCKER_CONFIG", directory.toString()),
          "",
          List.of("docker", "create", "--env-file", path.toString(), "none"));
      readings.add(asked.get());
    }
    return readings;
  }

  @Override
  public void close() {
    daemon.stop(0);
  }
}
