package io.quorumvault.kit;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import io.helidon.common.tls.TlsManager;
import io.helidon.common.tls.spi.TlsManagerProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/// Gives a Helidon server the TLS that members of a cell use among themselves. It is chosen by
/// configuration, see `settings`, and refuses to start a server that would not demand a client's
/// certificate, or would speak anything but TLS 1.3.
///
/// The certificate of a connection is `ServerRequest.remotePeer().tlsCertificates()`.
public final class PeerTls implements TlsManager {
  static final String TYPE = "quorum-vault";

  private final String name;
  private final TlsIdentity identity;
  private final SSLContext context;

  private PeerTls(String name, TlsIdentity identity, int connectionsMax) {
    this.name = name;
    this.identity = identity;
    this.context = BoundedContext.of(identity.server(), connectionsMax);
  }

  /// What to configure so that a listener uses this: names and values of MicroProfile Config.
  ///
  /// @param listener the listener's place, for example `server` or `server.sockets.0`
  public static Map<String, String> settings(
      String listener, Path certificate, Path key, Path trust) {
    String manager = listener + ".tls.manager." + TYPE + ".";
    return Map.of(
        listener + ".max-tcp-connections",
        BoundedContext.UNBOUNDED,
        listener + ".tls.client-auth",
        TlsClientAuth.REQUIRED.name(),
        listener + ".tls.protocols.0",
        PeerTrust.PROTOCOL,
        manager + "certificate",
        certificate.toString(),
        manager + "key",
        key.toString(),
        manager + "trust",
        trust.toString());
  }

  @Override
  public void init(TlsConfig tls) {
    if (tls.clientAuth() != TlsClientAuth.REQUIRED) {
      throw new IllegalStateException("tls.client-auth (expected: REQUIRED)");
    }
    if (!tls.enabledProtocols().equals(List.of(PeerTrust.PROTOCOL))) {
      throw new IllegalStateException("tls.protocols (expected: " + PeerTrust.PROTOCOL + " alone)");
    }
  }

  /// Does nothing: the files are read again when they change.
  @Override
  public void reload(Tls tls) {}

  @Override
  public SSLContext sslContext() {
    return context;
  }

  @Override
  public Optional<X509KeyManager> keyManager() {
    return Optional.of(identity.keys());
  }

  @Override
  public Optional<X509TrustManager> trustManager() {
    return Optional.of(identity.ownCell());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return TYPE;
  }

  /// How Helidon finds it: `tls.manager.quorum-vault` with `certificate`, `key` and `trust`, and
  /// `connections` where there may be fewer.
  @SuppressWarnings("removal") // Helidon 4.3 still asks for this Config
  public static final class Provider implements TlsManagerProvider {
    @Override
    public String configKey() {
      return TYPE;
    }

    @Override
    public TlsManager create(io.helidon.common.config.Config config, String name) {
      return new PeerTls(
          name,
          TlsIdentity.open(path(config, "certificate"), path(config, "key"), path(config, "trust")),
          config.get("connections").asInt().orElse(BoundedContext.CONNECTIONS_MAX));
    }

    private static Path path(io.helidon.common.config.Config config, String member) {
      return config
          .get(member)
          .asString()
          .map(Path::of)
          .orElseThrow(
              () -> new IllegalStateException(config.key() + "." + member + " (expected: a path)"));
    }
  }
}
