package io.quorumvault.api.nodes;

import io.quorumvault.kit.CborBodies;
import io.quorumvault.kit.PeerIdentity;
import io.quorumvault.kit.TlsIdentity;
import io.quorumvault.protocol.NodeId;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.microprofile.rest.client.RestClientBuilder;
import org.glassfish.jersey.client.ClientProperties;
import org.glassfish.jersey.client.RequestEntityProcessing;

/// Makes the client of each node.
public final class NodeClients {
  private static final String DEFAULT_MAPPER_DISABLED =
      "microprofile.rest.client.disable.default.mapper";

  private NodeClients() {}

  /// @param tls who we are; each client talks to its own node and to nobody else
  /// @param connect until a connection stands
  /// @param read a backstop: each attempt has its own, shorter bound
  public static SortedMap<NodeId, StorageNode> of(
      String cell, Map<NodeId, URI> peers, TlsIdentity tls, Duration connect, Duration read) {
    SortedMap<NodeId, StorageNode> clients = new TreeMap<>();
    peers.forEach((node, uri) -> {
      SSLContext context = tls.clientTo(PeerIdentity.node(cell, node.index()));
      clients.put(node, client(uri, context, connect, read).build(StorageNode.class));
    });
    return clients;
  }

  private static RestClientBuilder client(
      URI uri, SSLContext tls, Duration connect, Duration read) {
    return RestClientBuilder.newBuilder()
        .baseUri(uri)
        .sslContext(tls)
        .connectTimeout(connect.toMillis(), TimeUnit.MILLISECONDS)
        .readTimeout(read.toMillis(), TimeUnit.MILLISECONDS)
        .followRedirects(false)
        .property(DEFAULT_MAPPER_DISABLED, true)
        // In chunks, unbuffered: the connection stands before the request counts as sent (see
        // Sending), and the JDK looks whether a kept connection is still open before it is used.
        // Otherwise the first write after a node died would break when it was already sent, and its
        // caller would have to be told that the outcome is unknown.
        .property(ClientProperties.REQUEST_ENTITY_PROCESSING, RequestEntityProcessing.CHUNKED)
        .property(ClientProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0)
        .register(new CborBodies())
        .register(new RefusalMapper())
        .register(new Sending.Gate());
  }
}
