package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfigSources;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.helidon.microprofile.testing.AddConfigSource;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.kit.PeerIdentity;
import io.quorumvault.kit.PeerTls;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

/// What is told of the server's work, where, and to whom.
@HelidonTest
class MetricsTest extends ApiTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");

  /// Requests of each kind that must not make a series. Ten more would do; hundreds show it.
  private static final int STRANGE_REQUESTS = 300;

  @SuppressWarnings("NullAway.Init") // CDI sets them.
  @Inject
  private ServerCdiExtension server;

  @SuppressWarnings("NullAway.Init")
  @Inject
  private Admission admission;

  /// As `ApiServer` tells the web server before it starts.
  @AddConfigSource
  static ConfigSource listener() {
    Map<String, String> own = CELL.settings();
    Map<String, String> settings = new HashMap<>();
    settings.put("vault.api.metrics.port", "0");
    settings.put("server.sockets.0.name", ApiConfig.Metrics.LISTENER);
    settings.put("server.sockets.0.host", "127.0.0.1");
    settings.put("server.sockets.0.port", "0");
    settings.putAll(
        PeerTls.settings(
            "server.sockets.0",
            path(own, "vault.tls.certificate"),
            path(own, "vault.tls.key"),
            path(own, "vault.tls.trust")));
    return MpConfigSources.create(settings);
  }

  private static Path path(Map<String, String> settings, String name) {
    return Path.of(settings.getOrDefault(name, ""));
  }

  private HttpResponse<String> ask(SSLContext context, String path) throws IOException {
    URI address = URI.create("https://127.0.0.1:" + server.port(ApiConfig.Metrics.LISTENER) + path);
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build()) {
      return http.send(
          HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException stopped) {
      throw new AssertionError("interrupted", stopped);
    }
  }

  private static SSLContext operator() {
    return CELL.operator().clientTo(PeerIdentity.api(FakeCell.CELL));
  }

  private String text() {
    try {
      HttpResponse<String> answer = ask(operator(), "/metrics");
      assertEquals(200, answer.statusCode());
      return answer.body();
    } catch (IOException failed) {
      throw new AssertionError("no metrics", failed);
    }
  }

  private static SortedSet<String> series(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private double value(String series) {
    return text()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> Double.parseDouble(line.substring(series.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  private double requests(String operation, String status) {
    return value(
        "quorumvault_api_requests_total{operation=\""
            + operation
            + "\",status=\""
            + status
            + "\"}");
  }

  @Test
  void the_operator_collects_them_in_the_text_format() throws IOException {
    HttpResponse<String> answer = ask(operator(), "/metrics");
    assertEquals(200, answer.statusCode());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        answer.headers().firstValue("Content-Type").orElse(""));
    assertEquals(404, ask(operator(), "/v1/status").statusCode());
  }

  @Test
  void without_a_certificate_of_the_cell_the_listener_does_not_answer()
      throws IOException, GeneralSecurityException {
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    try (InputStream pem = Files.newInputStream(path(CELL.settings(), "vault.tls.trust"))) {
      authorities.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext nobody = SSLContext.getInstance("TLSv1.3");
    nobody.init(null, trust.getTrustManagers(), null);
    IOException refused = assertThrows(IOException.class, () -> ask(nobody, "/metrics"));
    assertNotNull(refused);
  }

  @Test
  void the_listener_of_the_callers_knows_no_metrics_under_any_spelling() {
    for (String path :
        List.of(
            "/metrics",
            "/metrics/",
            "//metrics",
            "/%6Detrics",
            "/./metrics",
            "/x/../metrics",
            "/metrics/application",
            "/metrics?scope=base",
            "/observe/metrics",
            "/v1/metrics")) {
      Reply reply = dev().rawRequest("GET " + path, "");
      assertFalse(reply.text().contains("quorumvault_"), path);
      assertTrue(reply.status() >= 400, () -> path + ": " + reply);
      assertEquals(reply.status() == 404 ? "resource-not-found" : "", codeOf404(reply), path);
    }
    assertEquals("resource-not-found", nobody().get("/metrics").problem());
    assertEquals(404, nobody().get("/metrics").status());
  }

  private static String codeOf404(Reply reply) {
    return reply.status() == 404 ? reply.problem() : "";
  }

  @Test
  void requests_are_counted_by_operation_and_class_of_status() {
    double created = requests("createSecret", "2xx");
    double missing = requests("getSecret", "4xx");
    double refused = requests("updateSecret", "4xx");
    double elsewhere = requests("other", "4xx");

    String name = existing();
    assertEquals(404, dev().get(secret(name + "_NOT")).status());
    assertEquals(401, nobody().put(secret(name), body("v")).status());
    assertEquals(404, nobody().get("/nowhere").status());

    // They are counted a moment after their answer has left.
    Await.until("creates are counted", () -> requests("createSecret", "2xx") == created + 1);
    Await.until("reads are counted", () -> requests("getSecret", "4xx") == missing + 1);
    Await.until("refusals are counted", () -> requests("updateSecret", "4xx") == refused + 1);
    Await.until("strange ones are counted", () -> requests("other", "4xx") == elsewhere + 1);
    assertTrue(
        value("quorumvault_api_request_duration_seconds_count{operation=\"createSecret\"}")
            >= created + 1);
  }

  @Test
  void who_is_not_admitted_is_counted() {
    String counted = "quorumvault_api_requests_not_admitted_total";
    double before = value(counted);
    try (Crowd _ = new Crowd(admission)) {
      assertEquals("rate-limited", dev().get(secret("ANY")).problem());
    }
    assertEquals(before + 1, value(counted));
  }

  @Test
  void a_node_that_is_down_is_told_by_its_index() {
    String name = existing();
    NodeId first =
        new CoordinatorChoice(
                IntStream.rangeClosed(1, FakeCell.NODES).mapToObj(NodeId::new).toList())
            .order(new Namespace("demo"), name)
            .getFirst();
    String notSent =
        "quorumvault_api_node_attempts_total{node=\"" + first.index() + "\",outcome=\"not_sent\"}";
    double before = value(notSent);
    CELL.node(first.index()).down();
    assertEquals(200, dev().get(secret(name)).status());
    assertEquals(before + 1, value(notSent));
    assertEquals(1, value("quorumvault_api_nodes_doubtful"));
  }

  @Test
  void nothing_a_caller_sends_makes_a_series_or_stands_in_one() {
    SortedSet<String> before = series(text());
    ApiClient dev = dev();
    for (int i = 0; i < STRANGE_REQUESTS; i++) {
      String mark = "MARKER_" + i;
      assertEquals(404, dev.get(secret(mark)).status());
      assertEquals(404, dev.get("/" + mark + "/" + i).status());
      assertEquals(404, as("subject-" + mark).get(secret(mark)).status());
      assertEquals(401, nobody().with("Authorization", "Bearer " + mark).get(secrets()).status());
    }
    for (int i = 0; i < STRANGE_REQUESTS / 10; i++) {
      assertEquals(201, dev.post(secrets(), body(name(), "MARKER")).status());
    }
    String after = text();
    assertEquals(before, series(after));
    assertFalse(after.contains("MARKER"));
    assertFalse(after.contains("NAME_"));
    assertFalse(after.contains("demo"));
  }

  @Test
  void the_document_lists_these_and_no_others() throws IOException {
    String api = Files.readString(DOCUMENT).split("\n## ", -1)[2];
    assertTrue(api.startsWith("Of an API server\n"), api);
    assertEquals(names("^# HELP (\\S+) ", text()), names("^\\| `([a-z0-9_]+)", api));
  }

  private static SortedSet<String> names(String line, String text) {
    return Pattern.compile(line, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
