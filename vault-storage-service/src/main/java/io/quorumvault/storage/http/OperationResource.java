package io.quorumvault.storage.http;

import io.quorumvault.erasure.SignedErasure;
import io.quorumvault.kit.CborBodies;
import io.quorumvault.kit.PeerRole;
import io.quorumvault.kit.RequestId;
import io.quorumvault.kit.TokenVerifier;
import io.quorumvault.storage.Errand;
import io.quorumvault.storage.NodeRuntime;
import io.quorumvault.storage.metrics.Operation;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import io.quorumvault.wire.ConditionAnswer;
import io.quorumvault.wire.ConditionCall;
import io.quorumvault.wire.DenialAnswer;
import io.quorumvault.wire.DenialCall;
import io.quorumvault.wire.HistoryAnswer;
import io.quorumvault.wire.HistoryCall;
import io.quorumvault.wire.ListAnswer;
import io.quorumvault.wire.ListCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.StandingAnswer;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;

/// What API servers ask of this node on behalf of a caller, whose token comes along.
@Path("/v1/operations")
@ApplicationScoped
@Consumes(CborBodies.CBOR)
@Produces(CborBodies.CBOR)
public class OperationResource {
  private final NodeRuntime node;

  @Inject
  public OperationResource(NodeRuntime node) {
    this.node = node;
  }

  @POST
  @Path("/write")
  public WriteAnswer write(WriteCall call, @Context ContainerRequestContext request) {
    Errand errand = errand(request);
    return node.metrics().timed(Operation.WRITE, () -> node.coordinator().write(call, errand));
  }

  @POST
  @Path("/read")
  public ReadAnswer read(ReadCall call, @Context ContainerRequestContext request) {
    Errand errand = errand(request);
    return node.metrics().timed(Operation.READ, () -> node.reads().read(call, errand));
  }

  @POST
  @Path("/history")
  public HistoryAnswer history(HistoryCall call, @Context ContainerRequestContext request) {
    Errand errand = errand(request);
    return node.metrics().timed(Operation.HISTORY, () -> node.reads().history(call, errand));
  }

  @POST
  @Path("/list")
  public ListAnswer list(ListCall call, @Context ContainerRequestContext request) {
    Errand errand = errand(request);
    return node.metrics().timed(Operation.LIST, () -> node.reads().list(call, errand));
  }

  /// This node's part of an erasure receipt.
  @POST
  @Path("/receipt")
  public SignedErasure receipt(ReceiptCall call, @Context ContainerRequestContext request) {
    return node.erasures().sign(call, errand(request));
  }

  @POST
  @Path("/audit")
  public AuditAnswer audit(AuditCall call, @Context ContainerRequestContext request) {
    return node.trail().page(call, errand(request));
  }

  @POST
  @Path("/denial")
  public DenialAnswer denial(DenialCall call, @Context ContainerRequestContext request) {
    return node.trail().denied(call, errand(request));
  }

  /// How this node is, in more words than `standing` has: for a caller, who must be allowed to
  /// know.
  @POST
  @Path("/condition")
  public ConditionAnswer condition(ConditionCall call, @Context ContainerRequestContext request) {
    node.trail().requireAudit(call.namespace(), call.deadlineMillis(), errand(request));
    return node.condition();
  }

  @GET
  @Path("/standing")
  public StandingAnswer standing(@Context ContainerRequestContext request) {
    IdentityFilter.requireRole(
        request, role -> role instanceof PeerRole.Api || role instanceof PeerRole.Operator);
    return node.standing();
  }

  private static Errand errand(ContainerRequestContext request) {
    IdentityFilter.requireRole(request, role -> role instanceof PeerRole.Api);
    Errand errand =
        Errand.of(
            TokenVerifier.bearerToken(request.getHeaderString(HttpHeaders.AUTHORIZATION)),
            request.getHeaderString("X-Request-Id"));
    new RequestId(errand.requestId()).enter();
    return errand;
  }
}
