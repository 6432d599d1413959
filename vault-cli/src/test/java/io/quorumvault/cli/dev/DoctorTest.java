package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `qv doctor` with one trouble planted at a time: it must name that one first, and what to do.
final class DoctorTest {
  private static final String OPERATIONAL =
      "{\"status\":\"operational\",\"reads\":true,\"writes\":true,\"version\":\"1.0.0\"}";

  @TempDir private Path directory = Path.of("");
  private Workplace workplace = new Workplace(directory, directory);

  @BeforeEach
  void build() throws IOException {
    workplace = Workplace.in(directory);
  }

  @AfterEach
  void stop() {
    workplace.close();
  }

  /// What the doctor said about one thing.
  private record Said(String result, String finding, String next) {}

  private static Said said(Shell.Ended ended, String check) throws IOException {
    return JsonObject.parse(ended.outputBytes()).objects("checks").stream()
        .filter(one -> one.text("check").orElse("").equals(check))
        .findFirst()
        .map(one ->
            new Said(
                one.text("result").orElse(""),
                one.text("finding").orElse(""),
                one.text("next").orElse("")))
        .orElseThrow(
            () -> new AssertionError("nothing about " + check + ": " + ended.everything()));
  }

  private static Said firstFailed(Shell.Ended ended) throws IOException {
    return said(
        ended,
        JsonObject.parse(ended.outputBytes()).objects("checks").stream()
            .filter(one -> one.text("result").orElse("").equals("failed"))
            .findFirst()
            .flatMap(one -> one.text("check"))
            .orElseThrow(() -> new AssertionError(ended.everything())));
  }

  private Shell shell() {
    return Shell.in(workplace.work()).home(workplace.home());
  }

  private static String[] doctor(String... more) {
    return Stream.concat(Stream.of("doctor", "-o", "json"), Arrays.stream(more))
        .toArray(String[]::new);
  }

  private static void assertFails(
      ExitCode code, String check, String finding, String next, Shell.Ended ended)
      throws IOException {
    assertEquals(code.number(), ended.exitCode(), ended::everything);
    Said said = said(ended, check);
    assertEquals(firstFailed(ended), said, ended::everything);
    assertEquals("failed", said.result(), ended::everything);
    assertTrue(said.finding().contains(finding), ended::everything);
    assertTrue(said.next().contains(next), ended::everything);
    assertEquals("", ended.messages());
  }

  // A dev cluster.

  @Test
  void of_a_cluster_that_is_well_nothing_is_wrong_and_the_token_is_not_shown() throws IOException {
    workplace.start("--nodes", "3");
    for (int node = 1; node <= 3; node++) {
      health(node, "{\"serving\":true,\"sharesLacking\":0}");
    }

    Shell.Ended ended = shell().run("doctor");

    assertEquals(0, ended.exitCode(), ended::everything);
    assertTrue(ended.output().endsWith("Nothing is wrong.\n"), ended.output());
    for (String check :
        List.of(
            "java",
            "settings",
            "authorities",
            "vault",
            "ports",
            "certificates",
            "connection",
            "api",
            "clock",
            "token",
            "access",
            "cell",
            "node-1",
            "node-3")) {
      assertTrue(
          ended.output().lines().anyMatch(line -> line.matches(check + " +ok .*")), ended.output());
    }
    assertFalse(ended.everything().contains(workplace.cluster().token()), ended.output());
    String[] parts = workplace.cluster().token().split("\\.", -1);
    assertFalse(ended.everything().contains(parts[2]), ended.output());
  }

  private void health(int node, String data) throws IOException {
    Files.writeString(
        workplace.data().resolve("node-" + node).resolve(FakeService.HEALTH),
        "{\"status\":\"UP\",\"checks\":[{\"name\":\"member\",\"status\":\"UP\",\"data\":"
            + data
            + "}]}");
  }

  @Test
  void without_any_cluster_it_is_said_how_to_start_one_or_name_another() throws IOException {
    assertFails(ExitCode.USAGE, "vault", "no dev cluster", "qv dev", shell().run(doctor()));
  }

