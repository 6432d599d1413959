package io.quorumvault.api;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Ready while the cell within reach can read or write: a request sent here can then succeed. Says
/// nothing of how many nodes there are.
@Readiness
@ApplicationScoped
public class CellReadiness implements HealthCheck {
  private final CellWatch watch;

  @Inject
  CellReadiness(CellWatch watch) {
    this.watch = watch;
  }

  @Override
  public HealthCheckResponse call() {
    Standing standing = watch.standing();
    return HealthCheckResponse.named("cell")
        .status(standing.available())
        .withData("reads", standing.reads())
        .withData("writes", standing.writes())
        .build();
  }
}
