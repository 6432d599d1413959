package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Reply.Standing;
import io.quorumvault.protocol.Request;
import io.quorumvault.sharing.Share;
import jakarta.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Values, tokens and shares that occur nowhere else go through a cell that logs all it can, while
/// its processes die, hang, lose their disks, and are sent what they must refuse. Then everything
/// that the cell wrote or told is searched for them: they are where they belong, and nowhere else.
@ClusterTest(ClusterTest.Kind.LOUD)
@Order(16)
final class LeakCanaryIT {
  private static final List<Fault> FAULTS =
      List.of(
          Fault.KILL,
          Fault.LOSS,
          Fault.PAUSE,
          Fault.FAILING_SYNC,
          Fault.FLIPPED_BITS,
          Fault.SLOW_DISK,
          Fault.DISK_FULL,
          Fault.LOST_DISK,
          Fault.KILL_API);

  /// So that there is something under way when a fault strikes, and while it lasts.
  private static final int OPERATIONS = 15;

  private static final int MARKER_BYTES = 16;

  /// Of a share: enough to know it by, wherever a piece of it is.
  private static final int SHARE_PIECE_BYTES = 24;

  private static final List<String> NAMES =
      List.of("leak-text", "leak-bytes", "leak-large", "LEAK_ENV");

  /// What must have been refused at least once: otherwise the run was not what it is meant to be.
  private static final Set<String> REFUSALS =
      Set.of(
          "malformed-json",
          "invalid-request",
          "unsupported-media-type",
          "unauthenticated",
          "forbidden",
          "namespace-not-found",
          "secret-not-found",
          "secret-already-exists",
          "version-mismatch",
          "payload-too-large",
          "idempotency-key-reused",
          "env-syntax",
          "env-value-conflict",
          "unresolved-reference",
          "write-not-accepted",
          "insufficient-shares");

  /// The one answer that has a value in it, to one who may read it. What a file expands to is not
  /// told to the listener in the first place.
  private static final Pattern READS_VALUE =
      Pattern.compile("GET /v1/namespaces/[^/]+/secrets/[^/?]+(/versions/\\d+)?(\\?at=.*)?");

  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  private record Told(String by, byte[] bytes, boolean mayHoldValues) {}

  private final SecureRandom random = new SecureRandom();
  private final Queue<Told> told = new ConcurrentLinkedQueue<>();
  private final Set<String> refused = new TreeSet<>();
  private final Map<String, byte[]> values = new LinkedHashMap<>();
  private final Map<String, byte[]> others = new LinkedHashMap<>();

  private String marker(String of) {
    byte[] bytes = new byte[MARKER_BYTES];
    random.nextBytes(bytes);
    return "canary" + of + HexFormat.of().formatHex(bytes);
  }

  /// A good token like this one, which nobody has seen.
  private String token(VaultCluster cluster, String kind, String like) {
    String id = marker("Token");
    String token = new Tokens(cluster, like).withClaim("jti", id);
    String signature = token.substring(token.lastIndexOf('.') + 1);
    others.put("the id of " + kind, ascii(id));
    others.put("the signature of " + kind, ascii(signature));
    others.put("the decoded signature of " + kind, Base64.getUrlDecoder().decode(signature));
    return token;
  }

