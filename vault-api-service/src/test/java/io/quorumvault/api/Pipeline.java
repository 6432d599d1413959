package io.quorumvault.api;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One connection on which many requests are sent before the first is answered (RFC 9112, section
/// 9.3.2): the fastest way to ask a server very often. For one thread.
final class Pipeline implements AutoCloseable {
  /// Requests under way: their answers fit the buffers of the sockets.
  private static final int AT_ONCE = 32;

  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;

  Pipeline(URI server) throws IOException {
    socket = new Socket(server.getHost(), server.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// @param requests whole, without bodies
  /// @return how often each status was answered
  Map<Integer, Integer> ask(List<String> requests) throws IOException {
    Map<Integer, Integer> statuses = new TreeMap<>();
    for (int from = 0; from < requests.size(); from += AT_ONCE) {
      List<String> some = requests.subList(from, Math.min(from + AT_ONCE, requests.size()));
      socket.getOutputStream().write(String.join("", some).getBytes(StandardCharsets.US_ASCII));
      for (String _ : some) {
        int _ = statuses.merge(answer(), 1, Integer::sum);
      }
    }
    return statuses;
  }

  private int answer() throws IOException {
    List<String> head = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      head.add(line);
    }
    int length =
        head.stream()
            .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElseThrow(() -> new IOException("no length in " + head));
    in.skipNBytes(length);
    return Integer.parseInt(head.getFirst().split(" ", 3)[1]);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int character = in.read();
      switch (character) {
        case -1 -> throw new EOFException("the server hung up");
        case '\r' -> {}
        case '\n' -> {
          return line.toString();
        }
        default -> line.append((char) character);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
