package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;

/// Gives a problem document to refusals that JAX-RS makes without asking `FailureMapper`, such as
/// of a header it cannot read. A 404 is left as it is, see there; and an answer to HEAD has no
/// body.
@Provider
public class ProblemFilter implements ContainerResponseFilter {
  private static final MediaType PROBLEM = MediaType.valueOf(Problem.MEDIA_TYPE);

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (request.getMethod().equals(MethodFilter.REFUSED_HEAD)) {
      response.setEntity(null);
    } else if (response.getStatus() >= 400
        && response.getStatus() != FailureCode.RESOURCE_NOT_FOUND.status()
        && !response.hasEntity()) {
      VaultFailure failure = Failures.ofStatus(response.getStatus());
      Problem problem = Problem.of(failure, Arrival.currentRequestId());
      response.setStatus(problem.status());
      response.setEntity(problem, new Annotation[0], PROBLEM);
    }
  }
}
