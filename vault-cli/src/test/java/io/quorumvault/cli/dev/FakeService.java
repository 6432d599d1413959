package io.quorumvault.cli.dev;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.quorumvault.cli.FakeJar;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.PemTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// A process that is configured like a service and answers health questions like one, and nothing
/// more. Nodes do so over mutual TLS. Files in its data directory make it misbehave.
///
/// It leaves its environment and its settings in its data directory, for tests to look at.
public final class FakeService {
  /// Makes it end while it starts.
  static final String DIES = "dies";

  /// Makes it start but never be ready.
  static final String IS_NEVER_READY = "is-never-ready";

  /// Makes it deaf to being asked to end.
  static final String STAYS = "stays";

  /// What it says of itself: a node its health, the API its status.
  static final String HEALTH = "health.json";

  /// Makes the API answer to callers with a status and a code.
  static final String REFUSES = "refuses";

  private FakeService() {}

  public static void main(String[] arguments) throws IOException {
    Properties settings = System.getProperties();
    String dataDirectory = settings.getProperty("vault.node.data-dir");
    Path data =
        dataDirectory == null
            ? Path.of(settings.getProperty("vault.policy.file")).resolveSibling("app")
            : Path.of(dataDirectory);
    System.out.println("listening on " + settings.getProperty("server.port"));
    if (Files.exists(data.resolve(DIES))) {
      System.err.println("cannot open the ledger");
      System.exit(3);
    }
    if (Files.exists(data.resolve(STAYS))) {
      Runtime.getRuntime().addShutdownHook(new Thread(FakeService::waitForEver));
    }
    write(data.resolve("seen-environment.json"), new TreeMap<>(System.getenv()));
    Map<String, String> said = new TreeMap<>();
    settings.forEach((name, value) -> said.put(name.toString(), value.toString()));
    write(data.resolve("seen-settings.json"), said);

    HttpServer server = dataDirectory == null ? plain(settings) : mutualTls(settings);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Path told = data.resolve(HEALTH);
            if (exchange.getRequestURI().getPath().equals("/v1/status")) {
              answer(exchange, 200, Files.exists(told) ? text(told) : status());
              return;
            }
            if (exchange.getRequestURI().getPath().startsWith("/v1/namespaces/demo/")) {
              Path refusal = data.resolve(REFUSES);
              if (Files.exists(refusal)) {
                String[] words = text(refusal).split(" ", 2);
                answer(exchange, Integer.parseInt(words[0]), "{\"code\":\"" + words[1] + "\"}");
              } else {
                answer(exchange, 200, "{\"secrets\":[]}");
              }
              return;
            }
            boolean never = Files.exists(data.resolve(IS_NEVER_READY));
            boolean asksReady = exchange.getRequestURI().getPath().equals("/health/ready");
            boolean asksStarted = exchange.getRequestURI().getPath().equals("/health/started");
            boolean yes = asksStarted || (asksReady && !never);
            byte[] body = Files.exists(told) ? Files.readAllBytes(told) : new byte[0];
            exchange.sendResponseHeaders(yes ? 200 : 503, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  private static String status() {
    return "{\"status\":\"operational\",\"reads\":true,\"writes\":true,\"version\":\"1.0.0\","
        + "\"time\":\""
        + Instant.now()
        + "\"}";
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException never) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(Path file, Map<String, String> content) throws IOException {
    JsonObject.Builder document = JsonObject.builder();
    content.forEach(document::with);
    Files.write(file, document.build().toBytes());
  }

  private static InetSocketAddress address(Properties settings) {
    return new InetSocketAddress(
        InetAddress.ofLiteral(settings.getProperty("server.host")),
        Integer.parseInt(settings.getProperty("server.port")));
  }

  private static HttpServer plain(Properties settings) throws IOException {
    return HttpServer.create(address(settings), 0);
  }

  private static HttpServer mutualTls(Properties settings) throws IOException {
    SSLContext context =
        PemTrust.mutual(
            Path.of(settings.getProperty("vault.tls.certificate")),
            Path.of(settings.getProperty("vault.tls.key")),
            Path.of(settings.getProperty("vault.tls.trust")));
    HttpsServer server = HttpsServer.create(address(settings), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = context.getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            tls.setProtocols(new String[] {"TLSv1.3"});
            parameters.setSSLParameters(tls);
          }
        });
    return server;
  }

  /// Builds what a build would have left under a project's root: jars that run this class.
  static Path home(Path root) throws IOException {
    for (String service : List.of("vault-storage-service", "vault-api-service")) {
      Path libraries = Files.createDirectories(root.resolve(service).resolve("target/libs"));
      Files.writeString(libraries.resolve("released-1.0.jar"), "never opened");
      Files.writeString(libraries.resolve("ours-0.1.0-SNAPSHOT.jar"), "never opened");
      FakeJar.write(libraries.resolveSibling(service + ".jar"), FakeService.class);
    }
    return root;
  }

  static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
