package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.RecordCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Requests whose end is in doubt, and callers that take their time, at the front door and at a
/// node.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(6)
final class FramingIT {
  /// More connections than a listener has places for.
  private static final int MANY = 2_200;

  /// Where to send, how a good request for it begins and what its body is. Characters are bytes.
  private record Door(String name, VaultCluster cluster, URI at, String start, String body) {
    RawConnection open() {
      return name.equals("API server")
          ? RawConnection.to(at)
          : RawConnection.to(
              at,
              Identity.ofFiles(cluster.certificate("api"), cluster.key("api"))
                  .context(cluster.authority(), "TLSv1.3"));
    }

    String chunked() {
      return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    String announced() {
      return "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
  }

  private static List<Door> doors(VaultCluster cluster, String name) {
    VaultCluster.Described now = cluster.described();
    String token = " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer " + now.token() + "\r\n";
    byte[] read =
        RecordCodec.encode(
            new ReadCall(
                new Namespace(now.namespace()),
                List.of(new ReadCall.Item(new SecretName(name), null, null)),
                true,
                3_000));
    return List.of(
        new Door(
            "API server",
            cluster,
            now.api(),
            "PUT " + cluster.client().path(name) + token + "Content-Type: application/json\r\n",
            "{\"value\":\"v2\"}"),
        new Door(
            "node",
            cluster,
            now.node(1).url(),
            "POST /internal/v1/operations/read" + token + "Content-Type: application/cbor\r\n",
            new String(read, StandardCharsets.ISO_8859_1)));
  }

  @Test
  void a_request_whose_end_is_doubtful_is_the_last_of_its_connection(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("framing-there", "v1").expect(201);
    Map<String, Long> before = client.everything();
    for (Door door : doors(cluster, "framing-there")) {
      String chunked = door.chunked();
      String length = "Content-Length: " + door.body().length() + "\r\n";
      for (String framing :
          List.of(
              length + "Transfer-Encoding: chunked\r\n\r\n" + chunked,
              "Transfer-Encoding: chunked\r\n" + length + "\r\n" + chunked,
              "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
              length + "Content-Length: 5\r\n\r\n" + door.body(),
              length + length + "\r\n" + door.body(),
              "Content-Length: +" + door.body().length() + "\r\n\r\n" + door.body(),
              "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked,
              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunked,
              "Transfer-Encoding : chunked\r\n\r\n" + chunked,
              "Transfer-Encoding: chunked\r\n\r\n" + chunked.replaceFirst("\r\n", ";x=y\r\n"),
              "Transfer-Encoding: chunked\r\n\r\n" + chunked.replace("\r\n0\r\n", "XX0\r\n"),
              "Transfer-Encoding: chunked\r\n\r\n" + chunked.replace("\r\n", "\n"),
              "Transfer-Encoding: chunked\r\n\r\n+" + chunked,
              "Transfer-Encoding: chunked\r\n\r\n0x" + chunked,
              "Transfer-Encoding: chunked\r\n\r\n\r\n" + chunked,
              "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + door.body())) {
        String smuggled = "GET /health/live HTTP/1.1\r\nHost: vault\r\n\r\n";
        try (RawConnection connection = door.open()) {
          String all = connection.untilClosed(door.start() + framing + smuggled);
          assertFalse(all.contains("HTTP/1.1 2"), () -> door.name() + framing + all);
          assertTrue(all.split("HTTP/1\\.1 ", -1).length <= 2, () -> door.name() + framing + all);
        }
      }
      // What was doubtful was only that.
      try (RawConnection connection = door.open()) {
        String answer = connection.exchange(door.start() + door.announced());
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      }
      try (RawConnection connection = door.open()) {
        String answer =
            connection.exchange(door.start() + "Transfer-Encoding: chunked\r\n\r\n" + chunked);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      }
    }
    assertEquals(before.keySet(), client.everything().keySet());
    assertEquals(3, client.get("framing-there").expect(200).version());
  }

  @Test
  void whoever_takes_their_time_loses_the_connection_and_keeps_nobody_waiting(
      VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("framing-slow", "v1").expect(201);
    List<RawConnection> slow = new ArrayList<>();
    try {
      for (Door door : doors(cluster, "framing-slow")) {
        for (String beginning :
            List.of(
                "GET /he",
                door.start() + "X-Long: ",
                door.start() + "Content-Length: 60000\r\n\r\n",
                door.start() + "Transfer-Encoding: chunked\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: vault\r\nContent-Length: 60000\r\n\r\n")) {
          RawConnection connection = door.open();
          slow.add(connection);
          connection.send(beginning);
        }
      }
      Eventually.passes(
          "all that trickle are closed",
          () -> {
            slow.removeIf(connection -> !connection.trickles("0"));
            assertEquals("v1", client.get("framing-slow").expect(200).valueText());
            assertEquals(0, slow.size());
          });
    } finally {
      slow.forEach(RawConnection::close);
    }
  }

  @Test
  void however_many_fail_their_handshake_others_are_let_in(VaultCluster cluster)
      throws IOException {
    URI node = cluster.described().node(1).url();
    for (int i = 0; i < MANY; i++) {
      try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), node.getPort())) {
        stranger
            .getOutputStream()
            .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
    }
    try (NodeLink api = NodeLink.as(cluster, "api")) {
      assertEquals(200, api.get(node, "/health/live").statusCode());
    }
  }
}
