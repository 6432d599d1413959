package io.quorumvault.api.http;

import static org.eclipse.microprofile.openapi.OASFactory.createAPIResponse;
import static org.eclipse.microprofile.openapi.OASFactory.createExample;
import static org.eclipse.microprofile.openapi.OASFactory.createHeader;
import static org.eclipse.microprofile.openapi.OASFactory.createParameter;

import io.quorumvault.FailureCode;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/// Completes each operation with what follows from its looks, so that no resource repeats it: the
/// shared parts in place of the bare names of parameters and headers, `X-Request-Id` both ways, the
/// headers of every answer, and a response for every way to fail. Puts everything in one order.
final class ContractFilter implements OASFilter {
  private final Map<String, List<FailureCode>> refusals;

  /// @param refusals by operation id, what its `Refusals` are
  ContractFilter(Map<String, List<FailureCode>> refusals) {
    this.refusals = refusals;
  }

  @Override
  public void filterOpenAPI(OpenAPI document) {
    Components parts = document.getComponents();
    document.getPaths().getPathItems().values().stream()
        .flatMap(path -> path.getOperations().values().stream())
        .sorted(Comparator.comparing(Operation::getOperationId))
        .forEach(operation -> complete(operation, parts));
    parts.getResponses().values().forEach(ContractFilter::shareHeaders);
    order(document);
  }

  private void complete(Operation operation, Components parts) {
    operation.setParameters(parameters(operation));
    Optional.ofNullable(parts.getParameters().get(Conditions.IDEMPOTENCY_KEY))
        .ifPresent(key -> showKey(operation, key));
    operation.getResponses().getAPIResponses().values().forEach(ContractFilter::shareHeaders);
    SortedMap<Integer, SortedSet<FailureCode>> byStatus = new TreeMap<>();
    for (FailureCode code : failures(operation, parts)) {
      byStatus.computeIfAbsent(code.status(), _ -> new TreeSet<>()).add(code);
      parts.addExample(code.text(), ContractProblems.example(code));
    }
    byStatus.forEach((status, codes) -> {
      String name = ContractProblems.name(codes);
      parts.addResponse(name, ContractProblems.response(codes));
      operation
          .getResponses()
          .addAPIResponse(Integer.toString(status), createAPIResponse().ref(name));
    });
  }

  /// Each operation shows a key of its own: a key is for one request.
  private static void showKey(Operation operation, Parameter key) {
    String id = operation.getOperationId();
    if (has(operation, key.getName())) {
      key.addExample(
          id,
          createExample()
              .value(UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString()));
    }
  }

  /// Every way the operation can fail, by what it asks for and what it is said to refuse.
  private Set<FailureCode> failures(Operation operation, Components parts) {
    Set<FailureCode> failures =
        EnumSet.of(
            FailureCode.INVALID_REQUEST, FailureCode.RATE_LIMITED, FailureCode.INTERNAL_ERROR);
    failures.addAll(refusals.getOrDefault(operation.getOperationId(), List.of()));
    if (operation.getResponses().getAPIResponses().values().stream()
        .anyMatch(response -> response.getContent() != null)) {
      failures.add(FailureCode.NOT_ACCEPTABLE);
    }
    if (operation.getRequestBody() != null) {
      failures.add(FailureCode.UNSUPPORTED_MEDIA_TYPE);
      failures.add(FailureCode.PAYLOAD_TOO_LARGE);
      if (takesJson(operation.getRequestBody(), parts)) {
        failures.add(FailureCode.MALFORMED_JSON);
      }
    }
    if (!isForAll(operation)) {
      failures.add(FailureCode.UNAUTHENTICATED);
      failures.add(FailureCode.FORBIDDEN);
      failures.add(FailureCode.NAMESPACE_NOT_FOUND);
      failures.add(FailureCode.AUDIT_UNAVAILABLE);
      failures.add(FailureCode.DEADLINE_EXCEEDED);
      if (has(operation, Conditions.IDEMPOTENCY_KEY)) {
        failures.add(FailureCode.CONCURRENT_WRITE);
        failures.add(FailureCode.IDEMPOTENCY_KEY_REUSED);
        failures.add(FailureCode.WRITE_NOT_ACCEPTED);
        failures.add(FailureCode.WRITE_OUTCOME_UNKNOWN);
      } else {
        failures.add(FailureCode.INSUFFICIENT_SHARES);
      }
    }
    if (has(operation, HttpHeaders.IF_MATCH)) {
      failures.add(FailureCode.VERSION_MISMATCH);
    }
    return failures;
  }

  /// Those of the operation, and the one that all have, as references to the shared ones; others
  /// after them.
  private static List<Parameter> parameters(Operation operation) {
    List<Parameter> own = Optional.ofNullable(operation.getParameters()).orElse(List.of());
    Set<String> names =
        own.stream().map(ContractFilter::name).collect(Collectors.toCollection(HashSet::new));
    names.add(Arrival.REQUEST_ID);
    List<String> known = ContractParts.parameters().stream().map(Parameter::getName).toList();
    return Stream.concat(
            known.stream().filter(names::contains).map(ContractFilter::shared),
            own.stream().filter(parameter -> !known.contains(name(parameter))))
        .toList();
  }

  private static String name(Parameter parameter) {
    return Optional.ofNullable(parameter.getRef())
        .map(ref -> ref.substring(ref.lastIndexOf('/') + 1))
        .orElseGet(parameter::getName);
  }

  private static Parameter shared(String name) {
    return createParameter().ref(name);
  }

  private static boolean has(Operation operation, String parameter) {
    return operation.getParameters().stream().anyMatch(one -> name(one).equals(parameter));
  }

  private static boolean takesJson(RequestBody body, Components parts) {
    return Optional.ofNullable(body.getRef())
        .map(ref -> ref.substring(ref.lastIndexOf('/') + 1))
        .map(parts.getRequestBodies()::get)
        .orElse(body)
        .getContent()
        .getMediaTypes()
        .containsKey(MediaType.APPLICATION_JSON);
  }

  /// An operation that needs no token says so with an empty list.
  private static boolean isForAll(Operation operation) {
    return operation.getSecurity() != null && operation.getSecurity().isEmpty();
  }

  /// Those the response is said to have, and those that all have.
  private static void shareHeaders(APIResponse response) {
    if (response.getRef() == null) {
      Map<String, Header> headers = new TreeMap<>();
      Stream.concat(
              Optional.ofNullable(response.getHeaders()).orElse(Map.of()).keySet().stream(),
              Stream.of(
                  Arrival.REQUEST_ID,
                  HttpHeaders.CACHE_CONTROL,
                  ContractParts.CONTENT_TYPE_OPTIONS))
          .forEach(name -> headers.put(name, createHeader().ref(name)));
      response.setHeaders(headers);
    }
  }

  /// By name, since what the scanner and maps give is in another order on each machine.
  private static void order(OpenAPI document) {
    document.getPaths().setPathItems(ordered(document.getPaths().getPathItems()));
    Components parts = document.getComponents();
    parts.setSchemas(ordered(parts.getSchemas()));
    parts.setParameters(ordered(parts.getParameters()));
    parts.setHeaders(ordered(parts.getHeaders()));
    parts.setRequestBodies(ordered(parts.getRequestBodies()));
    parts.setResponses(ordered(parts.getResponses()));
    parts.setExamples(ordered(parts.getExamples()));
  }

  private static <T> Map<String, T> ordered(Map<String, T> parts) {
    return new LinkedHashMap<>(new TreeMap<>(parts));
  }
}
