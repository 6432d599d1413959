package io.quorumvault.api.http;

import static jakarta.interceptor.Interceptor.Priority.LIBRARY_BEFORE;

import io.helidon.http.HeaderNames;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.quorumvault.api.Admission;
import io.quorumvault.api.ApiConfig;
import io.quorumvault.api.metrics.ApiMetrics;
import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.kit.CertificateFile;
import io.quorumvault.kit.Meters;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.kit.TlsIdentity;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Makes the metrics, and serves them where they are asked for: on a listener of their own, which
/// demands a certificate of the cell. The callers' listener knows nothing of them.
@ApplicationScoped
class MetricsSetup {
  @Produces
  @Singleton
  ApiMetrics metrics(ApiConfig config) {
    return new ApiMetrics(
        new Meters(),
        OperationFilter.operationIds(
            SecretResource.class, EnvironmentResource.class, StatusResource.class),
        config.membership().everyNode());
  }

  void setUp(
      @Observes @Priority(LIBRARY_BEFORE) @Initialized(ApplicationScoped.class) Object event,
      ServerCdiExtension server,
      ApiConfig config,
      ApiMetrics metrics,
      Admission admission,
      StorageNodes nodes,
      TlsIdentity identity,
      PolicyFile policy) {
    metrics.watch(admission::underWay, nodes::doubtful);
    metrics.watchPolicy(policy::since, InstantSource.system());
    Map<String, Supplier<Instant>> certificates = new HashMap<>();
    certificates.put("nodes", identity::validUntil);
    config
        .listener()
        .tls()
        .ifPresent(tls -> {
          // The web server reads it once, at its start.
          Instant end = CertificateFile.validUntil(tls.certificate());
          certificates.put("callers", () -> end);
        });
    metrics.watchCertificates(certificates, InstantSource.system());
    if (config.metrics().isPresent()) {
      server
          .serverNamedRoutingBuilder(ApiConfig.Metrics.LISTENER)
          .get(
              "/metrics",
              (request, response) ->
                  response
                      .header(HeaderNames.CONTENT_TYPE, Meters.CONTENT_TYPE)
                      .header(HeaderNames.CACHE_CONTROL, "no-store")
                      .send(metrics.text()));
    }
  }
}
