package io.quorumvault.kit;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Trusts a peer only if all of this holds: its chain leads to a trusted authority (RFC 5280), the
/// connection is TLS 1.3, a server has the host name we called (RFC 9525), and its certificate
/// speaks for an identity that is expected here. A connection that was set up without the host name
/// check is refused, so that no client library can leave it out unnoticed. Safe for use by several
/// threads.
final class PeerTrust extends X509ExtendedTrustManager {
  static final String PROTOCOL = "TLSv1.3";

  private static final String HOST_NAME_CHECK = "HTTPS";

  private final Supplier<TlsMaterial> material;
  private final Predicate<PeerIdentity> expected;
  private final String expectation;

  /// @param expectation what is expected, for messages
  PeerTrust(Supplier<TlsMaterial> material, Predicate<PeerIdentity> expected, String expectation) {
    this.material = material;
    this.expected = expected;
    this.expectation = expectation;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkConnection(engine.getHandshakeSession());
    checkHostNameIsChecked(engine.getSSLParameters());
    material.get().trust().checkServerTrusted(chain, authType, engine);
    checkIdentity(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    SSLSocket tls = tls(socket);
    checkConnection(tls.getHandshakeSession());
    checkHostNameIsChecked(tls.getSSLParameters());
    material.get().trust().checkServerTrusted(chain, authType, tls);
    checkIdentity(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkConnection(engine.getHandshakeSession());
    material.get().trust().checkClientTrusted(chain, authType, engine);
    checkIdentity(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    SSLSocket tls = tls(socket);
    checkConnection(tls.getHandshakeSession());
    material.get().trust().checkClientTrusted(chain, authType, tls);
    checkIdentity(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw withoutConnection();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw withoutConnection();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return material.get().trust().getAcceptedIssuers();
  }

  private void checkIdentity(X509Certificate certificate) throws CertificateException {
    Optional<PeerIdentity> identity = PeerIdentity.of(certificate);
    if (identity.filter(expected).isEmpty()) {
      throw new CertificateException(
          "peer speaks for "
              + identity.map(PeerIdentity::urn).orElse("nobody")
              + " (expected: "
              + expectation
              + ")");
    }
  }

  private static SSLSocket tls(@Nullable Socket socket) throws CertificateException {
    if (socket instanceof SSLSocket tls) {
      return tls;
    }
    throw withoutConnection();
  }

  private static void checkConnection(@Nullable SSLSession handshake) throws CertificateException {
    if (handshake == null || !handshake.getProtocol().equals(PROTOCOL)) {
      throw new CertificateException("connection (expected: " + PROTOCOL + ")");
    }
  }

  private static void checkHostNameIsChecked(SSLParameters parameters) throws CertificateException {
    if (!HOST_NAME_CHECK.equalsIgnoreCase(parameters.getEndpointIdentificationAlgorithm())) {
      throw new CertificateException("connection (expected: one that checks the host name)");
    }
  }

  /// Without the connection neither the host name nor the protocol can be checked.
  private static CertificateException withoutConnection() {
    return new CertificateException("no connection to check the certificate for");
  }
}
