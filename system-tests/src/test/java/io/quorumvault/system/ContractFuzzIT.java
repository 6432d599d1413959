package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.system.ServedContract.Operation;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Many requests, made of the contract, right and wrong, and no answer that it does not describe.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(10)
final class ContractFuzzIT {
  /// Half a minute in every build; more by `-Dcontract.fuzz.requests=20000`.
  private static final int REQUESTS = Integer.getInteger("contract.fuzz.requests", 4_000);

  /// Each seed gives other requests, always the same ones.
  private static final long SEED = Long.getLong("contract.fuzz.seed", 1);

  /// Enough to keep two processors busy, and fewer than an API server takes on however slow the
  /// machine is: what is refused for want of a place shows little of the contract.
  private static final int CONNECTIONS = 12;

  /// Each caller has a rate of its own, and keys of its own.
  private static final int CALLERS = 6;

  /// Requests that are made for the proxy; it takes some milliseconds for each, with one processor.
  private static final int PROXIED = 1_500;

  private static final int PROXY_CONNECTIONS = 8;

  /// Shown of what was found.
  private static final int SHOWN = 40;

  /// From so many on nearly everything that is documented is met: all but what takes two writes at
  /// the same moment, and some that chance decides.
  private static final int MANY = 20_000;

  private static final int MISSED_MAX = 10;

  /// What is made once.
  private record Fuzz(ServedContract contract, ContractJudge judge, RequestGenerator generator) {}

  private static @Nullable Fuzz made;

  private static Fuzz fuzz(VaultCluster cluster) throws IOException {
    Fuzz fuzz = made;
    if (fuzz == null) {
      ServedContract contract = ServedContract.of(cluster.client());
      List<String> tokens = permit(cluster);
      fuzz =
          new Fuzz(
              contract,
              new ContractJudge(contract),
              new RequestGenerator(
                  contract, tokens, otherTokens(cluster, tokens.getFirst()), SEED));
      made = fuzz;
    }
    return fuzz;
  }

  /// What many requests came to.
  private static final class Run {
    private final Map<String, Map<Integer, AtomicInteger>> seen = new ConcurrentHashMap<>();

    /// The first of each kind.
    private final Map<String, String> found = new ConcurrentHashMap<>();

    private final AtomicInteger next = new AtomicInteger();

    /// Sends the first so many requests of the fuzz that are wanted, over as many connections as
    /// there are threads.
    void send(
        Fuzz fuzz,
        URI api,
        int connections,
        int requests,
        Predicate<FuzzedRequest> wanted,
        BiFunction<FuzzedRequest, Answer, List<String>> judge) {
      List<Boolean> _ =
          Parallel.run(
              connections,
              _ -> {
                try (VaultClient own = VaultClient.raw(api)) {
                  for (int number = next.getAndIncrement();
                      number < requests && found.size() < SHOWN;
                      number = next.getAndIncrement()) {
                    FuzzedRequest request = fuzz.generator().request(number);
                    if (wanted.test(request)) {
                      send(own, number, request, judge);
                    }
                  }
                }
                return true;
              });
      print(fuzz.contract());
      assertEquals("", String.join("\n", found.values()), () -> "of seed " + SEED);
    }

    private void send(
        VaultClient client,
        int number,
        FuzzedRequest request,
        BiFunction<FuzzedRequest, Answer, List<String>> judge) {
      String id = request.operation().id();
      try {
        Answer answer = client.send(request);
        seen.computeIfAbsent(id, _ -> new ConcurrentHashMap<>())
            .computeIfAbsent(answer.status(), _ -> new AtomicInteger())
            .incrementAndGet();
        List<String> faults = judge.apply(request, answer);
        if (!faults.isEmpty()) {
          found.putIfAbsent(
              id + faults, "#%d %s%n    %s%n    %s".formatted(number, faults, request, answer));
        }
      } catch (UncheckedIOException noAnswer) {
        found.putIfAbsent(
            id + " no answer",
            "#%d no answer: %s%n    %s".formatted(number, noAnswer.getCause(), request));
      }
    }

    private void print(ServedContract contract) {
      PrintStream console = System.out;
      int all =
          seen.values().stream()
              .flatMap(statuses -> statuses.values().stream())
              .mapToInt(AtomicInteger::get)
              .sum();
      console.println("Requests made of the contract, by operation and status: " + all);
      for (Operation operation : contract.operations()) {
        console.println(
            operation.id()
                + " "
                + new TreeMap<>(seen.getOrDefault(operation.id(), Map.of()))
                    .entrySet().stream()
                        .map(status -> status.getKey() + ": " + status.getValue())
                        .collect(Collectors.joining(", ")));
      }
    }

    /// What is documented and can be reached on a cell that nobody harms, and was not.
    Set<String> missed(ServedContract contract) {
      Set<String> missed = new TreeSet<>();
      for (Operation operation : contract.operations()) {
        for (int status : operation.responses().keySet()) {
          if (status < 500
              && status != 429
              && !seen.getOrDefault(operation.id(), Map.of()).containsKey(status)) {
            missed.add(operation.id() + " " + status);
          }
        }
      }
      return missed;
    }
  }

