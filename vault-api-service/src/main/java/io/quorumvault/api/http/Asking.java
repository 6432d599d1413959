package io.quorumvault.api.http;

import io.quorumvault.api.Errand;
import io.quorumvault.policy.Caller;
import jakarta.ws.rs.container.ContainerRequestContext;

/// Who asks, as the token says, and what travels to the nodes for them.
record Asking(Caller caller, String issuer, Errand errand) {
  /// Of a request that passed the `CallerFilter`.
  static Asking of(ContainerRequestContext request) {
    return (Asking) request.getProperty(Asking.class.getName());
  }
}
