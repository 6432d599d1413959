package io.quorumvault.cli.doctor;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Judges a server exactly as the judge it asks, and remembers what the server showed, so that it
/// can be said why it was refused. Accepts nothing by itself.
final class SeenTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager judge;
  private List<X509Certificate> shown = List.of();

  SeenTrust(TrustManager[] judges) {
    for (TrustManager one : judges) {
      if (one instanceof X509ExtendedTrustManager x509) {
        this.judge = x509;
        return;
      }
    }
    throw new IllegalStateException("this JDK has no judge of certificates");
  }

  /// The server's certificates, its own first; empty before it showed any.
  List<X509Certificate> shown() {
    return shown;
  }

  /// Whether the certificates are good for some name, whatever the server is called.
  boolean acceptsForSomeName() {
    try {
      judge.checkServerTrusted(shown.toArray(X509Certificate[]::new), "UNKNOWN");
      return true;
    } catch (CertificateException refused) {
      return false;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    shown = List.of(chain);
    judge.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    shown = List.of(chain);
    judge.checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    shown = List.of(chain);
    judge.checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    judge.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }
}