  @Test
  void values_tokens_and_shares_are_where_they_belong_and_nowhere_else(FaultyCluster cluster)
      throws IOException {
    String value = marker("Value");
    values.put("a value", ascii(value));
    values.put("what is malformed", ascii(MalformedInputIT.CANARY));
    VaultCluster known = cluster.cluster();
    String token = token(known, "the caller's token", known.described().token());
    String strangers =
        token(known, "a stranger's token", known.token("--subject", "leak-stranger"));
    String readers = token(known, "a reader's token", known.token("--subject", "leak-reader"));
    letRead(known, "leak-reader");
    VaultClient client = cluster.client().as(token).heardBy(this::hear);
    VaultClient stranger = client.as(strangers);
    VaultClient reader = client.as(readers);

    writeAndRead(client, value);
    rememberShares(known, "at first");
    MalformedInputIT.all().forEach(sent -> hear(MalformedInputIT.exchange(known, sent, token)));
    sendToNodes(known, value, strangers);

    Recorder recorder = new Recorder(value);
    int round = 0;
    try (Campaign load = new Campaign(client, recorder, "leak", round)) {
      load.awaitProgress(OPERATIONS);
      for (Fault fault : FAULTS) {
        if (!fault.isPossible(cluster)) {
          System.out.println("NOT RUN: " + fault.told + " needs " + fault.needs.told);
          continue;
        }
        boolean ofApi = fault.reach == Fault.Reach.API;
        List<Integer> victims = ofApi ? List.of() : List.of(1 + round % VaultCluster.NODES);
        Fault.Remedy remedy =
            fault.strike(new Fault.Scene(cluster, load, victims, new Random(round)));
        if (!ofApi) {
          askForRefusals(client.strict(), stranger.strict(), reader.strict(), value);
          load.awaitProgress(OPERATIONS);
        }
        remedy.apply();
        cluster.awaitServing();
        round++;
      }
      load.awaitProgress(OPERATIONS);
      load.end();
    }
    for (String name : NAMES) {
      client.update(name, value + "-later").expect(200);
    }
    rememberShares(known, "in the end");
    client.delete("leak-text").expect(204);
    cluster.kill(1, 2, 3);
    client.strict().get("leak-large");
    client.strict().update("leak-large", value + "-homeless");
    askForRefusals(client.strict(), stranger.strict(), reader.strict(), value);
    cluster.launch(1, 2, 3);
    cluster.awaitServing();
    watch(cluster, client);

    assertEquals(Set.of(), missing(refused));
    assertEverythingIsLogged(known);
    MarkerScan all = scan(values, others);
    assertPlantedIsFound(known, all);
    assertAll(
        () -> assertEquals(List.of(), all.under(known.data())),
        () -> assertEquals(List.of(), leaks(all, scan(Map.of(), others))));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static MarkerScan scan(Map<String, byte[]> some, Map<String, byte[]> more) {
    Map<String, byte[]> both = new LinkedHashMap<>(some);
    both.putAll(more);
    return new MarkerScan(both);
  }

  private static Set<String> missing(Set<String> seen) {
    Set<String> missing = new TreeSet<>(REFUSALS);
    missing.removeAll(seen);
    return missing;
  }

  private void hear(Answer answer) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.writeBytes(answer.headers().map().toString().getBytes(StandardCharsets.ISO_8859_1));
    told.add(new Told("the head of " + answer.request(), head.toByteArray(), false));
    boolean revealing = answer.status() == 200 && READS_VALUE.matcher(answer.request()).matches();
    told.add(new Told("the body of " + answer.request(), answer.body(), revealing));
    if (answer.status() >= 400 && answer.body().length > 0) {
      synchronized (refused) {
        refused.add(answer.json().getString("code"));
      }
    }
  }

  private void hear(String what, HttpResponse<byte[]> response) {
    told.add(new Told("the head of " + what, ascii(response.headers().map().toString()), false));
    told.add(new Told("the body of " + what, response.body(), false));
  }

  private List<String> leaks(MarkerScan all, MarkerScan withoutValues) {
    return told.stream()
        .flatMap(one ->
            (one.mayHoldValues() ? withoutValues : all)
                .in(one.bytes()).stream().map(form -> one.by() + " holds " + form))
        .distinct()
        .toList();
  }

  private static void letRead(VaultCluster cluster, String subject) throws IOException {
    String before = Files.readString(cluster.policy());
    String rule =
        "{\"subjects\":[\""
            + subject
            + "\"],\"groups\":[],\"namespace\":\"demo\",\"prefix\":\"leak-\","
            + "\"capabilities\":[\"read\"],\"notBefore\":null,\"notAfter\":null}";
    int end = before.lastIndexOf(']');
    AccessIT.replace(
        cluster.policy(), before.substring(0, end) + "," + rule + before.substring(end));
  }

