package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.quorumvault.client.ApiClient;
import io.quorumvault.client.ApiException;
import io.quorumvault.client.ApiResponse;
import io.quorumvault.client.SealedValue;
import io.quorumvault.client.api.AuditApi;
import io.quorumvault.client.api.EnvApi;
import io.quorumvault.client.api.SecretsApi;
import io.quorumvault.client.api.StatusApi;
import io.quorumvault.client.model.AuditPage;
import io.quorumvault.client.model.Encoding;
import io.quorumvault.client.model.EnvDialect;
import io.quorumvault.client.model.EnvFile;
import io.quorumvault.client.model.EnvMode;
import io.quorumvault.client.model.EnvReport;
import io.quorumvault.client.model.NewSecret;
import io.quorumvault.client.model.NewValue;
import io.quorumvault.client.model.Problem;
import io.quorumvault.client.model.ReceiptDocument;
import io.quorumvault.client.model.SecretPage;
import io.quorumvault.client.model.SecretVersion;
import io.quorumvault.client.model.VersionMetadata;
import io.quorumvault.client.model.VersionPage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// With the Java client, as the build generates it.
final class JavaWalk implements ContractWalk {
  /// On a busy machine the vault may have to say "not now".
  private static final Set<String> NOT_NOW =
      Set.of(
          "insufficient-shares",
          "write-not-accepted",
          "write-outcome-unknown",
          "concurrent-write",
          "deadline-exceeded",
          "rate-limited");

  private static final int TRIES_MAX = 60;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int TOO_LARGE = (1 << 20) + 1;

  private final Route route;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Encounter> encounters = Collections.synchronizedList(new ArrayList<>());
  private int made;

  JavaWalk(Route route) {
    this.route = route;
  }

  /// One call of an operation.
  private interface Ask<R extends ApiResponse<?>> {
    R call() throws ApiException;
  }

  @Override
  public List<Encounter> walk(WalkScene scene) {
    encounters.clear();
    switch (scene) {
      case HEALTHY -> {
        useEverything();
        beRefusedForWhoAsks();
        beRefusedForTheForm();
        beRefusedForWhatIsThere();
        beRefusedForTheFile();
      }
      case ALL_STOPPED, THREE_STOPPED, UNRECORDED -> meet(scene.codes());
    }
    return List.copyOf(encounters);
  }

  private ApiClient client(String token, Consumer<HttpRequest.Builder> change) {
    ApiClient client =
        new ApiClient() {
          @Override
          public HttpClient getHttpClient() {
            return http;
          }
        };
    client.updateBaseUri(route.api());
    client.setRequestInterceptor(request -> {
      request.header("Authorization", "Bearer " + token);
      change.accept(request);
    });
    return client;
  }

  private ApiClient client() {
    return client(route.token(), _ -> {});
  }

  private ApiClient with(Consumer<HttpRequest.Builder> change) {
    return client(route.token(), change);
  }

  private String name() {
    return route.prefix() + "_" + made++;
  }

  private String existing() {
    String name = name();
    String key = key();
    ApiResponse<VersionMetadata> _ =
        succeeds(
            "createSecret",
            201,
            () ->
                new SecretsApi(client())
                    .createSecretWithHttpInfo(
                        route.namespace(), new NewSecret().name(name).value("v1"), key, null));
    return name;
  }

  private String key() {
    return route.prefix() + "-key-" + made++;
  }

  private <T> ApiResponse<T> succeeds(String operation, int status, Ask<ApiResponse<T>> ask) {
    try {
      ApiResponse<T> answer = patiently(ask, "");
      assertEquals(status, answer.getStatusCode(), operation);
      encounters.add(new Encounter(operation, status, ""));
      return answer;
    } catch (ApiException failed) {
      throw new AssertionError(operation + ": " + failed.getMessage(), failed);
    }
  }

  private void fails(String operation, String code, Ask<?> ask) {
    try {
      ApiResponse<?> answer = patiently(ask, code);
      throw new AssertionError(
          operation + " (expected: " + code + ") succeeded: " + answer.getStatusCode());
    } catch (ApiException refused) {
      assertEquals(code, met(operation, refused).getCode(), operation);
    }
  }

