package io.quorumvault.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/// How a service writes its log, which is all it writes to standard output.
public final class ServiceLog {
  /// `text` or `json`. A system property, or `VAULT_LOG_FORMAT` in the environment: it counts
  /// before any other configuration is read.
  static final String FORMAT = "vault.log.format";

  private ServiceLog() {}

  /// To be called before anything is logged. A configuration of the operator's own
  /// (`java.util.logging.config.file` or `.class`) is left alone.
  ///
  /// @throws IllegalArgumentException if another format is asked for
  public static void begin() {
    boolean json = isJson();
    if (System.getProperty("java.util.logging.config.file") == null
        && System.getProperty("java.util.logging.config.class") == null) {
      // Helidon would read a configuration of its own over this one.
      System.setProperty("io.helidon.logging.config.disabled", "true");
      try (InputStream ours = ServiceLog.class.getResourceAsStream("logging.properties")) {
        LogManager.getLogManager().readConfiguration(ours);
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
      if (json) {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
          handler.setFormatter(new JsonLines());
        }
      }
    }
    WireLoggers.silence();
  }

  private static boolean isJson() {
    String format =
        Optional.ofNullable(System.getProperty(FORMAT))
            .or(() -> Optional.ofNullable(System.getenv("VAULT_LOG_FORMAT")))
            .orElse("text");
    return switch (format) {
      case "json" -> true;
      case "text" -> false;
      default -> throw new IllegalArgumentException(FORMAT + " (expected: text or json)");
    };
  }
}
