package io.quorumvault.storage.peers;

import io.quorumvault.audit.Anchor;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.wire.AnchorAnswer;
import io.quorumvault.wire.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// The other nodes of the cell. Safe for use by any number of threads.
public final class Peers {
  private final Map<NodeId, Peer> peers = new TreeMap<>();
  private final Duration call;

  /// @param apis how to reach each of the other nodes
  /// @param call after which the client gives a call up
  public Peers(NodeId self, Terms terms, Function<NodeId, PeerApi> apis, Duration call) {
    this.call = call;
    for (NodeId node : terms.membership().everyNode()) {
      if (!node.equals(self)) {
        peers.put(node, new Peer(node, self, terms, apis.apply(node), call.toNanos()));
      }
    }
  }

  /// Sends a request when its turn comes; `receiver` gets the reply, or `Unreachable`, exactly once
  /// and on any thread.
  ///
  /// @param behalf of whom it is made
  public void send(NodeId node, Behalf behalf, Request request, Consumer<Reply> receiver) {
    peer(node).send(behalf, request, receiver, false);
  }

  /// The same for a notice that may wait a moment for a request it can ride with.
  public void sendSoon(NodeId node, Behalf behalf, Request request, Consumer<Reply> receiver) {
    peer(node).send(behalf, request, receiver, true);
  }

  /// The other nodes.
  public List<NodeId> everyone() {
    return List.copyOf(peers.keySet());
  }

  /// Tells a node how far this one's audit log reaches, and waits for its answer, for a call's time
  /// at most.
  ///
  /// @return empty if there is no answer
  public Optional<AnchorAnswer> anchor(NodeId node, Anchor head) {
    return peer(node).anchor(head);
  }

  private Peer peer(NodeId node) {
    Peer peer = peers.get(node);
    if (peer == null) {
      throw new IllegalArgumentException(node + " (expected: another node of the cell)");
    }
    return peer;
  }

  /// Whether the node did not answer just now.
  public boolean suspects(NodeId node) {
    Peer peer = peers.get(node);
    return peer != null && peer.suspect();
  }

  /// The other nodes that answered last and may speak.
  public List<NodeId> active() {
    return peers.entrySet().stream()
        .filter(peer -> peer.getValue().active())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Nodes that refuse this one because they were set up differently.
  public List<NodeId> disagreeing() {
    return peers.entrySet().stream()
        .filter(peer -> peer.getValue().disagrees())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// How many did not answer last, those aside that are set up differently.
  public int unreachable() {
    return (int)
        peers.values().stream().filter(peer -> peer.failing() && !peer.disagrees()).count();
  }

  /// How long a call may take before it counts as unanswered.
  public long callMillis() {
    return call.toMillis();
  }
}
