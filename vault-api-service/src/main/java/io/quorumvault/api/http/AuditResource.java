package io.quorumvault.api.http;

import io.quorumvault.api.AuditPages;
import io.quorumvault.api.Cell;
import io.quorumvault.audit.AuditPosition;
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
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// The audit log.
@Path("/v1/namespaces/{namespace}/audit")
@ApplicationScoped
@Tag(ref = "audit")
public class AuditResource {
  private final Cell cell;
  private final Permissions permissions;

  @Inject
  AuditResource(Cell cell, Permissions permissions) {
    this.cell = cell;
    this.permissions = permissions;
  }

  @GET
  @Operation(
      operationId = "listAuditEntries",
      summary = "List audit entries",
      description =
          "What was asked of a namespace, by whom, what the policy said and what came of it, newest first. Needs the capability `audit`. Each entry is one record of the log of one node; the logs themselves, which can be verified, are with the nodes.")
  @Parameter(ref = "limit")
  @Parameter(ref = "cursor")
  @APIResponse(
      responseCode = "200",
      description = "A page of the log.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = AuditPage.class)))
  public Response listAuditEntries(
      @PathParam("namespace") String namespaceText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    permissions.check(asking, Capability.AUDIT, namespace, null);
    Media.checkJsonIsAccepted(headers);
    Query query = Query.of(uri, Set.of("limit", "cursor"));
    Cursor cursors = Cursor.ofAudit(namespace);
    @Nullable AuditPosition before = query.cursor().map(cursors::readBefore).orElse(null);
    AuditPages.Page page = cell.audit(asking.errand(), namespace, before, query.limit());
    AuditPosition next = page.next();
    return Response.ok(
            new AuditPage(
                page.records().stream().map(AuditEntry::of).toList(),
                page.complete(),
                next == null ? null : cursors.before(next)))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }
}
