package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.kit.JsonLines;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/// Whether a line of the log tells which request it is about, on whatever thread it is written.
@HelidonTest
class RequestLogTest extends ApiTest {
  @Test
  void what_is_said_of_a_node_names_the_request_that_met_it() {
    String name = name();
    CELL.order(name).getFirst().down();
    Lines lines = new Lines();
    Logger logger = Logger.getLogger(StorageNodes.class.getName());
    logger.addHandler(lines);
    try {
      assertEquals(404, dev().with("X-Request-Id", "log-1").get(secret(name)).status());
    } finally {
      logger.removeHandler(lines);
    }
    assertTrue(
        lines.written.stream()
            .anyMatch(line ->
                line.contains("could not be asked") && line.contains("\"requestId\":\"log-1\"")),
        lines.written::toString);
  }

  private static final class Lines extends Handler {
    private final Queue<String> written = new ConcurrentLinkedQueue<>();

    private Lines() {
      setFormatter(new JsonLines());
    }

    @Override
    public void publish(LogRecord line) {
      written.add(getFormatter().format(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
