package io.quorumvault.cli.dev;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One process of a cluster: the API or a storage node.
sealed interface ServiceName {
  /// The API service.
  record Api() implements ServiceName {
    @Override
    public String toString() {
      return "api";
    }
  }

  /// A storage node.
  ///
  /// @param index 1 to n
  record Node(int index) implements ServiceName {
    @Override
    public String toString() {
      return "node-" + index;
    }
  }

  ServiceName API = new Api();
  Pattern NODE = Pattern.compile("node-([1-9][0-9]{0,2})");

  /// The name `toString` gave; empty for any other text.
  static Optional<ServiceName> parse(String text) {
    if (text.equals(API.toString())) {
      return Optional.of(API);
    }
    Matcher node = NODE.matcher(text);
    return node.matches()
        ? Optional.of(new Node(Integer.parseInt(node.group(1))))
        : Optional.empty();
  }

  /// The processes of a cluster of n nodes: the nodes in order, then the API.
  static List<ServiceName> all(int nodes) {
    return Stream.concat(IntStream.rangeClosed(1, nodes).mapToObj(Node::new), Stream.of(API))
        .toList();
  }
}
