package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.Circle;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.TxId;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.RecordCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who a node talks to.
@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(8)
final class NodeIdentityIT {
  private static final String PEER_READ = "/internal/v1/read";
  private static final String RESTORE = "/internal/v1/restore";
  private static final String OPERATION_READ = "/internal/v1/operations/read";

  @Test
  void a_node_answers_the_requests_of_this_test_when_the_right_certificate_makes_them(
      VaultCluster cluster) throws IOException {
    // What the other tests here see refused is refused for who asks, not for what is asked.
    cluster.client().create("identity-asked", "v").expect(201);
    VaultCluster.Described now = cluster.described();
    try (NodeLink peer = NodeLink.as(cluster, "node-2");
        NodeLink api = NodeLink.as(cluster, "api")) {
      var answer = peer.post(now.node(1).url(), PEER_READ, heads(now, 2, now.token()), null);
      assertEquals(200, answer.statusCode());
      Reply reply = RecordCodec.decode(PeerAnswers.class, answer.body()).replies().getFirst();
      assertEquals(1, assertInstanceOf(Reply.Heads.class, reply).standings().size());
      var read = api.post(now.node(1).url(), OPERATION_READ, readCall(now), now.token());
      assertEquals(200, read.statusCode());
      ReadAnswer revealed = RecordCodec.decode(ReadAnswer.class, read.body());
      try (var value = ((ReadAnswer.Revealed) revealed.items().getFirst()).value()) {
        assertEquals("v", new String(value.exposeCopy(), StandardCharsets.UTF_8));
      }
    }
  }

  private static PeerBatch heads(VaultCluster.Described cluster, int from, @Nullable String token) {
    return NodeLink.batch(
        from, token, new Request.ReadHeads(List.of(NodeLink.id(cluster, "identity-asked")), true));
  }

  private static ReadCall readCall(VaultCluster.Described cluster) {
    return new ReadCall(
        new Namespace(cluster.namespace()),
        List.of(new ReadCall.Item(new SecretName("identity-asked"), null, null)),
        true,
        3_000);
  }

  @Test
  void a_caller_without_certificate_is_refused(VaultCluster cluster) {
    assertRefused(cluster, Identity.none().context(cluster.authority(), "TLSv1.3"));
  }

  @Test
  void a_certificate_of_another_authority_is_refused(VaultCluster cluster, @TempDir Path folder) {
    for (String urn :
        List.of(
            "urn:quorumvault:dev:node:2",
            "urn:quorumvault:dev:api",
            "urn:quorumvault:dev:operator")) {
      Path own = folder.resolve(urn.replace(':', '-'));
      assertTrue(own.toFile().mkdir());
      assertRefused(cluster, Identity.selfSigned(own, urn).context(cluster.authority(), "TLSv1.3"));
    }
  }

  @Test
  void a_certificate_of_the_right_authority_for_something_else_is_refused(
      VaultCluster cluster, @TempDir Path folder) {
    int number = 0;
    for (String names :
        List.of(
            "dns:localhost",
            "uri:urn:quorumvault:other:node:2",
            "uri:urn:quorumvault:other:api",
            "uri:urn:quorumvault:dev:somebody",
            "uri:urn:quorumvault:dev:node:2,uri:urn:quorumvault:dev:api",
            "uri:urn:quorumvault:dev:node:02")) {
      Path own = folder.resolve("" + number++);
      assertTrue(own.toFile().mkdir());
      SSLContext context =
          Identity.signedBy(cluster, own, names).context(cluster.authority(), "TLSv1.3");
      assertRefused(cluster, context);
    }
  }

