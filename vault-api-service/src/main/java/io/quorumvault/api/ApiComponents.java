package io.quorumvault.api;

import io.quorumvault.Limits;
import io.quorumvault.api.metrics.ApiMetrics;
import io.quorumvault.api.nodes.Hedging;
import io.quorumvault.api.nodes.NodeClients;
import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.kit.PeerIdentity;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.kit.TlsIdentity;
import io.quorumvault.kit.TokenVerifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.ConfigProvider;

/// Makes the one of each that the server consists of.
@ApplicationScoped
class ApiComponents {
  @Produces
  @Singleton
  ApiConfig config() {
    return ApiConfig.from(ConfigProvider.getConfig());
  }

  @Produces
  @Singleton
  Admission admission(ApiConfig config) {
    return Admission.ofThisHeap(config.requestsMax(), Limits.REQUEST_BYTES_MAX);
  }

  @Produces
  @Singleton
  CallerRates callerRates(ApiConfig config) {
    return new CallerRates(config.callerRequestsPerSecond());
  }

  @Produces
  @Singleton
  PolicyFile policy(ApiConfig config) {
    return PolicyFile.open(config.policy());
  }

  @Produces
  @Singleton
  TokenVerifier tokens(ApiConfig config) {
    ApiConfig.Tokens tokens = config.tokens();
    return TokenVerifier.of(tokens.issuer(), tokens.audiences(), tokens.keys());
  }

  /// Who this server is to the nodes.
  @Produces
  @Singleton
  TlsIdentity identity(ApiConfig config) {
    String cell = config.membership().cell();
    TlsIdentity tls =
        TlsIdentity.open(
            config.nodeTls().certificate(), config.nodeTls().key(), config.nodeTls().trust());
    if (!tls.self().equals(PeerIdentity.api(cell))) {
      throw new IllegalStateException(
          "vault.tls.certificate speaks for "
              + tls.self()
              + " (expected: "
              + PeerIdentity.api(cell)
              + ")");
    }
    return tls;
  }

  @Produces
  @Singleton
  StorageNodes nodes(ApiConfig config, TlsIdentity tls) {
    String cell = config.membership().cell();
    Timeouts timeouts = config.timeouts();
    return new StorageNodes(
        NodeClients.of(cell, config.peers(), tls, timeouts.connect(), timeouts.request()),
        timeouts.standing());
  }

  void close(@Disposes StorageNodes nodes) {
    nodes.close();
  }

  @Produces
  @Singleton
  Hedging hedging() {
    return new Hedging();
  }

  void close(@Disposes Hedging hedging) {
    hedging.close();
  }

  @Produces
  @Singleton
  Cell cell(ApiConfig config, StorageNodes nodes, Hedging hedging, ApiMetrics metrics) {
    return new Cell(config.membership(), nodes, hedging, config.timeouts(), metrics);
  }

  @Produces
  @Singleton
  Receipts receipts(ApiConfig config, StorageNodes nodes, TlsIdentity tls) {
    return new Receipts(config.membership(), nodes, config.timeouts(), tls::authorities);
  }

  @Produces
  @Singleton
  Denials denials(ApiConfig config, StorageNodes nodes) {
    return new Denials(nodes, config.membership().everyNode());
  }

  void close(@Disposes Denials denials) {
    denials.close();
  }

  @Produces
  @Singleton
  CellWatch watch(StorageNodes nodes) {
    return new CellWatch(nodes);
  }
}
