package io.quorumvault.storage.peers;

import io.quorumvault.wire.AnchorAnswer;
import io.quorumvault.wire.AnchorCall;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;

/// What one node asks of another, one path per step of the protocol. Each takes a batch, and
/// notices of final outcomes may ride along with any of them.
@Path("/internal/v1")
@Consumes("application/cbor")
@Produces("application/cbor")
public interface PeerApi {
  @POST
  @Path("/prepare")
  PeerAnswers prepare(PeerBatch batch);

  /// Decisions on transactions that were voted on.
  @POST
  @Path("/commit")
  PeerAnswers commit(PeerBatch batch);

  /// Taking over a transaction that its coordinator left open.
  @POST
  @Path("/finish")
  PeerAnswers finish(PeerBatch batch);

  /// Final outcomes alone: applying a commit, an abort, a purge; and forgetting what is over
  /// everywhere.
  @POST
  @Path("/settle")
  PeerAnswers settle(PeerBatch batch);

  @POST
  @Path("/repair")
  PeerAnswers repair(PeerBatch batch);

  /// What gives a node its lost shares back: agreeing on masks, and masked contributions.
  @POST
  @Path("/restore")
  PeerAnswers restore(PeerBatch batch);

  @POST
  @Path("/read")
  PeerAnswers read(PeerBatch batch);

  /// Greetings, and what a node needs that lost its memory.
  @POST
  @Path("/join")
  PeerAnswers join(PeerBatch batch);

  /// How far the sender's audit log reaches.
  @POST
  @Path("/anchor")
  AnchorAnswer anchor(AnchorCall call);
}
