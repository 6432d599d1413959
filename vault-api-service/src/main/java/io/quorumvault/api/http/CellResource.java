package io.quorumvault.api.http;

import io.quorumvault.api.Cell;
import io.quorumvault.policy.Capability;
import io.quorumvault.secret.Namespace;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
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
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// The nodes that keep a namespace, for those who watch over it.
@Path("/v1/namespaces/{namespace}/cell")
@ApplicationScoped
@Tag(ref = "status")
public class CellResource {
  private final Cell cell;
  private final Permissions permissions;

  @Inject
  CellResource(Cell cell, Permissions permissions) {
    this.cell = cell;
    this.permissions = permissions;
  }

  @GET
  @Operation(
      operationId = "getCell",
      summary = "Tell how the nodes are",
      description =
          "Which nodes keep the namespace, which of them are away, and how many more may be. Needs the capability `audit`, whose holders see the numbers of nodes anyway. Each node that answers records that it was asked.")
  @APIResponse(
      responseCode = "200",
      description = "The nodes as they are now.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = CellStatus.class)))
  public Response getCell(
      @PathParam("namespace") String namespaceText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    permissions.check(asking, Capability.AUDIT, namespace, null);
    Media.checkJsonIsAccepted(headers);
    Query.checkNone(uri);
    return Response.ok(
            CellStatus.of(
                cell.view(asking.errand(), namespace),
                Instant.now().truncatedTo(ChronoUnit.MILLIS)))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }
}
