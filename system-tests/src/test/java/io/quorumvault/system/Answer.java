package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// What the public API answered.
///
/// @param request method and path, for messages
/// @param body belongs to this
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
record Answer(String request, int status, HttpHeaders headers, byte[] body) {
  /// Looked up once: to look it up takes longer than to read an answer.
  private static final JsonProvider JSON = JsonProvider.provider();

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  JsonObject json() {
    try (JsonReader reader = JSON.createReader(new ByteArrayInputStream(body))) {
      return reader.readObject();
    } catch (RuntimeException notJson) {
      throw new AssertionError(this + " is not a JSON object", notJson);
    }
  }

  String header(String name) {
    return headers
        .firstValue(name)
        .orElseThrow(() -> new AssertionError(this + " lacks the header " + name));
  }

  /// This, if it has that status.
  Answer expect(int expected) {
    assertEquals(expected, status, this::toString);
    return this;
  }

  /// This, if it is a problem document of that kind, with everything such a document has.
  Answer expectProblem(int expected, String code) {
    expect(expected);
    return expectProblem(code);
  }

  Answer expectProblem(String code) {
    assertEquals("application/problem+json", header("Content-Type"), this::toString);
    JsonObject problem = json();
    assertEquals(code, problem.getString("code"), this::toString);
    assertEquals("urn:quorumvault:problem:" + code, problem.getString("type"), this::toString);
    assertEquals(status, problem.getInt("status"), this::toString);
    assertEquals(header("X-Request-Id"), problem.getString("requestId"), this::toString);
    assertTrue(!problem.getString("title").isBlank(), this::toString);
    assertTrue(!problem.getString("detail").isBlank(), this::toString);
    boolean _ = problem.getBoolean("retryable");
    return this;
  }

  boolean isProblem(String code) {
    return status >= 400 && body.length > 0 && code.equals(json().getString("code", ""));
  }

  long version() {
    return json().getJsonNumber("version").longValueExact();
  }

  /// The value's bytes, by the encoding it came in.
  byte[] value() {
    JsonObject secret = json();
    String value = secret.getString("value");
    return switch (secret.getString("encoding")) {
      case "utf-8" -> value.getBytes(StandardCharsets.UTF_8);
      case "base64" -> Base64.getDecoder().decode(value);
      default -> throw new AssertionError("unknown encoding in " + this);
    };
  }

  String valueText() {
    return new String(value(), StandardCharsets.UTF_8);
  }

  void expectValue(byte[] expected) {
    expect(200);
    assertTrue(Arrays.equals(expected, value()), () -> this + " has another value");
  }

  /// Of problems the document; never a value.
  @Override
  public String toString() {
    String shown = status >= 400 ? " " + text() : " (" + body.length + " bytes)";
    return request + " -> " + status + shown;
  }
}
