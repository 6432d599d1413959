package io.quorumvault.kit;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.time.InstantSource;
import java.util.Date;

/// Says in each answer of a resource when it was made (RFC 9110, section 6.6.1). The web server
/// would do so by itself, with a date from a timer that goes by the wall clock: once that is set
/// back, the timer stands still until it has caught up, and every answer has the date of the moment
/// before.
@Provider
public final class DateHeader implements ContainerResponseFilter {
  private final InstantSource clock;

  public DateHeader() {
    this(InstantSource.system());
  }

  DateHeader(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    response.getHeaders().putSingle(HttpHeaders.DATE, Date.from(clock.instant()));
  }
}
