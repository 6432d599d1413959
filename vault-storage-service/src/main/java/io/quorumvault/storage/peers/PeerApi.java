package io.quorumvault.storage.peers;

import io.quorumvault.wire.AnchorAnswer;
import io.quorumvault.wire.AnchorCall;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.jspecify.annotations.Nullable;

/// What one node asks of another, one path per step of the protocol. Each takes a batch, and
/// notices of final outcomes may ride along with any of them. Beside it go the request ids of its
/// items, see `RequestIds`.
@Path("/internal/v1")
@Consumes("application/cbor")
@Produces("application/cbor")
public interface PeerApi {
  @POST
  @Path("/prepare")
  PeerAnswers prepare(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  /// Decisions on transactions that were voted on.
  @POST
  @Path("/commit")
  PeerAnswers commit(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  /// Taking over a transaction that its coordinator left open.
  @POST
  @Path("/finish")
  PeerAnswers finish(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  /// Final outcomes alone: applying a commit, an abort, a purge; and forgetting what is over
  /// everywhere.
  @POST
  @Path("/settle")
  PeerAnswers settle(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  @POST
  @Path("/repair")
  PeerAnswers repair(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  /// What gives a node its lost shares back: agreeing on masks, and masked contributions.
  @POST
  @Path("/restore")
  PeerAnswers restore(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  @POST
  @Path("/read")
  PeerAnswers read(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  /// Greetings, and what a node needs that lost its memory.
  @POST
  @Path("/join")
  PeerAnswers join(PeerBatch batch, @HeaderParam(RequestIds.HEADER) @Nullable String requestIds);

  /// How far the sender's audit log reaches.
  @POST
  @Path("/anchor")
  AnchorAnswer anchor(AnchorCall call);
}