  /// Every node refuses it on every kind of path: at the handshake, or with a 403 that tells
  /// nothing.
  private static void assertRefused(VaultCluster cluster, SSLContext context) {
    VaultCluster.Described now = cluster.described();
    try (NodeLink link = NodeLink.with(context)) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        assertNotAnswered(link, node.url(), PEER_READ, heads(now, 2, now.token()), null);
        assertNotAnswered(link, node.url(), OPERATION_READ, readCall(now), now.token());
      }
    }
  }

  private static void assertNotAnswered(
      NodeLink link, URI node, String path, Record body, @Nullable String token) {
    try {
      int status = link.post(node, path, body, token).statusCode();
      assertEquals(403, status, node + path);
    } catch (IOException refusedAtTheHandshake) {
      assertNotNull(refusedAtTheHandshake);
    }
  }

  @Test
  void without_a_certificate_not_even_health_and_metrics_are_told(
      VaultCluster cluster, @TempDir Path folder) {
    for (Identity identity :
        List.of(Identity.none(), Identity.selfSigned(folder, "urn:quorumvault:dev:operator"))) {
      try (NodeLink link = NodeLink.with(identity.context(cluster.authority(), "TLSv1.3"))) {
        for (VaultCluster.Described.Node node : cluster.described().nodes()) {
          for (String path : List.of("/health/ready", "/metrics")) {
            IOException refused =
                assertThrows(IOException.class, () -> link.get(node.url(), path), path);
            assertNotNull(refused);
          }
        }
      }
    }
  }

  @Test
  void the_api_s_certificate_opens_no_peer_path_and_a_node_s_no_operation(VaultCluster cluster)
      throws IOException {
    VaultCluster.Described now = cluster.described();
    try (NodeLink api = NodeLink.as(cluster, "api");
        NodeLink node2 = NodeLink.as(cluster, "node-2");
        NodeLink operator = NodeLink.as(cluster, "operator")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        PeerBatch batch = heads(now, 2, now.token());
        for (NodeLink wrong : List.of(api, operator)) {
          assertEquals(403, wrong.post(node.url(), PEER_READ, batch, null).statusCode());
          for (String path :
              List.of("prepare", "commit", "finish", "settle", "repair", "restore", "join")) {
            assertEquals(
                403,
                wrong.post(node.url(), "/internal/v1/" + path, batch, null).statusCode(),
                path);
          }
        }
        for (NodeLink wrong : List.of(node2, operator)) {
          assertEquals(
              403, wrong.post(node.url(), OPERATION_READ, readCall(now), now.token()).statusCode());
        }
      }
    }
  }

  @Test
  void a_node_cannot_speak_for_another(VaultCluster cluster) throws IOException {
    VaultCluster.Described now = cluster.described();
    try (NodeLink node2 = NodeLink.as(cluster, "node-2")) {
      assertEquals(
          403,
          node2.post(now.node(1).url(), PEER_READ, heads(now, 3, now.token()), null).statusCode());
    }
  }

  @Test
  void a_node_gets_contributions_to_its_own_shares_only(VaultCluster cluster) throws IOException {
    cluster.client().create("identity-lost", "v").expect(201);
    VaultCluster.Described now = cluster.described();
    SecretId id = NodeLink.id(now, "identity-lost");
    List<NodeId> helpers = List.of(new NodeId(1), new NodeId(4), new NodeId(5));
    Circle own = new Circle(new NodeId(2), 7, helpers);
    Circle another = new Circle(new NodeId(3), 7, helpers);
    try (NodeLink node2 = NodeLink.as(cluster, "node-2")) {
      Head head =
          Objects.requireNonNull(
              node2.standings(now, 2, 1, List.of("identity-lost"), false).getFirst().head());
      TxId txId = head.entry().txId();
      for (Request forged :
          List.of(
              new Request.Convene(another),
              new Request.Contribute(another, id, 1, txId),
              new Request.HandSeed(
                  own, new NodeId(1), MaskSeed.owning(new byte[MaskSeed.BYTES])))) {
        assertEquals(
            400,
            node2
                .post(now.node(4).url(), RESTORE, NodeLink.batch(2, null, forged), null)
                .statusCode());
      }
      // Nobody contributes before masks are agreed on.
      Request unmasked = new Request.Contribute(own, id, 1, txId);
      for (int helper : List.of(1, 4, 5)) {
        var answer =
            node2.post(now.node(helper).url(), RESTORE, NodeLink.batch(2, null, unmasked), null);
        assertEquals(200, answer.statusCode());
        assertInstanceOf(
            Reply.NotWanted.class,
            RecordCodec.decode(PeerAnswers.class, answer.body()).replies().getFirst());
      }
    }
  }

  @Test
  void without_the_caller_s_own_token_no_node_gives_another_a_share(VaultCluster cluster)
      throws IOException {
    cluster.client().create("identity-share", "v").expect(201);
    VaultCluster.Described now = cluster.described();
    Tokens tokens = new Tokens(cluster, now.token());
    Request question = new Request.ReadHeads(List.of(NodeLink.id(now, "identity-share")), true);
    try (NodeLink node2 = NodeLink.as(cluster, "node-2")) {
      for (@Nullable String token :
          new @Nullable String[] {
            null, "no token", tokens.unsigned(), tokens.altered(), cluster.token("--subject", "x")
          }) {
        var answer =
            node2.post(now.node(1).url(), PEER_READ, NodeLink.batch(2, token, question), null);
        assertEquals(200, answer.statusCode());
        Reply reply = RecordCodec.decode(PeerAnswers.class, answer.body()).replies().getFirst();
        Reply.Refused refused = assertInstanceOf(Reply.Refused.class, reply);
        assertEquals(Reply.Refused.Reason.NOT_ALLOWED, refused.reason());
      }
    }
  }

  @Test
  void the_right_certificate_needs_a_good_token_for_operations(VaultCluster cluster)
      throws IOException {
    VaultCluster.Described now = cluster.described();
    try (NodeLink api = NodeLink.as(cluster, "api")) {
      for (VaultCluster.Described.Node node : now.nodes()) {
        assertEquals(401, api.post(node.url(), OPERATION_READ, readCall(now), null).statusCode());
        assertEquals(
            401,
            api.post(
                    node.url(),
                    OPERATION_READ,
                    readCall(now),
                    new Tokens(cluster, now.token()).signedWithAnotherKey())
                .statusCode());
      }
    }
  }

  @Test
  void nodes_speak_no_plain_http(VaultCluster cluster) {
    for (VaultCluster.Described.Node node : cluster.described().nodes()) {
      for (String path : List.of("/", "/health/ready", PEER_READ, OPERATION_READ)) {
        try (RawConnection connection = RawConnection.to(node.url())) {
          String answer =
              connection.exchange("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
          assertFalse(answer.startsWith("HTTP/1.1 2"), () -> node.url() + path + ": " + answer);
          assertFalse(answer.contains("\"status\""), answer);
        }
      }
    }
  }

  @Test
  void nodes_speak_no_tls_before_1_3(VaultCluster cluster) throws IOException {
    SSLContext context =
        Identity.ofFiles(cluster.certificate("node-2"), cluster.key("node-2"))
            .context(cluster.authority(), "TLS");
    for (VaultCluster.Described.Node node : cluster.described().nodes()) {
      try (SSLSocket socket = connected(context, node.url(), "TLSv1.2")) {
        assertThrows(SSLException.class, socket::startHandshake);
      }
      try (SSLSocket socket = connected(context, node.url(), "TLSv1.3")) {
        socket.startHandshake();
        assertEquals("TLSv1.3", socket.getSession().getProtocol());
      }
    }
  }

  private static SSLSocket connected(SSLContext context, URI node, String protocol)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(node.getHost(), node.getPort());
    socket.setEnabledProtocols(new String[] {protocol});
    return socket;
  }
}
