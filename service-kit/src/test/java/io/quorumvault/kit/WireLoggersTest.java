package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireLoggersTest {
  private static final String TOKEN = "header.payload.signature";

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final Logger root = Logger.getLogger("");
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLoggerName() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void turnEverythingOn() throws IOException {
    WireLoggers.silence();
    // As a program does that reads its configuration after it was told to be silent.
    LogManager.getLogManager()
        .readConfiguration(
            new ByteArrayInputStream(".level=ALL\n".getBytes(StandardCharsets.UTF_8)));
    root.addHandler(handler);
  }

  @AfterEach
  void turnItOff() throws IOException {
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void the_client_does_not_log_tokens_at_any_level() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
    server.start();
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + server.getAddress().getPort())
                  .toURL()
                  .openConnection();
      connection.setRequestProperty("Authorization", "Bearer " + TOKEN);
      assertEquals(204, connection.getResponseCode());
    } finally {
      server.stop(0);
    }
    assertFalse(lines.isEmpty());
    assertFalse(lines.toString().contains(TOKEN), lines::toString);
  }

  @Test
  void the_server_does_not_log_what_passes() {
    for (String direction : List.of("recv", "send")) {
      System.getLogger("io.helidon.webserver.http1.Http1LoggingConnectionListener." + direction)
          .log(System.Logger.Level.TRACE, TOKEN);
    }
    root.log(Level.FINEST, "logging is on");
    assertEquals(List.of(" logging is on"), lines);
  }
}
