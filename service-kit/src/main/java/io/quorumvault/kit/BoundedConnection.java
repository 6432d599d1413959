package io.quorumvault.kit;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// One connection of `BoundedHttp`: stands between the web server's own and the socket.
///
/// The web server's thread of the connection reads and counts; the watch looks at it from outside
/// and interrupts that thread, which closes the socket under whatever it waits for.
final class BoundedConnection
    implements ServerConnection, ConnectionContext, InterruptableTask<Void> {
  private final ConnectionContext context;
  private final ServerConnection http;
  private final Set<BoundedConnection> open;
  private final DataReader reader = new BoundedReader(this::next);
  private final long exchangeNanosMax;
  private final long exchangeBytesMax;

  /// Bytes of a request have arrived. Stays until the next one begins.
  private volatile boolean begun;

  /// Its first line is among them.
  private volatile boolean named;

  private volatile long beganNanos;
  private long bytes;

  /// @param headBytesMax of the first line and the headers of one request
  /// @param open where this is found while it is
  BoundedConnection(
      ConnectionContext context,
      ServerConnectionSelector selector,
      int headBytesMax,
      Set<BoundedConnection> open) {
    ListenerConfig listener = context.listenerContext().config();
    Duration idle = listener.idleConnectionTimeout();
    this.context = context;
    this.open = open;
    this.exchangeNanosMax =
        (idle.compareTo(BoundedHttp.EXCHANGE_MAX) < 0 ? idle : BoundedHttp.EXCHANGE_MAX).toNanos();
    this.exchangeBytesMax =
        listener.maxPayloadSize() < 0 ? Long.MAX_VALUE : listener.maxPayloadSize() + headBytesMax;
    this.http = selector.connection(this);
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    open.add(this);
    try {
      http.handle(limit);
    } finally {
      open.remove(this);
    }
  }

  /// What arrived next, null at the end.
  private byte @Nullable [] next() {
    DataReader in = context.dataReader();
    try {
      in.ensureAvailable();
    } catch (DataReader.InsufficientDataAvailableException end) {
      return null;
    }
    byte[] arrived = in.readBuffer().readBytes();
    if (!begun || isWaiting()) {
      begin();
    }
    bytes += arrived.length;
    if (bytes > exchangeBytesMax) {
      throw new CloseConnectionException("the request is too long");
    }
    return arrived;
  }

  /// Several requests may have arrived together.
  void requestBegan() {
    if (!begun || named) {
      begin();
    }
    named = true;
  }

  private void begin() {
    beganNanos = System.nanoTime();
    bytes = 0;
    named = false;
    begun = true;
  }

  /// The last request was answered and no byte of another is there.
  private boolean isWaiting() {
    return named && canInterrupt();
  }

  void endIfOverdue() {
    if (begun && System.nanoTime() - beganNanos > exchangeNanosMax && !isWaiting()) {
      http.close(true);
    }
  }

  @Override
  public boolean canInterrupt() {
    return http instanceof InterruptableTask<?> task && task.canInterrupt();
  }

  @Override
  public Duration idleTime() {
    return http.idleTime();
  }

  @Override
  public void close(boolean interrupt) {
    http.close(interrupt);
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public ListenerContext listenerContext() {
    return context.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return context.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return context.dataWriter();
  }

  @Override
  public Router router() {
    return context.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return context.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return context.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return context.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return context.localPeer();
  }

  @Override
  public boolean isSecure() {
    return context.isSecure();
  }

  @Override
  public String socketId() {
    return context.socketId();
  }

  @Override
  public String childSocketId() {
    return context.childSocketId();
  }
}