  /// Values through every door, in and out.
  private static void writeAndRead(VaultClient client, String value) {
    client.create("leak-text", "\"" + value + "\"\\\n\u00e9\u2028").expect(201);
    client.create("leak-bytes", ascii("\0\u0001" + value + "\0")).expect(201);
    client.create("leak-large", (value + "-").repeat(20_000)).expect(201);
    client.env("seal", "A=enc(LEAK_ENV)\n", Map.of("LEAK_ENV", value)).expect(200);
    VaultClient unheard = client.heardBy(_ -> {});
    for (String name : NAMES) {
      client.update(name, value + "-again", "Idempotency-Key", "leak-" + name).expect(200);
      client.update(name, value + "-again", "Idempotency-Key", "leak-" + name).expect(200);
      client.get(name).expect(200);
      client.getVersion(name, 1).expect(200);
      client.versions(name, "").expect(200);
      byte[] file = ascii("A=secret(" + name + ")\n");
      assertTrue(unheard.envFile("?mode=open", file).expect(200).text().contains(value));
    }
    client.list("").expect(200);
  }

  /// Each is refused, whatever goes on; by whom and why is up to the moment.
  private void askForRefusals(
      VaultClient client, VaultClient stranger, VaultClient reader, String value) {
    client.create("leak-bytes", value);
    client.update("leak-absent", value);
    client.update("leak-bytes", value, "If-Match", "\"999\"");
    client.update("leak-bytes", value + "-other", "Idempotency-Key", "leak-leak-bytes");
    client.create("leak-oversized", (value + "-").repeat(60_000));
    client.env("seal", "A=enc(LEAK_ENV:" + value + "\nB='" + value, Map.of());
    client.env("seal", "A=enc(LEAK_TWO:" + value + ")\n", Map.of("LEAK_TWO", value + "-b"));
    client.env("open", "A=secret(LEAK_NONE)" + value + "\n", Map.of());
    reader.update("leak-bytes", value);
    stranger.create("leak-strange", value);
    stranger.get("leak-bytes");
    client.asNobody().create("leak-nobody", value);
    String good = marker("Token");
    others.put("no token " + others.size(), ascii(good));
    client.as(good).update("leak-bytes", value);
    client.as("e30." + good + ".e30").get("leak-bytes");
    client
        .asNobody()
        .send("GET", client.path("leak-bytes"), Optional.empty(), "Authorization", "Basic " + good);
  }

  /// What an API server would not let through, and what no peer would send.
  private void sendToNodes(VaultCluster cluster, String value, String strangers)
      throws IOException {
    VaultCluster.Described now = cluster.described();
    byte[] garbage = ascii("{\"value\":\"" + value + "\",\"token\":\"" + strangers + "\"}");
    for (String holder : List.of("api", "operator", "node-1")) {
      try (NodeLink link = NodeLink.as(cluster, holder)) {
        for (VaultCluster.Described.Node node : now.nodes()) {
          for (String path : List.of("operations/write", "operations/read", "prepare", "nowhere")) {
            URI url = node.url();
            String what = holder + " to " + path;
            hear(what, link.post(url, "/internal/v1/" + path, garbage, strangers));
          }
        }
      }
    }
    // Everybody's share to everybody: each is somebody else's, but for one.
    try (NodeLink link = NodeLink.as(cluster, "node-1")) {
      for (VaultCluster.Described.Node holder : now.nodes()) {
        Standing standing =
            link.standings(now, 1, holder.index(), List.of("leak-bytes"), true).getFirst();
        Entry entry = Objects.requireNonNull(standing.head()).entry();
        Share share = Objects.requireNonNull(standing.share());
        Request repair = new Request.Repair(standing.id(), entry.seq(), entry.txId(), share);
        for (VaultCluster.Described.Node node : now.nodes()) {
          hear(
              "a share for node " + node.index(),
              link.post(
                  node.url(), "/internal/v1/repair", NodeLink.batch(1, now.token(), repair), null));
        }
      }
    }
  }

