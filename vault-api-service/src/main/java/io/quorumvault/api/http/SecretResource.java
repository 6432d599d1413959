package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.Admission;
import io.quorumvault.api.Cell;
import io.quorumvault.api.OperationId;
import io.quorumvault.api.Receipts;
import io.quorumvault.policy.Capability;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.HistoryAnswer;
import io.quorumvault.wire.ListAnswer;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteCall;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Secrets and their versions.
@Path("/v1/namespaces/{namespace}/secrets")
@ApplicationScoped
@Tag(ref = "secrets")
public class SecretResource {
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

  private final Cell cell;
  private final Permissions permissions;
  private final Admission admission;
  private final Receipts receipts;

  @Inject
  SecretResource(Cell cell, Permissions permissions, Admission admission, Receipts receipts) {
    this.cell = cell;
    this.permissions = permissions;
    this.admission = admission;
    this.receipts = receipts;
  }

  @POST
  @Operation(
      operationId = "createSecret",
      summary = "Create a secret",
      description = "Makes version 1 of a secret that does not exist.")
  @Parameter(ref = Conditions.IDEMPOTENCY_KEY)
  @RequestBody(ref = "NewSecret")
  @APIResponse(
      responseCode = "201",
      description = "The secret was created.",
      headers = {@Header(name = HttpHeaders.LOCATION), @Header(name = HttpHeaders.ETAG)},
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionMetadata.class)))
  @Refusals(FailureCode.SECRET_ALREADY_EXISTS)
  public Response createSecret(
      @PathParam("namespace") String namespaceText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers,
      InputStream bodyStream) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    permissions.check(asking, Capability.CREATE, namespace, null);
    checkWrite(uri, headers);
    OperationId id = operationId(asking, headers);
    try (Body body = body(asking, request, bodyStream);
        SecretBody secret = SecretBody.ofCreate(body)) {
      SecretName name = secret.name().orElseThrow();
      permissions.check(asking, Capability.CREATE, namespace, name);
      VersionView made =
          cell.write(
              asking.errand(),
              WriteKind.CREATE,
              namespace,
              new WriteCall.Item(name, secret.value(), secret.encoding(), null, false),
              id);
      return written(Response.status(Response.Status.CREATED), namespace, made)
          .header(HttpHeaders.LOCATION, "/v1/namespaces/" + namespace + "/secrets/" + name)
          .build();
    }
  }

  @GET
  @Operation(
      operationId = "listSecrets",
      summary = "List secrets",
      description =
          "Live secrets in the order of their names, without values, and only those the caller may list.")
  @Parameter(ref = "prefix")
  @Parameter(ref = "limit")
  @Parameter(ref = "cursor")
  @APIResponse(
      responseCode = "200",
      description = "A page of the list.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = SecretPage.class)))
  public Response listSecrets(
      @PathParam("namespace") String namespaceText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    permissions.check(asking, Capability.LIST, namespace, null);
    Media.checkJsonIsAccepted(headers);
    Query query = Query.of(uri, Set.of("prefix", "limit", "cursor"));
    String prefix = query.prefix();
    Cursor cursors = Cursor.ofList(namespace, prefix);
    @Nullable SecretName after = query.cursor().map(cursors::readAfter).orElse(null);
    ListAnswer page = cell.list(asking.errand(), namespace, prefix, after, query.limit());
    return json(
            Response.ok(),
            new SecretPage(
                page.secrets().stream()
                    .map(listed ->
                        new SecretSummary(
                            listed.name().text(), listed.version(), listed.validFrom()))
                    .toList(),
                page.next() == null ? null : cursors.after(page.next())))
        .build();
  }

  @Path("{name}")
  @PUT
  @Operation(
      operationId = "updateSecret",
      summary = "Update a secret",
      description =
          "Makes the next version of a secret that exists. Earlier versions stay readable.")
  @Parameter(ref = HttpHeaders.IF_MATCH)
  @Parameter(ref = Conditions.IDEMPOTENCY_KEY)
  @RequestBody(ref = "NewValue")
  @APIResponse(
      responseCode = "200",
      description = "The secret was updated.",
      headers = {@Header(name = HttpHeaders.ETAG)},
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionMetadata.class)))
  @Refusals(FailureCode.SECRET_NOT_FOUND)
  public Response updateSecret(
      @PathParam("namespace") String namespaceText,
      @PathParam("name") String nameText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers,
      InputStream bodyStream) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    SecretName name = permittedName(asking, Capability.UPDATE, namespace, nameText);
    checkWrite(uri, headers);
    OperationId id = operationId(asking, headers);
    @Nullable Long ifMatch = Conditions.ifMatch(headers).orElse(null);
    try (Body body = body(asking, request, bodyStream);
        SecretBody secret = SecretBody.ofUpdate(body)) {
      VersionView made =
          cell.write(
              asking.errand(),
              WriteKind.UPDATE,
              namespace,
              new WriteCall.Item(name, secret.value(), secret.encoding(), ifMatch, false),
              id);
      return written(Response.ok(), namespace, made).build();
    }
  }

  @Path("{name}")
  @GET
  @Operation(
      operationId = "getSecret",
      summary = "Read a secret",
      description =
          "The value of the current version, or of the one that was current at an instant.")
  @Parameter(ref = "at")
  @APIResponse(
      responseCode = "200",
      description = "The version and its value.",
      headers = {@Header(name = HttpHeaders.ETAG), @Header(name = HttpHeaders.CACHE_CONTROL)},
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = SecretVersion.class)))
  @Refusals({
    FailureCode.SECRET_NOT_FOUND,
    FailureCode.VERSION_NOT_FOUND,
    FailureCode.INTEGRITY_FAILURE
  })
  public Response getSecret(
      @PathParam("namespace") String namespaceText,
      @PathParam("name") String nameText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    SecretName name = permittedName(asking, Capability.READ, namespace, nameText);
    Media.checkJsonIsAccepted(headers);
    Query query = Query.of(uri, Set.of("at"));
    return value(asking, namespace, new ReadCall.Item(name, null, query.at().orElse(null)));
  }

  @Path("{name}")
  @DELETE
  @Operation(
      operationId = "deleteSecret",
      summary = "Delete a secret",
      description =
          "Ends the secret with all its versions. Its name may be used again and then begins at version 1. With `Prefer: return=representation` the answer is an erasure receipt, which tells which nodes there are; send an Idempotency-Key with it, so that it can be asked for again.")
  @Parameter(ref = HttpHeaders.IF_MATCH)
  @Parameter(ref = Conditions.IDEMPOTENCY_KEY)
  @Parameter(ref = Conditions.PREFER)
  @APIResponse(
      responseCode = "200",
      description =
          "The secret was deleted as with 204, and this is the receipt that was preferred: complete, or not.",
      headers = {@Header(name = Conditions.PREFERENCE_APPLIED)},
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = ReceiptDocument.class)))
  @APIResponse(
      responseCode = "204",
      description =
          "The secret was deleted: fewer than k shares of it exist anywhere the vault knows of.")
  @Refusals(FailureCode.SECRET_NOT_FOUND)
  public Response deleteSecret(
      @PathParam("namespace") String namespaceText,
      @PathParam("name") String nameText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    SecretName name = permittedName(asking, Capability.DELETE, namespace, nameText);
    Query.checkNone(uri);
    boolean receipt = Conditions.prefersRepresentation(headers);
    if (receipt) {
      Media.checkJsonIsAccepted(headers);
    }
    OperationId id = operationId(asking, headers);
    @Nullable Long ifMatch = Conditions.ifMatch(headers).orElse(null);
    VersionView deleted =
        cell.write(
            asking.errand(),
            WriteKind.DELETE,
            namespace,
            new WriteCall.Item(name, null, null, ifMatch, false),
            id);
    if (!receipt) {
      return Response.noContent().build();
    }
    Receipts.Gathered gathered = receipts.gather(asking.errand(), namespace, deleted);
    return json(
            Response.ok(),
            ReceiptDocument.of(receipts.membership(), namespace, deleted, gathered, id.keyed()))
        .header(Conditions.PREFERENCE_APPLIED, Conditions.REPRESENTATION)
        .build();
  }

  @Path("{name}/versions")
  @GET
  @Operation(
      operationId = "listSecretVersions",
      summary = "List the versions of a secret",
      description = "Newest first, without values.")
  @Parameter(ref = "limit")
  @Parameter(ref = "cursor")
  @APIResponse(
      responseCode = "200",
      description = "A page of the list.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionPage.class)))
  @Refusals(FailureCode.SECRET_NOT_FOUND)
  public Response listSecretVersions(
      @PathParam("namespace") String namespaceText,
      @PathParam("name") String nameText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    SecretName name = permittedName(asking, Capability.HISTORY, namespace, nameText);
    Media.checkJsonIsAccepted(headers);
    Query query = Query.of(uri, Set.of("limit", "cursor"));
    Cursor cursors = Cursor.ofHistory(namespace, name);
    long below = query.cursor().map(cursors::readBelow).orElse(0L);
    HistoryAnswer page = cell.history(asking.errand(), namespace, name, below, query.limit());
    boolean more = !page.complete() && !page.versions().isEmpty();
    return json(
            Response.ok(),
            new VersionPage(
                name.text(),
                page.versions().stream()
                    .map(version -> VersionMetadata.of(namespace, version))
                    .toList(),
                more ? cursors.below(page.versions().getLast().version()) : null))
        .build();
  }

  @Path("{name}/versions/{version}")
  @GET
  @Operation(
      operationId = "getSecretVersion",
      summary = "Read a version of a secret",
      description = "The value of one version, current or not.")
  @APIResponse(
      responseCode = "200",
      description = "The version and its value.",
      headers = {@Header(name = HttpHeaders.ETAG), @Header(name = HttpHeaders.CACHE_CONTROL)},
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = SecretVersion.class)))
  @Refusals({
    FailureCode.SECRET_NOT_FOUND,
    FailureCode.VERSION_NOT_FOUND,
    FailureCode.INTEGRITY_FAILURE
  })
  public Response getSecretVersion(
      @PathParam("namespace") String namespaceText,
      @PathParam("name") String nameText,
      @PathParam("version") String versionText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    SecretName name = permittedName(asking, Capability.READ, namespace, nameText);
    Media.checkJsonIsAccepted(headers);
    Query.checkNone(uri);
    if (!VERSION.matcher(versionText).matches()) {
      throw VaultFailure.invalid("version", "version-form", "A whole number from 1 on.");
    }
    return value(asking, namespace, new ReadCall.Item(name, Long.valueOf(versionText), null));
  }

  /// The policy decides before the name is judged: without any permission here, a caller is not
  /// even told that a name cannot be one.
  private SecretName permittedName(
      Asking asking, Capability capability, Namespace namespace, String nameText) {
    Optional<SecretName> name = Names.secretName(nameText);
    permissions.check(asking, capability, namespace, name.orElse(null));
    return name.orElseThrow(() -> VaultFailure.invalid(List.of(Names.secretNameForm("name"))));
  }

  private static void checkWrite(UriInfo uri, HttpHeaders headers) {
    Media.checkBodyIsJson(headers);
    Media.checkJsonIsAccepted(headers);
    Query.checkNone(uri);
  }

  private Body body(Asking asking, ContainerRequestContext request, InputStream stream) {
    return Body.read(stream, request.getLength(), asking.errand().deadline(), admission);
  }

  static OperationId operationId(Asking asking, HttpHeaders headers) {
    return Conditions.idempotencyKey(headers)
        .map(key -> OperationId.ofKey(asking.issuer(), asking.caller().subject(), key))
        .orElseGet(OperationId::fresh);
  }

  private Response value(Asking asking, Namespace namespace, ReadCall.Item item) {
    ReadAnswer.Revealed revealed = cell.read(asking.errand(), namespace, item);
    try (var _ = revealed.value()) {
      return json(Response.ok(), SecretVersion.of(namespace, revealed))
          .header(HttpHeaders.ETAG, Conditions.tag(revealed.version().version()))
          .build();
    }
  }

  private static Response.ResponseBuilder written(
      Response.ResponseBuilder response, Namespace namespace, VersionView made) {
    return json(response, VersionMetadata.of(namespace, made))
        .header(HttpHeaders.ETAG, Conditions.tag(made.version()));
  }

  private static Response.ResponseBuilder json(Response.ResponseBuilder response, Record body) {
    return response.type(MediaType.APPLICATION_JSON_TYPE).entity(body);
  }
}
