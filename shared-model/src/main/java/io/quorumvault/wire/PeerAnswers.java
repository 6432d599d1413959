package io.quorumvault.wire;

import io.quorumvault.protocol.Reply;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sharing.Share;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One reply per request of the batch, in its order. To requests whose answers may be many times as
/// long as what asked for them, there may be fewer, but one: then the rest is to be asked again.
///
/// @param active whether the answering node may speak
public record PeerAnswers(boolean active, List<Reply> replies) {
  public PeerAnswers {
    replies = List.copyOf(replies);
  }

  /// How long a reply to a read may be at most.
  ///
  /// @param nodes of the cell
  public static long bytesAtMost(int nodes, Reply reply) {
    return switch (reply) {
      case Reply.Heads heads -> ofStandings(nodes, heads.standings());
      case Reply.Listing listing -> ofStandings(nodes, listing.standings());
      case Reply.Chain chain -> (1 + chain.entries().size()) * PeerBatch.partBytes(nodes, null);
      case Reply.ShareHeld held -> PeerBatch.partBytes(nodes, null) + bytes(held.share());
      case Reply.Contributed(Contribution given) ->
          PeerBatch.partBytes(nodes, null) + (given == null ? 0 : given.length());
      default -> PeerBatch.partBytes(nodes, null);
    };
  }

  private static long ofStandings(int nodes, List<Reply.Standing> standings) {
    long bytes = PeerBatch.partBytes(nodes, null);
    for (Reply.Standing standing : standings) {
      bytes += PeerBatch.partBytes(nodes, standing.head()) + bytes(standing.share());
      for (Reply.Pending pending : standing.pending()) {
        bytes += PeerBatch.partBytes(nodes, pending.part().head());
      }
    }
    return bytes;
  }

  private static long bytes(@Nullable Share share) {
    return share == null ? 0 : share.length();
  }
}
