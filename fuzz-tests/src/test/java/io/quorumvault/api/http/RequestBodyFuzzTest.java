package io.quorumvault.api.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.Admissions;
import io.quorumvault.api.Deadline;
import io.quorumvault.fuzz.FuzzInput;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/// Any bytes as the JSON of a request.
class RequestBodyFuzzTest {
  private static final Set<FailureCode> REFUSALS =
      Set.of(
          FailureCode.INVALID_REQUEST, FailureCode.MALFORMED_JSON, FailureCode.PAYLOAD_TOO_LARGE);

  @FuzzTest
  void a_body_is_refused_by_a_rule_or_says_what_it_says(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    int kind = input.choice(3);
    boolean announced = input.choice(2) == 1;
    byte[] json = input.restWithCanary();
    try (Body body = body(json, announced)) {
      switch (kind) {
        case 0 -> checkSecret(SecretBody.ofCreate(body), json.length);
        case 1 -> checkSecret(SecretBody.ofUpdate(body), json.length);
        default -> checkEnv(EnvBody.read(body), json.length);
      }
    } catch (VaultFailure refused) {
      assertTrue(REFUSALS.contains(refused.code()), refused::toString);
      FuzzInput.assertEchoesNothing(refused.toString());
      refused.violations().forEach(said -> FuzzInput.assertEchoesNothing(said.toString()));
      assertTrue(refused.violations().size() <= Limits.NAMES_PER_TRANSACTION_MAX);
    }
  }

  /// Nothing grows: no escape of JSON and no base64 is shorter than what it stands for.
  private static void checkSecret(SecretBody read, int length) {
    try (read) {
      byte[] value = read.value().exposeCopy();
      assertTrue(value.length >= 1 && value.length <= length);
      JsonObjectBuilder said = Json.createObjectBuilder();
      read.name().ifPresent(name -> said.add("name", name.text()));
      said.add("encoding", read.encoding().text());
      said.add(
          "value",
          read.encoding() == ValueEncoding.BASE64
              ? Base64.getEncoder().encodeToString(value)
              : new String(value, StandardCharsets.UTF_8));
      byte[] written = said.build().toString().getBytes(StandardCharsets.UTF_8);
      try (Body body = body(written, true);
          SecretBody again =
              read.name().isPresent() ? SecretBody.ofCreate(body) : SecretBody.ofUpdate(body)) {
        assertEquals(read.name(), again.name());
        assertEquals(read.encoding(), again.encoding());
        assertArrayEquals(value, again.value().exposeCopy());
      }
    }
  }

  private static void checkEnv(EnvBody read, int length) {
    try (read) {
      assertTrue(read.task().content().length() <= length);
      JsonObjectBuilder values = Json.createObjectBuilder();
      long together = 0;
      for (var value : read.task().values().entrySet()) {
        SecretName name = value.getKey();
        SecretValue bytes = value.getValue();
        together += bytes.length();
        values.add(name.text(), new String(bytes.exposeCopy(), StandardCharsets.UTF_8));
      }
      assertTrue(together <= length);
      byte[] written =
          Json.createObjectBuilder()
              .add("content", read.task().content())
              .add("values", values)
              .add("mode", read.task().mode().text())
              .add("dialect", read.task().dialect().text())
              .add("dryRun", read.dryRun())
              .add("allowUnsafe", read.task().allowUnsafe())
              .build()
              .toString()
              .getBytes(StandardCharsets.UTF_8);
      if (read.task().content().codePoints().anyMatch(RequestBodyFuzzTest::isHalf)) {
        return; // half a surrogate pair cannot be written in UTF-8
      }
      try (Body body = body(written, true);
          EnvBody again = EnvBody.read(body)) {
        assertEquals(read.task(), again.task());
        assertEquals(read.dryRun(), again.dryRun());
      }
    }
  }

  private static boolean isHalf(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  private static Body body(byte[] json, boolean announced) {
    return Body.read(
        new ByteArrayInputStream(json),
        announced ? json.length : -1,
        Deadline.in(Duration.ofMinutes(1)),
        Admissions.roomy());
  }
}
