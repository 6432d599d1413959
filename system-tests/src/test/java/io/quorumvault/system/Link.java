package io.quorumvault.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How one process reaches another: a port on loopback whose connections are carried to the other's
/// own, over two wires that can be harmed. What travels is TLS and stays it.
final class Link implements AutoCloseable {
  /// Connections that wait to be taken: every request of a node at once.
  private static final int BACKLOG = 256;

  private final ServerSocket door;
  private final InetSocketAddress target;
  private final Wire there;
  private final Wire back;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// @param target where the other listens
  Link(InetSocketAddress target, long seed) {
    this.target = target;
    this.there = new Wire(new Random(seed));
    this.back = new Wire(new Random(~seed));
    try {
      this.door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
    Thread _ = Thread.ofVirtual().name("link-to-" + target.getPort()).start(this::accept);
  }

  /// Where the link begins.
  URI url() {
    return URI.create("https://127.0.0.1:" + door.getLocalPort());
  }

  /// From whoever connects to whoever listens.
  Wire there() {
    return there;
  }

  Wire back() {
    return back;
  }

  private void accept() {
    while (!closed) {
      try {
        Socket near = kept(door.accept());
        Thread _ = Thread.ofVirtual().start(() -> new Connection(near).carryThere());
      } catch (IOException ended) {
        // Closed, or whoever came has gone.
      }
    }
  }

  private Socket kept(Socket socket) throws IOException {
    sockets.add(socket);
    socket.setTcpNoDelay(true);
    if (closed) {
      socket.close();
    }
    return socket;
  }

  /// One connection: two sockets.
  private final class Connection {
    private final Socket near;
    private @Nullable Socket far;

    Connection(Socket near) {
      this.near = near;
    }

    void carryThere() {
      try {
        there.carry(near.getInputStream(), () -> connected().getOutputStream());
        if (far != null) {
          far.shutdownOutput();
          return;
        }
      } catch (IOException broken) {
        // The same for both ends.
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      hangUp();
    }

    /// Nobody is troubled before there is something to say.
    private Socket connected() throws IOException {
      Socket open = far;
      if (open == null) {
        Socket opened = kept(new Socket(target.getAddress(), target.getPort()));
        far = opened;
        Thread _ = Thread.ofVirtual().start(() -> carryBack(opened));
        return opened;
      }
      return open;
    }

    private void carryBack(Socket from) {
      try {
        back.carry(from.getInputStream(), near::getOutputStream);
      } catch (IOException broken) {
        // The same for both ends.
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      hangUp();
    }

    private void hangUp() {
      drop(near);
      Socket other = far;
      if (other != null) {
        drop(other);
      }
    }
  }

  private void drop(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException gone) {
      // That was the wish.
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      door.close();
    } catch (IOException gone) {
      // That was the wish.
    }
    there.mend();
    back.mend();
    Set.copyOf(sockets).forEach(this::drop);
  }
}
