package io.quorumvault.kit;

import java.util.List;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// Loggers of the JDK and of Helidon that write down what passes over a connection, once somebody
/// turns on fine logging: tokens and values pass there.
final class WireLoggers {
  private static final String HELIDON =
      "io.helidon.webserver.http1.Http1LoggingConnectionListener.";

  /// Kept here because the JDK forgets loggers that nobody holds, and what was set on them.
  private static final List<Logger> ALL =
      Stream.of(
              // Request headers, `Authorization` among them.
              "sun.net.www.protocol.http.HttpURLConnection",
              // Whole requests and answers.
              HELIDON + "recv",
              HELIDON + "send")
          .map(Logger::getLogger)
          .toList();

  private WireLoggers() {}

  /// From now on they write nothing, whatever level is set. A filter, and not a level, since that
  /// is what stays when the configuration of logging is read again.
  static void silence() {
    ALL.forEach(logger -> logger.setFilter(line -> false));
  }
}