  private <R extends ApiResponse<?>> R patiently(Ask<R> ask, String expected) throws ApiException {
    for (int i = 1; ; i++) {
      try {
        return ask.call();
      } catch (ApiException refused) {
        String body = String.valueOf(refused.getResponseBody());
        // A connection may be on its way to be closed, after a refusal, when it is taken again.
        boolean notNow =
            refused.getCode() == 0
                || NOT_NOW.stream()
                    .filter(code -> !code.equals(expected))
                    .anyMatch(code -> body.contains("\"" + code + "\""));
        if (!notNow || i == TRIES_MAX) {
          throw refused;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /// The problem as the client's own model of it.
  private Problem met(String operation, ApiException refused) {
    if (refused.getCode() == 0) {
      throw new AssertionError(operation + ": no answer", refused);
    }
    try {
      Problem problem =
          client().getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
      assertEquals(refused.getCode(), problem.getStatus(), operation);
      assertEquals("urn:quorumvault:problem:" + problem.getCode(), problem.getType().toString());
      encounters.add(new Encounter(operation, refused.getCode(), problem.getCode()));
      return problem;
    } catch (JsonProcessingException noProblem) {
      throw new AssertionError(operation + ": " + refused.getMessage(), noProblem);
    }
  }

  private void useEverything() {
    String namespace = route.namespace();
    String value = "za\u017c\u00f3\u0142\u0107 \ud83d\udd11 \"quoted\"\n\u0001 and on";
    SecretsApi secrets = new SecretsApi(client());
    String name = name();
    String key = key();
    NewSecret created = new NewSecret().name(name).value(value);
    VersionMetadata first =
        data(
            succeeds(
                "createSecret",
                201,
                () -> secrets.createSecretWithHttpInfo(namespace, created, key, null)));
    assertEquals(1, first.getVersion());
    assertTrue(first.getCurrent());
    String other = key();
    ApiResponse<VersionMetadata> second =
        succeeds(
            "updateSecret",
            200,
            () ->
                secrets.updateSecretWithHttpInfo(
                    namespace,
                    name,
                    new NewValue().value("/wD+").encoding(Encoding.BASE64),
                    "\"1\"",
                    other,
                    null));
    assertEquals(2, data(second).getVersion());
    assertEquals(
        List.of("\"2\""),
        second.getHeaders().entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("ETag"))
            .flatMap(header -> header.getValue().stream())
            .toList());

    SecretVersion now =
        data(
            succeeds(
                "getSecret",
                200,
                () -> secrets.getSecretWithHttpInfo(namespace, name, null, "a.request-1")));
    assertEquals("/wD+", now.getValue());
    assertEquals(Encoding.BASE64, now.getEncoding());
    OffsetDateTime then = first.getValidFrom();
    assertEquals(
        value,
        data(succeeds(
                "getSecret", 200, () -> secrets.getSecretWithHttpInfo(namespace, name, then, null)))
            .getValue());
    SecretVersion before =
        data(
            succeeds(
                "getSecretVersion",
                200,
                () -> secrets.getSecretVersionWithHttpInfo(namespace, name, 1L, null)));
    assertEquals(value, before.getValue());
    assertEquals(now.getValidFrom(), before.getValidTo());

    VersionPage newest =
        data(
            succeeds(
                "listSecretVersions",
                200,
                () -> secrets.listSecretVersionsWithHttpInfo(namespace, name, 1, null, null)));
    assertEquals(2, newest.getVersions().getFirst().getVersion());
    VersionPage oldest =
        data(
            succeeds(
                "listSecretVersions",
                200,
                () ->
                    secrets.listSecretVersionsWithHttpInfo(
                        namespace, name, 1, newest.getNextCursor(), null)));
    assertEquals(1, oldest.getVersions().getFirst().getVersion());
    SecretPage page =
        data(
            succeeds(
                "listSecrets",
                200,
                () -> secrets.listSecretsWithHttpInfo(namespace, name, 10, null, null)));
    assertEquals(name, page.getSecrets().getFirst().getName());

    useFiles(namespace);

    AuditPage log =
        data(
            succeeds(
                "listAuditEntries",
                200,
                () ->
                    new AuditApi(client()).listAuditEntriesWithHttpInfo(namespace, 5, null, null)));
    assertEquals(5, log.getEntries().size());
    assertEquals(
        true,
        data(succeeds("getStatus", 200, () -> new StatusApi(client()).getStatusWithHttpInfo(null)))
            .getReads());

    assertEquals(
        VaultCluster.NODES,
        data(succeeds(
                "getCell", 200, () -> new StatusApi(client()).getCellWithHttpInfo(namespace, null)))
            .getNodes()
            .size());

    ReceiptDocument receipt =
        data(
            succeeds(
                "deleteSecret",
                200,
                () ->
                    secrets.deleteSecretWithHttpInfo(
                        namespace,
                        name,
                        "\"2\"",
                        route.prefix() + "-receipt",
                        "return=representation",
                        null)));
    assertEquals(name, receipt.getName());
    String plain = existing();
    String last = key();
    ApiResponse<ReceiptDocument> _ =
        succeeds(
            "deleteSecret",
            204,
            () -> secrets.deleteSecretWithHttpInfo(namespace, plain, null, last, null, null));
  }

  private void useFiles(String namespace) {
    EnvApi env = new EnvApi(client());
    String sealedName = name();
    String key = key();
    EnvFile unsealed =
        new EnvFile()
            .content("A=enc(" + sealedName + ")\n")
            .mode(EnvMode.SEAL)
            .putValuesItem(sealedName, new SealedValue("of the \"file\""));
    EnvReport sealed =
        data(
            succeeds(
                "processEnv",
                200,
                () -> env.processEnvWithHttpInfo(namespace, unsealed, key, null)));
    assertEquals("A=secret(" + sealedName + ")\n", sealed.getContent());
    assertEquals(sealedName, sealed.getCreated().getFirst().getName());
    EnvFile again =
        new EnvFile().content("A=secret(" + sealedName + ")\n").dialect(EnvDialect.NODE);
    EnvReport opened =
        data(
            succeeds(
                "processEnv", 200, () -> env.processEnvWithHttpInfo(namespace, again, null, null)));
    assertTrue(String.valueOf(opened.getContent()).contains("of the \"file\""));
    assertEquals(1, opened.getExpanded().getFirst().getVersion());

    String other = name();
    String otherKey = key();
    assertEquals(
        "B=secret(" + other + ")\n",
        data(
            succeeds(
                "processEnvFile",
                200,
                () ->
                    env.processEnvFileWithHttpInfo(
                        namespace,
                        "B=enc(" + other + ":two words)\n",
                        EnvMode.SEAL,
                        EnvDialect.POSIX,
                        false,
                        otherKey,
                        null))));
    assertTrue(
        data(succeeds(
                "processEnvFile",
                200,
                () ->
                    env.processEnvFileWithHttpInfo(
                        namespace,
                        "B=secret(" + other + ")\n",
                        EnvMode.OPEN,
                        null,
                        null,
                        null,
                        null)))
            .contains("two words"));
  }

  private static <T> T data(ApiResponse<T> answer) {
    T data = answer.getData();
    assertNotNull(data);
    return data;
  }

  /// A call of every operation that belongs to a namespace, good but for what `client` does to it.
  private Map<String, Ask<?>> everything(ApiClient client, String namespace, String name) {
    SecretsApi secrets = new SecretsApi(client);
    EnvApi env = new EnvApi(client);
    String created = name();
    String file = "A=enc(" + created + ":v)";
    NewValue value = new NewValue().value("v2");
    Map<String, Ask<?>> calls = new LinkedHashMap<>();
    calls.put(
        "createSecret",
        () ->
            secrets.createSecretWithHttpInfo(
                namespace, new NewSecret().name(created).value("v"), null, null));
    calls.put(
        "updateSecret",
        () -> secrets.updateSecretWithHttpInfo(namespace, name, value, null, null, null));
    calls.put("getSecret", () -> secrets.getSecretWithHttpInfo(namespace, name, null, null));
    calls.put(
        "getSecretVersion", () -> secrets.getSecretVersionWithHttpInfo(namespace, name, 1L, null));
    calls.put(
        "listSecretVersions",
        () -> secrets.listSecretVersionsWithHttpInfo(namespace, name, null, null, null));
    calls.put(
        "listSecrets", () -> secrets.listSecretsWithHttpInfo(namespace, null, null, null, null));
    calls.put(
        "deleteSecret",
        () ->
            secrets.deleteSecretWithHttpInfo(
                namespace, name, null, null, "return=representation", null));
    calls.put(
        "processEnv",
        () -> env.processEnvWithHttpInfo(namespace, new EnvFile().content(file), null, null));
    calls.put(
        "processEnvFile",
        () -> env.processEnvFileWithHttpInfo(namespace, file, null, null, null, null, null));
    calls.put("getCell", () -> new StatusApi(client).getCellWithHttpInfo(namespace, null));
    calls.put(
        "listAuditEntries",
        () -> new AuditApi(client).listAuditEntriesWithHttpInfo(namespace, null, null, null));
    return calls;
  }

  private static Ask<?> of(Map<String, Ask<?>> calls, String operation) {
    return Objects.requireNonNull(calls.get(operation), operation);
  }

  private void beRefusedForWhoAsks() {
    String namespace = route.namespace();
    String name = existing();
    everything(client("nobody.knows.this", _ -> {}), namespace, name)
        .forEach((operation, ask) -> fails(operation, "unauthenticated", ask));
    everything(client(route.reader(), _ -> {}), namespace, name)
        .forEach((operation, ask) -> fails(operation, "forbidden", ask));
    everything(client(), "elsewhere", name)
        .forEach((operation, ask) -> fails(operation, "namespace-not-found", ask));
  }

  private void beRefusedForTheForm() {
    String namespace = route.namespace();
    String name = existing();
    everything(client(), "Not_A_Namespace", name)
        .forEach((operation, ask) -> fails(operation, "invalid-request", ask));
    everything(with(request -> request.setHeader("Accept", "image/png")), namespace, name)
        .forEach((operation, ask) -> fails(operation, "not-acceptable", ask));
    Map<String, Ask<?>> cut =
        everything(
            with(request -> request.method("POST", BodyPublishers.ofString("{"))), namespace, name);
    for (String operation : List.of("createSecret", "processEnv")) {
      fails(operation, "malformed-json", of(cut, operation));
    }
    Map<String, Ask<?>> strange =
        everything(
            with(request -> request.setHeader("Content-Type", "image/png")), namespace, name);
    for (String operation :
        List.of("createSecret", "updateSecret", "processEnv", "processEnvFile")) {
      fails(operation, "unsupported-media-type", of(strange, operation));
    }
    String tooLarge = "x".repeat(TOO_LARGE);
    SecretsApi secrets = new SecretsApi(client());
    fails(
        "createSecret",
        "payload-too-large",
        () ->
            secrets.createSecretWithHttpInfo(
                namespace, new NewSecret().name(name()).value(tooLarge), null, null));
    fails(
        "updateSecret",
        "payload-too-large",
        () ->
            secrets.updateSecretWithHttpInfo(
                namespace, name, new NewValue().value(tooLarge), null, null, null));
    file("#" + tooLarge, "payload-too-large", EnvMode.DEFAULT);

    ApiClient astray = client().setBasePath("/nowhere");
    fails(
        "getSecret",
        "resource-not-found",
        () -> new SecretsApi(astray).getSecretWithHttpInfo(namespace, name, null, null));
    ApiClient patching = with(request -> request.method("PATCH", BodyPublishers.noBody()));
    fails(
        "getSecret",
        "method-not-allowed",
        () -> new SecretsApi(patching).getSecretWithHttpInfo(namespace, name, null, null));
    fails(
        "getSecret",
        "uri-too-long",
        () -> secrets.getSecretWithHttpInfo(namespace, "x".repeat(9_000), null, null));
    fails(
        "getSecret",
        "headers-too-large",
        () -> secrets.getSecretWithHttpInfo(namespace, name, null, "x".repeat(40_000)));
  }

  private void beRefusedForWhatIsThere() {
    String namespace = route.namespace();
    SecretsApi secrets = new SecretsApi(client());
    Map<String, Ask<?>> ofNothing = everything(client(), namespace, name());
    for (String operation :
        List.of(
            "updateSecret",
            "getSecret",
            "getSecretVersion",
            "listSecretVersions",
            "deleteSecret")) {
      fails(operation, "secret-not-found", of(ofNothing, operation));
    }
    String name = existing();
    fails(
        "getSecretVersion",
        "version-not-found",
        () -> secrets.getSecretVersionWithHttpInfo(namespace, name, 99L, null));
    fails(
        "getSecret",
        "version-not-found",
        () ->
            secrets.getSecretWithHttpInfo(
                namespace, name, OffsetDateTime.parse("1970-01-01T00:00:00Z"), null));
    fails(
        "createSecret",
        "secret-already-exists",
        () ->
            secrets.createSecretWithHttpInfo(
                namespace, new NewSecret().name(name).value("v"), null, null));
    file("A=enc(" + name + ":v)", "secret-already-exists", EnvMode.DEFAULT);
    NewValue value = new NewValue().value("v2");
    fails(
        "updateSecret",
        "version-mismatch",
        () -> secrets.updateSecretWithHttpInfo(namespace, name, value, "\"99\"", null, null));
    fails(
        "deleteSecret",
        "version-mismatch",
        () -> secrets.deleteSecretWithHttpInfo(namespace, name, "\"99\"", null, null, null));

    String key = key();
    ApiResponse<VersionMetadata> _ =
        succeeds(
            "updateSecret",
            200,
            () -> secrets.updateSecretWithHttpInfo(namespace, name, value, null, key, null));
    NewValue another = new NewValue().value("v3");
    fails(
        "updateSecret",
        "idempotency-key-reused",
        () -> secrets.updateSecretWithHttpInfo(namespace, name, another, null, key, null));
    fails(
        "deleteSecret",
        "idempotency-key-reused",
        () -> secrets.deleteSecretWithHttpInfo(namespace, name, null, key, null, null));
    String once = name();
    String createKey = key();
    ApiResponse<VersionMetadata> _ =
        succeeds(
            "createSecret",
            201,
            () ->
                secrets.createSecretWithHttpInfo(
                    namespace, new NewSecret().name(once).value("v"), createKey, null));
    fails(
        "createSecret",
        "idempotency-key-reused",
        () ->
            secrets.createSecretWithHttpInfo(
                namespace, new NewSecret().name(once).value("other"), createKey, null));
  }

  private void beRefusedForTheFile() {
    String name = name();
    file("A=secret(" + name + ")", "unresolved-reference", EnvMode.DEFAULT);
    file("A=secret(" + name, "env-syntax", EnvMode.DEFAULT);
    file("A=enc(" + name + ":v)", "env-mode", EnvMode.OPEN);
    file("A=enc(" + name + ")", "env-value-missing", EnvMode.DEFAULT);
    file("A=enc(%1$s:one)\nB=enc(%1$s:two)".formatted(name), "env-value-conflict", EnvMode.DEFAULT);
    file("A=enc(%1$s:v)\nB=secret(%1$s)".formatted(name), "env-self-reference", EnvMode.DEFAULT);
    String odd = name();
    String key = key();
    ApiResponse<VersionMetadata> _ =
        succeeds(
            "createSecret",
            201,
            () ->
                new SecretsApi(client())
                    .createSecretWithHttpInfo(
                        route.namespace(), new NewSecret().name(odd).value("it's $5"), key, null));
    file("A=secret(" + odd + ")", "env-not-representable", EnvMode.DEFAULT);
  }

  /// A file that both operations for files refuse.
  private void file(String content, String code, EnvMode mode) {
    EnvApi env = new EnvApi(client());
    EnvFile file = new EnvFile().content(content).mode(mode);
    fails(
        "processEnv", code, () -> env.processEnvWithHttpInfo(route.namespace(), file, null, null));
    fails(
        "processEnvFile",
        code,
        () ->
            env.processEnvFileWithHttpInfo(
                route.namespace(), content, mode, null, null, null, null));
  }

  /// Calls in crowds until these codes came, among whatever else comes.
  private void meet(Set<String> codes) {
    String namespace = route.namespace();
    SecretsApi secrets = new SecretsApi(client());
    String name = route.prefix() + "_0";
    Set<String> left = new HashSet<>(codes);
    for (int round = 0; round < ROUNDS_MAX && !left.isEmpty(); round++) {
      LockSupport.parkNanos(PAUSE_NANOS);
      String written = route.prefix() + "_written_" + round;
      // A crowd is refused for being one, so it comes last.
      boolean crowded = left.equals(Set.of("rate-limited"));
      List<Boolean> _ =
          Parallel.run(
              crowded ? CROWD : CROWD / 50,
              number ->
                  (number % 2 == 0 && !crowded)
                      ? tried(
                          "createSecret",
                          () ->
                              secrets.createSecretWithHttpInfo(
                                  namespace, new NewSecret().name(written).value("v"), null, null))
                      : tried(
                          "getSecret",
                          () -> secrets.getSecretWithHttpInfo(namespace, name, null, null)));
      encounters.forEach(met -> left.remove(met.code()));
    }
    assertEquals(Set.of(), left, () -> "did not come, but these did: " + Set.copyOf(encounters));
  }

  /// @return whether there was an answer
  private boolean tried(String operation, Ask<?> ask) {
    try {
      encounters.add(new Encounter(operation, ask.call().getStatusCode(), ""));
      return true;
    } catch (ApiException refused) {
      if (refused.getCode() == 0) {
        return false; // The connection went: a crowd may be too much for a machine.
      }
      Problem _ = met(operation, refused);
      return true;
    }
  }
}