  @Test
  void a_stopped_cluster_is_told_from_none_and_its_taken_port_is_named() throws IOException {
    ClusterFolder folder = ClusterFolder.create(workplace.data());
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      new ClusterSettings(1, 1, other.getLocalPort(), List.of(20_001)).write(folder);
      new CertificateIssuer(folder, Clock.systemUTC()).issue("dev", 1);

      Shell.Ended ended = shell().run(doctor());

      assertFails(ExitCode.USAGE, "vault", "is stopped", "Start it with qv dev", ended);
      assertEquals("warning", said(ended, "ports").result());
      assertTrue(
          said(ended, "ports").finding().contains(other.getLocalPort() + " of api"),
          ended::everything);
      assertTrue(said(ended, "ports").next().contains("--port 0"), ended::everything);
    }
  }

  @Test
  void a_cluster_file_of_somebody_else_or_damaged_is_not_believed() throws IOException {
    workplace.start("--nodes", "1");
    Path file = workplace.data().resolve("cluster.json");
    byte[] good = Files.readAllBytes(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertFails(ExitCode.USAGE, "vault", "somebody else", "chmod 600", shell().run(doctor()));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "{\"namespace\":");
    assertFails(ExitCode.USAGE, "vault", "cannot be read", "qv dev stop", shell().run(doctor()));
    Files.write(file, good);
  }

  @Test
  void a_dead_node_is_named_with_the_command_that_starts_it() throws Exception {
    workplace.start("--nodes", "3");
    Workplace.kill(workplace.cluster().nodes().get(1).processId());

    Shell.Ended ended = shell().run(doctor());

    assertFails(ExitCode.SERVER, "node-2", "does not run", "qv dev restart-node 2", ended);
    assertEquals("warning", said(ended, "cell").result());
    assertTrue(said(ended, "cell").finding().contains("2 of 3"), ended::everything);
    assertEquals("ok", said(ended, "node-1").result());
  }

  @Test
  void too_few_nodes_are_the_cells_trouble() throws Exception {
    workplace.start("--nodes", "3");
    Workplace.kill(workplace.cluster().nodes().get(0).processId());
    Workplace.kill(workplace.cluster().nodes().get(2).processId());

    Shell.Ended ended = shell().run(doctor());

    assertFails(ExitCode.SERVER, "cell", "nothing can be read or written", "restart-node", ended);
  }

  @Test
  void what_a_node_says_of_itself_is_said_in_words() throws IOException {
    workplace.start("--nodes", "1");
    record Case(String data, String result, String finding) {}
    for (Case one :
        List.of(
            new Case("{\"auditWritable\":false}", "failed", "audit log"),
            new Case("{\"diskAnswers\":false}", "failed", "disk does not answer"),
            new Case("{\"peersSetUpDifferently\":2}", "failed", "set up differently"),
            new Case("{\"rolledBack\":true}", "warning", "joined anew"),
            new Case("{\"memoryLost\":true}", "warning", "joined anew"),
            new Case("{\"sharesFoundDamaged\":3}", "warning", "3 times"),
            new Case("{\"sharesLacking\":7}", "warning", "lacks 7 shares"))) {
      health(1, one.data());

      Said said = said(shell().run(doctor()), "node-1");

      assertEquals(one.result(), said.result(), one::toString);
      assertTrue(said.finding().contains(one.finding()), said::toString);
      assertFalse(said.next().isEmpty(), one::toString);
    }
  }

  @Test
  void a_node_that_is_not_ready_is_not_well() throws IOException {
    workplace.start("--nodes", "1");
    Files.createFile(workplace.data().resolve("node-1").resolve(FakeService.IS_NEVER_READY));

    Shell.Ended ended = shell().run(doctor());

    assertEquals(ExitCode.SERVER.number(), ended.exitCode());
    assertTrue(said(ended, "node-1").finding().contains("not ready"), ended::everything);
  }

  @Test
  void an_api_that_is_down_is_told_from_one_that_cannot_read() throws Exception {
    workplace.start("--nodes", "1");
    Path told = workplace.data().resolve("app").resolve(FakeService.HEALTH);
    Files.writeString(told, OPERATIONAL.replace("\"reads\":true", "\"reads\":false"));
    assertFails(
        ExitCode.SERVER, "api", "reads do not work", "qv dev status", shell().run(doctor()));
    Files.writeString(told, OPERATIONAL.replace("operational", "degraded"));
    assertEquals("warning", said(shell().run(doctor()), "api").result());

    Workplace.kill(workplace.cluster().apiProcessId());

    Shell.Ended ended = shell().run(doctor());
    assertFails(ExitCode.SERVER, "connection", "Nobody answers", "qv dev status", ended);
    assertEquals("skipped", said(ended, "api").result());
    assertEquals("skipped", said(ended, "access").result());
    assertEquals("ok", said(ended, "token").result());
  }

  @Test
  void certificates_of_the_cluster_that_end_are_renewed_by_a_start() throws IOException {
    workplace.start("--nodes", "1");
    Instant late = Instant.now().plus(Duration.ofDays(360));
    Shell.Ended soon = shell().clock(Clock.fixed(late, ZoneOffset.UTC)).run(doctor());
    assertEquals("warning", said(soon, "certificates").result(), soon::everything);

    Instant later = Instant.now().plus(Duration.ofDays(400));
    assertFails(
        ExitCode.USAGE,
        "certificates",
        "expired",
        "qv dev stop",
        shell().clock(Clock.fixed(later, ZoneOffset.UTC)).run(doctor()));
    Files.writeString(workplace.data().resolve("tls/node-1.crt"), "damaged");
    assertFails(ExitCode.USAGE, "certificates", "damaged", "qv dev", shell().run(doctor()));
  }

  // Clocks and tokens.

  @Test
  void a_clock_that_is_off_is_measured_and_the_token_judged_by_the_vaults() throws IOException {
    workplace.start("--nodes", "1");
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofDays(8));

    Shell.Ended ended = shell().clock(ahead).run(doctor());

    assertEquals("warning", said(ended, "clock").result(), ended::everything);
    assertTrue(said(ended, "clock").finding().contains("ahead of"), ended::everything);
    assertEquals("ok", said(ended, "token").result(), ended::everything);
    Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-330));
    Said slow = said(shell().clock(behind).run(doctor()), "clock");
    assertTrue(slow.finding().contains("5 min behind"), slow::toString);
  }

  private String token(String issuer, String audience, String... claims) {
    String body =
        "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"ci\"%s}"
            .formatted(issuer, audience, String.join("", claims));
    return part("{\"alg\":\"ES256\"}") + "." + part(body) + ".c2lnbmVk";
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_token_that_cannot_be_taken_is_said_to_be_so_and_not_shown() throws IOException {
    workplace.start("--nodes", "1");
    long now = Instant.now().getEpochSecond();
    String soon = ",\"exp\":" + (now + 3600);
    String ours = ClusterSettings.ISSUER;
    record Case(String token, String finding) {}
    for (Case one :
        List.of(
            new Case("no-token-at-all", "no signed JSON Web Token"),
            new Case(token(ours, "quorum-vault", ",\"exp\":" + (now - 7300)), "expired 2 h ago"),
            new Case(token(ours, "quorum-vault"), "never expires"),
            new Case(token(ours, "quorum-vault", soon, ",\"nbf\":" + (now + 600)), "valid from"),
            new Case(token(ours, "another-service", soon), "another-service"),
            new Case(token("https://id.example.org", "quorum-vault", soon), "id.example.org"),
            new Case(
                part("{\"alg\":\"none\"}") + "." + part("{\"sub\":\"x\"}") + ".", "not signed"))) {
      Shell.Ended ended = shell().with("QV_TOKEN", one.token()).run(doctor());

      assertFails(ExitCode.REFUSED, "token", one.finding(), "Leave QV_TOKEN out", ended);
      assertFalse(ended.everything().contains(one.token()), ended::everything);
    }
    String ending = token(ours, "quorum-vault", ",\"exp\":" + (now + 120));
    Shell.Ended ended = shell().with("QV_TOKEN", ending).run(doctor());
    assertEquals("warning", said(ended, "token").result(), ended::everything);
  }

  // Settings.

  @Test
  void settings_that_mean_nothing_or_cannot_be_used_are_named() throws IOException {
    Said misspelled = said(shell().with("QV_TOKN", "x").run(doctor()), "settings");
    assertEquals("warning", misspelled.result());
    assertTrue(misspelled.finding().contains("QV_TOKN"), misspelled::toString);

    Files.writeString(workplace.work().resolve("ca.pem"), "no certificate");
    assertFails(
        ExitCode.USAGE,
        "authorities",
        "cannot be used",
        "--ca",
        shell().run(doctor("--ca", "ca.pem")));
    assertFails(
        ExitCode.USAGE,
        "vault",
        "no address of a vault",
        "https://",
        shell().with("QV_API", "vault").run(doctor()));
    assertFails(
        ExitCode.USAGE,
        "vault",
        "Plain http",
        "Use https",
        shell().with("QV_API", "http://vault.example.org").run(doctor()));
  }

  // Another vault.

  /// A server with the API's certificate of an authority that is made `at`.
  private HttpsServer server(ClusterFolder folder, String address, Clock at, String answer)
      throws IOException {
    new CertificateIssuer(folder, at).issue("dev", 1);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral(address), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            PemTrust.mutual(folder.certificate("api"), folder.key("api"), folder.authority())));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    return server;
  }

  private ClusterFolder authority(String name) {
    return ClusterFolder.create(directory.resolve(name));
  }

  private Shell.Ended examined(InetSocketAddress at, Path authority, String... more) {
    String[] words = {
      "--api",
      "https://" + at.getAddress().getHostAddress() + ":" + at.getPort(),
      "-n",
      "demo",
      "--ca",
      authority.toString()
    };
    return shell()
        .with("QV_TOKEN", token("https://id.example.org", "vault", ",\"exp\":9999999999"))
        .run(
            doctor(
                Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new)));
  }

  @Test
  void a_vault_elsewhere_is_looked_at_over_tls() throws IOException {
    ClusterFolder folder = authority("good");
    HttpsServer server = server(folder, "127.0.0.1", Clock.systemUTC(), OPERATIONAL);
    try {
      Shell.Ended ended = examined(server.getAddress(), folder.authority());

      assertEquals(0, ended.exitCode(), ended::everything);
      assertEquals("ok", said(ended, "certificate").result(), ended::everything);
      assertEquals("ok", said(ended, "token").result(), ended::everything);
      assertEquals("skipped", said(ended, "clock").result(), ended::everything);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_certificate_that_is_refused_is_told_why() throws IOException {
    record Case(String address, Clock made, boolean trusted, String finding, String next) {}
    Clock now = Clock.systemUTC();
    Clock longAgo = Clock.offset(now, Duration.ofDays(-400));
    Clock tomorrow = Clock.offset(now, Duration.ofDays(1));
    int number = 0;
    for (Case one :
        List.of(
            new Case("127.0.0.1", longAgo, true, "expired on", "needs a new one"),
            new Case("127.0.0.1", tomorrow, true, "valid from", "clock"),
            new Case("127.0.0.2", now, true, "is not for 127.0.0.2, but for 127.0.0.1", "--api"),
            new Case("127.0.0.1", now, false, "not trusted here", "--ca"))) {
      ClusterFolder folder = authority("authority-" + number++);
      ClusterFolder other = authority("other-" + number);
      new CertificateIssuer(other, now).issue("dev", 1);
      HttpsServer server = server(folder, one.address(), one.made(), OPERATIONAL);
      try {
        Shell.Ended ended =
            examined(server.getAddress(), one.trusted() ? folder.authority() : other.authority());

        assertFails(ExitCode.SERVER, "certificate", one.finding(), one.next(), ended);
        assertEquals("skipped", said(ended, "api").result(), ended::everything);
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  void what_speaks_no_tls_or_is_no_vault_is_told() throws IOException {
    ClusterFolder folder = authority("good");
    HttpsServer other = server(folder, "127.0.0.1", Clock.systemUTC(), "<html>hello</html>");
    InetSocketAddress gone;
    try (ServerSocket plain = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"))) {
      gone = new InetSocketAddress(plain.getInetAddress(), plain.getLocalPort());
      Thread.ofPlatform().daemon().start(() -> answerInPlain(plain));
      assertFails(
          ExitCode.SERVER,
          "api",
          "is not the vault",
          "without a path",
          examined(other.getAddress(), folder.authority()));
      assertFails(
          ExitCode.SERVER,
          "certificate",
          "does not speak TLS",
          "port",
          examined(gone, folder.authority()));
    } finally {
      other.stop(0);
    }
    assertFails(
        ExitCode.SERVER,
        "connection",
        "Nobody answers",
        "--api",
        examined(gone, folder.authority()));
  }

  private static void answerInPlain(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket
            .getOutputStream()
            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } catch (IOException over) {
        // The next one, or the end.
      }
    }
  }

  @Test
  void the_token_of_a_dev_cluster_is_of_no_use_elsewhere() throws IOException {
    ClusterFolder folder = authority("good");
    HttpsServer server = server(folder, "127.0.0.1", Clock.systemUTC(), OPERATIONAL);
    try {
      Files.writeString(
          workplace.work().resolve("token"),
          token(ClusterSettings.ISSUER, "quorum-vault", ",\"exp\":9999999999"));

      assertFails(
          ExitCode.REFUSED,
          "token",
          "of a dev cluster",
          "--token-file",
          examined(server.getAddress(), folder.authority(), "--token-file", "token"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void what_the_vault_says_to_the_token_decides_how_it_ends() throws IOException {
    workplace.start("--nodes", "1");
    Path refusal = workplace.data().resolve("app").resolve(FakeService.REFUSES);
    Files.writeString(refusal, "401 unauthenticated");
    assertFails(
        ExitCode.REFUSED, "access", "does not take the token", "issuer", shell().run(doctor()));
    Files.writeString(refusal, "404 namespace-not-found");
    assertFails(
        ExitCode.NOT_FOUND, "access", "no namespace demo", "--namespace", shell().run(doctor()));
    Files.writeString(refusal, "503 insufficient-shares");
    assertFails(
        ExitCode.SERVER, "access", "503, insufficient-shares", "again", shell().run(doctor()));
    Files.writeString(refusal, "403 forbidden");
    Shell.Ended ended = shell().run(doctor());
    assertEquals("warning", said(ended, "access").result(), ended::everything);
    assertEquals(0, ended.exitCode(), ended::everything);
  }
}
