package io.quorumvault.api;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Calls the server under test as `subject`, over a real socket.
final class ApiClient {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final Map<String, String> headers;

  ApiClient(URI base, String token) {
    this(base, Map.of("Authorization", "Bearer " + token));
  }

  private ApiClient(URI base, Map<String, String> headers) {
    this.base = base;
    this.headers = headers;
  }

  /// The same with one header more, or another value of it.
  ApiClient with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new ApiClient(base, more);
  }

  ApiClient without(String header) {
    Map<String, String> less = new HashMap<>(headers);
    less.remove(header);
    return new ApiClient(base, less);
  }

  Reply get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  Reply delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  Reply post(String path, String json) {
    return post(path, "application/json", json);
  }

  Reply post(String path, String type, String body) {
    return typed(type).send("POST", path, BodyPublishers.ofString(body));
  }

  Reply put(String path, String json) {
    return typed("application/json").send("PUT", path, BodyPublishers.ofString(json));
  }

  Reply send(String method, String path, HttpRequest.BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).method(method, body).timeout(PATIENCE);
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Reply(
          response.statusCode(),
          response.headers().map(),
          new String(response.body(), StandardCharsets.UTF_8));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      throw new AssertionError("interrupted", stopped);
    }
  }

  /// Sends bytes as they are and gives back all the server says until it closes the connection.
  String raw(String request) {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /// One request by itself, written by hand.
  Reply rawRequest(String requestLine, String body) {
    StringBuilder request = new StringBuilder(requestLine).append(" HTTP/1.1\r\nHost: test\r\n");
    headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    request.append("Connection: close\r\n");
    if (!body.isEmpty()) {
      request.append("Content-Length: " + body.length() + "\r\n");
    }
    return Reply.parse(raw(request.append("\r\n").append(body).toString()));
  }

  /// Unless the test says otherwise.
  private ApiClient typed(String type) {
    return headers.containsKey("Content-Type") ? this : with("Content-Type", type);
  }

  /// An answer of the server.
  record Reply(int status, Map<String, List<String>> headers, String text) {
    static Reply parse(String response) {
      int end = response.indexOf("\r\n\r\n");
      if (end < 0) {
        throw new AssertionError("no answer but: " + response);
      }
      String[] lines = response.substring(0, end).split("\r\n", -1);
      Map<String, List<String>> headers = new HashMap<>();
      for (int i = 1; i < lines.length; i++) {
        String[] parts = lines[i].split(": ", 2);
        headers.put(parts[0], List.of(parts[1]));
      }
      return new Reply(
          Integer.parseInt(lines[0].split(" ", 3)[1]), headers, response.substring(end + 4));
    }

    Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst();
    }

    JsonObject json() {
      try (var reader = Json.createReader(new StringReader(text))) {
        return reader.readObject();
      }
    }

    /// The code of a problem document, after checking that it is a whole one.
    String problem() {
      JsonObject problem = json();
      String code = problem.getString("code");
      boolean whole =
          header("Content-Type").orElse("").equals("application/problem+json")
              && problem.getString("type").equals("urn:quorumvault:problem:" + code)
              && problem.getInt("status") == status
              && !problem.getString("title").isEmpty()
              && !problem.getString("detail").isEmpty()
              && header("X-Request-Id").equals(Optional.of(problem.getString("requestId")))
              && header("Cache-Control").equals(Optional.of("no-store"))
              && problem.containsKey("retryable");
      if (!whole) {
        throw new AssertionError("not a whole problem document: " + headers + text);
      }
      return code;
    }

    /// The rules a refused request breaks, as `field:code`.
    List<String> violations() {
      return json().getJsonArray("errors").getValuesAs(JsonObject.class).stream()
          .map(error -> error.getString("field") + ":" + error.getString("code"))
          .toList();
    }
  }
}
