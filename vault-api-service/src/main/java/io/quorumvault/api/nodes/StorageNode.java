package io.quorumvault.api.nodes;

import io.quorumvault.erasure.SignedErasure;
import io.quorumvault.kit.CborBodies;
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
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.Closeable;

/// What a storage node does for API servers. Every node coordinates any request.
///
/// `authorization` is the caller's own header: nodes judge the token again. A failure the node
/// states is a `VaultFailure`; a connection that breaks is a `ProcessingException`.
@Path("/internal/v1/operations")
@Consumes(CborBodies.CBOR)
@Produces(CborBodies.CBOR)
public interface StorageNode extends Closeable {
  String REQUEST_ID = "X-Request-Id";

  @POST
  @Path("write")
  WriteAnswer write(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      WriteCall call);

  @POST
  @Path("read")
  ReadAnswer read(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      ReadCall call);

  @POST
  @Path("history")
  HistoryAnswer history(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      HistoryCall call);

  @POST
  @Path("list")
  ListAnswer list(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      ListCall call);

  /// That node's part of an erasure receipt.
  @POST
  @Path("receipt")
  SignedErasure receipt(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      ReceiptCall call);

  /// A page of that node's own audit log.
  @POST
  @Path("audit")
  AuditAnswer audit(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      AuditCall call);

  /// What the API denied the caller, for the audit log.
  @POST
  @Path("denial")
  DenialAnswer denial(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      DenialCall call);

  /// How that node is, for a caller who may see the audit log.
  @POST
  @Path("condition")
  ConditionAnswer condition(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
      @HeaderParam(REQUEST_ID) String requestId,
      ConditionCall call);

  /// Needs no caller: says only whether the cell works.
  @GET
  @Path("standing")
  StandingAnswer standing();
}
