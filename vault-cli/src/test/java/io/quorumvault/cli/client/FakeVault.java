package io.quorumvault.cli.client;

import com.fasterxml.jackson.core.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorumvault.FailureCode;
import io.quorumvault.Violation;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.DotenvWarning;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.EnvTask;
import io.quorumvault.dotenv.Place;
import io.quorumvault.dotenv.Reference;
import io.quorumvault.dotenv.RenderedFile;
import io.quorumvault.dotenv.SecretRead;
import io.quorumvault.dotenv.Selector;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The public contract over a map in memory, on a loopback port: what a command needs to have
/// somebody to talk to. Answers with prepared failures first, when there are any. Not a vault: it
/// keeps values as they travelled.
final class FakeVault implements AutoCloseable {
  static final String TOKEN = "header.claims.signature";
  private static final Instant FIRST = Instant.parse("2026-11-20T18:00:00Z");

  static {
    // Read once by the server: otherwise each answer waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final Map<String, List<Version>> secrets = new TreeMap<>();
  private final Map<String, Reply> outcomes = new HashMap<>();
  private final Deque<Failure> failures = new ArrayDeque<>();
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private int pageSize = 1000;

  /// One value, as it travelled.
  private record Version(String value, String encoding, Instant validFrom) {
    private SecretValue secret() {
      return SecretValue.owning(
          encoding.equals("base64")
              ? Base64.getDecoder().decode(value)
              : value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /// An answer; 204 has no body.
  private record Reply(int status, String mediaType, String body) {
    static Reply of(int status, JsonObject document) {
      return new Reply(
          status, "application/json", new String(document.toBytes(), StandardCharsets.UTF_8));
    }
  }

  /// What came in.
  record Request(
      String method,
      String path,
      @Nullable String query,
      @Nullable String authorization,
      @Nullable String idempotencyKey,
      @Nullable String ifMatch,
      @Nullable String prefer,
      String body) {}

  /// A prepared end of a request.
  sealed interface Failure {
    /// This answer, and nothing is applied.
    record Says(int status, String mediaType, String body, Map<String, String> headers)
        implements Failure {}

    /// The request is served, and the connection ends instead of the answer.
    record LosesAnswer() implements Failure {}

    /// The connection ends before anything happens.
    record LosesRequest() implements Failure {}
  }

  private FakeVault(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
  }

  static FakeVault start() {
    try {
      FakeVault vault =
          new FakeVault(
              HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0));
      vault.server.start();
      return vault;
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /// Does this once, when the next request has come and before it is served.
  FakeVault meanwhile(Runnable event) {
    events.add(event);
    return this;
  }

  FakeVault pagesOf(int size) {
    pageSize = size;
    return this;
  }

  FakeVault thenFails(Failure failure) {
    failures.add(failure);
    return this;
  }

  /// A problem document in the form of the contract.
  FakeVault thenAnswers(FailureCode code) {
    return thenAnswers(code, null, Map.of());
  }

  FakeVault thenAnswers(FailureCode code, @Nullable String outcome, Map<String, String> headers) {
    JsonObject.Builder problem = problemDocument(code);
    if (outcome != null) {
      problem.with("outcome", outcome);
    }
    return thenFails(
        new Failure.Says(
            code.status(),
            "application/problem+json",
            new String(problem.build().toBytes(), StandardCharsets.UTF_8),
            headers));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Request request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              exchange.getRequestURI().getRawQuery(),
              exchange.getRequestHeaders().getFirst("Authorization"),
              exchange.getRequestHeaders().getFirst("Idempotency-Key"),
              exchange.getRequestHeaders().getFirst("If-Match"),
              exchange.getRequestHeaders().getFirst("Prefer"),
              body);
      requests.add(request);
      Optional.ofNullable(events.poll()).ifPresent(Runnable::run);
      Failure failure = failures.poll();
      switch (failure) {
        case Failure.Says says -> {
          says.headers().forEach(exchange.getResponseHeaders()::set);
          send(exchange, new Reply(says.status(), says.mediaType(), says.body()));
        }
        case Failure.LosesRequest lost -> {} // Closing without an answer ends the connection.
        case Failure.LosesAnswer lost -> serveOnce(request);
        case null -> send(exchange, serveOnce(request));
      }
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.mediaType());
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private Reply serveOnce(Request request) throws IOException {
    if (!("Bearer " + TOKEN).equals(request.authorization())) {
      return problem(FailureCode.UNAUTHENTICATED);
    }
    if (request.idempotencyKey() == null) {
      return serve(request);
    }
    Reply known = outcomes.get(request.idempotencyKey());
    if (known == null) {
      known = serve(request);
      outcomes.put(request.idempotencyKey(), known);
    }
    return known;
  }

  private Reply serve(Request request) throws IOException {
    String[] path = request.path().split("/", -1);
    // "", v1, namespaces, {namespace}, secrets, {name}, versions, {version}
    if (path.length < 5 || !path[3].equals("demo")) {
      return problem(FailureCode.NAMESPACE_NOT_FOUND);
    }
    if (path[4].equals("env")) {
      return env(request);
    }
    if (path.length == 5) {
      return request.method().equals("POST") ? create(request) : list(query(request));
    }
    String name = path[5];
    List<Version> versions = secrets.get(name);
    if (versions == null) {
      return problem(FailureCode.SECRET_NOT_FOUND);
    }
    if (path.length == 7) {
      return history(name, versions, query(request));
    }
    if (path.length == 8) {
      int version = Integer.parseInt(path[7]);
      return version > versions.size()
          ? problem(FailureCode.VERSION_NOT_FOUND)
          : Reply.of(200, withValue(name, versions, version));
    }
    boolean matches =
        request.ifMatch() == null || request.ifMatch().equals("\"" + versions.size() + "\"");
    return switch (request.method()) {
      case "GET" -> at(name, versions, query(request));
      case "PUT" -> matches ? update(name, versions, request) : mismatch();
      case "DELETE" -> {
        if (matches) {
          secrets.remove(name);
        }
        yield matches ? new Reply(204, "application/json", "") : mismatch();
      }
      default -> problem(FailureCode.METHOD_NOT_ALLOWED);
    };
  }

  private static Reply mismatch() {
    return problem(FailureCode.VERSION_MISMATCH);
  }

  private static Map<String, String> query(Request request) {
    Map<String, String> parameters = new HashMap<>();
    for (String part : Optional.ofNullable(request.query()).orElse("").split("&", -1)) {
      String[] pair = part.split("=", 2);
      parameters.put(
          pair[0], pair.length == 2 ? URLDecoder.decode(pair[1], StandardCharsets.UTF_8) : "");
    }
    return parameters;
  }

  private Reply create(Request request) throws IOException {
    JsonObject body = JsonObject.parse(request.body().getBytes(StandardCharsets.UTF_8));
    String name = body.requiredText("name");
    if (secrets.containsKey(name)) {
      return problem(FailureCode.SECRET_ALREADY_EXISTS);
    }
    List<Version> versions = new ArrayList<>();
    secrets.put(name, versions);
    versions.add(version(body, 0));
    return Reply.of(201, metadata(name, versions, 1).build());
  }

  private static Reply update(String name, List<Version> versions, Request request)
      throws IOException {
    versions.add(
        version(
            JsonObject.parse(request.body().getBytes(StandardCharsets.UTF_8)), versions.size()));
    return Reply.of(200, metadata(name, versions, versions.size()).build());
  }

  private static Version version(JsonObject body, int before) throws IOException {
    return new Version(
        body.requiredText("value"),
        body.text("encoding").orElse("utf-8"),
        FIRST.plusSeconds(before));
  }

  /// A file, by the model's own rules.
  private Reply env(Request request) throws IOException {
    byte[] text = request.body().getBytes(StandardCharsets.UTF_8);
    JsonObject body = JsonObject.parse(text);
    EnvTask task =
        new EnvTask(
            body.requiredText("content"),
            values(text),
            EnvMode.of(body.text("mode").orElse("default")).orElseThrow(),
            Dialect.of(body.text("dialect").orElse("portable")).orElseThrow(),
            body.isTrue("allowUnsafe"));
    return switch (EnvPlan.of(task, bytes -> Arrays.fill(bytes, (byte) 7))) {
      case EnvRefusal refusal -> refused(refusal);
      case EnvPlan plan -> carryOut(plan, body.isTrue("dryRun"));
    };
  }

  private static Map<SecretName, SecretValue> values(byte[] body) throws IOException {
    Map<SecretName, SecretValue> values = new HashMap<>();
    try (JsonParser parser = JsonObject.FACTORY.createParser(body)) {
      parser.nextToken();
      for (String member = parser.nextFieldName();
          member != null;
          member = parser.nextFieldName()) {
        parser.nextToken();
        if (!member.equals("values")) {
          parser.skipChildren();
          continue;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          byte[] value = parser.nextTextValue().getBytes(StandardCharsets.UTF_8);
          values.put(new SecretName(name), SecretValue.owning(value));
        }
      }
    }
    return values;
  }

  private static Reply refused(EnvRefusal refusal) {
    List<JsonObject> errors =
        refusal.problems().stream()
            .map(DotenvProblem::violation)
            .map(violation -> error(violation).build())
            .toList();
    String code = refusal.problems().getFirst().code();
    return refused(422, code, "The file cannot be processed", errors);
  }

  private static Reply refused(int status, String code, String title, List<JsonObject> errors) {
    JsonObject problem =
        JsonObject.builder()
            .with("title", title)
            .with("status", status)
            .with("code", code)
            .with("requestId", "request-17")
            .with("errors", errors)
            .build();
    return new Reply(
        status, "application/problem+json", new String(problem.toBytes(), StandardCharsets.UTF_8));
  }

  private static JsonObject.Builder error(Violation violation) {
    JsonObject.Builder error =
        JsonObject.builder()
            .with("field", violation.field())
            .with("code", violation.code())
            .with("message", violation.message());
    Optional.ofNullable(violation.line()).ifPresent(line -> error.with("line", line));
    Optional.ofNullable(violation.column()).ifPresent(column -> error.with("column", column));
    return error;
  }

  private Reply carryOut(EnvPlan plan, boolean dryRun) {
    List<JsonObject> taken = new ArrayList<>();
    List<JsonObject> missing = new ArrayList<>();
    for (EnvPlan.Occurrence occurrence : plan.occurrences()) {
      Reference reference = occurrence.reference();
      String name = reference.name().text();
      boolean there = secrets.containsKey(name);
      boolean seal = plan.creations().containsKey(reference.name());
      if (there == seal) {
        FailureCode code = seal ? FailureCode.SECRET_ALREADY_EXISTS : FailureCode.SECRET_NOT_FOUND;
        Place place = occurrence.place();
        (seal ? taken : missing)
            .add(
                error(new Violation(occurrence.variable(), code.text(), code.title()))
                    .with("line", place.line())
                    .with("column", place.column())
                    .with("name", name)
                    .build());
      }
    }
    if (!taken.isEmpty()) {
      FailureCode code = FailureCode.SECRET_ALREADY_EXISTS;
      return refused(code.status(), code.text(), code.title(), taken);
    }
    if (!missing.isEmpty()) {
      FailureCode code = FailureCode.UNRESOLVED_REFERENCE;
      return refused(code.status(), code.text(), code.title(), missing);
    }
    List<JsonObject> read = new ArrayList<>();
    Map<SecretRead, SecretValue> resolved = new HashMap<>();
    for (SecretRead one : plan.reads()) {
      List<Version> versions = secrets.getOrDefault(one.name().text(), List.of());
      int version =
          switch (one.selector()) {
            case Selector.Latest latest -> versions.size();
            case Selector.Version numbered -> (int) numbered.version();
            case Selector.At at ->
                (int)
                    versions.stream()
                        .filter(known -> !known.validFrom().isAfter(at.instant()))
                        .count();
          };
      resolved.put(one, versions.get(version - 1).secret());
      read.add(
          JsonObject.builder().with("name", one.name().text()).with("version", version).build());
    }
    return switch (plan.render(resolved)) {
      case EnvRefusal refusal -> refused(refusal);
      case RenderedFile file -> {
        List<JsonObject> created = new ArrayList<>();
        plan.creations()
            .forEach((name, value) -> {
              JsonObject.Builder entry = JsonObject.builder().with("name", name.text());
              if (!dryRun) {
                String text = new String(value.exposeCopy(), StandardCharsets.UTF_8);
                secrets.put(
                    name.text(), new ArrayList<>(List.of(new Version(text, "utf-8", FIRST))));
                entry.with("version", 1).with("validFrom", FIRST.toString());
              }
              created.add(entry.build());
            });
        JsonObject.Builder answer = JsonObject.builder();
        if (!dryRun) {
          answer.with("content", new String(file.exposeCopy(), StandardCharsets.UTF_8));
        }
        answer
            .with("created", created)
            .with("expanded", read)
            .with("warnings", plan.warnings().stream().map(FakeVault::warning).toList());
        yield Reply.of(200, answer.build());
      }
    };
  }

  private static JsonObject warning(DotenvWarning warning) {
    JsonObject.Builder document =
        JsonObject.builder()
            .with("code", warning.kind().code())
            .with("message", warning.kind().rule())
            .with("name", warning.secret().text());
    Optional.ofNullable(warning.variable())
        .ifPresent(variable -> document.with("variable", variable));
    Optional.ofNullable(warning.place())
        .ifPresent(place -> document.with("line", place.line()).with("column", place.column()));
    return document.build();
  }

  private static Reply at(String name, List<Version> versions, Map<String, String> query) {
    if (!query.containsKey("at")) {
      return Reply.of(200, withValue(name, versions, versions.size()));
    }
    Instant at = Instant.parse(query.get("at"));
    long started = versions.stream().filter(version -> !version.validFrom().isAfter(at)).count();
    return started == 0
        ? problem(FailureCode.VERSION_NOT_FOUND)
        : Reply.of(200, withValue(name, versions, (int) started));
  }

  private Reply list(Map<String, String> query) {
    List<String> names =
        secrets.keySet().stream()
            .filter(name -> name.startsWith(query.getOrDefault("prefix", "")))
            .toList();
    return page(
        JsonObject.builder(),
        "secrets",
        names.stream()
            .map(name -> {
              List<Version> versions = secrets.getOrDefault(name, List.of());
              return JsonObject.builder()
                  .with("name", name)
                  .with("version", versions.size())
                  .with("validFrom", versions.getLast().validFrom().toString())
                  .build();
            })
            .toList(),
        query);
  }

  private Reply history(String name, List<Version> versions, Map<String, String> query) {
    List<JsonObject> newestFirst = new ArrayList<>();
    for (int version = versions.size(); version >= 1; version--) {
      newestFirst.add(metadata(name, versions, version).build());
    }
    return page(JsonObject.builder().with("name", name), "versions", newestFirst, query);
  }

  private Reply page(
      JsonObject.Builder document, String member, List<JsonObject> all, Map<String, String> query) {
    int from = Integer.parseInt(query.getOrDefault("cursor", "at 0").substring(3));
    int to = Math.min(all.size(), from + pageSize);
    document.with(member, all.subList(from, to));
    if (to < all.size()) {
      document.with("nextCursor", "at " + to);
    }
    return Reply.of(200, document.build());
  }

  private static JsonObject.Builder metadata(String name, List<Version> versions, int version) {
    JsonObject.Builder metadata =
        JsonObject.builder()
            .with("namespace", "demo")
            .with("name", name)
            .with("version", version)
            .with("validFrom", versions.get(version - 1).validFrom().toString());
    if (version < versions.size()) {
      metadata.with("validTo", versions.get(version).validFrom().toString());
    } else {
      metadata.withNull("validTo");
    }
    return metadata.with("current", version == versions.size());
  }

  private static JsonObject withValue(String name, List<Version> versions, int version) {
    Version found = versions.get(version - 1);
    return metadata(name, versions, version)
        .with("value", found.value())
        .with("encoding", found.encoding())
        .build();
  }

  private static Reply problem(FailureCode code) {
    return new Reply(
        code.status(),
        "application/problem+json",
        new String(problemDocument(code).build().toBytes(), StandardCharsets.UTF_8));
  }

  private static JsonObject.Builder problemDocument(FailureCode code) {
    return JsonObject.builder()
        .with("type", "urn:quorumvault:problem:" + code.text())
        .with("title", code.title())
        .with("status", code.status())
        .with("detail", "The detail of " + code.text() + ".")
        .with("code", code.text())
        .with("requestId", "request-17")
        .with("retryable", code.retryable());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
