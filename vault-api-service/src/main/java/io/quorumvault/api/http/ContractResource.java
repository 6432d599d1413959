package io.quorumvault.api.http;

import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;

/// The contract itself, for anybody: as YAML unless the caller asks for JSON.
@Path("/openapi")
@PermitAll
@ApplicationScoped
public class ContractResource {
  private static final MediaType YAML = MediaType.valueOf("application/yaml");

  /// The names that are in use for the two forms, the one that is meant without any first.
  private static final List<MediaType> OFFERED =
      Stream.of(
              "application/yaml",
              "application/json",
              "application/openapi+yaml",
              "application/openapi+json",
              "application/vnd.oai.openapi",
              "application/vnd.oai.openapi+json",
              "application/x-yaml",
              "text/yaml")
          .map(MediaType::valueOf)
          .toList();

  private final Contract contract;

  @Inject
  ContractResource(Contract contract) {
    this.contract = contract;
  }

  @GET
  @Operation(hidden = true)
  public Response getContract(@Context UriInfo uri, @Context HttpHeaders headers) {
    MediaType type =
        Query.of(uri, Set.of("format"))
            .format()
            .map(form ->
                switch (form) {
                  case YAML -> YAML;
                  case JSON -> MediaType.APPLICATION_JSON_TYPE;
                })
            .orElseGet(() -> Media.accepted(headers, OFFERED));
    return Response.ok(
            contract.text(
                type.getSubtype().contains("json") ? Contract.Form.JSON : Contract.Form.YAML),
            type)
        .build();
  }
}
