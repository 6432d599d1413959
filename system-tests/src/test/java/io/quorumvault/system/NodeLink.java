package io.quorumvault.system;

import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import io.quorumvault.wire.RecordCodec;
import io.quorumvault.wire.Terms;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Talks to storage nodes directly, as the holder of some certificate: as one that is allowed to,
/// to see what a node holds, or as one that is not, to see it refused.
final class NodeLink implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Terms TERMS =
      Terms.of(Membership.of("dev", VaultCluster.NODES, VaultCluster.THRESHOLD));

  private final HttpClient http;

  private NodeLink(HttpClient http) {
    this.http = http;
  }

  /// @param holder whose certificate of the cluster to show
  static NodeLink as(VaultCluster cluster, String holder) {
    return with(
        Identity.ofFiles(cluster.certificate(holder), cluster.key(holder))
            .context(cluster.authority(), "TLSv1.3"));
  }

  static NodeLink with(SSLContext context) {
    return new NodeLink(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(DEADLINE)
            .sslContext(context)
            .build());
  }

  /// @throws IOException when the connection is refused
  HttpResponse<byte[]> get(URI node, String path) throws IOException {
    return send(HttpRequest.newBuilder(node.resolve(path)).GET(), null);
  }

  /// What a node tells operators: this link must show the certificate of one.
  ///
  /// @throws IOException when the connection is refused
  double metric(URI node, String series) throws IOException {
    HttpResponse<byte[]> answer = get(node, "/metrics");
    if (answer.statusCode() != 200) {
      throw new AssertionError("metrics: status " + answer.statusCode());
    }
    return metric(new String(answer.body(), StandardCharsets.UTF_8), series);
  }

  static double metric(String text, String series) {
    return text.lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> Double.parseDouble(line.substring(series.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series + " in\n" + text));
  }

  /// @param token the caller's, null for none
  /// @throws IOException when the connection is refused
  HttpResponse<byte[]> post(URI node, String path, Record body, @Nullable String token)
      throws IOException {
    return post(node, path, RecordCodec.encode(body), token);
  }

  /// @param token the caller's, null for none
  /// @throws IOException when the connection is refused
  HttpResponse<byte[]> post(URI node, String path, byte[] body, @Nullable String token)
      throws IOException {
    return send(
        HttpRequest.newBuilder(node.resolve(path))
            .header("Content-Type", "application/cbor")
            .header("Accept", "application/cbor")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        token);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request, @Nullable String token)
      throws IOException {
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return http.send(request.timeout(DEADLINE).build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }

  /// A question of node `from`, on behalf of the caller with that token.
  static PeerBatch batch(int from, @Nullable String token, Request request) {
    return new PeerBatch(TERMS, new NodeId(from), List.of(new PeerBatch.Item(token, request)));
  }

  static SecretId id(VaultCluster.Described cluster, String name) {
    return new SecretId(new Namespace(cluster.namespace()), new SecretName(name));
  }

  /// How names stand at one node. This link must show the certificate of another node.
  ///
  /// @param from whose certificate it is
  List<Reply.Standing> standings(
      VaultCluster.Described cluster, int from, int node, List<String> names, boolean withShares)
      throws IOException {
    Request.ReadHeads question =
        new Request.ReadHeads(names.stream().map(name -> id(cluster, name)).toList(), withShares);
    if (ask(cluster, from, node, List.of(question)).getFirst() instanceof Reply.Heads heads) {
      return heads.standings();
    }
    throw new AssertionError("node " + node + " did not say how names stand");
  }

  /// What one node answers to each of these. This link must show the certificate of another node.
  private List<Reply> ask(
      VaultCluster.Described cluster, int from, int node, List<? extends Request> requests)
      throws IOException {
    HttpResponse<byte[]> response =
        post(
            cluster.node(node).url(),
            "/internal/v1/read",
            new PeerBatch(
                TERMS,
                new NodeId(from),
                requests.stream()
                    .map(request -> new PeerBatch.Item(cluster.token(), request))
                    .toList()),
            null);
    if (response.statusCode() != 200) {
      throw new AssertionError("node " + node + " answered " + response.statusCode());
    }
    return RecordCodec.decode(PeerAnswers.class, response.body()).replies();
  }

  /// Whether a node holds its share of the current version of every name.
  boolean holdsShares(VaultCluster.Described cluster, int from, int node, List<String> names)
      throws IOException {
    return standings(cluster, from, node, names, true).stream()
        .allMatch(standing -> standing.share() != null);
  }

  /// Whether a node holds its shares of the newest versions of every name, so many of each.
  boolean holdsShares(
      VaultCluster.Described cluster, int from, int node, List<String> names, int versions)
      throws IOException {
    List<Request.ReadShare> shares = new ArrayList<>();
    List<Request.ReadChain> chains =
        names.stream()
            .map(name -> new Request.ReadChain(id(cluster, name), Long.MAX_VALUE, versions))
            .toList();
    List<Reply> entries = ask(cluster, from, node, chains);
    for (int i = 0; i < chains.size(); i++) {
      if (!(entries.get(i) instanceof Reply.Chain chain) || chain.entries().size() < versions) {
        return false;
      }
      SecretId id = chains.get(i).id();
      chain
          .entries()
          .forEach(entry -> shares.add(new Request.ReadShare(id, entry.seq(), entry.txId())));
    }
    return ask(cluster, from, node, shares).stream()
        .allMatch(reply -> reply instanceof Reply.ShareHeld held && held.share() != null);
  }

  /// The position of a name's newest final entry at one node, if nothing is pending above it there.
  static Optional<Long> settledAt(Reply.Standing standing) {
    Head head = standing.head();
    return standing.pending().isEmpty()
        ? Optional.of(head == null ? 0 : head.entry().seq())
        : Optional.empty();
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
