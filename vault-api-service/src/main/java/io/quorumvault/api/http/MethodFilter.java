package io.quorumvault.api.http;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/// Serves the methods of the contract and no others.
///
/// JAX-RS adds OPTIONS and HEAD to every resource by itself; here a HEAD would fetch a secret for
/// nobody, and OPTIONS would answer without a token. Under another name they are methods that no
/// resource has, and get their 405.
@Provider
@PreMatching
public class MethodFilter implements ContainerRequestFilter {
  /// What JAX-RS lists as allowed beyond the methods of the contract.
  static final Set<String> ADDED = Set.of(HttpMethod.OPTIONS, HttpMethod.HEAD);

  static final String REFUSED_HEAD = "REFUSED-" + HttpMethod.HEAD;

  @Override
  public void filter(ContainerRequestContext request) {
    if (ADDED.contains(request.getMethod())) {
      request.setMethod("REFUSED-" + request.getMethod());
    }
  }
}
