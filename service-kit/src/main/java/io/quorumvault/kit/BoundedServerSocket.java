package io.quorumvault.kit;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A server socket that accepts no connection while too many are open. A connection is open until
/// it is closed, however it came to that.
///
/// When all places are taken, those go first that have not even got through their handshake in good
/// time. Connections are accepted by one thread.
final class BoundedServerSocket extends SSLServerSocket {
  /// A handshake takes two round trips.
  static final Duration HANDSHAKE_MAX = Duration.ofSeconds(10);

  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SSLServerSocket socket;
  private final int connectionsMax;
  private final List<Accepted> open = new ArrayList<>();

  /// Held weakly: a closed socket still has in its buffers what came through it, and must not be
  /// kept for that. Whoever serves a connection holds its socket.
  private record Accepted(WeakReference<SSLSocket> socket, long atNanos) {
    boolean isOver() {
      SSLSocket served = socket.get();
      return served == null || served.isClosed();
    }

    void closeIfSlow() throws IOException {
      SSLSocket served = socket.get();
      // Null until the handshake is through, empty or a name from then on.
      if (served != null
          && served.getApplicationProtocol() == null
          && System.nanoTime() - atNanos > HANDSHAKE_MAX.toNanos()) {
        served.close();
      }
    }
  }

  BoundedServerSocket(SSLServerSocket socket, int connectionsMax) throws IOException {
    this.socket = socket;
    this.connectionsMax = connectionsMax;
  }

  @Override
  public Socket accept() throws IOException {
    awaitPlace();
    Socket accepted = socket.accept();
    open.add(new Accepted(new WeakReference<>((SSLSocket) accepted), System.nanoTime()));
    return accepted;
  }

  private void awaitPlace() throws IOException {
    while (open.size() >= connectionsMax && !isClosed()) {
      for (Accepted each : open) {
        each.closeIfSlow();
      }
      open.removeIf(Accepted::isOver);
      if (open.size() >= connectionsMax) {
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
    }
  }

  @Override
  public void bind(SocketAddress address) throws IOException {
    socket.bind(address);
  }

  @Override
  public void bind(SocketAddress address, int backlog) throws IOException {
    socket.bind(address, backlog);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public boolean isBound() {
    return socket.isBound();
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public InetAddress getInetAddress() {
    return socket.getInetAddress();
  }

  @Override
  public int getLocalPort() {
    return socket.getLocalPort();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return socket.getLocalSocketAddress();
  }

  @Override
  public <T> BoundedServerSocket setOption(SocketOption<T> name, T value) throws IOException {
    socket.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return socket.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return socket.supportedOptions();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    socket.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws IOException {
    return socket.getSoTimeout();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    socket.setReuseAddress(on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return socket.getReuseAddress();
  }

  @Override
  public void setReceiveBufferSize(int bytes) throws SocketException {
    socket.setReceiveBufferSize(bytes);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return socket.getReceiveBufferSize();
  }

  @Override
  public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
    socket.setPerformancePreferences(connectionTime, latency, bandwidth);
  }

  @Override
  public SSLParameters getSSLParameters() {
    return socket.getSSLParameters();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    socket.setSSLParameters(parameters);
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return socket.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    socket.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return socket.getSupportedCipherSuites();
  }

  @Override
  public String[] getSupportedProtocols() {
    return socket.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return socket.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    socket.setEnabledProtocols(protocols);
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    socket.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return socket.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    socket.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return socket.getWantClientAuth();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    socket.setUseClientMode(mode);
  }

  @Override
  public boolean getUseClientMode() {
    return socket.getUseClientMode();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    socket.setEnableSessionCreation(flag);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return socket.getEnableSessionCreation();
  }
}
