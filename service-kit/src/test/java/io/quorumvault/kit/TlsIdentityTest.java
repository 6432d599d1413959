package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfig;
import io.helidon.config.mp.MpConfigSources;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.erasure.ErasureStatement;
import io.quorumvault.erasure.ReceiptCheck;
import io.quorumvault.erasure.ReceiptFlaw;
import io.quorumvault.kit.TestAuthority.Issued;
import io.quorumvault.kit.TestAuthority.PemFiles;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real handshakes over loopback, between a Helidon server and the clients we use.
class TlsIdentityTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final TestAuthority STRANGER = new TestAuthority("stranger");
  private static final PeerIdentity NODE_1 = PeerIdentity.node("cell", 1);
  private static final PeerIdentity NODE_2 = PeerIdentity.node("cell", 2);
  private static final PeerIdentity API = PeerIdentity.api("cell");

  @TempDir private Path folder;
  private final List<Optional<PeerIdentity>> callers = new CopyOnWriteArrayList<>();
  private @Nullable WebServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void peers_that_expect_each_other_talk_tls_1_3_and_know_who_calls() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    assertEquals(API, api.self());
    assertEquals("TLSv1.3", call(api.clientTo(NODE_1), "127.0.0.1", port));
    assertEquals("TLSv1.3", call(api.clientTo(NODE_1), "localhost", port));
    assertEquals(List.of(Optional.of(API), Optional.of(API)), callers);
  }

  @Test
  void what_a_node_signs_is_good_for_whoever_trusts_its_authority() throws Exception {
    TlsIdentity node = AUTHORITY.member(NODE_1).write(folder).open();
    assertEquals(List.of(AUTHORITY.certificate()), node.authorities());
    Erasure erasure = erasure("cell");
    ErasureSignature signature = node.sign(statement(erasure, 1));
    assertEquals(Optional.empty(), ReceiptCheck.flaw(erasure, signature, node.authorities()));
    assertEquals(
        Optional.of(ReceiptFlaw.UNTRUSTED),
        ReceiptCheck.flaw(erasure, signature, List.of(STRANGER.certificate())));
  }

  @Test
  void nobody_signs_for_another() throws Exception {
    TlsIdentity node = AUTHORITY.member(NODE_1).write(folder.resolve("node")).open();
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    assertThrows(IllegalStateException.class, () -> node.sign(statement(erasure("cell"), 2)));
    assertThrows(IllegalStateException.class, () -> node.sign(statement(erasure("other"), 1)));
    assertThrows(IllegalStateException.class, () -> api.sign(statement(erasure("cell"), 1)));
  }

  private static Erasure erasure(String cell) {
    return new Erasure(
        cell,
        5,
        3,
        new Namespace("demo"),
        new SecretName("NAME"),
        1,
        1,
        2,
        Instant.parse("2026-11-01T12:00:00Z"));
  }

  private static ErasureStatement statement(Erasure erasure, int node) {
    return new ErasureStatement(
        erasure, new NodeId(node), Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  @Test
  void url_connections_are_held_to_the_same() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    for (PeerIdentity expected : List.of(NODE_1, NODE_2)) {
      var connection =
          (HttpsURLConnection)
              URI.create("https://127.0.0.1:" + port + "/").toURL().openConnection();
      connection.setSSLSocketFactory(api.clientTo(expected).getSocketFactory());
      connection.setHostnameVerifier((host, session) -> true);
      if (expected.equals(NODE_1)) {
        assertEquals(200, connection.getResponseCode());
      } else {
        assertThrows(IOException.class, connection::getResponseCode);
      }
      connection.disconnect();
    }
    assertEquals(1, callers.size());
  }

  /// The web server counts a connection whose handshake failed for ever: some thousand of them, and
  /// nobody is let in any more.
  @Test
  void failed_handshakes_take_no_connection_away() throws Exception {
    Map<String, String> settings =
        settings(AUTHORITY.member(NODE_1).write(folder.resolve("server"), AUTHORITY));
    settings.put("server.tls.manager.quorum-vault.connections", "4");
    int port = start(settings);
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    failHandshakes(port);
    assertEquals("TLSv1.3", call(api.clientTo(NODE_1), "127.0.0.1", port));
  }

  @Test
  void nor_do_they_where_callers_show_no_certificate() throws Exception {
    PemFiles files = AUTHORITY.member(NODE_1).write(folder.resolve("server"), AUTHORITY);
    Map<String, String> settings =
        new HashMap<>(CallersTls.settings("server", files.certificate(), files.key()));
    settings.put("server.tls.manager.quorum-vault-callers.connections", "4");
    settings.put("server.host", "127.0.0.1");
    settings.put("server.port", "0");
    int port = start(settings);
    failHandshakes(port);
    for (String version : List.of("TLSv1.3", "TLSv1.2")) {
      assertEquals(version, call(context(null, AUTHORITY, version), "localhost", port));
    }
  }

  private static void failHandshakes(int port) {
    for (int i = 0; i < 12; i++) {
      try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
        stranger.setSoTimeout(10_000);
        stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        var _ = stranger.getInputStream().readAllBytes();
      } catch (IOException reset) {
        assertTrue(reset instanceof SocketException, reset::toString);
      }
    }
  }

  @Test
  void another_node_at_the_right_host_is_not_talked_to() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    assertRefusedByClient("urn:quorumvault:cell:node:1", api.clientTo(NODE_2), port);
    assertRefusedByClient("urn:quorumvault:cell:node:1", api.clientTo(API), port);
    PeerIdentity elsewhere = PeerIdentity.node("other", 1);
    assertRefusedByClient("urn:quorumvault:cell:node:1", api.clientTo(elsewhere), port);
    assertEquals(List.of(), callers);
  }

  @Test
  void the_right_node_under_a_wrong_host_name_is_not_talked_to() throws Exception {
    int port = serve(AUTHORITY.request().uri(NODE_1.urn()).host("node-1.example").issue());
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    assertRefusedByClient("127.0.0.1", api.clientTo(NODE_1), port);
    assertEquals(List.of(), callers);
  }

  @Test
  void a_server_of_another_authority_is_not_talked_to() throws Exception {
    int port = serve(STRANGER.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    assertRefusedByClient("PKIX", api.clientTo(NODE_1), port);
  }

  @Test
  void a_server_whose_certificate_expired_or_is_a_clients_is_not_talked_to() throws Exception {
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    int expired = serve(AUTHORITY.request().uri(NODE_1.urn()).expired().issue());
    assertRefusedByClient("expired", api.clientTo(NODE_1), expired);
    stop();
    int client =
        serve(AUTHORITY.request().uri(NODE_1.urn()).purpose(KeyPurposeId.id_kp_clientAuth).issue());
    assertRefusedByClient("usage", api.clientTo(NODE_1), client);
  }

  @Test
  void a_client_that_leaves_out_the_host_name_check_is_refused() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    try (SSLSocket socket = connect(api.clientTo(NODE_1), port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("");
      socket.setSSLParameters(parameters);
      IOException refusal = assertThrows(IOException.class, socket::startHandshake);
      assertTrue(reasons(refusal).contains("host name"), () -> reasons(refusal));
    }
    try (SSLSocket socket = connect(api.clientTo(NODE_1), port)) {
      socket.startHandshake();
      assertEquals("TLSv1.3", socket.getSession().getProtocol());
    }
  }

  @Test
  void a_client_is_offered_tls_1_3_only_and_refused_below() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    SSLContext context = api.clientTo(NODE_1);
    assertEquals(List.of("TLSv1.3"), List.of(context.getDefaultSSLParameters().getProtocols()));
    assertEquals(List.of("TLSv1.3"), List.of(context.getSupportedSSLParameters().getProtocols()));
    assertEquals(List.of("TLSv1.3"), List.of(context.createSSLEngine().getEnabledProtocols()));
    assertEquals(
        List.of("TLSv1.3"), List.of(context.createSSLEngine("a", 1).getEnabledProtocols()));
    try (SSLSocket socket = connect(context, port)) {
      assertEquals(List.of("TLSv1.3"), List.of(socket.getEnabledProtocols()));
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThrows(IOException.class, socket::startHandshake);
    }
  }

  @Test
  void a_server_lets_in_no_one_without_a_certificate_of_the_cell() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    String urn = API.urn();
    assertRefusedByServer(context(null, AUTHORITY, "TLSv1.3"), port);
    assertRefusedByServer(context(STRANGER.member(API), AUTHORITY, "TLSv1.3"), port);
    for (TestAuthority.Request request :
        List.of(
            AUTHORITY.request(),
            AUTHORITY.request().uri(PeerIdentity.api("other").urn()),
            AUTHORITY.request().uri(urn).uri(NODE_1.urn()),
            AUTHORITY.request().uri(urn).expired(),
            AUTHORITY.request().uri(urn).purpose(KeyPurposeId.id_kp_serverAuth))) {
      assertRefusedByServer(context(request.issue(), AUTHORITY, "TLSv1.3"), port);
    }
    assertEquals(List.of(), callers);
    // The same client in order, so that it was the certificate each time.
    assertEquals(
        "TLSv1.3", call(context(AUTHORITY.member(API), AUTHORITY, "TLSv1.3"), "localhost", port));
    assertEquals(List.of(Optional.of(API)), callers);
  }

  @Test
  void a_server_speaks_nothing_older_than_tls_1_3() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    SSLContext old = context(AUTHORITY.member(API), AUTHORITY, "TLSv1.2");
    try (SSLSocket socket = connect(old, port)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThrows(IOException.class, socket::startHandshake);
    }
  }

  @Test
  void a_server_speaks_to_no_one_in_the_clear() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertFalse(answer.contains("HTTP/1.1 200"));
    } catch (IOException reset) {
      assertEquals(List.of(), callers);
    }
    assertEquals(List.of(), callers);
  }

  @Test
  void certificates_rotate_without_a_restart() throws Exception {
    Path serverFolder = folder.resolve("server");
    int port = serve(AUTHORITY.member(NODE_1));
    Path apiFolder = folder.resolve("api");
    ManualTime time = new ManualTime(Instant.now());
    PemFiles files = AUTHORITY.member(API).write(apiFolder);
    TlsIdentity api =
        new TlsIdentity(files.certificate(), files.key(), files.trust(), time, time::nanoTime);
    call(api.clientTo(NODE_1), "localhost", port);

    // The server's side, by its own clock: new handshakes until the new certificate is seen.
    TestAuthority next = new TestAuthority("next");
    Issued renewed = next.member(NODE_1);
    Files.writeString(
        serverFolder.resolve("ca.crt"),
        TestAuthority.pem(AUTHORITY.certificate(), next.certificate()));
    Files.writeString(serverFolder.resolve("tls.key"), TestAuthority.pem(renewed.key()));
    Files.writeString(serverFolder.resolve("tls.crt"), TestAuthority.pem(renewed.certificate()));

    // The client's: half of a change keeps everything as it was.
    Issued nextApi = next.member(API);
    Files.writeString(files.trust(), TestAuthority.pem(next.certificate()));
    Files.writeString(files.certificate(), TestAuthority.pem(nextApi.certificate()));
    try (CapturedLog log = new CapturedLog(WatchedFiles.class)) {
      time.pass(Duration.ofSeconds(1));
      assertEquals(API, api.self());
      api.keys();
      assertTrue(log.lines().getFirst().contains("key (expected: the private key"));
    }
    Files.writeString(files.key(), TestAuthority.pem(nextApi.key()));
    time.pass(Duration.ofSeconds(1));

    Instant deadline = Instant.now().plusSeconds(20);
    String last = "";
    while (true) {
      try {
        call(api.clientTo(NODE_1), "localhost", port);
        break;
      } catch (IOException notYet) {
        last = reasons(notYet);
      }
      assertTrue(Instant.now().isBefore(deadline), last);
      Thread.onSpinWait();
    }
  }

  @Test
  void a_session_is_never_resumed_as_another_peer() throws Exception {
    int port = serve(AUTHORITY.member(NODE_1));
    TlsIdentity api = AUTHORITY.member(API).write(folder.resolve("api")).open();
    SSLContext right = api.clientTo(NODE_1);
    for (int i = 0; i < 3; i++) {
      assertEquals("TLSv1.3", call(right, "localhost", port));
    }
    assertRefusedByClient("node:1", api.clientTo(NODE_2), port);
    assertEquals("TLSv1.3", call(right, "localhost", port));
  }

  @Test
  void a_server_that_would_not_demand_certificates_and_tls_1_3_does_not_start() throws Exception {
    PemFiles files = AUTHORITY.member(NODE_1).write(folder.resolve("server"));
    for (Map.Entry<String, String> change :
        Map.of(
                "server.tls.client-auth", "NONE",
                "server.tls.protocols.0", "TLSv1.2",
                "server.tls.protocols.1", "TLSv1.2")
            .entrySet()) {
      Map<String, String> settings = settings(files);
      settings.put(change.getKey(), change.getValue());
      assertThrows(IllegalStateException.class, () -> start(settings), change::toString);
    }
    Map<String, String> optional = settings(files);
    optional.put("server.tls.client-auth", "OPTIONAL");
    assertThrows(IllegalStateException.class, () -> start(optional));
    Map<String, String> withoutKey = settings(files);
    withoutKey.remove("server.tls.manager.quorum-vault.key");
    assertThrows(IllegalStateException.class, () -> start(withoutKey));
  }

  private int serve(Issued identity) throws IOException {
    return start(settings(identity.write(folder.resolve("server"), AUTHORITY)));
  }

  private static Map<String, String> settings(PemFiles files) {
    Map<String, String> settings =
        new HashMap<>(PeerTls.settings("server", files.certificate(), files.key(), files.trust()));
    settings.put("server.host", "127.0.0.1");
    settings.put("server.port", "0");
    settings.put("server.shutdown-grace-period", "PT0S");
    return settings;
  }

  private int start(Map<String, String> settings) {
    server =
        WebServer.builder()
            .config(MpConfig.toHelidonConfig(microProfile(settings)).get("server"))
            .routing(routing -> routing.get("/", this::answer))
            .build()
            .start();
    return server.port();
  }

  /// The settings as they reach a server in a MicroProfile service.
  private static Config microProfile(Map<String, String> settings) {
    return ConfigProviderResolver.instance()
        .getBuilder()
        .withSources(MpConfigSources.create(settings))
        .build();
  }

  private void answer(ServerRequest request, ServerResponse response) {
    request
        .remotePeer()
        .tlsCertificates()
        .ifPresent(chain -> callers.add(PeerIdentity.of((X509Certificate) chain[0])));
    response.send("hello");
  }

  /// The protocol of a connection on which a request was answered.
  private static String call(SSLContext context, String host, int port)
      throws IOException, InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(context)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://" + host + ":" + port + "/"))
              .timeout(Duration.ofSeconds(10))
              .build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals("hello", response.body());
      return response.sslSession().orElseThrow().getProtocol();
    }
  }

  private static SSLSocket connect(SSLContext context, int port) throws IOException {
    return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
  }

  private static void assertRefusedByClient(String reason, SSLContext context, int port) {
    IOException refusal = assertThrows(IOException.class, () -> call(context, "127.0.0.1", port));
    assertTrue(reasons(refusal).contains(reason), () -> reasons(refusal));
  }

  private static void assertRefusedByServer(SSLContext context, int port) {
    assertThrows(IOException.class, () -> call(context, "localhost", port));
  }

  private static String reasons(Throwable failure) {
    StringBuilder reasons = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      reasons.append(each.getMessage()).append('\n');
    }
    return reasons.toString();
  }

  /// A client without our precautions.
  private static SSLContext context(
      @Nullable Issued identity, TestAuthority trusted, String protocol)
      throws GeneralSecurityException, IOException {
    char[] password = "changeit".toCharArray();
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (identity != null) {
      own.setKeyEntry("own", identity.key(), password, new Certificate[] {identity.certificate()});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(own, password);
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry("authority", trusted.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
