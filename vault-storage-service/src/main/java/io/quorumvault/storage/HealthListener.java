package io.quorumvault.storage;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/// Where an orchestrator without a certificate asks how this node is: a listener of its own, in
/// plain HTTP, that answers `/health/live`, `/health/started` and `/health/ready` with yes or no
/// and knows nothing else. Off unless it has a port.
///
/// @param host the address to listen on
/// @param port 0 for any that is free
public record HealthListener(String host, int port) {
  /// Its name among the web server's listeners.
  public static final String NAME = "health";

  private static final String DEFAULT_HOST = "127.0.0.1";
  private static final int PORT_MAX = 65_535;

  /// Probes come from one place and one after the other; further connections are refused, so that
  /// nobody ties up the node here.
  private static final String CONNECTIONS_MAX = "32";

  public HealthListener {
    if (port < 0 || port > PORT_MAX) {
      throw new NodeConfig.Refused("vault.health.port", "0 to " + PORT_MAX);
    }
  }

  /// Empty if none is wanted.
  ///
  /// @throws NodeConfig.Refused if the port is none
  public static Optional<HealthListener> of(Config config) {
    return config
        .getOptionalValue("vault.health.port", String.class)
        .filter(text -> !text.isBlank())
        .map(port ->
            new HealthListener(
                config
                    .getOptionalValue("vault.health.host", String.class)
                    .filter(text -> !text.isBlank())
                    .orElse(DEFAULT_HOST),
                number(port)));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException malformed) {
      throw new NodeConfig.Refused("vault.health.port", "0 to " + PORT_MAX);
    }
  }

  /// What to configure so that the web server has this listener.
  Map<String, String> settings() {
    String socket = "server.sockets.0.";
    Map<String, String> settings = new HashMap<>();
    settings.put(socket + "name", NAME);
    settings.put(socket + "host", host);
    settings.put(socket + "port", Integer.toString(port));
    settings.put(socket + "max-tcp-connections", CONNECTIONS_MAX);
    settings.put(socket + "idle-connection-timeout", "PT30S");
    // A probe has no body.
    settings.put(socket + "max-payload-size", "1024");
    return settings;
  }
}