  @Test
  void no_request_gets_an_answer_that_the_contract_does_not_describe(VaultCluster cluster)
      throws IOException {
    Fuzz fuzz = fuzz(cluster);
    Run run = new Run();
    run.send(
        fuzz, cluster.described().api(), CONNECTIONS, REQUESTS, _ -> true, fuzz.judge()::faults);
    Set<String> missed = run.missed(fuzz.contract());
    if (REQUESTS >= MANY) {
      assertTrue(missed.size() <= MISSED_MAX, () -> "no request reached " + missed);
    }
  }

  @Test
  void a_proxy_that_knows_the_contract_finds_no_deviation(VaultCluster cluster) throws IOException {
    Fuzz fuzz = fuzz(cluster);
    AtomicInteger noticed = new AtomicInteger();
    try (Prism prism = Prism.before(cluster.described().api())) {
      new Run()
          .send(
              fuzz,
              prism.url(),
              PROXY_CONNECTIONS,
              PROXIED,
              FuzzedRequest::passesProxies,
              (_, answer) -> {
                String violations = answer.headers().firstValue(Prism.VIOLATIONS).orElse("");
                noticed.addAndGet(violations.isEmpty() ? 0 : 1);
                return deviations(answer.status(), violations);
              });
    }
    // Requests that break a rule went through it, too.
    assertTrue(noticed.get() > 0, "it looked at nothing");
  }

  /// What the proxy says of an answer, and of a request that was taken.
  private static List<String> deviations(int status, String violations) {
    if (violations.isEmpty()) {
      return List.of();
    }
    try (JsonReader reader = Json.createReader(new StringReader(violations))) {
      return reader.readArray().getValuesAs(JsonObject.class).stream()
          .filter(one -> {
            List<String> place = one.getJsonArray("location").getValuesAs(JsonValue::toString);
            // A bad X-Request-Id is not refused but replaced, as the contract says.
            return place.contains("\"response\"")
                || (status < 400 && !place.contains("\"x-request-id\""));
          })
          .map(JsonObject::toString)
          .toList();
    }
  }

  /// @return tokens of callers that may do everything in the namespace
  private static List<String> permit(VaultCluster cluster) throws IOException {
    List<String> subjects = IntStream.range(0, CALLERS).mapToObj(i -> "fuzz-" + i).toList();
    String rules =
        rule(
                subjects,
                "\"create\",\"read\",\"update\",\"delete\",\"list\",\"history\",\"env\",\"audit\"")
            + rule(List.of("fuzz-reader"), "\"read\",\"history\"")
            + rule(List.of("fuzz-writer"), "\"create\",\"update\"");
    String before = Files.readString(cluster.policy());
    int end = before.lastIndexOf(']');
    Path next = cluster.policy().resolveSibling("policy.next");
    Files.writeString(next, before.substring(0, end) + rules + before.substring(end));
    Files.move(
        next,
        cluster.policy(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    Tokens made = new Tokens(cluster, cluster.described().token());
    List<String> tokens = subjects.stream().map(subject -> made.withClaim("sub", subject)).toList();
    VaultClient first = cluster.client().in(RequestGenerator.NAMESPACE).as(tokens.getFirst());
    // Every process notices by itself, so a few answers in a row mean that all have.
    Eventually.passes(
        "the rules are known everywhere",
        () -> {
          for (int i = 0; i < 10; i++) {
            first.get("absent-" + i).expectProblem(404, "secret-not-found");
          }
        });
    return tokens;
  }

  private static String rule(List<String> subjects, String capabilities) {
    return ",{\"subjects\":[%s],\"groups\":[],\"namespace\":\"%s\",\"prefix\":\"\",\"capabilities\":[%s],\"notBefore\":null,\"notAfter\":null}"
        .formatted(
            subjects.stream().map(ServedContract::quoted).collect(Collectors.joining(",")),
            RequestGenerator.NAMESPACE,
            capabilities);
  }

  /// What is sent as Authorization by those who may not do everything.
  private static List<String> otherTokens(VaultCluster cluster, String good) {
    Tokens made = new Tokens(cluster, good);
    List<String> all = new ArrayList<>(List.of("Basic YTpi", "Bearer", "Bearer x.y.z", "Bearer ä"));
    for (String token :
        List.of(
            made.withClaim("sub", "fuzz-reader"),
            made.withClaim("sub", "fuzz-reader"),
            made.withClaim("sub", "fuzz-writer"),
            made.withClaim("sub", "fuzz-writer"),
            made.withClaim("sub", "nobody"),
            made.withClaim("exp", 1),
            made.unsigned(),
            made.altered(),
            made.signedWithAnotherKey())) {
      all.add("Bearer " + token);
    }
    return all;
  }
}
