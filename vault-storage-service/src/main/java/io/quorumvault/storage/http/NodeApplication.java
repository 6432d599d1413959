package io.quorumvault.storage.http;

import io.quorumvault.kit.CborBodies;
import io.quorumvault.kit.DateHeader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/// Everything a node answers over HTTP, health aside: that is why it does not begin at the root.
@ApplicationScoped
@ApplicationPath("/internal")
public class NodeApplication extends Application {
  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(
        OperationResource.class,
        PeerResource.class,
        IdentityFilter.class,
        DateHeader.class,
        FailureMapper.class,
        CborBodies.class);
  }
}
