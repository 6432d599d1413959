package io.quorumvault.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The public API as a program sees it: JSON over HTTP. Safe for use by several threads.
///
/// Patient, unless told otherwise: a machine that does many things at once may be too slow for the
/// vault's timeouts, and the vault then says honestly that it cannot answer now, or does not know
/// what became of a write. As a careful program would, a patient client asks again, writes under an
/// Idempotency-Key of their own; what it returns is the vault's last word. Tests about refusals use
/// the `strict` client, which asks once.
final class VaultClient implements AutoCloseable {
  /// The vault promises an answer within a few seconds; a request that takes this long hangs.
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How often patience was needed, in all.
  static final AtomicLong ASKED_AGAIN = new AtomicLong();

  private final HttpClient http;
  private final URI api;
  private final String namespace;
  private final Optional<String> token;
  private final boolean patient;
  private final Consumer<Answer> listener;

  private VaultClient(
      HttpClient http,
      URI api,
      String namespace,
      Optional<String> token,
      boolean patient,
      Consumer<Answer> listener) {
    this.http = http;
    this.api = api;
    this.namespace = namespace;
    this.token = token;
    this.patient = patient;
    this.listener = listener;
  }

  static VaultClient of(URI api, String namespace, String token) {
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(DEADLINE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    return new VaultClient(http, api, namespace, Optional.of(token), true, _ -> {});
  }

  /// Sends nothing but what it is told to.
  static VaultClient raw(URI api) {
    VaultClient client = of(api, "", "");
    return new VaultClient(client.http, api, "", Optional.empty(), false, _ -> {});
  }

  /// The same vault for another caller. Ends with this one.
  VaultClient as(String otherToken) {
    return new VaultClient(http, api, namespace, Optional.of(otherToken), patient, listener);
  }

  VaultClient asNobody() {
    return new VaultClient(http, api, namespace, Optional.empty(), patient, listener);
  }

  VaultClient in(String otherNamespace) {
    return new VaultClient(http, api, otherNamespace, token, patient, listener);
  }

  /// The same, asking once.
  VaultClient strict() {
    return new VaultClient(http, api, namespace, token, false, listener);
  }

  /// The same, and whoever is listening hears every answer. Ends with this one.
  VaultClient heardBy(Consumer<Answer> everyAnswer) {
    return new VaultClient(http, api, namespace, token, patient, everyAnswer);
  }

  /// The path of the namespace's secrets.
  String secrets() {
    return "/v1/namespaces/" + namespace + "/secrets";
  }

  String path(String name) {
    return secrets() + "/" + name;
  }

  Answer create(String name, String value, String... headers) {
    return post(Json.createObjectBuilder().add("name", name).add("value", value), headers);
  }

  Answer create(String name, byte[] value, String... headers) {
    return post(
        Json.createObjectBuilder()
            .add("name", name)
            .add("value", Base64.getEncoder().encodeToString(value))
            .add("encoding", "base64"),
        headers);
  }

  Answer update(String name, String value, String... headers) {
    JsonObject body = Json.createObjectBuilder().add("value", value).build();
    return sendJson("PUT", path(name), body, headers);
  }

  Answer update(String name, byte[] value, String... headers) {
    JsonObject body =
        Json.createObjectBuilder()
            .add("value", Base64.getEncoder().encodeToString(value))
            .add("encoding", "base64")
            .build();
    return sendJson("PUT", path(name), body, headers);
  }

  Answer get(String name) {
    return send("GET", path(name), Optional.empty());
  }

  Answer getAt(String name, String instant) {
    return send("GET", path(name) + "?at=" + instant, Optional.empty());
  }

  Answer getVersion(String name, long version) {
    return send("GET", path(name) + "/versions/" + version, Optional.empty());
  }

  Answer versions(String name, String query) {
    return send("GET", path(name) + "/versions" + query, Optional.empty());
  }

  Answer delete(String name, String... headers) {
    return send("DELETE", path(name), Optional.empty(), headers);
  }

  Answer list(String query) {
    return send("GET", secrets() + query, Optional.empty());
  }

  Answer status() {
    return send("GET", "/v1/status", Optional.empty());
  }

  /// @param mode `default`, `seal` or `open`
  Answer env(String mode, String content, Map<String, String> values, String... headers) {
    JsonObjectBuilder beside = Json.createObjectBuilder();
    values.forEach(beside::add);
    JsonObject body =
        Json.createObjectBuilder()
            .add("mode", mode)
            .add("content", content)
            .add("values", beside)
            .build();
    return sendJson("POST", "/v1/namespaces/" + namespace + "/env", body, headers);
  }

  /// The file as it is.
  Answer envFile(String query, byte[] file, String... headers) {
    return send(
        "POST",
        "/v1/namespaces/" + namespace + "/env/file" + query,
        Optional.of(file),
        Stream.concat(Stream.of("Content-Type", "text/plain; charset=utf-8"), Stream.of(headers))
            .toArray(String[]::new));
  }

  /// Every live secret of the namespace with its version, from as many pages as it takes.
  Map<String, Long> everything() {
    Map<String, Long> all = new TreeMap<>();
    String query = "?limit=1000";
    while (true) {
      JsonObject page = list(query).expect(200).json();
      for (JsonObject secret : page.getJsonArray("secrets").getValuesAs(JsonObject.class)) {
        all.put(secret.getString("name"), secret.getJsonNumber("version").longValueExact());
      }
      if (!page.containsKey("nextCursor")) {
        return all;
      }
      query = "?limit=1000&cursor=" + page.getString("nextCursor");
    }
  }

  /// The whole history of one secret, newest first.
  List<JsonObject> history(String name) {
    Stream<JsonObject> all = Stream.of();
    String query = "?limit=1000";
    while (true) {
      JsonObject page = versions(name, query).expect(200).json();
      all =
          Stream.concat(all, page.getJsonArray("versions").getValuesAs(JsonObject.class).stream());
      if (!page.containsKey("nextCursor")) {
        return all.toList();
      }
      query = "?limit=1000&cursor=" + page.getString("nextCursor");
    }
  }

  private Answer post(JsonObjectBuilder body, String... headers) {
    return sendJson("POST", secrets(), body.build(), headers);
  }

  private Answer sendJson(String method, String path, JsonObject body, String... headers) {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    return send(
        method,
        path,
        Optional.of(bytes),
        Stream.concat(Stream.of("Content-Type", "application/json"), Stream.of(headers))
            .toArray(String[]::new));
  }

  /// A request as it is given, and again while it may help.
  ///
  /// @param headers names and values in turn
  /// @throws UncheckedIOException when there is no answer, so that it is not known what happened
  Answer send(String method, String path, Optional<byte[]> body, String... headers) {
    String[] sent = headers;
    if (patient && !method.equals("GET") && !List.of(headers).contains("Idempotency-Key")) {
      sent =
          Stream.concat(
                  Stream.of(headers), Stream.of("Idempotency-Key", "test-" + UUID.randomUUID()))
              .toArray(String[]::new);
    }
    long deadline = System.nanoTime() + Eventually.DEADLINE.toNanos();
    Answer answer = sendOnce(method, path, body, sent);
    while (patient && mayBeAskedAgain(answer) && System.nanoTime() < deadline) {
      ASKED_AGAIN.incrementAndGet();
      // As the answer's Retry-After asks for: a flood of retries keeps a slow machine slow.
      LockSupport.parkNanos(RETRY_AFTER_NANOS);
      answer = sendOnce(method, path, body, sent);
    }
    return answer;
  }

  /// A request as it is, once.
  Answer send(FuzzedRequest request) {
    return sendOnce(
        request.operation().method(),
        request.target(),
        request.body(),
        request.headers().entrySet().stream()
            .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
            .toArray(String[]::new));
  }

  private static boolean mayBeAskedAgain(Answer answer) {
    return List.of(
            "insufficient-shares",
            "audit-unavailable",
            "write-not-accepted",
            "write-outcome-unknown",
            "concurrent-write",
            "deadline-exceeded",
            "rate-limited")
        .stream()
        .anyMatch(answer::isProblem);
  }

  private Answer sendOnce(String method, String path, Optional<byte[]> body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(DEADLINE)
            .method(
                method, body.map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody));
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      Answer answer =
          new Answer(
              method + " " + path, response.statusCode(), response.headers(), response.body());
      listener.accept(answer);
      return answer;
    } catch (IOException noAnswer) {
      throw new UncheckedIOException(method + " " + path + ": no answer", noAnswer);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
