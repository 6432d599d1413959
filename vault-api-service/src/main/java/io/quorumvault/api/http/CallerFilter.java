package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.ApiConfig;
import io.quorumvault.api.CallerRates;
import io.quorumvault.api.Errand;
import io.quorumvault.kit.TokenVerifier;
import io.quorumvault.policy.Caller;
import jakarta.annotation.Priority;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/// Lets nobody without a valid token reach a resource, unless the resource says that it is for all.
/// Runs before anything of the request but its path and method is looked at.
@Provider
@Priority(Priorities.AUTHENTICATION)
@ApplicationScoped
public class CallerFilter implements ContainerRequestFilter {
  private final TokenVerifier tokens;
  private final CallerRates rates;
  private final String issuer;

  @Context
  @SuppressWarnings("NullAway.Init") // JAX-RS sets it.
  private ResourceInfo resource;

  @Inject
  CallerFilter(TokenVerifier tokens, CallerRates rates, ApiConfig config) {
    this.tokens = tokens;
    this.rates = rates;
    this.issuer = config.tokens().issuer();
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (resource.getResourceClass().isAnnotationPresent(PermitAll.class)) {
      return;
    }
    List<String> sent = request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
    if (sent.size() != 1) {
      throw VaultFailure.of(
          FailureCode.UNAUTHENTICATED, "Send one Authorization header with a bearer token.");
    }
    String token = TokenVerifier.bearerToken(sent.getFirst());
    Caller caller = tokens.verify(token);
    Arrival arrival =
        Arrival.current()
            .orElseThrow(() -> new IllegalStateException("a request came past the edge"));
    if (!rates.take(caller)) {
      arrival.tooOften().set(true);
      throw VaultFailure.of(FailureCode.RATE_LIMITED, "You ask too often. Wait, then try again.");
    }
    Errand errand =
        new Errand("Bearer " + token, arrival.requestId(), arrival.time(), arrival.deadline());
    request.setProperty(Asking.class.getName(), new Asking(caller, issuer, errand));
  }
}
