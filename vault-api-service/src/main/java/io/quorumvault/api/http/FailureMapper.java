package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.stream.Collectors;

/// Turns whatever a request fails with into one problem document.
@Provider
public class FailureMapper implements ExceptionMapper<Throwable> {
  @Override
  public Response toResponse(Throwable thrown) {
    if (thrown instanceof NotFoundException) {
      // Without a body: then the web server goes on to what is not JAX-RS (health, the contract),
      // and in the end to the edge, which says that there is nothing.
      return Response.status(FailureCode.RESOURCE_NOT_FOUND.status()).build();
    }
    VaultFailure failure = Failures.of(thrown);
    Problem problem = Problem.of(failure, Arrival.currentRequestId());
    Failures.log(problem, failure, thrown);
    Response.ResponseBuilder response =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    Failures.headers(failure.code()).forEach(response::header);
    if (thrown instanceof NotAllowedException refusal) {
      response.header(
          HttpHeaders.ALLOW,
          refusal.getResponse().getAllowedMethods().stream()
              .filter(method -> !MethodFilter.ADDED.contains(method))
              .sorted()
              .collect(Collectors.joining(", ")));
    }
    return response.build();
  }
}
