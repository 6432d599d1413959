package io.quorumvault.system;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The page for people, in a browser, before a real cell: with the keyboard alone, in several sizes
/// and both colours, looked through for whatever keeps somebody out, and with hostile texts.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(9)
final class PageIT {
  /// More than a page of the history has.
  private static final int VERSIONS = 120;

  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  /// May read, and neither list nor see the audit log.
  private static final String READER = "page-reader";

  /// What the script is to try, and all it has to know for it.
  static JsonObject task(Browser browser, VaultCluster cluster, List<String> cases) {
    VaultCluster.Described now = cluster.described();
    JsonArrayBuilder processes = Json.createArrayBuilder();
    now.nodes().forEach(node -> processes.add(node.process()));
    return Json.createObjectBuilder()
        .add("api", now.api().toString())
        .add("namespace", now.namespace())
        .add("token", now.token())
        .add("reader", cluster.token("--subject", READER))
        .add("hostile", HOSTILE)
        .add("nodes", processes)
        .add("cases", Json.createArrayBuilder(cases))
        .add("chromium", browser.chromium().toString())
        .add("modules", browser.modules().toString())
        .add("shots", Browser.SHOTS.toString())
        .build();
  }

  static void fill(VaultCluster cluster) {
    VaultClient client = cluster.client();
    client.create("page-short", "v1").expect(201);
    client.create("page-long", "v1").expect(201);
    for (int version = 2; version <= VERSIONS; version++) {
      client.update("page-long", "v" + version).expect(200);
    }
    // So that somebody knows the share margin.
    client.get("page-short").expect(200);
  }

  @Test
  void everybody_can_use_it_and_it_gives_nothing_away(VaultCluster cluster) throws IOException {
    Browser browser = Browser.ofThisMachine();
    fill(cluster);
    cluster
        .client()
        .as(cluster.token("--subject", HOSTILE))
        .get("page-short")
        .expectProblem(404, "namespace-not-found");
    Path policy = cluster.policy();
    String before = Files.readString(policy);
    int lastRule = before.lastIndexOf(']');
    replace(
        policy,
        before.substring(0, lastRule)
            + ",{\"subjects\":[\""
            + READER
            + "\"],\"groups\":[],\"namespace\":\"demo\",\"prefix\":\"page-\","
            + "\"capabilities\":[\"read\"],\"notBefore\":null,\"notAfter\":null}"
            + before.substring(lastRule));
    try {
      VaultClient reader = cluster.client().as(cluster.token("--subject", READER));
      Eventually.passes(
          "the API knows the rule", () -> reader.list("").expectProblem(403, "forbidden"));
      browser.run(
          task(
              browser,
              cluster,
              List.of("keyboard", "token", "refusals", "hostile", "contract", "looks")));
    } finally {
      replace(policy, before);
    }
  }

  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling("policy.next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