  /// Pieces of every share of the current versions.
  private void rememberShares(VaultCluster cluster, String when) {
    VaultCluster.Described now = cluster.described();
    try (NodeLink link = NodeLink.as(cluster, "node-1")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        List<Standing> standings =
            Eventually.found(
                "node " + node.index() + " holds its shares",
                () -> {
                  List<Standing> all = link.standings(now, 1, node.index(), NAMES, true);
                  return Optional.of(all)
                      .filter(some -> some.stream().allMatch(standing -> standing.share() != null));
                });
        for (Standing standing : standings) {
          byte[] share = Objects.requireNonNull(standing.share()).exposeCopy();
          for (int at : List.of(0, share.length / 2, share.length - SHARE_PIECE_BYTES)) {
            others.put(
                "the share "
                    + when
                    + " of node "
                    + node.index()
                    + " of "
                    + standing.id().name()
                    + " from "
                    + at,
                Arrays.copyOfRange(share, at, at + SHARE_PIECE_BYTES));
          }
        }
      }
    }
  }

  /// Asks for all that is told to those who look after a vault.
  private void watch(FaultyCluster cluster, VaultClient client) throws IOException {
    VaultCluster.Described now = cluster.cluster().described();
    try (NodeLink operator = NodeLink.as(cluster.cluster(), "operator")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        for (String path : List.of("/metrics", "/health", "/health/live", "/health/ready")) {
          hear(path + " of node " + node.index(), operator.get(node.url(), path));
        }
      }
      HttpResponse<byte[]> metrics = operator.get(cluster.apiMetrics(), "/metrics");
      assertEquals(200, metrics.statusCode());
      hear("/metrics of the API", metrics);
    }
    for (String path :
        List.of("/health", "/health/live", "/health/ready", "/openapi", "/v1/status")) {
      client.send("GET", path, Optional.empty()).expect(200);
    }
    String query = "?limit=1000";
    while (!query.isEmpty()) {
      Answer page =
          client.send("GET", "/v1/namespaces/demo/audit" + query, Optional.empty()).expect(200);
      String next = page.json().getString("nextCursor", "");
      query = next.isEmpty() ? "" : "?limit=1000&cursor=" + next;
    }
    client.everything();
  }

  /// The logs are as loud as they are meant to be, and the audit logs hold what they should.
  private static void assertEverythingIsLogged(VaultCluster cluster) throws IOException {
    List<String> logs = new ArrayList<>(List.of("api"));
    cluster.described().nodes().forEach(node -> logs.add("node-" + node.index()));
    for (String log : logs) {
      String text =
          Files.readString(
              cluster.data().resolve("logs").resolve(log + ".log"), StandardCharsets.ISO_8859_1);
      System.out.println(log + " logged " + text.length() + " bytes");
      assertTrue(text.contains("FINE: ") && text.contains("FINER: "), log);
      assertTrue(text.contains("FINEST: "), log);
    }
    String audit =
        cluster.described().nodes().stream()
            .flatMap(node -> MarkerScan.files(node.dataDirectory().resolve("audit")).stream())
            .map(LeakCanaryIT::text)
            .collect(Collectors.joining());
    assertTrue(audit.contains("\"name\":\"leak-bytes\""), "the audit logs");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  /// What would be there if it leaked is found, in whatever form and wherever in a file.
  private void assertPlantedIsFound(VaultCluster cluster, MarkerScan all) throws IOException {
    Path file = cluster.data().resolve("logs").resolve("planted.log");
    Map<String, byte[]> planted = new LinkedHashMap<>(values);
    planted.putAll(others);
    for (Map.Entry<String, byte[]> one : planted.entrySet()) {
      byte[] raw = one.getValue();
      String latin = new String(raw, StandardCharsets.ISO_8859_1);
      for (byte[] form :
          List.of(
              raw,
              ascii(HexFormat.of().formatHex(raw)),
              Base64.getEncoder().encode(raw),
              Base64.getUrlEncoder().withoutPadding().encode(raw),
              Json.createValue(latin).toString().getBytes(StandardCharsets.UTF_8))) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(ascii("FINEST: what was sent: "));
        line.writeBytes(form);
        line.write('\n');
        Files.write(file, line.toByteArray());
        assertTrue(
            all.under(file).stream().anyMatch(found -> found.contains(" holds " + one.getKey())),
            one.getKey());
      }
    }
    Files.delete(file);
  }
}
