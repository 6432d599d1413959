package io.quorumvault.api;

import io.helidon.Main;
import io.quorumvault.kit.ServiceLog;
import java.io.PrintStream;
import org.eclipse.microprofile.config.ConfigProvider;

/// The API server's process.
public final class ApiServer {
  /// As in `sysexits.h`: the configuration is wrong, and starting again will not help.
  static final int EXIT_CONFIGURATION = 78;

  static final int EXIT_FAILURE = 1;

  /// Idle connections kept to one node. By default the JDK keeps five and makes a TLS handshake for
  /// every further request of a burst; a node takes a quarter of our requests at worst.
  private static final int IDLE_CONNECTIONS_PER_NODE = Admission.REQUESTS_MAX / 4;

  private ApiServer() {}

  /// Starts the server, or says in one line why it cannot and exits.
  public static void main(String[] args) {
    prepareJvm();
    try {
      ServiceLog.begin();
      ApiConfig.from(ConfigProvider.getConfig()).serverSettings().forEach(System::setProperty);
    } catch (IllegalArgumentException unfit) {
      exit(EXIT_CONFIGURATION, unfit);
    }
    try {
      Main.main(args);
    } catch (RuntimeException | Error failed) {
      exit(EXIT_FAILURE, failed);
    }
  }

  /// Sets what the JDK's HTTP client reads once, when the first connection is made.
  static void prepareJvm() {
    // It would send a POST again by itself when a connection breaks, unseen by us.
    System.setProperty("sun.net.http.retryPost", "false");
    System.setProperty("http.maxConnections", Integer.toString(IDLE_CONNECTIONS_PER_NODE));
  }

  private static void exit(int code, Throwable failure) {
    // Logging may not be set up yet, and whoever started the process looks here.
    PrintStream console = System.err;
    console.println("vault-api-service cannot start: " + reason(failure));
    System.exit(code);
  }

  /// The message of the innermost cause: what is around it tells of the container.
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getName() : message.lines().findFirst().orElse("");
  }
}
