package io.quorumvault.storage.http;

import static jakarta.interceptor.Interceptor.Priority.LIBRARY_BEFORE;

import io.helidon.http.HeaderNames;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.quorumvault.kit.Meters;
import io.quorumvault.storage.NodeRuntime;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;

/// `GET /metrics`, on the listener of the node: to those who show a certificate of the cell, like
/// health, and to nobody else.
@ApplicationScoped
class MetricsRoute {
  void setUp(
      @Observes @Priority(LIBRARY_BEFORE) @Initialized(ApplicationScoped.class) Object event,
      ServerCdiExtension server,
      NodeRuntime node) {
    server
        .serverRoutingBuilder()
        .get(
            "/metrics",
            (request, response) ->
                response
                    .header(HeaderNames.CONTENT_TYPE, Meters.CONTENT_TYPE)
                    .header(HeaderNames.CACHE_CONTROL, "no-store")
                    .send(node.metrics().text()));
  }
}
