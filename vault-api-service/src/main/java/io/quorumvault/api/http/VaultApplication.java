package io.quorumvault.api.http;

import io.quorumvault.kit.DateHeader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import java.util.Set;
import org.glassfish.jersey.server.ServerProperties;

/// The public contract.
@ApplicationPath("/")
@ApplicationScoped
public class VaultApplication extends Application {
  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(
        SecretResource.class,
        EnvironmentResource.class,
        AuditResource.class,
        CellResource.class,
        StatusResource.class,
        ContractResource.class,
        PageResource.class,
        OperationFilter.class,
        CallerFilter.class,
        ContentTypeFilter.class,
        DateHeader.class,
        MethodFilter.class,
        FailureMapper.class,
        ProblemFilter.class,
        Json.class);
  }

  /// A `Location` stays the path it is: only the caller knows by which name it reached us.
  @Override
  public Map<String, Object> getProperties() {
    return Map.of(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
  }
}
