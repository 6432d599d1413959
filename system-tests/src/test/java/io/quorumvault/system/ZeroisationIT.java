package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No process remembers a value for longer than its request takes.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(9)
final class ZeroisationIT {
  private static final int MARKER_BYTES = 16;

  /// Enough for every node to coordinate some.
  private static final int NAMES = 12;

  @Test
  void soon_after_the_last_answer_no_heap_holds_a_value(
      VaultCluster cluster, @TempDir Path folder) {
    byte[] random = new byte[MARKER_BYTES];
    new SecureRandom().nextBytes(random);
    String marker = "marker" + HexFormat.of().formatHex(random);
    VaultCluster.Described now = cluster.described();
    // Its connections end with it: what a caller's own open connection keeps, see threat-model.md.
    try (VaultClient client = VaultClient.of(now.api(), now.namespace(), now.token())) {
      write(client, marker);
    }

    MarkerScan scan = new MarkerScan(marker);
    MarkerScan policy = new MarkerScan(cluster.policy().toString());
    processes(now)
        .forEach((name, process) -> {
          // The search does see what a process keeps, such as where its policy is.
          assertNotEquals(List.of(), policy.in(HeapDump.of(process, folder)), name);
          Eventually.passes(
              name + " has forgotten the values",
              () -> assertEquals(List.of(), scan.in(HeapDump.of(process, folder)), name));
        });
  }

  /// Values through every door, in and out.
  private static void write(VaultClient client, String marker) {
    for (int number = 0; number < NAMES; number++) {
      String text = "zeroisation-text-" + number;
      client.create(text, marker + "-a-" + number).expect(201);
      client.update(text, marker + "-b-" + number).expect(200);
      assertEquals(marker + "-b-" + number, client.get(text).expect(200).valueText());
      client.getVersion(text, 1).expect(200);

      String bytes = "zeroisation-bytes-" + number;
      String value = "\0" + marker + "-c-" + number;
      client.create(bytes, value.getBytes(StandardCharsets.US_ASCII)).expect(201);
      client.get(bytes).expect(200);

      String file = "A=enc(zeroisation-env-" + number + ":" + marker + "-d-" + number + ")\n";
      client.env("seal", file, Map.of()).expect(200);
      client.env("open", "A=secret(zeroisation-env-" + number + ")\n", Map.of()).expect(200);
    }
    String large = (marker + "-").repeat(20_000);
    client.create("zeroisation-large", large).expect(201);
    assertEquals(large, client.get("zeroisation-large").expect(200).valueText());
    client
        .create("zeroisation-text-0", marker + "-refused")
        .expectProblem(409, "secret-already-exists");
    client.asNobody().create("zeroisation-nobody", marker).expectProblem(401, "unauthenticated");
    client.create("-no-name", marker).expectProblem(400, "invalid-request");
  }

  private static Map<String, Long> processes(VaultCluster.Described now) {
    Map<String, Long> processes = new LinkedHashMap<>();
    processes.put("api", now.apiProcess());
    now.nodes().forEach(node -> processes.put("node " + node.index(), node.process()));
    return processes;
  }
}
