package io.quorumvault.storage.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.CborBodies;
import io.quorumvault.wire.MalformedRecordException;
import io.quorumvault.wire.Refusal;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Every way a request can fail, as a refusal with its status. What is unexpected is logged here
/// and told nobody.
@Provider
public class FailureMapper implements ExceptionMapper<Throwable> {
  private static final Logger LOG = Logger.getLogger(FailureMapper.class.getName());

  @Override
  public Response toResponse(Throwable thrown) {
    VaultFailure failure =
        switch (thrown) {
          case VaultFailure expected -> expected;
          case MalformedRecordException malformed ->
              VaultFailure.of(
                  FailureCode.INVALID_REQUEST, "The body is not the record of this path.");
          case WebApplicationException refused when refused.getResponse().getStatus() < 500 ->
              VaultFailure.of(FailureCode.RESOURCE_NOT_FOUND, "There is nothing here for you.");
          default -> {
            LOG.log(Level.SEVERE, "request failed", thrown);
            yield VaultFailure.of(FailureCode.INTERNAL_ERROR, "The node failed to answer.");
          }
        };
    return Response.status(failure.code().status())
        .type(CborBodies.CBOR_TYPE)
        .entity(Refusal.of(failure))
        .build();
  }
}
