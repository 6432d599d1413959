package io.quorumvault.kit;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Presents our certificate and key, as they are when a handshake begins. A handshake that began
/// with the certificate before the last change ends with that one: the name it was chosen under
/// says which. Safe for use by several threads.
final class OwnKeys extends X509ExtendedKeyManager {
  private final Supplier<TlsMaterial> source;
  private TlsMaterial current;
  private TlsMaterial previous;

  OwnKeys(Supplier<TlsMaterial> source) {
    this.source = source;
    this.current = source.get();
    this.previous = current;
  }

  private synchronized TlsMaterial latest() {
    TlsMaterial found = source.get();
    if (!found.equals(current)) {
      previous = current;
      current = found;
    }
    return current;
  }

  private synchronized @Nullable TlsMaterial named(String alias) {
    if (alias.equals(alias(current))) {
      return current;
    }
    return alias.equals(alias(previous)) ? previous : null;
  }

  private static String alias(TlsMaterial material) {
    return material.chain().getFirst().getSerialNumber().toString(16)
        + "-"
        + Integer.toHexString(material.chain().getFirst().hashCode());
  }

  private @Nullable String choose(String @Nullable [] keyTypes) {
    TlsMaterial material = latest();
    boolean fits =
        keyTypes != null && Arrays.asList(keyTypes).contains(material.key().getAlgorithm());
    return fits ? alias(material) : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyTypes);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(new String[] {keyType});
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(new String[] {keyType});
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = choose(new String[] {keyType});
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    TlsMaterial material = named(alias);
    return material == null ? null : material.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    TlsMaterial material = named(alias);
    return material == null ? null : material.key();
  }
}
