package io.quorumvault.api.http;

import static jakarta.interceptor.Interceptor.Priority.LIBRARY_BEFORE;

import io.helidon.http.DirectHandler.EventType;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.quorumvault.api.Admission;
import io.quorumvault.api.ApiConfig;
import io.quorumvault.api.Cell;
import io.quorumvault.api.metrics.ApiMetrics;
import io.quorumvault.kit.TokenVerifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.reflect.Method;
import java.time.InstantSource;

/// Puts the `Edge` around everything the web server serves, before it starts.
@ApplicationScoped
class EdgeSetup {
  private final Edge edge;

  @Inject
  EdgeSetup(Admission admission, ApiMetrics metrics, ApiConfig config) {
    this.edge = new Edge(admission, metrics, config.timeouts().request(), InstantSource.system());
  }

  void setUp(
      @Observes @Priority(LIBRARY_BEFORE) @Initialized(ApplicationScoped.class) Object event,
      ServerCdiExtension server,
      Cell cell,
      TokenVerifier tokens,
      Permissions permissions) {
    // The last three are only made here: a file that is missing stops the start, not a request.
    HttpRouting.Builder routing = server.serverRoutingBuilder();
    routing.addFilter(edge);
    routing.error(Throwable.class, edge::answer);
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(type, edge);
    }
    builder(server).directHandlers(handlers.build());
  }

  /// Helidon MP offers the handlers of what is refused before routing neither in its configuration
  /// nor in public methods; the builder that has them is one package-private method away. If a
  /// later Helidon moves it, the server does not start, and the first test says so.
  private static WebServerConfig.Builder builder(ServerCdiExtension server) {
    try {
      Method builder = ServerCdiExtension.class.getDeclaredMethod("serverBuilder");
      builder.setAccessible(true);
      return (WebServerConfig.Builder) builder.invoke(server);
    } catch (ReflectiveOperationException moved) {
      throw new IllegalStateException("Helidon's server builder is not where it was", moved);
    }
  }
}
