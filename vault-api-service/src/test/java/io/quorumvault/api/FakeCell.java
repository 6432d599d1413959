package io.quorumvault.api;

import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.kit.PeerIdentity;
import io.quorumvault.kit.TlsIdentity;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A cell of five nodes that can be told to misbehave, and what an API server must be told to use
/// it. One for all tests of a JVM: nodes outlive the servers under test.
final class FakeCell {
  static final int NODES = 5;
  static final int THRESHOLD = 3;
  static final String CELL = "test";

  /// May do everything in the namespace `demo`.
  static final String DEV = "dev";

  /// May read what begins with `PUB_` in `demo`, and nothing else.
  static final String READER = "reader";

  /// May open `.env` files with names that begin with `ENV_` in `demo`.
  static final String OPENER = "opener";

  /// May do in `demo` what `DEV` may, the audit log and `.env` files aside.
  static final String TWIN = "twin";

  /// Where `DEV` may write and read, too.
  static final String SECOND = "second";

  /// Is mentioned nowhere.
  static final String STRANGER = "stranger";

  private static final String POLICY =
      """
      {"version": 1, "rules": [
        {"subjects": ["dev"], "namespace": "demo", "prefix": "",
         "capabilities": ["create", "read", "update", "delete", "list", "history", "env", "audit"]},
        {"subjects": ["reader"], "namespace": "demo", "prefix": "PUB_", "capabilities": ["read"]},
        {"subjects": ["writer"], "namespace": "demo", "prefix": "MINE_", "capabilities": ["create"]},
        {"subjects": ["opener"], "namespace": "demo", "prefix": "ENV_",
         "capabilities": ["env", "read"]},
        {"subjects": ["twin"], "namespace": "demo", "prefix": "",
         "capabilities": ["create", "read", "update", "delete", "list", "history"]},
        {"subjects": ["dev"], "namespace": "second", "prefix": "",
         "capabilities": ["create", "read", "list", "history"]}
      ]}
      """;

  private static final FakeCell SHARED = new FakeCell();

  private final FakeStore store = new FakeStore();
  private final TestIssuer issuer = new TestIssuer();
  private final List<FakeNode> nodes = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private final TestAuthority.Files3 operator;

  private FakeCell() {
    try {
      Path directory = Files.createTempDirectory("fake-cell");
      TestAuthority authority = new TestAuthority(directory);
      for (int index = 1; index <= NODES; index++) {
        var files = authority.member(PeerIdentity.node(CELL, index));
        nodes.add(
            new FakeNode(
                store,
                index,
                NODES,
                TlsIdentity.open(files.certificate(), files.key(), files.trust())));
      }
      operator = authority.member(PeerIdentity.operator(CELL));
      var api = authority.member(PeerIdentity.api(CELL));
      settings.put("vault.cell", CELL);
      settings.put("vault.nodes", Integer.toString(NODES));
      settings.put("vault.threshold", Integer.toString(THRESHOLD));
      settings.put(
          "vault.peers",
          IntStream.rangeClosed(1, NODES)
              .mapToObj(index -> index + "=" + node(index).uri())
              .collect(Collectors.joining(", ")));
      settings.put("vault.tls.certificate", api.certificate().toString());
      settings.put("vault.tls.key", api.key().toString());
      settings.put("vault.tls.trust", api.trust().toString());
      settings.put(
          "vault.policy.file",
          Files.writeString(directory.resolve("policy.json"), POLICY).toString());
      settings.put(
          "mp.jwt.verify.publickey.location",
          Files.writeString(directory.resolve("keys.json"), issuer.keySet()).toString());
      settings.put("mp.jwt.verify.issuer", TestIssuer.ISSUER);
      settings.put("mp.jwt.verify.audiences", TestIssuer.AUDIENCE);
      settings.put("server.host", "127.0.0.1");
      settings.put("server.port", "0");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static FakeCell shared() {
    return SHARED;
  }

  /// What an API server of this cell is told.
  Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  /// Who the operator of the cell is.
  TlsIdentity operator() {
    return TlsIdentity.open(operator.certificate(), operator.key(), operator.trust());
  }

  FakeStore store() {
    return store;
  }

  TestIssuer issuer() {
    return issuer;
  }

  FakeNode node(int index) {
    return nodes.get(index - 1);
  }

  List<FakeNode> nodes() {
    return nodes;
  }

  /// The node that is asked first about this name of `demo`, the others in their order.
  List<FakeNode> order(String name) {
    return new CoordinatorChoice(everyNode())
        .order(new Namespace("demo"), name).stream().map(id -> node(id.index())).toList();
  }

  /// All nodes up and sound, their memories of calls empty, and none doubted by the server.
  void settle(StorageNodes server) {
    nodes.forEach(node -> {
      node.up();
      node.is(new FakeNode.Mood.Sound());
      node.writesWith(FakeNode.Pen.SIGNS);
      node.met(2);
      node.forget();
    });
    List<NodeId> order = everyNode();
    Await.until(
        "no node is doubtful",
        () ->
            server.preferSound(order).equals(order)
                && server.preferSound(order.reversed()).equals(order.reversed()));
  }

  private static List<NodeId> everyNode() {
    return IntStream.rangeClosed(1, NODES).mapToObj(NodeId::new).toList();
  }
}
