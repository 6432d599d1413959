package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is sent: the answer is a typed 4xx that does not contain it, and nothing is stored.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(6)
final class MalformedInputIT {
  /// Stands in everything that is sent and must stand in nothing that comes back.
  static final String CANARY = "Zq9canaryXq7Vt2LwB4sRd8Jf3";

  private static final String JSON = "application/json";

  /// @param path below the namespace's secrets, or from `/` on
  /// @param codes which problems may be the answer
  record Sent(
      String what,
      String method,
      String path,
      List<String> headers,
      Optional<byte[]> body,
      Set<String> codes) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final Optional<byte[]> NO_BODY = Optional.empty();

  private static Optional<byte[]> bytes(String text) {
    return Optional.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Sent post(String what, String body, String... codes) {
    return post(what, bytes(body), codes);
  }

  private static Sent post(String what, Optional<byte[]> body, String... codes) {
    return new Sent("POST " + what, "POST", "", List.of("Content-Type", JSON), body, Set.of(codes));
  }

  private static Sent put(String what, String body, String... codes) {
    return new Sent(
        "PUT " + what,
        "PUT",
        "/malformed-there",
        List.of("Content-Type", JSON),
        bytes(body),
        Set.of(codes));
  }

  private static Sent header(String method, String name, String value) {
    return new Sent(
        method + " with " + name + " " + (value.length() > 40 ? value.length() + " long" : value),
        method,
        "/malformed-there",
        method.equals("PUT") ? List.of("Content-Type", JSON, name, value) : List.of(name, value),
        method.equals("PUT") ? bytes("{\"value\":\"" + CANARY + "\"}") : NO_BODY,
        Set.of("invalid-request"));
  }

  private static Sent get(String path, String... codes) {
    return new Sent(
        "GET " + (path.length() > 60 ? path.length() + " characters" : path),
        "GET",
        path,
        List.of(),
        NO_BODY,
        codes.length == 0 ? Set.of("invalid-request") : Set.of(codes));
  }

  static List<Sent> bodies() {
    List<Sent> all = new ArrayList<>();
    String value = ",\"value\":\"" + CANARY + "\"";
    for (String notAnObject :
        List.of(
            "",
            " ",
            CANARY,
            "{",
            "{\"name\":\"malformed\"" + value,
            "{\"name\":\"malformed\"" + value + "}}",
            "{\"name\":\"malformed\"" + value + "} " + CANARY,
            "{\"name\":\"malformed\"" + value + "}{\"name\":\"malformed\"" + value + "}",
            "{'name':'malformed','value':'" + CANARY + "'}",
            "{\"name\":\"malformed\"" + value + ",}",
            "{name:\"malformed\"" + value + "}",
            "{\"name\":\"malformed\",\"value\":\"" + CANARY + "\n\"}",
            "{\"name\":\"malformed\",\"value\":\"\\x" + CANARY + "\"}",
            "{\"name\":\"malformed\",\"value\":\"\\u12" + CANARY + "\"}",
            "// " + CANARY + "\n{\"name\":\"malformed\"" + value + "}",
            "[\"" + CANARY + "\"]",
            "\"" + CANARY + "\"",
            "null",
            "17",
            "[".repeat(200_000),
            "{\"name\":".repeat(50_000))) {
      all.add(
          post(
              notAnObject.length() > 60 ? "of " + notAnObject.length() + " brackets" : notAnObject,
              notAnObject,
              "malformed-json",
              "invalid-request"));
    }
    ByteArrayOutputStream notUtf8 = new ByteArrayOutputStream();
    notUtf8.writeBytes("{\"name\":\"malformed\",\"value\":\"".getBytes(StandardCharsets.UTF_8));
    notUtf8.writeBytes(new byte[] {(byte) 0xc0, (byte) 0xaf, (byte) 0xff});
    notUtf8.writeBytes((CANARY + "\"}").getBytes(StandardCharsets.UTF_8));
    all.add(post("in no UTF-8", Optional.of(notUtf8.toByteArray()), "malformed-json"));
    all.add(
        post(
            "in UTF-16",
            Optional.of(
                ("{\"name\":\"malformed\"" + value + "}").getBytes(StandardCharsets.UTF_16)),
            "malformed-json"));

    for (String member :
        List.of(
            "\"name\":\"malformed\",\"name\":\"malformed-b\"" + value,
            "\"name\":\"malformed\"" + value + value,
            "\"name\":\"malformed\"" + value + ",\"encoding\":\"utf-8\",\"encoding\":\"base64\"",
            "\"name\":\"malformed\"" + value + ",\"" + CANARY + "\":\"x\"",
            "\"name\":\"malformed\"" + value + ",\"Value\":\"x\"",
            "\"name\":\"malformed\"" + value + ",\"version\":7",
            "\"name\":\"malformed\"",
            value.substring(1),
            "\"name\":\"malformed\",\"value\":null",
            "\"name\":\"malformed\",\"value\":17",
            "\"name\":\"malformed\",\"value\":true",
            "\"name\":\"malformed\",\"value\":[\"" + CANARY + "\"]",
            "\"name\":\"malformed\",\"value\":{\"a\":\"" + CANARY + "\"}",
            "\"name\":17" + value,
            "\"name\":null" + value,
            "\"name\":[\"malformed\"]" + value,
            "\"name\":\"malformed\",\"value\":\"\"",
            "\"name\":\"malformed\"" + value + ",\"encoding\":null",
            "\"name\":\"malformed\"" + value + ",\"encoding\":\"\"",
            "\"name\":\"malformed\"" + value + ",\"encoding\":\"UTF-8\"",
            "\"name\":\"malformed\"" + value + ",\"encoding\":\"" + CANARY + "\"",
            "\"name\":\"malformed\"" + value + ",\"encoding\":8",
            "\"name\":\"malformed\",\"value\":\"" + CANARY + "\\ud800\"",
            "\"name\":\"malformed\",\"value\":\"\\udc00" + CANARY + "\"")) {
      all.add(post("{" + member + "}", "{" + member + "}", "invalid-request", "malformed-json"));
    }
    for (String notBase64 :
        List.of(
            "@" + CANARY,
            CANARY + "=",
            CANARY,
            CANARY.substring(0, 8) + "\\n" + CANARY,
            "Zm9v Zm9v",
            "Zm9",
            "Zm9=",
            "Zg==" + CANARY,
            "Zh==",
            "Zm8-Zm8_",
            "====")) {
      all.add(
          post(
              "base64 " + notBase64,
              "{\"name\":\"malformed\",\"encoding\":\"base64\",\"value\":\"" + notBase64 + "\"}",
              "invalid-request"));
    }
    for (String name : names()) {
      all.add(
          post(
              "name " + (name.length() > 40 ? name.length() + " long" : name),
              "{\"name\":\""
                  + name.replace("\0", "\\u0000").replace("\n", "\\n")
                  + "\""
                  + value
                  + "}",
              "invalid-request"));
    }
    all.add(put("nothing", "", "malformed-json"));
    all.add(put("with a name", "{\"name\":\"malformed-there\"" + value + "}", "invalid-request"));
    all.add(put("without a value", "{}", "invalid-request"));
    all.add(put("with two values", "{" + value.substring(1) + value + "}", "invalid-request"));
    return all;
  }

  /// Names that are none.
  private static List<String> names() {
    return List.of(
        "",
        " ",
        ".",
        "..",
        ".hidden" + CANARY,
        "-" + CANARY,
        CANARY + "/b",
        "../" + CANARY,
        CANARY + "%2Fb",
        "%2e%2e" + CANARY,
        CANARY + "\0",
        CANARY + "\n",
        CANARY + " ",
        " " + CANARY,
        CANARY + ";a=b",
        CANARY + "?",
        CANARY + "#",
        CANARY + "*",
        CANARY + "é",
        // Cyrillic a, Kelvin sign, full-width a, a joiner that is not seen.
        "\u0430" + CANARY,
        "\u212A" + CANARY,
        "\uFF41" + CANARY,
        CANARY + "\u200D",
        CANARY + "x".repeat(129 - CANARY.length()),
        CANARY.repeat(5_000));
  }

  static List<Sent> mediaTypes() {
    List<Sent> all = new ArrayList<>();
    String body = "{\"name\":\"malformed\",\"value\":\"" + CANARY + "\"}";
    for (String type :
        List.of(
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8; x=" + CANARY,
            "application/jsonx",
            CANARY,
            "*/*")) {
      all.add(
          new Sent(
              "Content-Type " + type,
              "POST",
              "",
              List.of("Content-Type", type),
              bytes(body),
              Set.of("unsupported-media-type")));
    }
    all.add(
        new Sent(
            "no Content-Type",
            "POST",
            "",
            List.of(),
            bytes(body),
            Set.of("unsupported-media-type")));
    return all;
  }

  static List<Sent> paths() {
    List<Sent> all = new ArrayList<>();
    // What a server might decode, fold or cut off: none of it reaches a secret.
    List<String> unfit =
        List.of(
            "/%20",
            "/.",
            "/..",
            "/%2e",
            "/%2e%2e",
            "/%2E%2E%2Fmalformed-there",
            "/" + CANARY + "%2Fb",
            "/%2F" + CANARY,
            "/malformed-there%00",
            "/malformed-there%0a",
            "/malformed-there%20",
            "/malformed-there;a=" + CANARY,
            "/malformed-there%3Ba=b",
            "/malformed-there%23",
            "/malformed%252Dthere",
            "/%6Dalformed-there%C0%AF",
            "/%D0%B0" + CANARY,
            "/%E2%84%AA" + CANARY,
            "/-" + CANARY,
            "/" + CANARY + "x".repeat(129 - CANARY.length()));
    for (String path : unfit) {
      Set<String> codes =
          Set.of(
              "invalid-request", "resource-not-found", "method-not-allowed", "namespace-not-found");
      all.add(get(path, codes.toArray(String[]::new)));
      all.add(new Sent("DELETE " + path, "DELETE", path, List.of(), NO_BODY, codes));
      all.add(
          new Sent(
              "PUT " + path,
              "PUT",
              path,
              List.of("Content-Type", JSON),
              bytes("{\"value\":\"" + CANARY + "\"}"),
              codes));
    }
    for (String namespace :
        List.of(
            "Demo",
            "de_mo",
            "-demo",
            "demo-",
            "demo%00",
            "demo%2F",
            "%2e%2e",
            "x".repeat(64),
            "d%C3%A9mo")) {
      all.add(
          get(
              "/v1/namespaces/" + namespace + "/secrets/" + CANARY,
              "invalid-request",
              "resource-not-found",
              "namespace-not-found"));
    }
    for (String version :
        List.of("0", "-1", "01", "1.0", "1e1", "x", "9".repeat(30), "%31x", "+1")) {
      all.add(get("/malformed-there/versions/" + version));
    }
    return all;
  }

  static List<Sent> queries() {
    List<Sent> all = new ArrayList<>();
    for (String limit :
        List.of("0", "-1", "1001", "1e2", "ten", "", "%31%00", "1%20", "9".repeat(30), CANARY)) {
      all.add(get("?limit=" + limit));
      all.add(get("/malformed-there/versions?limit=" + limit));
    }
    for (String cursor :
        List.of("", CANARY, "AAAA", "%00", "..", "=", "QUFBQUFBQUFBQUFBQUFB", "x".repeat(5_000))) {
      all.add(get("?cursor=" + cursor));
      all.add(get("/malformed-there/versions?cursor=" + cursor));
    }
    for (String at :
        List.of(
            "",
            "now",
            "yesterday",
            CANARY,
            "2026-11-20",
            "2026-11-20T10:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-20T25:00:00Z",
            "2026-11-20T10:00:00+99:00",
            "1700000000",
            "2026-11-20T10:00:00.1234567890Z")) {
      all.add(get("/malformed-there?at=" + at));
    }
    for (String prefix : List.of("-" + CANARY, "a/b", "%00", "%2e%2e", "a*", "x".repeat(129))) {
      all.add(get("?prefix=" + prefix));
    }
    all.add(get("?limit=1&limit=2"));
    all.add(get("/malformed-there?at=2026-11-20T10:00:00Z&at=2026-11-20T10:00:00Z"));
    all.add(get("?" + CANARY + "=1"));
    all.add(get("/malformed-there?version=1"));
    all.add(get("/malformed-there?ta=2026-11-20T10:00:00Z"));
    return all;
  }

  static List<Sent> headers() {
    List<Sent> all = new ArrayList<>();
    for (String tag :
        List.of(
            "1",
            "*",
            "W/\"1\"",
            "\"0\"",
            "\"-1\"",
            "\"01\"",
            "\"1\", \"2\"",
            "\"\"",
            "\"1",
            "\"" + CANARY + "\"",
            CANARY,
            "\"" + "9".repeat(30) + "\"",
            "\"1\";x")) {
      all.add(header("PUT", "If-Match", tag));
      all.add(header("DELETE", "If-Match", tag));
    }
    for (String key : List.of(CANARY + " with blanks", CANARY.repeat(26), CANARY + "é", "a\tb")) {
      all.add(header("PUT", "Idempotency-Key", key));
      all.add(header("DELETE", "Idempotency-Key", key));
    }
    return all;
  }

  /// All of them.
  static List<Sent> all() {
    return Stream.of(bodies(), mediaTypes(), paths(), queries(), headers())
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothing_is_stored_and_nothing_is_repeated(Sent sent, VaultCluster cluster) {
    VaultClient client = cluster.client();
    if (client.get("malformed-there").status() == 404) {
      client.create("malformed-there", "untouched").expect(201);
    }
    Map<String, Long> before = client.everything();
    Answer answer = exchange(cluster, sent, cluster.described().token());
    assertTrue(answer.status() >= 400 && answer.status() < 500, answer::toString);
    Answer _ = answer.expectProblem(answer.json().getString("code"));
    assertTrue(sent.codes().contains(answer.json().getString("code")), answer::toString);
    String told = answer.text() + answer.headers().map();
    assertFalse(told.contains(CANARY), answer::toString);
    assertFalse(told.toLowerCase(Locale.ROOT).contains("exception"), answer::toString);
    assertEquals(before, client.everything());
    assertEquals("untouched", client.get("malformed-there").expect(200).valueText());
  }

  static Answer exchange(VaultCluster cluster, Sent sent, String token) {
    String path =
        sent.path().startsWith("/v1/") ? sent.path() : cluster.client().secrets() + sent.path();
    StringBuilder head =
        new StringBuilder(
            sent.method()
                + " "
                + path
                + " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer "
                + token
                + "\r\n");
    for (int i = 0; i < sent.headers().size(); i += 2) {
      head.append(sent.headers().get(i))
          .append(": ")
          .append(latin(sent.headers().get(i + 1)))
          .append("\r\n");
    }
    String body =
        sent.body().map(sentBytes -> new String(sentBytes, StandardCharsets.ISO_8859_1)).orElse("");
    if (sent.body().isPresent()) {
      head.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    try (RawConnection connection = RawConnection.to(cluster.described().api())) {
      return RawAnswer.parse(sent.toString(), connection.exchange(head + "\r\n" + body));
    }
  }

  /// A header's text as the bytes of its UTF-8.
  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Test
  void a_request_whose_end_is_doubtful_is_refused(VaultCluster cluster) {
    VaultClient client = cluster.client();
    Map<String, Long> before = client.everything();
    String start =
        "POST "
            + client.secrets()
            + " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer "
            + cluster.described().token()
            + "\r\nContent-Type: application/json\r\n";
    String body = "{\"name\":\"malformed-smuggled\",\"value\":\"" + CANARY + "\"}";
    String chunked = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    for (String framing :
        List.of(
            "Content-Length: " + body.length() + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
            "Content-Length: 5\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
            "Content-Length: +" + body.length() + "\r\n\r\n" + body,
            "Content-Length: -1\r\n\r\n" + body,
            "Content-Length: " + CANARY + "\r\n\r\n" + body,
            "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked,
            "Transfer-Encoding: xchunked\r\n\r\n" + chunked,
            "Transfer-Encoding : chunked\r\n\r\n" + chunked,
            "Transfer-Encoding: chunked\r\n\r\n" + CANARY + "\r\n" + body)) {
      try (RawConnection connection = RawConnection.to(cluster.described().api())) {
        String answer = connection.exchange(start + framing);
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), () -> framing + answer);
        assertFalse(answer.contains(CANARY), () -> framing + answer);
      }
    }
    assertEquals(before, client.everything());
  }

  @Test
  void what_is_no_http_is_refused(VaultCluster cluster) {
    byte[] garbage = new byte[64];
    Arrays.fill(garbage, (byte) 0xfe);
    for (String sent :
        List.of(
            CANARY + "\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: vault\r\n\r\n",
            "GET /% HTTP/1.1\r\nHost: vault\r\n\r\n",
            "GET /v1/namespaces/demo/secrets/%zz HTTP/1.1\r\nHost: vault\r\n\r\n",
            "GET /" + CANARY + "\r\n\r\n",
            "\u0016\u0003\u0001" + new String(garbage, StandardCharsets.ISO_8859_1) + "\r\n\r\n")) {
      try (RawConnection connection = RawConnection.to(cluster.described().api())) {
        String answer = connection.exchange(sent);
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), () -> sent + answer);
        assertFalse(answer.contains(CANARY), () -> sent + answer);
      }
    }
  }

  @Test
  void headers_and_paths_beyond_their_bounds_are_refused(VaultCluster cluster) {
    String token = "Authorization: Bearer " + cluster.described().token() + "\r\n";
    String start = "GET " + cluster.client().secrets();
    Set<Integer> statuses = new HashSet<>();
    for (String sent :
        List.of(
            start
                + " HTTP/1.1\r\nHost: vault\r\n"
                + token
                + "X-Large: "
                + CANARY.repeat(20_000)
                + "\r\n\r\n",
            start
                + " HTTP/1.1\r\nHost: vault\r\n"
                + token
                + ("X-Many: " + CANARY + "\r\n").repeat(8_000)
                + "\r\n",
            start
                + "?prefix="
                + CANARY.repeat(20_000)
                + " HTTP/1.1\r\nHost: vault\r\n"
                + token
                + "\r\n",
            start
                + " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer "
                + "e".repeat(9_000)
                + "\r\n\r\n")) {
      try (RawConnection connection = RawConnection.to(cluster.described().api())) {
        String received = connection.exchange(sent);
        assertFalse(received.contains(CANARY));
        Answer answer = RawAnswer.parse("GET beyond its bounds", received);
        assertTrue(answer.status() >= 400 && answer.status() < 500, answer::toString);
        Answer _ = answer.expectProblem(answer.json().getString("code"));
        statuses.add(answer.status());
      }
    }
    assertTrue(statuses.contains(414), statuses::toString);
    assertEquals(Optional.of(200), Optional.of(cluster.client().list("").status()));
  }
}
