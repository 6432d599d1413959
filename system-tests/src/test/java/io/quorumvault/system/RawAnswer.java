package io.quorumvault.system;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads the text of an HTTP answer.
final class RawAnswer {
  private RawAnswer() {}

  /// @param received ISO 8859-1, one answer with its whole body
  static Answer parse(String request, String received) {
    int end = received.indexOf("\r\n\r\n");
    if (!received.startsWith("HTTP/1.1 ") || end < 0) {
      throw new AssertionError(request + " was answered with no HTTP: " + received);
    }
    List<String> lines = List.of(received.substring(0, end).split("\r\n", -1));
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    String body = received.substring(end + 4);
    boolean chunked = headers.containsKey("Transfer-Encoding");
    return new Answer(
        request,
        Integer.parseInt(lines.getFirst().substring(9, 12)),
        HttpHeaders.of(headers, (_, _) -> true),
        chunked ? joined(body) : body.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] joined(String chunks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int line = chunks.indexOf("\r\n", at);
      int length = Integer.parseInt(chunks.substring(at, line), 16);
      if (length == 0) {
        return body.toByteArray();
      }
      body.writeBytes(
          chunks.substring(line + 2, line + 2 + length).getBytes(StandardCharsets.ISO_8859_1));
      at = line + 2 + length + 2;
    }
  }
}
