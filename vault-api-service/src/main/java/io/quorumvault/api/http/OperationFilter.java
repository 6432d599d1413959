package io.quorumvault.api.http;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;

/// Notes which operation of the contract a request is for, before anything else of it is judged: so
/// that those refused for want of a token are counted where they belong.
@Provider
@Priority(Priorities.AUTHENTICATION - 1)
public class OperationFilter implements ContainerRequestFilter {
  @Context
  @SuppressWarnings("NullAway.Init") // JAX-RS sets it.
  private ResourceInfo resource;

  @Override
  public void filter(ContainerRequestContext request) {
    operationId(resource.getResourceMethod())
        .ifPresent(id -> Arrival.current().ifPresent(arrival -> arrival.operation().set(id)));
  }

  /// The operation ids of these resources.
  static List<String> operationIds(Class<?>... resources) {
    return Stream.of(resources)
        .flatMap(resource -> Arrays.stream(resource.getMethods()))
        .flatMap(method -> operationId(method).stream())
        .toList();
  }

  private static Optional<String> operationId(Method method) {
    return Optional.ofNullable(method.getAnnotation(Operation.class))
        .map(Operation::operationId)
        .filter(id -> !id.isEmpty());
  }
}
