package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.system.ServedContract.Operation;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// That the fuzz run would find something.
class ContractJudgeTest {
  private static final String ID = "0b8f4c1e-3a52-4a6e-9d1c-7f2e5b9c8d10";
  private static final String CREATED =
      "{\"namespace\":\"fuzz\",\"name\":\"A\",\"version\":1,\"validFrom\":\"2026-11-01T12:00:00.000Z\","
          + "\"validTo\":null,\"current\":true}";
  private static final String EXISTS =
      "{\"type\":\"urn:quorumvault:problem:secret-already-exists\",\"title\":\"t\",\"status\":409,"
          + "\"detail\":\"d\",\"code\":\"secret-already-exists\",\"requestId\":\""
          + ID
          + "\",\"retryable\":false}";

  private final ServedContract contract = contract();
  private final ContractJudge judge = new ContractJudge(contract);

  private static ServedContract contract() {
    String text =
        JsonMapper.shared()
            .writeValueAsString(
                new YAMLMapper()
                    .readTree(VaultCluster.root().resolve("openapi/vault-api.yaml").toFile()));
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return new ServedContract(text, reader.readObject());
    }
  }

  private FuzzedRequest create(List<String> broken, boolean orderly) {
    Operation operation =
        contract.operations().stream()
            .filter(one -> one.id().equals("createSecret"))
            .findFirst()
            .orElseThrow();
    return new FuzzedRequest(operation, "/", Map.of(), Optional.empty(), broken, false, orderly);
  }

  private static Answer answer(int status, String type, String body, String... more) {
    Map<String, List<String>> headers = new TreeMap<>();
    headers.put("Content-Type", List.of(type));
    headers.put("Cache-Control", List.of("no-store"));
    headers.put("X-Content-Type-Options", List.of("nosniff"));
    headers.put("X-Request-Id", List.of(ID));
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], List.of(more[i + 1]));
    }
    headers.values().removeIf(values -> values.equals(List.of("")));
    return new Answer(
        "POST /",
        status,
        HttpHeaders.of(headers, (_, _) -> true),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static Answer created(String body, String... more) {
    String[] headers =
        Stream.concat(Stream.of("ETag", "\"1\"", "Location", "/v1/x"), Stream.of(more))
            .toArray(String[]::new);
    return answer(201, "application/json", body, headers);
  }

  private static Answer exists(String body) {
    return answer(409, "application/problem+json", body);
  }

  @Test
  void an_answer_that_is_as_described_has_no_fault() {
    assertEquals(List.of(), judge.faults(create(List.of(), true), created(CREATED)));
    assertEquals(List.of(), judge.faults(create(List.of(), true), exists(EXISTS)));
  }

  @Test
  void whatever_is_wrong_with_an_answer_is_a_fault() {
    Map<String, Answer> wrong =
        Map.ofEntries(
            Map.entry("status", answer(200, "application/json", CREATED)),
            Map.entry("500", answer(500, "application/problem+json", EXISTS)),
            Map.entry("no member", created(CREATED.replace("\"version\":1,", ""))),
            Map.entry("bound", created(CREATED.replace("\"version\":1,", "\"version\":0,"))),
            Map.entry("type", created(CREATED.replace("true", "\"true\""))),
            Map.entry("format", created(CREATED.replace("2026-11-01T", "2026-11-01 at "))),
            Map.entry("no JSON", created("{")),
            Map.entry("no header", created(CREATED, "ETag", "")),
            Map.entry("bad header", created(CREATED, "ETag", "1")),
            Map.entry("unknown header", created(CREATED, "X-Powered-By", "x")),
            Map.entry("may be stored", created(CREATED, "Cache-Control", "private")),
            Map.entry("media type", created(CREATED, "Content-Type", "text/html")),
            Map.entry("code", exists(EXISTS.replace("secret-already-exists", "version-mismatch"))),
            Map.entry("request id", exists(EXISTS.replace(ID, "another"))),
            Map.entry("other status inside", exists(EXISTS.replace("409", "410"))),
            Map.entry(
                "a value", exists(EXISTS.replace("\"d\"", "\"" + RequestGenerator.MARK + "\""))));
    wrong.forEach((what, answer) ->
        assertFalse(judge.faults(create(List.of(), false), answer).isEmpty(), what));
  }

  @Test
  void to_take_what_is_wrong_and_to_refuse_what_is_right_are_faults() {
    assertFalse(judge.faults(create(List.of("body"), false), created(CREATED)).isEmpty());
    Answer refused =
        answer(
            400,
            "application/problem+json",
            EXISTS.replace("secret-already-exists", "invalid-request").replace("409", "400"));
    assertFalse(judge.faults(create(List.of(), true), refused).isEmpty());
    assertEquals(List.of(), judge.faults(create(List.of("body"), false), refused));
  }

  @Test
  void requests_are_right_and_wrong_in_every_part_and_the_same_for_the_same_seed() {
    RequestGenerator generator = generator(1);
    List<FuzzedRequest> requests = IntStream.range(0, 3000).mapToObj(generator::request).toList();
    assertTrue(requests.stream().filter(FuzzedRequest::orderly).count() > 1000);
    assertTrue(requests.stream().filter(request -> !request.broken().isEmpty()).count() > 500);
    assertTrue(
        requests.stream()
            .flatMap(request -> request.broken().stream())
            .collect(Collectors.toSet())
            .containsAll(
                List.of(
                    "body",
                    "path namespace",
                    "path name",
                    "path version",
                    "query limit",
                    "query at",
                    "query cursor",
                    "query mode",
                    "header If-Match",
                    "header Idempotency-Key",
                    "not UTF-8",
                    "too large",
                    "unknown parameter")));
    FuzzedRequest again = generator(1).request(42);
    assertEquals(requests.get(42).toString(), again.toString());
    assertArrayEquals(
        requests.get(42).body().orElse(new byte[0]), again.body().orElse(new byte[0]));
    assertFalse(
        IntStream.range(0, 50)
            .allMatch(number ->
                requests.get(number).toString().equals(generator(2).request(number).toString())));
  }

  private RequestGenerator generator(long seed) {
    return new RequestGenerator(contract, List.of("good"), List.of("other"), seed);
  }
}
