package io.quorumvault.storage.http;

import io.helidon.common.context.Contexts;
import io.helidon.webserver.http.ServerRequest;
import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.PeerIdentity;
import io.quorumvault.kit.PeerRole;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds out who is on the other side of the connection, by the certificate of its handshake.
@jakarta.ws.rs.ext.Provider
@Priority(Priorities.AUTHENTICATION)
public class IdentityFilter implements ContainerRequestFilter {
  private static final String ROLE = IdentityFilter.class.getName();

  @Override
  public void filter(ContainerRequestContext request) {
    request.setProperty(
        ROLE,
        Contexts.context()
            .flatMap(context -> context.get(ServerRequest.class))
            .flatMap(IdentityFilter::role)
            .orElseThrow(IdentityFilter::notYours));
  }

  private static Optional<PeerRole> role(ServerRequest connection) {
    Certificate[] chain = connection.remotePeer().tlsCertificates().orElse(new Certificate[0]);
    return chain.length > 0 && chain[0] instanceof X509Certificate certificate
        ? PeerIdentity.of(certificate).map(PeerIdentity::role)
        : Optional.empty();
  }

  /// @throws VaultFailure `FORBIDDEN` unless the caller's certificate gives it such a role
  static void requireRole(ContainerRequestContext request, Predicate<PeerRole> allowed) {
    if (!(request.getProperty(ROLE) instanceof PeerRole role) || !allowed.test(role)) {
      throw notYours();
    }
  }

  private static VaultFailure notYours() {
    return VaultFailure.of(
        FailureCode.FORBIDDEN, "The certificate of this connection is not one for this path.");
  }
}
