package io.quorumvault.system;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The links by which the nodes of a cluster reach each other, and the API reaches them.
final class Network implements AutoCloseable {
  /// The party that is no node.
  static final int API = 0;

  private record Ends(int from, int to) {}

  private final Map<Ends, Link> links = new HashMap<>();

  /// @param nodes where they listen, in the order of their indexes
  /// @param seed decides what is lost
  Network(List<URI> nodes, long seed) {
    for (int from = API; from <= nodes.size(); from++) {
      for (int to = 1; to <= nodes.size(); to++) {
        if (from != to) {
          InetSocketAddress target =
              new InetSocketAddress(InetAddress.getLoopbackAddress(), nodes.get(to - 1).getPort());
          links.put(new Ends(from, to), new Link(target, seed * 31 * 31 + from * 31L + to));
        }
      }
    }
  }

  /// How a party reaches every node, in the form of the `vault.peers` setting.
  ///
  /// @param own what it says of itself
  String peers(int party, List<URI> own) {
    return IntStream.rangeClosed(1, own.size())
        .mapToObj(
            node -> node + "=" + (node == party ? own.get(node - 1) : link(party, node).url()))
        .collect(Collectors.joining(","));
  }

  private Link link(int from, int to) {
    Link link = links.get(new Ends(from, to));
    if (link == null) {
      throw new IllegalArgumentException("no link from " + from + " to " + to);
    }
    return link;
  }

  /// Everything that travels from one party to another: what it asks, and what it answers.
  List<Wire> wires(int from, int to) {
    return links.entrySet().stream()
        .filter(one ->
            one.getKey().equals(new Ends(from, to)) || one.getKey().equals(new Ends(to, from)))
        .map(one -> one.getKey().from() == from ? one.getValue().there() : one.getValue().back())
        .toList();
  }

  @Override
  public void close() {
    links.values().forEach(Link::close);
  }
}
