package io.quorumvault.kit;

import io.helidon.common.tls.ConfiguredTlsManager;
import io.helidon.common.tls.TlsManager;
import io.helidon.common.tls.spi.TlsManagerProvider;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;

/// Gives a Helidon server the TLS that callers from outside use, who show no certificate: as the
/// web server sets it up by itself, with our own bound on connections, see `BoundedContext`.
public final class CallersTls extends ConfiguredTlsManager {
  static final String TYPE = "quorum-vault-callers";

  private final int connectionsMax;

  private CallersTls(String name, int connectionsMax) {
    super(name, TYPE);
    this.connectionsMax = connectionsMax;
  }

  /// What to configure so that a listener uses this: names and values of MicroProfile Config.
  ///
  /// @param listener the listener's place, for example `server`
  public static Map<String, String> settings(String listener, Path certificate, Path key) {
    return Map.of(
        listener + ".max-tcp-connections",
        BoundedContext.UNBOUNDED,
        listener + ".tls.manager." + TYPE + ".connections",
        Integer.toString(BoundedContext.CONNECTIONS_MAX),
        listener + ".tls.private-key.pem.key.resource.path",
        key.toString(),
        listener + ".tls.private-key.pem.cert-chain.resource.path",
        certificate.toString(),
        listener + ".tls.protocols.0",
        "TLSv1.3",
        listener + ".tls.protocols.1",
        "TLSv1.2");
  }

  /// Asked once, when the listener is made.
  @Override
  public SSLContext sslContext() {
    return BoundedContext.of(super.sslContext(), connectionsMax);
  }

  /// How Helidon finds it: `tls.manager.quorum-vault-callers` with `connections`.
  @SuppressWarnings("removal") // Helidon 4.3 still asks for this Config
  public static final class Provider implements TlsManagerProvider {
    @Override
    public String configKey() {
      return TYPE;
    }

    @Override
    public TlsManager create(io.helidon.common.config.Config config, String name) {
      return new CallersTls(
          name, config.get("connections").asInt().orElse(BoundedContext.CONNECTIONS_MAX));
    }
  }
}
