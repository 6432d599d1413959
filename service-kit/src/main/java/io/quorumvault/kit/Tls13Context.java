package io.quorumvault.kit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A context whose clients speak TLS 1.3 and check host names without being asked to: the JDK's own
/// "TLSv1.3" context still lets a client fall back to 1.2, and leaves the host name to the caller.
final class Tls13Context extends SSLContext {
  /// A resumed session is not asked for its certificate again, so a peer whose certificate expired
  /// or whose authority was withdrawn is let in this much longer.
  private static final Duration SESSION_TIMEOUT = Duration.ofMinutes(5);

  private Tls13Context(SSLContext context) {
    super(new Restricted(context), context.getProvider(), context.getProtocol());
  }

  static SSLContext of(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance(PeerTrust.PROTOCOL);
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, new SecureRandom());
      context.getClientSessionContext().setSessionTimeout((int) SESSION_TIMEOUT.toSeconds());
      context.getServerSessionContext().setSessionTimeout((int) SESSION_TIMEOUT.toSeconds());
      return new Tls13Context(context);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("a JDK always has TLS 1.3", missing);
    }
  }

  private static SSLParameters restricted(SSLParameters parameters) {
    parameters.setProtocols(new String[] {PeerTrust.PROTOCOL});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  private static final class Restricted extends SSLContextSpi {
    private final SSLContext context;

    Restricted(SSLContext context) {
      this.context = context;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("the context is complete");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new RestrictedSockets(context.getSocketFactory());
    }

    /// For servers: what they must demand of clients is theirs to set, see `PeerTls`.
    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return context.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return restricted(context.createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return restricted(context.createSSLEngine(host, port));
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
      return Tls13Context.restricted(context.getDefaultSSLParameters());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      SSLParameters supported = context.getSupportedSSLParameters();
      supported.setProtocols(new String[] {PeerTrust.PROTOCOL});
      return supported;
    }

    private static SSLEngine restricted(SSLEngine engine) {
      engine.setSSLParameters(Tls13Context.restricted(engine.getSSLParameters()));
      return engine;
    }
  }

  private static final class RestrictedSockets extends SSLSocketFactory {
    private final SSLSocketFactory sockets;

    RestrictedSockets(SSLSocketFactory sockets) {
      this.sockets = sockets;
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
    public Socket createSocket() throws IOException {
      return restricted(sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return restricted(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return restricted(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return restricted(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
      return restricted(sockets.createSocket(address, port, localAddress, localPort));
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      return restricted(sockets.createSocket(socket, host, port, autoClose));
    }

    /// A socket on which the peer has spoken already is a server's, which has no host name to
    /// check.
    @Override
    public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose)
        throws IOException {
      throw new IOException("for clients only");
    }

    private static Socket restricted(Socket socket) {
      SSLSocket tls = (SSLSocket) socket;
      tls.setSSLParameters(Tls13Context.restricted(tls.getSSLParameters()));
      return tls;
    }
  }
}
