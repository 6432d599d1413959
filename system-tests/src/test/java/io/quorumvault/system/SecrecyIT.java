package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// No value is ever written anywhere.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(13)
final class SecrecyIT {
  private static final int MARKER_BYTES = 24;

  private final SecureRandom random = new SecureRandom();

  /// Letters and digits that occur nowhere else.
  private String marker() {
    byte[] bytes = new byte[MARKER_BYTES];
    random.nextBytes(bytes);
    return "marker"
        + Base64.getEncoder().withoutPadding().encodeToString(bytes).replaceAll("[+/]", "x");
  }

  @Test
  void no_file_and_no_log_ever_holds_a_value(VaultCluster cluster) {
    VaultClient client = cluster.client();
    List<String> names = List.of("secrecy-text", "secrecy-bytes", "secrecy-large", "secrecy-gone");
    List<String> everWritten = new ArrayList<>();
    names.forEach(_ -> everWritten.add(marker()));
    client.create(names.get(0), everWritten.get(0)).expect(201);
    client.create(names.get(1), ascii("\0\u0001" + everWritten.get(1) + "\0")).expect(201);
    client.create(names.get(2), (everWritten.get(2) + "-").repeat(20_000)).expect(201);
    client.create(names.get(3), everWritten.get(3)).expect(201);
    assertNameIsFound(cluster);
    assertNowhere(cluster, everWritten);

    // Updates, values in requests that are refused, retries.
    for (String name : names) {
      String next = marker();
      everWritten.add(next);
      client.update(name, next, "Idempotency-Key", "secrecy-" + name).expect(200);
      client.update(name, next, "Idempotency-Key", "secrecy-" + name).expect(200);
      assertEquals(next, client.get(name).expect(200).valueText());
      assertEquals(1, client.getVersion(name, 1).expect(200).version());
    }
    String refused = marker();
    everWritten.add(refused);
    client.create("secrecy-text", refused).expectProblem(409, "secret-already-exists");
    client.update("secrecy-absent", refused).expectProblem(404, "secret-not-found");
    client
        .update("secrecy-text", refused, "If-Match", "\"9\"")
        .expectProblem(412, "version-mismatch");
    client.create("-" + refused, refused).expectProblem(400, "invalid-request");
    client
        .send(
            "POST",
            client.secrets(),
            Optional.of(ascii("{\"name\":\"" + refused + "\",\"value\":" + refused)),
            "Content-Type",
            "application/json")
        .expect(400);
    client.asNobody().create("secrecy-nobody", refused).expectProblem(401, "unauthenticated");
    assertNowhere(cluster, everWritten);

    // Deletes; writes that reach too few nodes; nodes that die with all this in memory.
    client.delete("secrecy-gone").expect(204);
    cluster.kill(1, 2, 3);
    String homeless = marker();
    everWritten.add(homeless);
    client.strict().create("secrecy-homeless", homeless).expectProblem(503, "write-not-accepted");
    client.strict().update("secrecy-text", homeless).expectProblem(503, "write-not-accepted");
    assertNowhere(cluster, everWritten);
    cluster.restart(1, 2, 3);
    for (String name : List.of("secrecy-text", "secrecy-bytes", "secrecy-large")) {
      client.get(name).expect(200);
    }
    client.get("secrecy-gone").expectProblem(404, "secret-not-found");
    assertNowhere(cluster, everWritten);
  }

  /// The search does read what nodes write: it finds a name, which is no secret.
  private static void assertNameIsFound(VaultCluster cluster) {
    String name = "secrecy-name-that-is-no-secret";
    cluster.client().create(name, "v").expect(201);
    MarkerScan scan = new MarkerScan(name);
    for (VaultCluster.Described.Node node : cluster.described().nodes()) {
      Eventually.holds(
          "node " + node.index() + " has written the name",
          () -> !scan.under(node.dataDirectory()).isEmpty());
    }
  }

  private static void assertNowhere(VaultCluster cluster, List<String> markers) {
    assertTrue(MarkerScan.files(cluster.data()).size() > VaultCluster.NODES);
    for (String marker : markers) {
      assertEquals(List.of(), new MarkerScan(marker).under(cluster.data()));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
