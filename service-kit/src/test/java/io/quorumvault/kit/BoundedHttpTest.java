package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfig;
import io.helidon.config.mp.MpConfigSources;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A web server with the bounds of `BoundedHttp`, and callers without manners.
class BoundedHttpTest {
  private static final String HEAD = "Host: test\r\nX-Long: ";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// How long a caller that trickles waits before its next byte: by itself never too long.
  private static final int PAUSE_MILLIS = 100;

  private final CountDownLatch left = new CountDownLatch(1);
  private final AtomicInteger secrets = new AtomicInteger();
  private WebServer server = WebServer.builder().build();

  @BeforeEach
  void start() {
    Map<String, String> settings =
        Map.of(
            "server.host",
            "127.0.0.1",
            "server.port",
            "0",
            "server.shutdown-grace-period",
            "PT0S",
            "server.max-payload-size",
            "65536",
            // This bounds a whole request, too; that the web server itself looks at it is put off.
            "server.idle-connection-timeout",
            "PT1S",
            "server.idle-connection-period",
            "PT1H");
    server =
        WebServer.builder()
            .config(
                MpConfig.toHelidonConfig(
                        ConfigProviderResolver.instance()
                            .getBuilder()
                            .withSources(MpConfigSources.create(settings))
                            .build())
                    .get("server"))
            .routing(routing ->
                routing
                    .get("/", (request, response) -> response.send("hello"))
                    .get("/secret", this::secret)
                    .get("/large", this::large)
                    .post("/", BoundedHttpTest::echo))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private void secret(ServerRequest request, ServerResponse response) {
    secrets.incrementAndGet();
    response.send("secret");
  }

  private void large(ServerRequest request, ServerResponse response) {
    try {
      response.send(new byte[64 << 20]);
    } finally {
      left.countDown();
    }
  }

  private static void echo(ServerRequest request, ServerResponse response) {
    response.send(request.content().as(byte[].class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "GET / HTTP/1.1\r\n" + HEAD,
        "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 60000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nF000\r\n",
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 60000\r\n\r\n"
      })
  void whoever_sends_a_request_byte_by_byte_loses_the_connection(String beginning)
      throws IOException {
    try (Socket patient = connect()) {
      assertEquals(1, answers(ask(patient, "GET / HTTP/1.1\r\nHost: test\r\n\r\n", "hello")));
      try (Socket slow = connect()) {
        send(slow, beginning);
        assertTrue(isClosedWhileTrickling(slow), "still open");
      }
      // Longer than a request may take, it has not asked anything, and may go on.
      assertEquals(1, answers(ask(patient, "GET / HTTP/1.1\r\nHost: test\r\n\r\n", "hello")));
    }
  }

  @Test
  void whoever_does_not_take_an_answer_loses_the_connection() throws Exception {
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(4096);
      deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      send(deaf, "GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
      assertTrue(
          left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the answer is still being sent");
    }
  }

  @Test
  void a_chunk_size_without_end_is_not_waited_for() throws IOException {
    for (String method : List.of("GET", "POST")) {
      try (Socket socket = connect()) {
        send(socket, method + " / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
        int sent = 0;
        try {
          // Were it read to its end, all of it would be in memory.
          for (String zeros = "0".repeat(4096); sent < 16 << 20; sent += zeros.length()) {
            send(socket, zeros);
          }
        } catch (IOException cut) {
          assertFalse(String.valueOf(cut.getMessage()).isEmpty());
        }
        assertTrue(sent < 16 << 20, "all of it was taken");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhelloXX0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n",
        "5;a=b\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "80000005\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
        "5\nhello\n0\n\n"
      })
  void what_follows_a_doubtful_chunk_is_no_request(String chunks) throws IOException {
    String smuggled = "GET /secret HTTP/1.1\r\nHost: test\r\n\r\n";
    String all =
        untilClosed(
            "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunks
                + smuggled);
    assertEquals(0, secrets.get(), all);
    assertFalse(all.contains("200 OK"), all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "Content-Length: 5, 5\r\n\r\nhello",
        "Content-Length: +5\r\n\r\nhello",
        "Content-Length: -5\r\n\r\nhello",
        "Content-Length: 0x5\r\n\r\nhello",
        "Content-Length: 5.0\r\n\r\nhello",
        "Content-Length: \r\n\r\nhello",
        "Content-Length : 5\r\n\r\nhello",
        "Content-Length: 18446744073709551621\r\n\r\nhello",
        "X: a\nContent-Length: 5\r\n\r\nhello",
        " Content-Length: 5\r\n\r\nhello"
      })
  void what_follows_a_request_whose_end_is_doubtful_is_no_request(String framing)
      throws IOException {
    String smuggled = "GET /secret HTTP/1.1\r\nHost: test\r\n\r\n";
    String all = untilClosed("POST / HTTP/1.1\r\nHost: test\r\n" + framing + smuggled);
    assertEquals(0, secrets.get(), all);
    assertFalse(all.contains("200 OK"), all);
  }

  @Test
  void proper_chunks_and_requests_that_come_together_are_answered() throws IOException {
    String chunks = "5\r\nhello\r\n0004\r\n wor\r\n2\r\nld\r\n0\r\n\r\n";
    String chunked = "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
    String all;
    try (Socket socket = connect()) {
      all =
          ask(
              socket,
              chunked
                  + chunked
                  + "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nab"
                  + "GET /secret HTTP/1.1\r\nHost: test\r\n\r\n",
              "secret");
    }
    assertEquals(4, answers(all), all);
    assertEquals(1, secrets.get());
    assertEquals(3, all.split("hello world", -1).length, all);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// What comes back until `end` has.
  private static String ask(Socket socket, String request, String end) throws IOException {
    send(socket, request);
    StringBuilder all = new StringBuilder();
    while (!all.toString().endsWith(end)) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new AssertionError("closed after " + all);
      }
      all.append((char) next);
    }
    return all.toString();
  }

  /// All that comes back, until the server closes or cuts the connection.
  private String untilClosed(String request) throws IOException {
    try (Socket socket = connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      try {
        send(socket, request);
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
          all.write(next);
        }
      } catch (SocketTimeoutException open) {
        throw new AssertionError("still open after " + all.toString(ISO_8859_1), open);
      } catch (IOException cut) {
        // What came before it is the answer.
      }
      return all.toString(ISO_8859_1);
    }
  }

  private static boolean isClosedWhileTrickling(Socket socket) throws IOException {
    socket.setSoTimeout(PAUSE_MILLIS);
    Instant end = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(end)) {
      try {
        // Whatever is answered meanwhile, what counts is the end.
        if (socket.getInputStream().read() < 0) {
          return true;
        }
      } catch (SocketTimeoutException open) {
        try {
          send(socket, "0");
        } catch (IOException closed) {
          return true;
        }
      } catch (IOException cut) {
        return true;
      }
    }
    return false;
  }

  private static int answers(String all) {
    return all.split("HTTP/1\\.1 200", -1).length - 1;
  }
}
