package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The same walk through Prism, a proxy that holds every request and every answer against
/// `openapi/vault-api.yaml` and finds no deviation in either.
@HelidonTest
class ContractProxyTest extends ContractWalkTest {
  /// Prism does not pass on what is not JSON.
  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "createSecret 400 malformed-json",
          "processEnv 400 malformed-json",
          "updateSecret 400 malformed-json");

  /// Where Prism says what was not as described.
  private static final String VIOLATIONS = "sl-violations";

  private static @Nullable Process prism;
  private static @Nullable URI proxy;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, InterruptedException {
    if (proxy != null) {
      return;
    }
    // Installs it, or ends the test as not run.
    assertEquals(0, NodeTool.run(directory, List.of("prism", "--version")).exit());
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process started =
        NodeTool.start(
            List.of(
                "prism",
                "proxy",
                PlantedChange.GOLDEN.toString(),
                target.getUri().toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--cors",
                "false",
                "--verboseLevel",
                "silent"));
    prism = started;
    Await.until("Prism listens", () -> !started.isAlive() || listens(port));
    proxy = URI.create("http://127.0.0.1:" + port);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    if (prism != null) {
      prism.destroy();
    }
    prism = null;
    proxy = null;
  }

  @Override
  URI api() {
    return proxy == null ? super.api() : proxy;
  }

  @Override
  Set<String> notProvoked() {
    Set<String> all = new TreeSet<>(NOT_PASSED_ON);
    all.addAll(NOT_PROVOKED);
    return all;
  }

  @Override
  Set<String> ofTheWay() {
    return Set.of("Keep-Alive", VIOLATIONS);
  }

  @Override
  void look(String what, Reply reply) {
    List<JsonObject> violations =
        reply
            .header(VIOLATIONS)
            .map(text -> {
              try (JsonReader reader = Json.createReader(new StringReader(text))) {
                return reader.readArray().getValuesAs(JsonObject.class);
              }
            })
            .orElse(List.of());
    boolean taken = reply.status() < 400;
    assertEquals(
        List.of(),
        violations.stream()
            .filter(one -> taken || one.getJsonArray("location").getString(0).equals("response"))
            .collect(Collectors.toList()),
        what);
  }
}
