package io.quorumvault.api.http;

import io.quorumvault.api.CellWatch;
import io.quorumvault.api.Standing;
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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Whether the vault works, for anybody.
@Path("/v1/status")
@PermitAll
@ApplicationScoped
@Tag(ref = "status")
public class StatusResource {
  private final CellWatch watch;

  @Inject
  StatusResource(CellWatch watch) {
    this.watch = watch;
  }

  @GET
  @SecurityRequirements
  @Operation(
      operationId = "getStatus",
      summary = "Tell whether the vault works",
      description = "For anybody: no token is needed.")
  @APIResponse(
      responseCode = "200",
      description = "What works now.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = ServiceStatus.class)))
  public Response getStatus(@Context UriInfo uri, @Context HttpHeaders headers) {
    Media.checkJsonIsAccepted(headers);
    Query.checkNone(uri);
    Standing standing = watch.standing();
    String status =
        standing.operational() ? "operational" : standing.available() ? "degraded" : "unavailable";
    return Response.ok(
            new ServiceStatus(
                status,
                standing.reads(),
                standing.writes(),
                Release.VERSION,
                Instant.now().truncatedTo(ChronoUnit.MILLIS)))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }
}
