package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.cli.dev.HealthProbe.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthProbeTest {
  @TempDir private Path directory = Path.of("");

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  private static void answer(HttpServer server) {
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
  }

  @Test
  void a_node_is_asked_for_its_certificate_and_no_other_answers_for_it() throws IOException {
    ClusterFolder folder = ClusterFolder.create(directory.resolve(".qv"));
    new CertificateIssuer(folder, Clock.systemUTC()).issue(ClusterSettings.CELL, 2);
    HttpsServer second = HttpsServer.create(anyPort(), 0);
    second.setHttpsConfigurator(
        new HttpsConfigurator(
            PemTrust.mutual(
                folder.certificate("node-2"), folder.key("node-2"), folder.authority())));
    HttpServer plain = HttpServer.create(anyPort(), 0);
    answer(second);
    answer(plain);
    int tlsPort = second.getAddress().getPort();
    int plainPort = plain.getAddress().getPort();
    ClusterSettings swapped = new ClusterSettings(2, 2, plainPort, List.of(tlsPort, tlsPort));
    ClusterSettings noTls = new ClusterSettings(1, 1, plainPort, List.of(plainPort));
    try (HealthProbe probe = new HealthProbe(folder, swapped);
        HealthProbe another = new HealthProbe(folder, noTls)) {
      assertTrue(probe.ask(new ServiceName.Node(2), Question.READY));
      assertFalse(probe.ask(new ServiceName.Node(1), Question.READY));
      assertTrue(probe.ask(ServiceName.API, Question.READY));
      assertFalse(another.ask(new ServiceName.Node(1), Question.READY));
    } finally {
      second.stop(0);
      plain.stop(0);
    }
  }

  @Test
  void a_node_of_another_authority_is_not_believed() throws IOException {
    ClusterFolder folder = ClusterFolder.create(directory.resolve("ours"));
    ClusterFolder foreign = ClusterFolder.create(directory.resolve("theirs"));
    new CertificateIssuer(folder, Clock.systemUTC()).issue(ClusterSettings.CELL, 1);
    new CertificateIssuer(foreign, Clock.systemUTC()).issue(ClusterSettings.CELL, 1);
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            PemTrust.mutual(
                foreign.certificate("node-1"), foreign.key("node-1"), foreign.authority())));
    answer(server);
    int port = server.getAddress().getPort();
    try (HealthProbe probe =
        new HealthProbe(folder, new ClusterSettings(1, 1, port, List.of(port)))) {
      assertFalse(probe.ask(new ServiceName.Node(1), Question.READY));
    } finally {
      server.stop(0);
    }
  }
}
