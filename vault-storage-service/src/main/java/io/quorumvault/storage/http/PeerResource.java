package io.quorumvault.storage.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.CborBodies;
import io.quorumvault.kit.PeerRole;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.storage.NodeRuntime;
import io.quorumvault.storage.peers.PeerPath;
import io.quorumvault.storage.peers.RequestIds;
import io.quorumvault.wire.AnchorAnswer;
import io.quorumvault.wire.AnchorCall;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What other nodes ask of this one.
@Path("/v1")
@ApplicationScoped
@Consumes(CborBodies.CBOR)
@Produces(CborBodies.CBOR)
public class PeerResource {
  private final NodeRuntime node;

  @Inject
  public PeerResource(NodeRuntime node) {
    this.node = node;
  }

  @POST
  @Path("/prepare")
  public Response prepare(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.PREPARE, batch, request);
  }

  @POST
  @Path("/commit")
  public Response commit(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.COMMIT, batch, request);
  }

  @POST
  @Path("/finish")
  public Response finish(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.FINISH, batch, request);
  }

  @POST
  @Path("/settle")
  public Response settle(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.SETTLE, batch, request);
  }

  @POST
  @Path("/repair")
  public Response repair(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.REPAIR, batch, request);
  }

  @POST
  @Path("/restore")
  public Response restore(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.RESTORE, batch, request);
  }

  @POST
  @Path("/read")
  public Response read(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.READ, batch, request);
  }

  @POST
  @Path("/join")
  public Response join(PeerBatch batch, @Context ContainerRequestContext request) {
    return step(PeerPath.JOIN, batch, request);
  }

  /// Taken before the node serves, too: it is what another one needs in order to.
  @POST
  @Path("/anchor")
  public Response anchor(AnchorCall call, @Context ContainerRequestContext request) {
    IdentityFilter.requireRole(
        request,
        role -> role instanceof PeerRole.Node peer && peer.index() == call.head().node().index());
    if (!call.terms().equals(node.terms())) {
      return Response.status(Response.Status.CONFLICT).build();
    }
    return Response.ok(new AnchorAnswer(node.anchors().remember(call.head()).orElse(null))).build();
  }

  private Response step(PeerPath path, PeerBatch batch, ContainerRequestContext request) {
    IdentityFilter.requireRole(
        request,
        role -> role instanceof PeerRole.Node peer && peer.index() == batch.from().index());
    if (!batch.terms().equals(node.terms())) {
      // Not a failure of the request but of the set-up: the sender tells its operator.
      return Response.status(Response.Status.CONFLICT).build();
    }
    List<String> requestIds =
        RequestIds.split(request.getHeaderString(RequestIds.HEADER), batch.items().size());
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < batch.items().size(); i++) {
      PeerBatch.Item item = batch.items().get(i);
      if (!path.takes(item.request()) || !speaksForItself(batch, item.request())) {
        throw VaultFailure.of(
            FailureCode.INVALID_REQUEST,
            "The batch holds a request that does not belong to its path.");
      }
      CompletableFuture<Reply> reply =
          node.trail().permits(item.token(), item.request(), requestIds.get(i))
              ? node.step(item.request())
              : CompletableFuture.completedFuture(
                  new Reply.Refused(Reply.Refused.Reason.NOT_ALLOWED));
      if (path.answersAtLength()) {
        // These are there at once, or nearly so.
        bytes += PeerAnswers.bytesAtMost(node.terms().membership().nodes(), reply.join());
        if (bytes > PeerBatch.CONTENT_BYTES_MAX && !replies.isEmpty()) {
          break;
        }
      }
      replies.add(reply);
    }
    List<Reply> answers = replies.stream().map(CompletableFuture::join).toList();
    return Response.ok(new PeerAnswers(node.participant().serving(), answers)).build();
  }

  /// What is said in a node's own name must come from that node.
  private static boolean speaksForItself(PeerBatch batch, Request request) {
    return switch (request) {
      case Request.Hello hello -> hello.from().equals(batch.from());
      case Request.Join join -> join.from().equals(batch.from());
      case Request.Convene convene -> convene.circle().target().equals(batch.from());
      case Request.HandSeed hand -> hand.from().equals(batch.from());
      case Request.Contribute contribute -> contribute.circle().target().equals(batch.from());
      case Request.Prepare prepare -> prepare.txId().coordinator().equals(batch.from());
      case Request.Forget forget -> forget.coordinator().equals(batch.from());
      case Request.Takeover takeover -> takeover.ballot().node() == batch.from().index();
      case Request.Decide decide -> decide.ballot().node() == batch.from().index();
      case Request.Settle settle -> true;
      case Request.Repair repair -> true;
      case Request.ReadHeads read -> true;
      case Request.ReadChain read -> true;
      case Request.ReadShare read -> true;
      case Request.ListHeads list -> true;
      case Request.JoinPage page -> true;
      case Request.ReadSettled read -> true;
    };
  }
}
