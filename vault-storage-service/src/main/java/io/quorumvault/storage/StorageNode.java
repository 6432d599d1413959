package io.quorumvault.storage;

import io.helidon.microprofile.server.Server;
import io.quorumvault.kit.PeerTls;
import io.quorumvault.kit.ServiceLog;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/// Starts one storage node and keeps it running until the process is asked to stop.
public final class StorageNode {
  /// Connections kept open to each peer: the lanes of writes and reads, and some to spare.
  private static final String CONNECTIONS_PER_PEER = "16";

  private StorageNode() {}

  public static void main(String[] arguments) {
    try {
      ServiceLog.begin();
    } catch (IllegalArgumentException refused) {
      refuse(refused);
    }
    // A request is sent again by the protocol, which knows what that means, and by nobody below it.
    System.setProperty("sun.net.http.retryPost", "false");
    System.setProperty("http.maxConnections", CONNECTIONS_PER_PEER);
    try {
      NodeConfig config = NodeConfig.of(ConfigProvider.getConfig());
      HealthListener.of(ConfigProvider.getConfig())
          .ifPresent(listener -> listener.settings().forEach(System::setProperty));
      Map<String, String> tls =
          PeerTls.settings(
              "server", path(config.certificate()), path(config.key()), path(config.trust()));
      tls.forEach(System::setProperty);
    } catch (NodeConfig.Refused refused) {
      refuse(refused);
    }
    try {
      Server.create().start();
    } catch (RuntimeException failed) {
      // Threads that were started by then would keep a process alive that serves nobody.
      failed.printStackTrace();
      System.exit(1);
    }
  }

  private static Path path(Path path) {
    return path.toAbsolutePath();
  }

  private static void refuse(RuntimeException refused) {
    System.err.println("The storage node does not start: " + refused.getMessage());
    System.exit(2);
  }
}
