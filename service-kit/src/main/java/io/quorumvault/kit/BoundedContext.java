package io.quorumvault.kit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/// Another context, whose server sockets bound how many connections they have.
///
/// The web server's own bound is no good where there is TLS: a connection whose handshake fails
/// keeps its place for ever (Helidon 4.3, `ConnectionHandler.run`), so that as many port scans as
/// there are places would shut a listener. That bound is therefore turned off where this context is
/// used, see `PeerTls.settings`.
final class BoundedContext extends SSLContext {
  /// Turns the web server's own bound off.
  static final String UNBOUNDED = "-1";

  /// Four for every request that an API server takes on, since callers keep theirs open; to a node
  /// every node and API server of a cell keeps a few.
  static final int CONNECTIONS_MAX = 2048;

  private BoundedContext(SSLContext context, int connectionsMax) {
    super(new Spi(context, connectionsMax), context.getProvider(), context.getProtocol());
  }

  static SSLContext of(SSLContext context, int connectionsMax) {
    return new BoundedContext(context, connectionsMax);
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext context;
    private final int connectionsMax;

    Spi(SSLContext context, int connectionsMax) {
      this.context = context;
      this.connectionsMax = connectionsMax;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("the context is complete");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return context.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return new Sockets(context.getServerSocketFactory(), connectionsMax);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return context.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return context.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return context.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return context.getSupportedSSLParameters();
    }
  }

  private static final class Sockets extends SSLServerSocketFactory {
    private final SSLServerSocketFactory sockets;
    private final int connectionsMax;

    Sockets(SSLServerSocketFactory sockets, int connectionsMax) {
      this.sockets = sockets;
      this.connectionsMax = connectionsMax;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return sockets.getSupportedCipherSuites();
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
      return bounded(sockets.createServerSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return bounded(sockets.createServerSocket(port));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return bounded(sockets.createServerSocket(port, backlog));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
        throws IOException {
      return bounded(sockets.createServerSocket(port, backlog, address));
    }

    private ServerSocket bounded(ServerSocket socket) throws IOException {
      return new BoundedServerSocket((SSLServerSocket) socket, connectionsMax);
    }
  }
}
