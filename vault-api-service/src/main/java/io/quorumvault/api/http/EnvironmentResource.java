package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.api.Admission;
import io.quorumvault.api.Cell;
import io.quorumvault.api.Denials;
import io.quorumvault.api.EnvRefused;
import io.quorumvault.api.EnvService;
import io.quorumvault.api.OperationId;
import io.quorumvault.dotenv.Binding;
import io.quorumvault.dotenv.DotenvParser;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.DotenvText;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.EnvTask;
import io.quorumvault.dotenv.RenderedFile;
import io.quorumvault.policy.Capability;
import io.quorumvault.secret.Namespace;
import io.quorumvault.wire.DenialCall;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// `.env` files: `enc(NAME)` puts values into the vault, `secret(NAME)` takes them out. All of a
/// file is done, or nothing.
@Path("/v1/namespaces/{namespace}/env")
@ApplicationScoped
@Tag(ref = "env")
public class EnvironmentResource {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final EnvService files;
  private final Permissions permissions;
  private final Admission admission;

  @Inject
  EnvironmentResource(Cell cell, Permissions permissions, Admission admission) {
    this.files = new EnvService(cell);
    this.permissions = permissions;
    this.admission = admission;
  }

  @POST
  @Operation(
      operationId = "processEnv",
      summary = "Process an .env file in JSON",
      description =
          """
          `enc(NAME)` creates a secret and becomes `secret(NAME)`; `secret(NAME)` becomes the value. The value of an `enc()` is the member of `values` with its name, the assignment to its name in the same file, `enc(NAME:value)`, or made up by `enc(NAME|generate)`.

          All of the file is done, or nothing: every reference is read and the file that comes out is made before anything is created, and all secrets are created in one transaction. A failure lists in `errors` all that is wrong, with its places. An assignment that gave a value becomes a `secret()` too; comments, order and line ends stay as they are.

          With `dryRun` nothing is created and no file comes out: the answer is what would be done, a failure what would be refused. The caller needs the capability `env` for every name, `create` for an `enc()`, `read` for a `secret()` unless the mode is `seal`. An Idempotency-Key is for files that create secrets: any other is processed anew each time.\
          """)
  @Parameter(ref = Conditions.IDEMPOTENCY_KEY)
  @RequestBody(ref = "EnvFile")
  @APIResponse(
      responseCode = "200",
      description = "What was done, and the file; of a dry run, what would be done.",
      headers = {@Header(name = HttpHeaders.CACHE_CONTROL)},
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = EnvReport.class)))
  @Refusals({
    FailureCode.SECRET_ALREADY_EXISTS,
    FailureCode.UNRESOLVED_REFERENCE,
    FailureCode.ENV_SYNTAX,
    FailureCode.ENV_MODE,
    FailureCode.ENV_VALUE_MISSING,
    FailureCode.ENV_VALUE_CONFLICT,
    FailureCode.ENV_SELF_REFERENCE,
    FailureCode.ENV_NOT_REPRESENTABLE,
    FailureCode.INTEGRITY_FAILURE,
    FailureCode.INSUFFICIENT_SHARES
  })
  public Response processEnv(
      @PathParam("namespace") String namespaceText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers,
      InputStream bodyStream) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    permissions.check(asking, Capability.ENV, namespace, null);
    Media.checkBodyIsJson(headers);
    Media.checkJsonIsAccepted(headers);
    Query.checkNone(uri);
    OperationId id = SecretResource.operationId(asking, headers);
    try (Body body = body(asking, request, bodyStream);
        EnvBody env = EnvBody.read(body);
        EnvPlan plan = permittedPlan(asking, namespace, env.task())) {
      return Response.ok(
              env.dryRun()
                  ? EnvReport.rehearsed(plan, files.rehearse(asking.errand(), namespace, plan))
                  : carriedOut(asking, namespace, plan, id))
          .type(MediaType.APPLICATION_JSON_TYPE)
          .build();
    }
  }

  @Path("file")
  @POST
  @Operation(
      operationId = "processEnvFile",
      summary = "Process an .env file",
      description =
          "As processEnv, with the file as it is for body and answer. All of it is done, or nothing. The value of an `enc()` is in the file, or made up.")
  @Parameter(ref = "mode")
  @Parameter(ref = "dialect")
  @Parameter(ref = "allowUnsafe")
  @Parameter(ref = Conditions.IDEMPOTENCY_KEY)
  @RequestBody(ref = "EnvText")
  @APIResponse(
      responseCode = "200",
      description = "The file as it comes out.",
      headers = {@Header(name = HttpHeaders.CACHE_CONTROL)},
      content = @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(ref = "EnvOutput")))
  @Refusals({
    FailureCode.SECRET_ALREADY_EXISTS,
    FailureCode.UNRESOLVED_REFERENCE,
    FailureCode.ENV_SYNTAX,
    FailureCode.ENV_MODE,
    FailureCode.ENV_VALUE_MISSING,
    FailureCode.ENV_VALUE_CONFLICT,
    FailureCode.ENV_SELF_REFERENCE,
    FailureCode.ENV_NOT_REPRESENTABLE,
    FailureCode.INTEGRITY_FAILURE,
    FailureCode.INSUFFICIENT_SHARES
  })
  public Response processEnvFile(
      @PathParam("namespace") String namespaceText,
      @Context ContainerRequestContext request,
      @Context UriInfo uri,
      @Context HttpHeaders headers,
      InputStream bodyStream) {
    Asking asking = Asking.of(request);
    Namespace namespace = Names.namespaceOfPath(namespaceText);
    permissions.check(asking, Capability.ENV, namespace, null);
    Media.checkBodyIsText(headers);
    Media.checkTextIsAccepted(headers);
    Query query = Query.of(uri, Set.of("mode", "dialect", "allowUnsafe"));
    OperationId id = SecretResource.operationId(asking, headers);
    try (Body body = body(asking, request, bodyStream);
        EnvPlan plan = permittedPlan(asking, namespace, task(body, query));
        EnvService.Done done = files.carryOut(asking.errand(), namespace, plan, id)) {
      return file(done.file());
    }
  }

  private Body body(Asking asking, ContainerRequestContext request, InputStream stream) {
    return Body.read(stream, request.getLength(), asking.errand().deadline(), admission);
  }

  private static EnvTask task(Body body, Query query) {
    byte[] bytes = Arrays.copyOf(body.bytes(), body.length());
    try {
      return switch (DotenvText.decode(bytes)) {
        case DotenvText.Undecodable(DotenvProblem problem) ->
            throw EnvRefused.failure(new EnvRefusal(List.of(problem), 0));
        case DotenvText.Decoded(String content) ->
            new EnvTask(
                content, Map.of(), query.mode(), query.dialect(), query.flag("allowUnsafe"));
      };
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /// @throws VaultFailure 413 or 422 for a file with which nothing can be done, 403 before that if
  ///   the caller may not do it with each of its names
  private EnvPlan permittedPlan(Asking asking, Namespace namespace, EnvTask task) {
    switch (EnvPlan.of(task, RANDOM::nextBytes)) {
      case EnvRefusal refusal -> {
        if (refusal.failure() != FailureCode.PAYLOAD_TOO_LARGE) {
          checkPermitted(asking, namespace, task.mode(), occurrences(task));
        }
        throw EnvRefused.failure(refusal);
      }
      case EnvPlan plan -> {
        boolean permitted = false;
        try {
          checkPermitted(asking, namespace, task.mode(), plan.occurrences());
          permitted = true;
          return plan;
        } finally {
          if (!permitted) {
            plan.close();
          }
        }
      }
    }
  }

  private static List<EnvPlan.Occurrence> occurrences(EnvTask task) {
    List<EnvPlan.Occurrence> occurrences = new ArrayList<>();
    for (Binding binding : DotenvParser.parse(task.content()).bindings()) {
      binding
          .references()
          .forEach(
              reference -> occurrences.add(new EnvPlan.Occurrence(binding.variable(), reference)));
    }
    return occurrences;
  }

  private void checkPermitted(
      Asking asking, Namespace namespace, EnvMode mode, List<EnvPlan.Occurrence> occurrences) {
    List<Violation> denied = new ArrayList<>();
    Set<DenialCall.Item> items = new LinkedHashSet<>();
    for (EnvPlan.Occurrence occurrence : occurrences) {
      for (Capability capability : EnvRefused.needed(mode, occurrence.reference())) {
        if (!permissions.allow(
            asking.caller(), capability, namespace, occurrence.reference().name())) {
          denied.add(EnvRefused.denied(occurrence, capability));
          items.add(Denials.item(capability, occurrence.reference().name()));
        }
      }
    }
    if (!denied.isEmpty()) {
      permissions.denied(
          asking, namespace, items.stream().limit(Limits.NAMES_PER_TRANSACTION_MAX).toList());
      throw VaultFailure.withViolations(
          FailureCode.FORBIDDEN,
          "The policy does not allow you all that the file asks for; nothing was done.",
          denied);
    }
  }

  private EnvReport carriedOut(Asking asking, Namespace namespace, EnvPlan plan, OperationId id) {
    try (EnvService.Done done = files.carryOut(asking.errand(), namespace, plan, id)) {
      byte[] content = done.file().exposeCopy();
      try {
        return EnvReport.done(
            plan, new String(content, StandardCharsets.UTF_8), done.created(), done.expanded());
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    }
  }

  private static Response file(RenderedFile file) {
    byte[] content = file.exposeCopy();
    StreamingOutput output =
        stream -> {
          try {
            stream.write(content);
          } finally {
            Arrays.fill(content, (byte) 0);
          }
        };
    return Response.ok(output, Media.TEXT)
        .header(HttpHeaders.CONTENT_LENGTH, content.length)
        .build();
  }
}
