package io.quorumvault.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

/// A plain TCP connection, for requests that no HTTP client would send.
final class RawConnection implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 20_000;

  private final Socket socket;

  private RawConnection(Socket socket) {
    this.socket = socket;
  }

  static RawConnection to(URI server) {
    try {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), DEADLINE_MILLIS);
      socket.setSoTimeout(DEADLINE_MILLIS);
      return new RawConnection(socket);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  /// With TLS, to whoever that context trusts.
  static RawConnection to(URI server, SSLContext context) {
    try {
      Socket socket = context.getSocketFactory().createSocket(server.getHost(), server.getPort());
      socket.setSoTimeout(DEADLINE_MILLIS);
      return new RawConnection(socket);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  void send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }

  /// Sends a little more and looks whether the other side has had enough.
  ///
  /// @return false if it has closed the connection
  boolean trickles(String more) {
    try {
      socket.setSoTimeout(1);
      try {
        while (socket.getInputStream().read() >= 0) {
          // An answer does not end the connection.
        }
        return false;
      } catch (SocketTimeoutException open) {
        send(more);
        return true;
      }
    } catch (IOException | UncheckedIOException cut) {
      return false;
    }
  }

  /// Sends bytes and returns all that comes back until the other side closes the connection.
  String untilClosed(String sent) {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try {
      send(sent);
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        received.write(next);
      }
    } catch (SocketTimeoutException open) {
      throw new AssertionError(
          "still open after: " + received.toString(StandardCharsets.ISO_8859_1), open);
    } catch (IOException | UncheckedIOException cut) {
      // What arrived before is the answer.
    }
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  /// Sends bytes and returns what comes back: a head and as much of a body as it announces, or
  /// everything until the other side closes the connection. ISO 8859-1, so that bytes are
  /// characters.
  String exchange(String sent) {
    try {
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException closedEarly) {
      // A server may refuse before it has read everything; its answer is there all the same.
    }
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[4096];
      while (!isComplete(received.toString(StandardCharsets.ISO_8859_1))) {
        int count = in.read(buffer);
        if (count < 0) {
          break;
        }
        received.write(buffer, 0, count);
      }
    } catch (SocketTimeoutException silent) {
      throw new AssertionError(
          "no whole answer in time, only: " + received.toString(StandardCharsets.ISO_8859_1),
          silent);
    } catch (IOException reset) {
      // The connection was cut: what arrived before is the answer.
    }
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  private static boolean isComplete(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    for (String line : answer.substring(0, end).split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        return answer.length() - end - 4 >= Integer.parseInt(line.substring(15).strip());
      }
    }
    return answer.endsWith("0\r\n\r\n");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      throw new UncheckedIOException(alreadyClosed);
    }
  }
}
