package io.quorumvault.wire;

import io.quorumvault.Limits;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Requests of one node to another that travel together. They are stepped in this order, in one
/// durable transaction.
///
/// @param from the sender, which its certificate must confirm
public record PeerBatch(Terms terms, NodeId from, List<Item> items) {
  /// Most requests of one batch: a batch is one transaction of the receiver's ledger, and others
  /// wait for it.
  public static final int ITEMS_MAX = 256;

  /// Most bytes of what a batch, or the answer to one, is about: the rest of the longest body is
  /// for tokens and for what stands around.
  public static final int CONTENT_BYTES_MAX = Limits.INTERNAL_BYTES_MAX - (512 << 10);

  /// Longest form of a part without its operations and its seal's digests, of a standing or a chain
  /// link around it, or of any message without names: two names and some numbers with their keys.
  private static final int ITEM_BYTES_MAX = 768;

  /// Longest form of a remembered operation: an operation id and some numbers with their keys.
  private static final int OPERATION_BYTES_MAX = 256;

  /// A digest with what says its length.
  private static final int DIGEST_BYTES = 34;

  /// How long what is said of one name may be, its share aside: in a prepare that builds on this
  /// head, or in an answer that tells it. Never less than it is.
  ///
  /// @param head null for a name without one
  public static long partBytes(int nodes, @Nullable Head head) {
    long operations = 1L + (head == null ? 0 : head.operations().size());
    return ITEM_BYTES_MAX + OPERATION_BYTES_MAX * operations + (long) DIGEST_BYTES * nodes;
  }

  /// One request, with what is needed to judge it alone.
  ///
  /// @param token the bearer token of the caller on whose behalf it is made, null where none is
  ///   needed
  public record Item(@Nullable String token, Request request) {
    /// Never shows the token.
    @Override
    public String toString() {
      return "Item[" + request.getClass().getSimpleName() + "]";
    }
  }

  public PeerBatch {
    items = List.copyOf(items);
    if (items.isEmpty() || items.size() > ITEMS_MAX) {
      throw new IllegalArgumentException(
          "items: " + items.size() + " (expected: 1 to " + ITEMS_MAX + ")");
    }
  }
}
