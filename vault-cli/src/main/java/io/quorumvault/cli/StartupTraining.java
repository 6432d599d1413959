package io.quorumvault.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `qv` does most, done once while the JVM takes notes: from them it makes the cache with
/// which `qv` starts sooner (JEP 514). Run by the `qv` script after a build. Talks to a server of
/// its own on loopback that knows one answer, touches no vault and no file, and shows nothing.
final class StartupTraining {
  private static final String VERSION =
      "\"version\":1,\"validFrom\":\"2026-11-20T18:00:00Z\",\"validTo\":null,\"current\":true";
  private static final String ANSWER =
      "{\"namespace\":\"demo\",\"name\":\"a\",\"value\":\"v\",\"encoding\":\"utf-8\",\"content\":\"\","
          + VERSION
          + ",\"secrets\":[{\"name\":\"a\","
          + VERSION
          + "}],\"versions\":[{"
          + VERSION
          + "}],\"created\":[],\"expanded\":[],\"warnings\":[]}";

  /// Ends the headers of a request.
  private static final String BLANK_LINE = "\r\n\r\n";

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("--help"),
          List.of("put", "a"),
          List.of("get", "a"),
          List.of("update", "a"),
          List.of("list"),
          List.of("history", "a", "-o", "json"),
          List.of("delete", "a"),
          List.of("get"),
          List.of("get", "--nonsense"));

  private StartupTraining() {}

  public static void main(String[] arguments) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofPlatform().daemon().start(() -> serve(server));
      Map<String, String> environment =
          Map.of(
              "QV_API", "http://127.0.0.1:" + server.getLocalPort(),
              "QV_NAMESPACE", "demo",
              "QV_TOKEN", "a.b.c");
      for (List<String> command : COMMANDS) {
        var _ = Qv.run(surroundings(environment), command.toArray(String[]::new));
      }
    }
  }

  private static Surroundings surroundings(Map<String, String> environment) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[] {'v'}),
            nowhere,
            nowhere,
            false,
            false,
            false,
            _ -> Optional.empty());
    return new Surroundings(environment, Path.of(""), Path.of(""), terminal, Clock.systemUTC());
  }

  private static void serve(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        answer(socket);
      } catch (IOException over) {
        // The next one, or the end.
      }
    }
  }

  private static void answer(Socket socket) throws IOException {
    InputStream input = socket.getInputStream();
    StringBuilder headers = new StringBuilder();
    while (headers.indexOf(BLANK_LINE) < 0) {
      int one = input.read();
      if (one < 0) {
        return;
      }
      headers.append((char) one);
    }
    int length =
        headers
            .toString()
            .lines()
            .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElse(0);
    var _ = input.readNBytes(length);
    byte[] body = ANSWER.getBytes(StandardCharsets.US_ASCII);
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + body.length
            + BLANK_LINE;
    OutputStream output = socket.getOutputStream();
    output.write(head.getBytes(StandardCharsets.US_ASCII));
    output.write(body);
    output.flush();
  }
}
