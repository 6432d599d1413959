package io.quorumvault.storage.http;

import static jakarta.interceptor.Interceptor.Priority.LIBRARY_BEFORE;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.quorumvault.storage.HealthListener;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/// The same health as on the node's own listener, as yes or no, for those who have no certificate.
/// What is behind it (how many shares are lacking, which peers differ) is told there alone.
@ApplicationScoped
class HealthRoute {
  void setUp(
      @Observes @Priority(LIBRARY_BEFORE) @Initialized(ApplicationScoped.class) Object event,
      ServerCdiExtension server,
      Config config,
      @Liveness Instance<HealthCheck> live,
      @Startup Instance<HealthCheck> started,
      @Readiness Instance<HealthCheck> ready) {
    if (HealthListener.of(config).isEmpty()) {
      return;
    }
    HttpRouting.Builder routing = server.serverNamedRoutingBuilder(HealthListener.NAME);
    routing.get("/health/live", answer(live));
    routing.get("/health/started", answer(started));
    routing.get("/health/ready", answer(ready));
  }

  private static Handler answer(Instance<HealthCheck> checks) {
    return (request, response) -> {
      boolean up =
          checks.stream()
              .map(HealthCheck::call)
              .allMatch(answer -> answer.getStatus() == HealthCheckResponse.Status.UP);
      response
          .status(up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
          .header(HeaderNames.CONTENT_TYPE, "application/json")
          .header(HeaderNames.CACHE_CONTROL, "no-store")
          .send(up ? "{\"status\":\"UP\"}" : "{\"status\":\"DOWN\"}");
    };
  }
}
