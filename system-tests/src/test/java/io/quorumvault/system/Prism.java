package io.quorumvault.system;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// A proxy before the API that holds every request and every answer against
/// `openapi/vault-api.yaml`, and says in a header of the answer what is not as it should be.
final class Prism implements AutoCloseable {
  static final String VIOLATIONS = "sl-violations";

  /// Of `openapi/tool`: this machine cannot run it.
  private static final int NOT_RUN = 69;

  private final Process process;
  private final URI url;

  private Prism(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /// One that listens. On a machine that cannot run it, the test ends as not run, aloud.
  static Prism before(URI api) throws IOException {
    Path openapi = VaultCluster.root().resolve("openapi");
    String tool = openapi.resolve("tool").toString();
    Command installed = Command.run(openapi, List.of(tool, "prism", "--version"));
    if (installed.exitCode() == NOT_RUN) {
      PrintStream console = System.out;
      console.println(installed.messages().strip());
      Assumptions.abort(installed.messages());
    }
    Command _ = installed.succeeded();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    // Nothing of what it writes is kept: there may be values in it.
    Process process =
        new ProcessBuilder(
                tool,
                "prism",
                "proxy",
                openapi.resolve("vault-api.yaml").toString(),
                api.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--cors",
                "false",
                "--verboseLevel",
                "silent")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Prism prism = new Prism(process, URI.create("http://127.0.0.1:" + port));
    try {
      Eventually.holds("Prism listens", () -> prism.listens(port));
    } catch (AssertionError failed) {
      prism.close();
      throw failed;
    }
    return prism;
  }

  private boolean listens(int port) {
    if (!process.isAlive()) {
      throw new IllegalStateException("Prism ended with " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  URI url() {
    return url;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
